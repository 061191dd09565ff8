"""Alarms as people meet them, what they do about them, and who is told."""
