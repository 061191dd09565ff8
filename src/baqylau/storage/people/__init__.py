"""What belongs to one person beside them: papers, the own page, the end of the file."""
