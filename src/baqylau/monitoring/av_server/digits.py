"""Spoken digits, in any language: each is compared with how the same person said all ten at enrolment.

Cepstra are compared along the cheapest way through time (dynamic time warping); the digit whose takes lie nearest is
the one that was said.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from baqylau.monitoring.av_server.mel import bands, cosines, powers
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Reals

FEATURES = 24
TAKES = 5
"""Of each digit at enrolment."""
RIGHT_OF_SIX = 5
_CEPSTRA = 12
_BANDS = 26
_FFT = 512
_HOP = 160
_LOW_HZ, _HIGH_HZ = 100.0, 4000.0
_SLOPE = 2
"""Frames on either side from which the change of a cepstrum is taken."""
_STEPS_MAX = 150
"""A digit lasts 1.5 s at most; what is longer is cut."""
_STEPS_LEAST = 12
_NEAREST = 2
"""Takes of a digit whose mean distance stands for it."""


class Heard(Struct, frozen=True):
    """What one answer sounds like."""

    digit: int | None
    """The nearest digit; None where nothing was said."""
    distance: float
    margin: float
    """How much farther the next digit is, as a share."""


NOTHING = Heard(None, float("inf"), 0.0)


def features(sound: Reals) -> Reals:
    """Give the cepstra and their change, every 10 ms, each with mean 0 and deviation 1: shape (steps, 24)."""
    heard = np.log(
        powers(sound[: _STEPS_MAX * _HOP], fft=_FFT, hop=_HOP) @ bands(_BANDS, _FFT, _LOW_HZ, _HIGH_HZ).T + 1e-8
    )
    cepstra = heard @ cosines(_CEPSTRA, _BANDS).T
    padded = np.pad(cepstra, ((_SLOPE, _SLOPE), (0, 0)), mode="edge")
    ways = range(1, _SLOPE + 1)
    count = len(cepstra)
    slopes = sum(way * (padded[_SLOPE + way :][:count] - padded[_SLOPE - way :][:count]) for way in ways)
    both = np.hstack([cepstra, slopes / (2 * sum(way * way for way in ways))])
    return np.asarray((both - both.mean(axis=0)) / np.maximum(both.std(axis=0), 1e-6))


def heard(sound: Reals, takes: Sequence[Reals], digits: Sequence[int], rotation: Reals | None = None) -> Heard:
    """Tell which digit was said, by the person's own takes."""
    if len(sound) < _STEPS_LEAST * _HOP:
        return NOTHING
    said = features(sound)
    return nearest(said if rotation is None else said @ rotation.T, takes, digits)


def nearest(said: Reals, takes: Sequence[Reals], digits: Sequence[int]) -> Heard:
    """Tell which digit's takes lie nearest."""
    if not takes:
        return NOTHING
    far = distances(said, takes)
    known = np.asarray(digits)
    each = {int(digit): float(np.sort(far[known == digit])[:_NEAREST].mean()) for digit in np.unique(known)}
    first, *others = sorted(each, key=lambda digit: each[digit])
    second = each[others[0]] if others else float("inf")
    return Heard(first, each[first], second / max(each[first], 1e-9) - 1)


def distances(said: Reals, takes: Sequence[Reals]) -> Reals:
    """Give the cost of the cheapest way from what was said to each take, per step of both.

    All takes are walked at once, one diagonal of the table after the other.
    """
    rows, columns = len(said), max(len(take) for take in takes)
    padded = np.zeros((len(takes), columns, said.shape[1]))
    for index, take in enumerate(takes):
        padded[index, : len(take)] = take
    squares = (
        (said**2).sum(1)[None, :, None] + (padded**2).sum(2)[:, None, :] - 2 * np.einsum("if,tjf->tij", said, padded)
    )
    cost = _diagonals(np.sqrt(np.maximum(squares, 0)))
    infinite = np.full((len(takes), rows + 1), np.inf)
    before, last = infinite.copy(), infinite.copy()
    before[:, 0] = 0.0
    ends = np.zeros(len(takes))
    lengths = np.array([len(take) for take in takes])
    for diagonal in range(rows + columns - 1):
        now = infinite.copy()
        # The step along both counts twice: a detour must not be cheaper than the straight way.
        way = np.minimum(before[:, :-1] + cost[diagonal], np.minimum(last[:, :-1], last[:, 1:]))
        now[:, 1:] = way + cost[diagonal]
        done = lengths + rows - 2 == diagonal
        ends[done] = now[done, rows]
        before, last = last, now
    return np.asarray(ends / (rows + lengths))


def _diagonals(cost: Reals) -> Reals:
    """Lay the table aslant: row d holds the cells (i, d - i), infinite where there is none."""
    takes, rows, columns = cost.shape
    aslant = np.full((rows + columns - 1, takes, rows), np.inf)
    across = np.arange(rows)
    for column in range(columns):
        aslant[column + across, :, across] = cost[:, :, column].T
    return aslant


def resampled(sound: Reals, hz: int) -> Reals:
    """Bring a sound to 16 kHz, straight between its samples."""
    if hz == SAMPLE_HZ or not len(sound):
        return sound
    count = int(len(sound) * SAMPLE_HZ / hz)
    return np.asarray(np.interp(np.arange(count) * hz / SAMPLE_HZ, np.arange(len(sound)), sound), dtype=np.float32)
