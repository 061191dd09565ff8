"""The way of a breath through the mouthpiece: whether it is one, whole, and from deep enough in a person's lungs.

Source: notes on breath alcohol, 5.3 and 5.5. Every limit may be set otherwise.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import isfinite

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Acceptance(Struct, frozen=True, kw_only=True):
    """What a breath has to be like."""

    volume_min_l: float = 1.2
    flow_min_l_s: float = 0.1
    duration_min_s: float = 3.0
    gap_max_s: float = 0.2
    """Shorter than this a flow below the least is no interruption."""
    suck_back_l: float = 0.05
    pushed_pa: float = 100.0
    """Nobody who draws air in makes so much pressure."""
    breath_c: tuple[float, float] = (30.0, 36.0)
    rise_min_k: float = 5.0
    """By so much a breath warms the sensor within a second, where the room is cooler than `warm_room_c`."""
    warm_room_c: float = 28.0
    carbon_dioxide_min_percent: float = 3.0
    resistance_max_pa_s_l: float = 6000.0
    """A filter in the way needs more pressure for the same flow."""
    even_max: float = 0.02
    """Nobody holds a flow so even: its spread as a share of its mean, between the beginning and the sample."""


class BlowFault(StrEnum):
    """Why a breath is not measured."""

    NONE_CAME = "none_came"
    TOO_LITTLE = "too_little"
    TOO_SHORT = "too_short"
    INTERRUPTED = "interrupted"
    SUCKED_BACK = "sucked_back"
    REVERSED = "reversed"
    """Air goes backwards while it is pushed forwards: the sensor is the wrong way round, or broken."""
    NOT_WARM = "not_warm"
    NOT_A_BREATH = "not_a_breath"
    RESISTED = "resisted"
    TOO_EVEN = "too_even"
    NOT_A_NUMBER = "not_a_number"


class Blow(Struct, frozen=True, kw_only=True):
    """Traces of one breath, all at one rate; the room's temperature was measured before it."""

    flow_l_s: Sequence[float]
    temperature_c: Sequence[float]
    pressure_pa: Sequence[float]
    rate_hz: float
    room_c: float
    sampled_at_s: float | None
    """When the valve took the sample, from the beginning of the traces; None where it took none."""
    carbon_dioxide_percent: float | None = None
    """At the sample, where the unit measures it."""


class Breath(Struct, frozen=True, kw_only=True):
    """What the traces say."""

    volume_l: float
    before_sample_l: float
    duration_s: float
    temperature_c: float
    faults: tuple[BlowFault, ...]


def examined(blow: Blow, acceptance: Acceptance) -> Breath:
    """Examine a breath."""
    flow, warmth, pressure = (
        np.asarray(one, dtype=np.float64) for one in (blow.flow_l_s, blow.temperature_c, blow.pressure_pa)
    )
    dioxide = blow.carbon_dioxide_percent
    measured = all(one.size == flow.size and np.isfinite(one).all() for one in (flow, warmth, pressure))
    if not measured or (dioxide is not None and not isfinite(dioxide)):
        return _nothing(blow, BlowFault.NOT_A_NUMBER)
    if _reversed(flow, pressure, acceptance):
        return _nothing(blow, BlowFault.REVERSED)
    blowing = np.flatnonzero(flow >= acceptance.flow_min_l_s)
    if blowing.size == 0 or blow.sampled_at_s is None:
        sucked = _sucked(flow, blow, acceptance)
        return _nothing(blow, BlowFault.SUCKED_BACK if sucked else BlowFault.NONE_CAME)
    first, last = int(blowing[0]), int(blowing[-1]) + 1
    sample = min(max(round(blow.sampled_at_s * blow.rate_hz), first), last)
    volume_l = float(flow[first:last].sum() / blow.rate_hz)
    before_l = float(flow[first:sample].sum() / blow.rate_hz)
    duration_s = (last - first) / blow.rate_hz
    at_sample_c = float(
        warmth[max(min(sample, last - 1) - round(blow.rate_hz / 2), first) : min(sample + 1, last)].max()
    )
    found = {
        BlowFault.TOO_LITTLE: before_l < acceptance.volume_min_l,
        BlowFault.TOO_SHORT: duration_s < acceptance.duration_min_s,
        BlowFault.INTERRUPTED: _gap_s(flow[first:sample], blow, acceptance) > acceptance.gap_max_s,
        BlowFault.SUCKED_BACK: _sucked(flow, blow, acceptance),
        BlowFault.NOT_WARM: not acceptance.breath_c[0] <= at_sample_c <= acceptance.breath_c[1],
        BlowFault.NOT_A_BREATH: _not_human(warmth[first:], blow, acceptance),
        BlowFault.RESISTED: _resistance(flow[first:sample], pressure[first:sample]) > acceptance.resistance_max_pa_s_l,
        BlowFault.TOO_EVEN: _evenness(flow[first:sample], blow) < acceptance.even_max,
    }
    return Breath(
        volume_l=volume_l,
        before_sample_l=before_l,
        duration_s=duration_s,
        temperature_c=at_sample_c,
        faults=tuple(fault for fault, holds in found.items() if holds),
    )


def _nothing(blow: Blow, fault: BlowFault) -> Breath:
    return Breath(volume_l=0.0, before_sample_l=0.0, duration_s=0.0, temperature_c=blow.room_c, faults=(fault,))


def _gap_s(flow: Array, blow: Blow, acceptance: Acceptance) -> float:
    """Give the longest stretch without flow on the way to the sample."""
    longest = run = 0
    for below in flow < acceptance.flow_min_l_s:
        run = run + 1 if below else 0
        longest = max(longest, run)
    return longest / blow.rate_hz


def _sucked(flow: Array, blow: Blow, acceptance: Acceptance) -> bool:
    return -float(np.minimum(flow, 0.0).sum()) / blow.rate_hz > acceptance.suck_back_l


def _reversed(flow: Array, pressure: Array, acceptance: Acceptance) -> bool:
    """Whether the air went backwards while somebody pushed."""
    back = flow <= -acceptance.flow_min_l_s
    return bool(back.any()) and float(np.median(pressure[back])) >= acceptance.pushed_pa


def _not_human(warmth: Array, blow: Blow, acceptance: Acceptance) -> bool:
    """Whether it neither warms as a breath does nor, where that is measured, holds what a breath holds."""
    dioxide = blow.carbon_dioxide_percent
    if dioxide is not None and dioxide < acceptance.carbon_dioxide_min_percent:
        return True
    if blow.room_c >= acceptance.warm_room_c:
        return False
    within = warmth[: round(blow.rate_hz) + 1]
    return float(within.max()) - blow.room_c < acceptance.rise_min_k


def _resistance(flow: Array, pressure: Array) -> float:
    """Give the median of pressure over flow, in Pa s/L."""
    moving = flow > 0
    return float(np.median(pressure[moving] / flow[moving])) if moving.any() else 0.0


def _evenness(flow: Array, blow: Blow) -> float:
    """Give how much the flow changes once it has begun, as a share of it."""
    steady = flow[round(blow.rate_hz / 2) :]
    if steady.size < blow.rate_hz or float(steady.mean()) <= 0:
        return 1.0
    return float(steady.std()) / float(steady.mean())
