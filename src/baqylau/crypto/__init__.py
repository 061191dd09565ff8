"""The only place that touches a crypto library. Randomness comes in as an argument."""
