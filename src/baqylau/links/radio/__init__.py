"""Receivers of radio beacons: what listens, and what it says. Each has a replay or a bench in its place."""
