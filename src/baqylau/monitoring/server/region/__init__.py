"""A regional site that keeps and acknowledges while the line to the centre is down, and the centre's side of it."""
