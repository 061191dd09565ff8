"""The words of the system. Nothing here reads, writes, waits or guesses."""
