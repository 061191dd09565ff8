"""The form of an evidence bundle, and how anybody checks one: `protocols/spec/evidence.md`.

The modules that check need only the standard library and one signature: the single file for courts is made of them.
"""
