"""Bytes to domain and back, without I/O. `spec/*.md` is the contract of each protocol."""
