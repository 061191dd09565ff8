"""Recordings on their way from a unit to the audio-visual server (`spec/media.md`). Pure."""
