"""Somebody before an audio-visual unit: a portrait that turns and speaks, and the attacks on its checks."""
