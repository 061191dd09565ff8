"""What the mobile console and the server say to each other, beside the device link (`spec/console.md`)."""
