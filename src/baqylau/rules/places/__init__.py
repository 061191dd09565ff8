"""Zones: being in a place or keeping out of one, by fixes and how sure they are."""
