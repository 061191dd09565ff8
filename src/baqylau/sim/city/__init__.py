"""A city of invented people whose truth is known, on real sockets before real programs, and a report on it."""
