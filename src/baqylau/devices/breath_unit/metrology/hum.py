"""Whether somebody hums into the mouthpiece: a voice has a pitch, and comes with warm air.

A voiced hum repeats itself 80 to 300 times a second: its normalised autocorrelation has a peak there above 0.5. Air
that rushes has none, mains hum has it lower. What a loudspeaker plays brings no breath with it. Source: notes on breath
alcohol, 5.5; the least sound and flow are design values.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PITCH_HZ = (80.0, 300.0)
LIKENESS_MIN = 0.5
PART_S = 0.1
STEP_S = 0.05
LOUD_MIN = 3.0
"""Root mean square, in steps of the sound's 8 bits."""
FLOW_MIN_L_S = 0.02
GAP_MAX_PARTS = 2
"""A pitch that is lost for so many steps goes on."""

Array = NDArray[np.float64]


def hummed_s(sound: Sequence[float], rate_hz: float, flow_l_s: Sequence[float], flow_rate_hz: float) -> float:
    """Give the longest time that somebody hummed and breathed out without a pause."""
    heard, flow = np.asarray(sound, dtype=np.float64), np.asarray(flow_l_s, dtype=np.float64)
    size, step = round(PART_S * rate_hz), round(STEP_S * rate_hz)
    longest = run = missed = 0
    for begin in range(0, heard.size - size + 1, step):
        at = begin / rate_hz
        air = flow[int(at * flow_rate_hz) : int((at + PART_S) * flow_rate_hz) + 1]
        voiced = _breathed(air) and _voiced(heard[begin : begin + size], rate_hz)
        missed = 0 if voiced else missed + 1
        run = run + 1 if missed <= GAP_MAX_PARTS and (voiced or run) else 0
        longest = max(longest, run - missed if run else 0)
    return longest * STEP_S + (PART_S - STEP_S if longest else 0.0)


def _breathed(air: Array) -> bool:
    return air.size > 0 and bool(np.isfinite(air).all()) and float(air.mean()) >= FLOW_MIN_L_S


def _voiced(part: Array, rate_hz: float) -> bool:
    part = part - part.mean()
    if not np.isfinite(part).all() or float(np.sqrt(np.mean(part**2))) < LOUD_MIN:
        return False
    first, last = int(rate_hz / PITCH_HZ[1]), int(np.ceil(rate_hz / PITCH_HZ[0]))
    likeness = [_likeness(part, lag) for lag in range(first - 1, last + 2)]
    return any(
        here > LIKENESS_MIN and here > before and here >= after
        for before, here, after in zip(likeness, likeness[1:], likeness[2:], strict=False)
    )


def _likeness(part: Array, lag: int) -> float:
    before, after = part[:-lag], part[lag:]
    whole = float(np.sqrt(np.sum(before**2) * np.sum(after**2)))
    return float(np.sum(before * after)) / whole if whole else 0.0
