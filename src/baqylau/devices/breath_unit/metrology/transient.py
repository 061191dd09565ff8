"""The current of the fuel cell after a sample: its charge is the measurement, its form says whether to believe it.

    i(t) = baseline + Q (exp(-t/decay) - exp(-t/rise)) / (decay - rise)

The charge does not depend on how fast the cell works, and so hardly on its temperature; the peak does. What flows after
the window is worked out from the decay. Source: notes on breath alcohol, 5.1.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import sqrt

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

BASELINE_S = 2.0
WINDOW_S = 12.0
FIT_FROM_S = 6.0
TAIL_SHARE_MAX = 0.25
RESIDUAL_MAX = 0.03
RESTLESS_UA = 1.0
"""A baseline that moves by so much before the sample is not one, however loud the noise."""
PARTS_S = 0.5
"""The decay is fitted to means over so long: single values of a weak current are mostly noise."""
SEEN_NOISES = 5.0
"""A current that stands out of the noise by so many of its spreads has a form that can be fitted."""

Array = NDArray[np.float64]


class TraceFault(StrEnum):
    """Why a trace cannot be evaluated. The unit's fault, never the person's."""

    TOO_SHORT = "too_short"
    NOT_A_NUMBER = "not_a_number"
    SATURATED = "saturated"
    RESTLESS = "restless"
    """The current moved before there was a sample."""
    TAIL_TOO_LONG = "tail_too_long"
    FORM_WRONG = "form_wrong"


class Trace(Struct, frozen=True, kw_only=True):
    """The cell's current, from before the sample on."""

    current_ua: Sequence[float]
    rate_hz: float
    sampled_at_s: float
    """When the sample reached the cell, from the beginning of the trace."""
    full_scale_ua: float


class Transient(Struct, frozen=True, kw_only=True):
    """What a trace says."""

    charge_uc: float
    """All of it, the tail included."""
    tail_uc: float
    baseline_ua: float
    noise_ua: float
    """Spread of the baseline."""
    peak_ua: float
    peak_after_s: float
    decay_s: float | None
    """None where there was too little alcohol for a form."""
    residual: float = 0.0
    """How far the fitted decay leaves the current, as a share of it."""
    tail_spread_uc: float = 0.0
    """How far noise alone may move the tail, one standard deviation."""


def evaluated(trace: Trace) -> Transient | TraceFault:
    """Evaluate a trace, or say why it cannot be."""
    current = np.asarray(trace.current_ua, dtype=np.float64)
    fault = _unusable(trace, current)
    if fault is not None:
        return fault
    start = round(trace.sampled_at_s * trace.rate_hz)
    before = current[start - round(BASELINE_S * trace.rate_hz) : start]
    seconds = np.arange(before.size) / trace.rate_hz
    slope, level = np.polyfit(seconds, before, 1)
    noise_ua = float((before - level - slope * seconds).std(ddof=2))
    if abs(float(slope)) * BASELINE_S > max(SEEN_NOISES * noise_ua, RESTLESS_UA):
        return TraceFault.RESTLESS
    baseline_ua = float(before.mean())
    flow = current[start : start + round(WINDOW_S * trace.rate_hz) + 1] - baseline_ua
    return _of(flow, trace.rate_hz, baseline_ua, noise_ua)


def _unusable(trace: Trace, current: Array) -> TraceFault | None:
    needed_s = trace.sampled_at_s + WINDOW_S
    if trace.sampled_at_s < BASELINE_S or current.size < round(needed_s * trace.rate_hz) + 1:
        return TraceFault.TOO_SHORT
    if np.isnan(current).any():
        return TraceFault.NOT_A_NUMBER
    if (np.abs(current) >= trace.full_scale_ua).any():
        return TraceFault.SATURATED
    return None


def _of(flow: Array, rate_hz: float, baseline_ua: float, noise_ua: float) -> Transient | TraceFault:
    charge_uc = float(np.trapezoid(flow, dx=1 / rate_hz))
    peak_at = int(flow.argmax())
    told = Transient(
        charge_uc=charge_uc,
        tail_uc=0.0,
        baseline_ua=baseline_ua,
        noise_ua=noise_ua,
        peak_ua=float(flow[peak_at]),
        peak_after_s=peak_at / rate_hz,
        decay_s=None,
    )
    size = round(PARTS_S * rate_hz)
    late = flow[round(FIT_FROM_S * rate_hz) : -1]
    parts = late[: late.size // size * size].reshape(-1, size).mean(axis=1)
    if float(parts.min()) < max(SEEN_NOISES * noise_ua / sqrt(size), RESTLESS_UA):
        return told
    return _with_tail(told, parts, noise_ua / sqrt(size))


def _with_tail(told: Transient, parts: Array, noise_ua: float) -> Transient | TraceFault:
    """Add what flows after the window, by a decay fitted where the rise is long over."""
    seconds = (np.arange(parts.size) + 0.5) * PARTS_S
    (slope, height), spread = np.polyfit(seconds, np.log(parts), 1, w=parts, cov="unscaled")
    if slope >= 0:
        return TraceFault.FORM_WRONG
    decay_s = -1 / float(slope)
    turns = np.array([WINDOW_S - FIT_FROM_S + decay_s, 1.0])
    fitted = np.exp(height + slope * seconds)
    residual = sqrt(float(np.mean((parts - fitted) ** 2))) / float(fitted.mean())
    tail_uc = float(np.exp(height + slope * (WINDOW_S - FIT_FROM_S))) * decay_s
    charge_uc = told.charge_uc + tail_uc
    if residual > max(RESIDUAL_MAX, SEEN_NOISES * noise_ua / float(fitted.mean())):
        return TraceFault.FORM_WRONG
    if tail_uc > TAIL_SHARE_MAX * charge_uc:
        return TraceFault.TAIL_TOO_LONG
    return replace(
        told,
        charge_uc=charge_uc,
        tail_uc=tail_uc,
        decay_s=decay_s,
        residual=residual,
        tail_spread_uc=tail_uc * noise_ua * sqrt(float(turns @ spread @ turns)),
    )
