"""Checks of a person, asked for, played back and decided."""
