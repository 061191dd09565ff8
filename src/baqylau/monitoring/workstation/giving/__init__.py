"""What leaves the house about a person: evidence and papers."""
