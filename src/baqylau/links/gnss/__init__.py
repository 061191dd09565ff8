"""Satellite receivers: what stands on a line, a gpsd or a recording, and what each says as `Epoch`s.

A receiver's time is what it told, never the clock of record: each epoch comes with the instant at which it reached us.
"""
