"""What each device says of itself, and what its silence comes to: rules with a state of their own."""
