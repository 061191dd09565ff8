"""What a stretch of time was like, told after it."""
