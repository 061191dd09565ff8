"""What was heard, kept before anything else is done with it, and the proof that it is as it was."""
