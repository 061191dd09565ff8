"""The short way from a life to observations: frames are drawn and counted by the minute, and none of them is made.

What a unit reports of a minute is the same as on the whole way (`household`): how many frames, their median strength,
the last of their instants, and that it listens. A test holds both ways against each other.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from baqylau.crypto.digests import observation_id
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import (
    Authentication,
    Body,
    Enclosure,
    Heard,
    Motion,
    Observation,
    ReceiverHealth,
    Skin,
    Strap,
)
from baqylau.sim.air.home import Path
from baqylau.sim.air.life import DAY_S, FARTHEST_M, Life, Times
from baqylau.sim.air.prescribed import BRACELET, UNIT

Frames = NDArray[np.int64]

EVERY_S = 5.0
"""Notes on radio and GNSS, 1.2."""
REPORT_S = 60.0
ANCHOR_FRAMES = 55
"""Heard in a minute of the unit's own anchor, which is never away."""
ON_THE_LINE = timedelta(seconds=1)
WORN = (Strap(open=False), Enclosure(open=False), Skin(contact=True))


def sent(days: float, dice: np.random.Generator, every_s: float = EVERY_S) -> Times:
    """Give the instants at which a bracelet in order sends."""
    slots = np.arange(0.0, days * DAY_S, every_s)
    return slots + dice.random(slots.size)


def audible(times: Times, life: Life, paths: Sequence[Path], dice: np.random.Generator) -> tuple[Times, ...]:
    """Give how strongly each receiver heard each of the frames, -inf where it did not."""
    away_m = life.away_m(times)
    return tuple(path.level_dbm(times, away_m, dice) for path in paths)


def loudest(levels: Sequence[Times]) -> Times:
    """Give the strength at whichever receiver heard each frame best."""
    best: Times = np.maximum.reduce(list(levels))
    return best


def told(times: Times, levels: Sequence[Times], life: Life, begun_at: datetime) -> Iterator[Observation]:
    """Give what the unit tells, in the order in which it reaches us."""
    best = loudest(levels)
    moving = (life.away_m(times) > 0.0) & (life.away_m(times) < FARTHEST_M)
    minutes = np.arange(0.0, life.ends_s + REPORT_S, REPORT_S)
    firsts = np.searchsorted(times, minutes).tolist()
    last_s = -REPORT_S
    for number, (first, last) in enumerate(pairwise(firsts)):
        ends_at = begun_at + timedelta(seconds=(number + 1) * REPORT_S)
        heard = np.flatnonzero(np.isfinite(best[first:last])) + first
        for counted in _records(heard, times, last_s):
            last_s = float(times[counted[-1]])
            level_dbm = round(float(np.median(best[counted])), 1)
            beacon = Heard(receiver_id=UNIT, rssi_dbm=level_dbm, frames=int(counted.size))
            at = begun_at + timedelta(seconds=last_s)
            yield _said(BRACELET, at, ends_at, beacon, *WORN, Motion(moving=bool(moving[counted[-1]])))
        yield _said(UNIT, ends_at, ends_at, ReceiverHealth(working=True, frames=ANCHOR_FRAMES, noise_dbm=-105.0))


def _records(heard: Frames, times: Times, last_s: float) -> list[Frames]:
    """Give which frames of a minute are counted together: the first after a silence is told by itself."""
    if heard.size and times[heard[0]] - last_s > REPORT_S:
        return [one for one in (heard[:1], heard[1:]) if one.size]
    return [heard] if heard.size else []


def _said(device_id: DeviceId, at: datetime, reported_at: datetime, *bodies: Body) -> Observation:
    return Observation(
        id=observation_id(device_id.encode(), at.isoformat().encode()),
        device_id=device_id,
        observed_at=at,
        received_at=reported_at + ON_THE_LINE,
        bodies=bodies,
        authentication=Authentication.DEVICE_KEY,
        via="link",
    )
