"""What leaves for other systems, and by what right."""
