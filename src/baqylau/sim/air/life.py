"""When somebody is at home, and how far away otherwise: days told as leaves, each a walk away and back."""

from itertools import pairwise
from random import Random

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Times = NDArray[np.float64]
"""Seconds since the story began."""

WALK_M_S = 1.2
"""Notes on radio and GNSS, 3.2."""
FARTHEST_M = 500.0
"""Beyond it nothing is heard, however far."""
DAY_S = 86_400.0
RUBBISH_S = (60.0, 200.0)
"""A short way down and up again: no leave that anybody has to find."""
OUT_S = (900.0, 6 * 3600.0)
OUT_SHARE, RUBBISH_SHARE = 0.4, 0.5
"""How likely somebody goes out, morning and afternoon each, and down for a moment in the evening."""
BETWEEN_S = 1800.0
"""Shortest stay between two ways out."""


class Leave(Struct, frozen=True, gc=False):
    """A way out of the door and back in at it, seconds since the story began."""

    out_s: float
    back_s: float


class Life(Struct, frozen=True, kw_only=True):
    """What one person does."""

    days: float
    leaves: tuple[Leave, ...] = ()

    @property
    def ends_s(self) -> float:
        """When the story ends."""
        return self.days * DAY_S

    def away_m(self, times: Times) -> Times:
        """Give how far from the door the person is, on foot; 0 at home."""
        away = np.zeros_like(times)
        for leave in self.leaves:
            first, last = np.searchsorted(times, (leave.out_s, leave.back_s))
            out = times[first:last]
            way_m = np.minimum(out - leave.out_s, leave.back_s - out) * WALK_M_S
            away[first:last] = np.clip(way_m, 0.01, FARTHEST_M)
        return away


def at_home(days: float) -> Life:
    """Give a life without a leave."""
    return Life(days=days)


def any_life(random: Random, days: int) -> Life:
    """Give days as they are: now and then out for hours, sometimes late, and the rubbish in the evening."""
    leaves: list[Leave] = []
    for day in range(days):
        ways = [_way(random, day, hour, OUT_S) for hour in (9, 15) if random.random() < OUT_SHARE]
        if random.random() < RUBBISH_SHARE:
            ways.append(_way(random, day, 21, RUBBISH_S))
        leaves += ways
    ordered = sorted(leaves, key=lambda leave: leave.out_s)
    apart = [two for one, two in pairwise([Leave(-DAY_S, -DAY_S), *ordered]) if two.out_s - one.back_s > BETWEEN_S]
    return Life(days=days, leaves=tuple(leave for leave in apart if leave.back_s < days * DAY_S - BETWEEN_S))


def _way(random: Random, day: int, hour: int, lasts_s: tuple[float, float]) -> Leave:
    out_s = day * DAY_S + hour * 3600 + random.uniform(0, 7200)
    return Leave(out_s, out_s + random.uniform(*lasts_s))
