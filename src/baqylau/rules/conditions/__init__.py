"""What one device says of itself that holds for some time, or is a moment: one state machine, a row for each kind."""
