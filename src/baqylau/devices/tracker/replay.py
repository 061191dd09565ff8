"""A tracker that lives by a recording: the very core over a receiver's log, as fast as the machine can.

The log begins at the instant that is asked for, is played again and again until the hours are over, and its receiver is
heard only while the core has it switched on. The wearer walks, and everything on them is whole. No line: what is
written down waits in the ring.
"""

from collections.abc import Iterator
from copy import copy
from datetime import datetime
from pathlib import Path

from baqylau.devices.strap import Sample
from baqylau.devices.tracker.inputs import Located, TimeTold
from baqylau.devices.tracker.machine import Machine
from baqylau.devices.tracker.nmea import NmeaReader
from baqylau.rules.gnss.epoch import Epoch

SENSED_EVERY_MS = 60_000
GAP_S = 1.0
"""Between the last epoch of a log and the first of its repetition."""


class LogError(Exception):
    """There is no epoch with a time in a log."""


def epochs_of(path: Path) -> list[Epoch]:
    """Give what a log says, instant by instant. Raises `LogError`, or OSError."""
    reader = NmeaReader()
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    found = [one for one in [*(reader.take(line) for line in lines), reader.end()] if one is not None]
    if not any(one.at_s is not None for one in found):
        raise LogError(str(path))
    return found


def walking(at_ms: int) -> Sample:
    """Give what the sensors show on somebody who walks."""
    return Sample(at_ms, (47_000, 80.0), (False, 0.0), 900, (True, 0.4), 31.0, (3950, False))


def play(machine: Machine, epochs: list[Epoch], begin_at: datetime, hours: float) -> None:
    """Let a tracker live through the hours from an instant on."""
    begin_s = begin_at.timestamp()
    machine.give([TimeTold(0, round(begin_s * 1000)), walking(0)])
    sensed_ms, end_ms = 0, round(hours * 3_600_000)
    for at_ms, epoch in _timed(epochs):
        if at_ms > end_ms:
            break
        while sensed_ms + SENSED_EVERY_MS <= at_ms:
            sensed_ms += SENSED_EVERY_MS
            machine.pass_time(sensed_ms)
            machine.give([walking(sensed_ms)])
        if at_ms >= machine.state.wake_at_ms:
            machine.pass_time(at_ms)
        if machine.receiver_on:
            shifted = copy(epoch)
            shifted.at_s = begin_s + at_ms / 1000
            machine.give([Located(at_ms, shifted)])


def _timed(epochs: list[Epoch]) -> Iterator[tuple[int, Epoch]]:
    """Give each epoch with its count, over and over."""
    begin_s = next(one.at_s for one in epochs if one.at_s is not None)
    last_s, times = begin_s, []
    for one in epochs:
        last_s = max(one.at_s, last_s) if one.at_s is not None else last_s
        times.append(last_s - begin_s)
    length_s, turn = times[-1] + GAP_S, 0
    while True:
        for after_s, epoch in zip(times, epochs, strict=True):
            yield round((turn * length_s + after_s) * 1000), epoch
        turn += 1
