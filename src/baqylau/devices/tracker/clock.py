"""The tracker's clock: its own count of milliseconds, and UTC as it was last told. Runs in MicroPython.

Satellites and the network set it; what it says of itself in every record is who did so last, and that it ran on alone
when that was long ago. Instants are milliseconds since 1970. Figures without another source are design values.
"""

from baqylau.protocols.batch.on_device import FREE, GNSS, NETWORK, UNSET
from baqylau.rules.gnss.figures import ERA_S

ALONE_AFTER_MS = 6 * 3_600_000
"""At 20 ppm it is then wrong by less than half a second."""
STEP_MS = 1000
"""Told times that differ less are the same: sentences come late by as much."""
NOT_BEFORE_S = 1_767_225_600
"""2026-01-01: a receiver that tells an earlier time counts its weeks wrongly."""


class Clock:
    """What is known of UTC. Nothing changes it: setting gives another."""

    def __init__(self, offset_ms: int, quality: int, set_at_ms: int) -> None:
        """Take UTC minus the count, who told it, and when by the count."""
        self.offset_ms = offset_ms
        self.told_by = quality
        self.set_at_ms = set_at_ms

    def utc_ms(self, at_ms: int) -> int:
        """Give UTC at a count."""
        return at_ms + self.offset_ms

    def quality(self, at_ms: int) -> int:
        """Give how far it is to be trusted."""
        if self.told_by in (GNSS, NETWORK) and at_ms - self.set_at_ms > ALONE_AFTER_MS:
            return FREE
        return self.told_by

    def known(self) -> bool:
        """Tell whether anybody told the time since power came."""
        return self.told_by != UNSET

    def told(self, utc_ms: int, quality: int, at_ms: int) -> "Clock":
        """Give the clock that was told the time at a count; what it knew stays where it is as good."""
        near = abs(utc_ms - at_ms - self.offset_ms) < STEP_MS
        offset_ms = self.offset_ms if near and self.known() else utc_ms - at_ms
        return Clock(offset_ms, quality, at_ms)


def resumed(last_ms: int, at_ms: int) -> Clock:
    """Give the clock after a loss of power: not before what was known last, and told by nobody."""
    return Clock(last_ms - at_ms, UNSET, at_ms)


def in_our_era(at_s: int) -> int:
    """Give a receiver's time in the era in which this program was made, or later."""
    while at_s < NOT_BEFORE_S:
        at_s += ERA_S
    return at_s
