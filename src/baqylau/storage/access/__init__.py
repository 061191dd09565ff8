"""Who may sign in and do what, and what they did."""
