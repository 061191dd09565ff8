"""Breath and what measures it: a fuel cell as a body, lungs, and the ways by which people try to deceive."""
