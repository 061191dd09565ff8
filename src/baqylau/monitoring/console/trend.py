"""Finding a bracelet: whether it grows stronger. A trend and never a distance. Pure.

Single frames scatter by some 8 dB, so nothing is said from one or two: the mean of the last twelve seconds is
compared with that of the twelve before, and the change has to stand out of the scatter. A bracelet at rest sends every
five seconds: then it takes longer spans. Notes on radio and GNSS, section 7.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import sqrt
from statistics import fmean, median

from msgspec import Struct

from baqylau.monitoring.console.nearby import LEVEL_FRAMES, Strength

WINDOWS_MS = (12_000, 20_000, 30_000)
"""The shortest in which enough was heard."""
SCATTER_DB = 8.0
"""Standard deviation of one frame."""
SURE = 0.6
"""So many standard errors a change has to be [K]."""
LEAST_DB = 1.0
FRAMES_MIN = 4
LOST_MS = 15_000
SHOWN_MS = 60_000
LOUD_DBM, FAINT_DBM = -45.0, -95.0


class Direction(StrEnum):
    """What is said of the way just walked."""

    STRONGER = "stronger"
    WEAKER = "weaker"
    STEADY = "steady"
    WAIT = "wait"
    """Too few frames to say anything."""
    LOST = "lost"


class Trend(Struct, frozen=True, kw_only=True):
    """What the finder shows."""

    direction: Direction
    level_dbm: float | None
    """Median of the last frames."""
    change_db: float | None
    """From one span to the next."""
    span_s: int
    """How long each of the two is."""
    tone_hz: int | None
    """Follows the trend and not the level; None for silence."""


def trend(strengths: Sequence[Strength], ms: int) -> Trend:
    """Give the trend at an instant."""
    window_ms = _window_ms(strengths, ms)
    recent, before = _heard(strengths, ms, 0, window_ms), _heard(strengths, ms, window_ms, 2 * window_ms)
    span_s = window_ms // 1000
    last = [one.dbm for one in strengths if ms - one.ms < SHOWN_MS][-LEVEL_FRAMES:]
    level_dbm = median(last) if last else None
    if not any(ms - one.ms < LOST_MS for one in strengths):
        return Trend(direction=Direction.LOST, level_dbm=level_dbm, change_db=None, span_s=span_s, tone_hz=None)
    if min(len(recent), len(before)) < FRAMES_MIN:
        tone_hz = _TONES[Direction.WAIT]
        return Trend(direction=Direction.WAIT, level_dbm=level_dbm, change_db=None, span_s=span_s, tone_hz=tone_hz)
    change_db = fmean(recent) - fmean(before)
    unsure_db = SCATTER_DB * sqrt(1 / len(recent) + 1 / len(before))
    direction = Direction.STEADY
    if abs(change_db) >= max(SURE * unsure_db, LEAST_DB):
        direction = Direction.STRONGER if change_db > 0 else Direction.WEAKER
    tone_hz = _TONES[direction]
    return Trend(direction=direction, level_dbm=level_dbm, change_db=change_db, span_s=span_s, tone_hz=tone_hz)


def _heard(strengths: Sequence[Strength], ms: int, from_ms: int, until_ms: int) -> list[float]:
    return [one.dbm for one in strengths if from_ms <= ms - one.ms < until_ms]


def _window_ms(strengths: Sequence[Strength], ms: int) -> int:
    for window_ms in WINDOWS_MS:
        spans = (_heard(strengths, ms, 0, window_ms), _heard(strengths, ms, window_ms, 2 * window_ms))
        if min(map(len, spans)) >= FRAMES_MIN:
            return window_ms
    return WINDOWS_MS[-1]


_TONES = {Direction.STRONGER: 880, Direction.STEADY: 587, Direction.WEAKER: 392, Direction.WAIT: 294}


def smoothed(strengths: Sequence[Strength]) -> list[Strength]:
    """Give the line through the points: at each frame the median of it and the five before."""
    return [
        Strength(one.ms, median(other.dbm for other in strengths[max(0, at - LEVEL_FRAMES + 1) : at + 1]))
        for at, one in enumerate(strengths)
    ]
