"""Signals that somebody carries on: they arrive later than they did, all from one instant on.

A beacon goes out at an instant that only its key tells (`spec/beacon.md`, B9), so a receiver knows how late each frame
comes. That lateness is the difference of two clocks, which drifts slowly, and a few milliseconds of noise. A relay adds
its own delay to every frame: a step, which a one-sided CUSUM over the lateness against the learned clock adds up.

The clock (difference and rate) is learned by a Kalman filter with two states. What is not known well, after the start
or after a long silence, widens what is taken for noise, so not knowing raises no alarm. While lateness adds up, the
clock is not learned, and neither is the step. After an alarm everything is learned anew.

A relay that was there from the start shows no step, nor does an amplifier that delays by less than a microsecond.
Source: notes on radio and GNSS, 1.5.
"""

from math import sqrt

from msgspec import Struct

LEAST_DELAY_S = 0.020
"""The smallest added delay that has to be found. Notes on radio and GNSS, 1.5."""
ALLOWED_S = LEAST_DELAY_S / 2
"""Lateness up to this adds nothing up: half of the step, as CUSUM asks."""
ALARM_S = 0.110
"""So much lateness added up is a carried signal. At 0.080 two false ones in 80 simulated days, at 0.110 none in 240."""
CLIP_S = 0.035
"""A single frame adds no more than this: host time stamps have outliers of tens of milliseconds."""
_NOISE_S = 0.009
"""Standard deviation of one lateness: advertising delay up to 10 ms, stamps 5 ms and their clipped outliers."""
_RATE = 20e-6
"""A crystal's rate before anything is known of it: 20 ppm."""
_WANDER = (4e-9) ** 2
"""How much the variance of the rate grows in a second: temperature moves it by some 0.25 ppm in an hour."""
_START_S = 10.0
"""How far the first difference of two clocks may be off."""
_SURE_S = 0.004
"""The clock is known well enough to speak of delays when its difference is known so well."""
_TRUST = 2.0
"""So many standard deviations of the learned difference count as noise."""
_ANEW_S = 3600.0
"""After so long without a frame the difference is learned anew: temperature moved the rate meanwhile."""


class Phase(Struct, frozen=True, array_like=True, gc=False):
    """What is known of one transmitter's lateness at one receiver program."""

    at_s: float = 0.0
    """Instant of the last frame, by the receiver's monotonic clock; 0 for none."""
    late_s: float = 0.0
    rate: float = 0.0
    variance: float = 0.0
    """Of the lateness, in s²."""
    joint: float = 0.0
    rate_variance: float = 0.0
    added_s: float = 0.0
    """What CUSUM has added up."""
    run_s: float = 0.0
    """Lateness of the frames that it added up, and their number."""
    run: int = 0


UNKNOWN = Phase()


class Carried(Struct, frozen=True, gc=False):
    """Frames come late from some instant on."""

    delay_ms: float
    """How much later than before, in the middle of those added up."""


def step(state: Phase, sent_s: float, arrival_s: float) -> tuple[Phase, Carried | None]:
    """Take a believed frame: when it went out by its own clock, when it arrived by our monotonic one."""
    late_s = arrival_s - sent_s
    elapsed_s = arrival_s - state.at_s
    if state.at_s == 0.0 or not 0.0 <= elapsed_s <= _ANEW_S:
        return Phase(arrival_s, late_s, 0.0, _START_S**2 if state.at_s == 0.0 else _NOISE_S**2, 0.0, _RATE**2), None
    seen = _predicted(state, arrival_s, elapsed_s)
    innovation_s = late_s - seen.late_s
    if sqrt(seen.variance) > _SURE_S:
        return _learned(seen, innovation_s), None
    return _added(seen, min(max(innovation_s, -CLIP_S), CLIP_S))


def _predicted(state: Phase, at_s: float, elapsed_s: float) -> Phase:
    rate_variance = state.rate_variance + _WANDER * elapsed_s
    return Phase(
        at_s,
        state.late_s + state.rate * elapsed_s,
        state.rate,
        state.variance + elapsed_s * (2 * state.joint + elapsed_s * rate_variance),
        state.joint + elapsed_s * rate_variance,
        rate_variance,
        state.added_s,
        state.run_s,
        state.run,
    )


def _learned(state: Phase, innovation_s: float) -> Phase:
    whole = state.variance + _NOISE_S**2
    gain, rate_gain = state.variance / whole, state.joint / whole
    return Phase(
        state.at_s,
        state.late_s + gain * innovation_s,
        state.rate + rate_gain * innovation_s,
        state.variance * (1 - gain),
        state.joint * (1 - gain),
        state.rate_variance - rate_gain * state.joint,
        state.added_s,
        state.run_s,
        state.run,
    )


def _added(state: Phase, innovation_s: float) -> tuple[Phase, Carried | None]:
    allowed_s = ALLOWED_S + _TRUST * sqrt(state.variance)
    added_s = max(state.added_s + innovation_s - allowed_s, 0.0)
    run_s, run = (state.run_s + innovation_s, state.run + 1) if added_s > 0 else (0.0, 0)
    if added_s >= ALARM_S:
        return UNKNOWN, Carried(1000 * run_s / run)
    counted = Phase(
        state.at_s,
        state.late_s,
        state.rate,
        state.variance,
        state.joint,
        state.rate_variance,
        added_s,
        run_s,
        run,
    )
    return (counted if added_s > ALARM_S / 2 else _learned(counted, innovation_s)), None
