"""The clock of a device that sends beacons: no pair of second and count ever comes back (`spec/beacon.md`, B3).

The counts of a second are shared out to four lanes. Within a lane time only grows. A clock that is set back goes on in
a lane whose time it has not reached, and stays silent only when there is none. What is spent is written down ahead, so
that a battery that is pulled at any instant brings nothing back. Runs in MicroPython.
"""

from baqylau.protocols.beacon.frame import SUBS_A_SECOND

LANES = 4
COUNTS = SUBS_A_SECOND // LANES
"""How many frames one second has in one lane."""
AHEAD_S = 600
"""How far ahead time is written down. Notes on radio and GNSS, 1.3."""

LAST_S = 0xFFF00000
"""No clock is set beyond this: what comes after must still fit into 32 bits."""


class BeaconClock:
    """System time as far as the device knows it, and which pairs are spent. Changes give another clock."""

    def __init__(
        self, offset_ms: int, lane: int, spent: "tuple[int, ...]", last: "tuple[int, int]", *, told: bool
    ) -> None:
        """Take the difference to the device's own count of milliseconds, and what is spent."""
        self.offset_ms = offset_ms
        self.told = told
        """Whether somebody who may do so set it since the last loss of power."""
        self.lane = lane
        self.spent = spent
        """Of each lane the first second that is surely unused, as it is to be written down."""
        self.last = last
        """The last pair that was used, in the lane that is in use."""

    def system_ms(self, at_ms: int) -> int:
        """Give system time at a count of the device."""
        return at_ms + self.offset_ms

    def first_count(self) -> int:
        """Give the first count of a second in the lane that is in use."""
        return self.lane * COUNTS

    def used(self, pair: "tuple[int, int]") -> "BeaconClock":
        """Give the clock after a frame of this pair; what it spends is written ahead before it goes out."""
        spent = self.spent
        if pair[0] >= spent[self.lane]:
            spent = _with(spent, self.lane, pair[0] + AHEAD_S)
        return BeaconClock(self.offset_ms, self.lane, spent, pair, told=self.told)

    def set_to(self, at_s: int, at_ms: int) -> "BeaconClock":
        """Give the clock that says `at_s` at this count."""
        offset_ms = at_s * 1000 - at_ms
        if at_s > self.last[0]:
            return BeaconClock(offset_ms, self.lane, self.spent, self.last, told=True)
        spent = _with(self.spent, self.lane, self.last[0] + 1)
        lane = spent.index(min(spent))
        return BeaconClock(offset_ms, lane, spent, _before(spent, lane), told=True)


def resumed(lane: int, spent: "tuple[int, ...]", at_ms: int) -> BeaconClock:
    """Give the clock after a loss of power: it goes on where nothing was used, and nobody told it the time."""
    return BeaconClock(spent[lane] * 1000 - at_ms, lane, spent, _before(spent, lane), told=False)


def _before(spent: "tuple[int, ...]", lane: int) -> "tuple[int, int]":
    return spent[lane] - 1, SUBS_A_SECOND


def _with(spent: "tuple[int, ...]", lane: int, until_s: int) -> "tuple[int, ...]":
    return tuple([until_s if at == lane else held for at, held in enumerate(spent)])
