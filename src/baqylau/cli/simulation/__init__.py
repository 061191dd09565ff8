"""The demo, and load from simulated devices."""
