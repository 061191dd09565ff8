"""What a regional site and the centre tell each other through a log of messages (`spec/region.md`)."""
