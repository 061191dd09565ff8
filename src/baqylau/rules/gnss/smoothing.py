"""Filter and smoother of a track, for drawing and for reports only. No rule takes what comes out of here.

A Kalman filter with constant velocity (two coordinates, two speeds) on a plane of the track's own, and the smoother of
Rauch, Tung and Striebel over it. What it gives is of a type of its own, says how it was made, and stands beside the
fixes, never in their place. Source: notes on radio and GNSS, 4.3, step 4.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from math import cos, hypot, radians
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from baqylau.rules.gnss.figures import RADIUS_95_SIGMAS
from baqylau.rules.gnss.plane import DEGREE_M, Place, way_m

MOVING_M2_S3: Final = 1.0
"""Spectral density of the acceleration of somebody on the way, on foot or by car [K]."""
STILL_M2_S3: Final = 0.001
"""The same at rest: drift is not followed [K]."""
BREAK_S: Final = 120.0
"""Over a longer gap nothing is carried: there the track begins anew [K]."""
_SPEED_VARIANCE: Final = 100.0
"""Of somebody of whom nothing is known: 10 m/s either way."""

Values = NDArray[np.float64]


class Manner(StrEnum):
    """How a place was worked out."""

    FILTERED = "filtered"
    """From the fixes up to it."""
    SMOOTHED = "smoothed"
    """From those after it, too."""


class WorkedOut(Struct, frozen=True, kw_only=True):
    """A place that nobody measured, for display and reports. It has no way into an observation."""

    at_s: float
    latitude_deg: float
    longitude_deg: float
    r95_m: float
    """What the filter makes of the fixes' own accuracy; drift over minutes is not in it."""
    speed_m_s: float
    manner: Manner


class _Step(Struct, frozen=True):
    """One fix in the filter: before it was taken and after, and how it came from the one before."""

    at_s: float
    way: Values
    foreseen: Values
    foreseen_spread: Values
    state: Values
    spread: Values


def filtered(track: Sequence[tuple[Place, bool]]) -> tuple[WorkedOut, ...]:
    """Give a track of fixes, each with whether somebody was at rest then, as the filter follows it."""
    return tuple(
        _worked_out(part[0][0], step.at_s, step.state, step.spread, Manner.FILTERED)
        for part in _parts(track)
        for step in _filter(part)
    )


def smoothed(track: Sequence[tuple[Place, bool]]) -> tuple[WorkedOut, ...]:
    """Give the same as the smoother sees it afterwards."""
    return tuple(
        _worked_out(part[0][0], at_s, state, spread, Manner.SMOOTHED)
        for part in _parts(track)
        for at_s, state, spread in _smooth(list(_filter(part)))
    )


def _parts(track: Sequence[tuple[Place, bool]]) -> Iterator[Sequence[tuple[Place, bool]]]:
    """Cut a track where it has gaps, or where time goes back."""
    cuts = [
        number + 1
        for number, ((before, _), (after, _)) in enumerate(pairwise(track))
        if not 0.0 < after.at_s - before.at_s <= BREAK_S
    ]
    for begin, end in pairwise([0, *cuts, len(track)]):
        if begin < end:
            yield track[begin:end]


def _filter(part: Sequence[tuple[Place, bool]]) -> Iterator[_Step]:
    origin = part[0][0]
    state, spread, at_s = np.zeros(4), np.diag([0.0, 0.0, _SPEED_VARIANCE, _SPEED_VARIANCE]), origin.at_s
    spread[0, 0] = spread[1, 1] = _variance_m2(origin)
    for place, still in part:
        way = _way(place.at_s - at_s)
        foreseen = way @ state
        foreseen_spread = way @ spread @ way.T + _noise(place.at_s - at_s, STILL_M2_S3 if still else MOVING_M2_S3)
        state, spread = _taken(foreseen, foreseen_spread, np.array(way_m(origin, place)), _variance_m2(place))
        at_s = place.at_s
        yield _Step(at_s, way, foreseen, foreseen_spread, state, spread)


def _taken(foreseen: Values, spread: Values, measured: Values, variance_m2: float) -> tuple[Values, Values]:
    """Take a measured place into what was foreseen."""
    gain = spread[:, :2] @ np.linalg.inv(spread[:2, :2] + variance_m2 * np.eye(2))
    kept = np.eye(4)
    kept[:, :2] -= gain
    after = kept @ spread @ kept.T + variance_m2 * gain @ gain.T
    return foreseen + gain @ (measured - foreseen[:2]), after


def _smooth(steps: Sequence[_Step]) -> Iterable[tuple[float, Values, Values]]:
    state, spread = steps[-1].state, steps[-1].spread
    back = [(steps[-1].at_s, state, spread)]
    for step, after in zip(reversed(steps[:-1]), reversed(steps[1:]), strict=True):
        gain = step.spread @ after.way.T @ np.linalg.pinv(after.foreseen_spread)
        state = step.state + gain @ (state - after.foreseen)
        spread = step.spread + gain @ (spread - after.foreseen_spread) @ gain.T
        back.append((step.at_s, state, spread))
    return reversed(back)


def _way(seconds: float) -> Values:
    way = np.eye(4)
    way[0, 2] = way[1, 3] = seconds
    return way


def _noise(seconds: float, density: float) -> Values:
    """Give what an unknown acceleration adds in the time."""
    noise = np.zeros((4, 4))
    for place, speed in ((0, 2), (1, 3)):
        noise[place, place] = density * seconds**3 / 3
        noise[place, speed] = noise[speed, place] = density * seconds**2 / 2
        noise[speed, speed] = density * seconds
    return noise


def _variance_m2(place: Place) -> float:
    return (place.r95_m / RADIUS_95_SIGMAS) ** 2


def _worked_out(origin: Place, at_s: float, state: Values, spread: Values, manner: Manner) -> WorkedOut:
    east_m, north_m = float(state[0]), float(state[1])
    latitude_deg = origin.latitude_deg + north_m / DEGREE_M
    middle = radians((latitude_deg + origin.latitude_deg) / 2)
    longitude_deg = origin.longitude_deg + east_m / (DEGREE_M * cos(middle))
    return WorkedOut(
        at_s=at_s,
        latitude_deg=latitude_deg,
        longitude_deg=(longitude_deg + 180.0) % 360.0 - 180.0,
        r95_m=RADIUS_95_SIGMAS * float(np.sqrt(max(spread[0, 0] + spread[1, 1], 0.0) / 2)),
        speed_m_s=hypot(float(state[2]), float(state[3])),
        manner=manner,
    )
