"""Who comes in, what they may, and how they keep their own account."""
