"""Checks of a person, what people are compared with, and recordings."""
