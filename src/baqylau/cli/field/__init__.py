"""The programs that run in the field: units, tracker, the officer's console."""
