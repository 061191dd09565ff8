"""Walk test: how well each place of a home is heard, and which buffer follows from it.

A technician carries the bracelet from place to place; the unit says where to, and counts. Silences in a home have an
exponential tail: of those longer than two beacons, the mean excess and the number in a day tell how many a day are
longer than any buffer. The buffer is the shortest in whole minutes at which no place has more than 0.05 of them a day;
where none up to a quarter of an hour does, one receiver is not enough. Source: notes on radio and GNSS, 3.3.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import ceil, log
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.records import WalkedRoom, WalkTest
from baqylau.rules.settings import GONE_AFTER_S

BEACON_EVERY_S = 5.0
"""How often a bracelet is heard when nothing is lost. Notes on radio and GNSS, 1.2."""
FALSE_A_DAY = 0.05
"""Silences over the buffer in a day that are accepted. Notes on radio and GNSS, 3.3."""
LONGEST_BUFFER_S = 900
"""A longer one finds an absence too late: a second receiver is needed."""
_UNREMARKABLE_S = 2.5 * BEACON_EVERY_S
"""One lost beacon is no silence."""
_DAY_S = 86_400


class Step(Struct, frozen=True, array_like=True, gc=False):
    """One frame heard during a walk test."""

    room: int
    source: str
    ms: int
    rssi_dbm: float


class Walk(Struct, frozen=True, kw_only=True):
    """A walk test under way."""

    number: int
    """Of the command that ordered it."""
    transmitter_id: DeviceId
    rooms: tuple[str, ...]
    room_ms: int
    by: str
    begun_ms: int
    """When the present room began."""
    room: int = 0
    steps: tuple[Step, ...] = ()


def heard(walk: Walk, source: str, ms: int, rssi_dbm: float) -> Walk:
    """Take a frame of the transmitter that is carried around."""
    return replace(walk, steps=(*walk.steps, Step(walk.room, source, ms, rssi_dbm)))


def passed(walk: Walk, ms: int) -> Walk:
    """Take the passing of time: the next room when this one's time is over. Over when `room` is past the last."""
    if ms < walk.begun_ms + walk.room_ms:
        return walk
    return replace(walk, room=walk.room + 1, begun_ms=walk.begun_ms + walk.room_ms)


def over(walk: Walk) -> bool:
    """Whether every room was walked."""
    return walk.room >= len(walk.rooms)


def report(walk: Walk, sources: tuple[str, ...]) -> WalkTest:
    """Give each room at each receiver, and the buffer that follows; 0 where one receiver is not enough."""
    first_ms = walk.begun_ms - len(walk.rooms) * walk.room_ms
    times = [(first_ms + number * walk.room_ms, walk.room_ms) for number in range(len(walk.rooms))]
    rooms = tuple(
        _walked(name, source, [step for step in walk.steps if (step.room, step.source) == (number, source)], *time)
        for (number, name), time in zip(enumerate(walk.rooms), times, strict=True)
        for source in sources
    )
    buffers = [
        buffer_s(list(_silences_s([step.ms for step in walk.steps if step.room == number], *time)), time[1] / 1000)
        for number, time in enumerate(times)
    ]
    buffer = 0 if None in buffers else max((one for one in buffers if one is not None), default=0)
    return WalkTest(transmitter_id=walk.transmitter_id, rooms=rooms, buffer_s=buffer, by=walk.by)


def _walked(name: str, source: str, steps: list[Step], from_ms: int, room_ms: int) -> WalkedRoom:
    strengths = [step.rssi_dbm for step in steps]
    return WalkedRoom(
        name=name,
        source=source,
        frames=len(steps),
        expected=round(room_ms / 1000 / BEACON_EVERY_S),
        median_dbm=median(strengths) if strengths else None,
        weakest_dbm=min(strengths, default=None),
        longest_gap_s=max(_silences_s([step.ms for step in steps], from_ms, room_ms)),
    )


def _silences_s(heard_ms: list[int], from_ms: int, room_ms: int) -> Iterator[float]:
    """Give the stretches between frames, the edges of the room's time counting as frames."""
    for before, after in pairwise([from_ms, *sorted(heard_ms), from_ms + room_ms]):
        yield (after - before) / 1000


def buffer_s(silences_s: list[float], walked_s: float) -> int | None:
    """Give the shortest buffer in seconds that a place allows; None when no buffer does."""
    long_s = [silence - _UNREMARKABLE_S for silence in silences_s if silence > _UNREMARKABLE_S]
    if not long_s:
        return GONE_AFTER_S
    excess_s, a_day = sum(long_s) / len(long_s), len(long_s) * _DAY_S / walked_s
    if sum(long_s) > walked_s / 2:
        return None
    needed_s = _UNREMARKABLE_S + excess_s * log(a_day / FALSE_A_DAY)
    whole_s = max(GONE_AFTER_S, 60 * ceil(needed_s / 60))
    return whole_s if whole_s <= LONGEST_BUFFER_S else None
