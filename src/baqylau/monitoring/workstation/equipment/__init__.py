"""Devices: how one is, what it is ordered, and those that nobody knows."""
