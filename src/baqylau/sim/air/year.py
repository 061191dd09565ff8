"""Device-days by the thousand: lives, homes and receivers drawn from seeds, judged by the real rules (`minutes`)."""

from collections.abc import Callable
from datetime import timedelta
from math import exp, log
from random import Random

import numpy as np
from msgspec import Struct

from baqylau.devices.linux_unit.arrival import UNKNOWN, step
from baqylau.sim.air.hearing import late
from baqylau.sim.air.home import paths
from baqylau.sim.air.life import DAY_S, any_life
from baqylau.sim.air.minutes import EVERY_S, audible, sent, told
from baqylau.sim.air.prescribed import BEGUN_AT, supervision
from baqylau.sim.air.score import Score, found, scored

CONFIDENT = 0.025
"""On each side: the interval holds the true figure in 95 of 100 cases."""
LOST_SHARE = 0.065
"""Of frames, in the middle of homes. Notes on radio and GNSS, 3.2."""
SKEW = 10e-6
WANDER = 0.05e-6
"""How far a crystal's rate goes astray from one frame to the next; over a day some 7 ppm."""


class Setting(Struct, frozen=True, kw_only=True):
    """What is varied."""

    name: str
    receivers: int
    shared: float = 0.0
    """Part of the postures that hide the bracelet from all receivers alike."""
    grace_s: int = 0


def lived(setting: Setting, seed: int, days: int) -> Score:
    """Give what comes of some days in one home."""
    dice, life = np.random.default_rng([seed, setting.receivers]), any_life(Random(seed), days)  # noqa: S311 - a life
    ways = paths(setting.receivers, life, dice, setting.shared)
    times = sent(days, dice)
    observations = told(times, audible(times, life, ways, dice), life, BEGUN_AT)
    findings = found(supervision(setting.grace_s), observations, BEGUN_AT + timedelta(days=days))
    return scored(life, findings, BEGUN_AT, setting.grace_s)


def carried(seed: int, days: float, delay_s: float = 0.0, from_s: float = 0.0) -> tuple[float, ...]:
    """Give when a unit that hears one bracelet finds its signal carried on; it is, with a delay, from an instant on."""
    dice = np.random.default_rng([seed, 7])
    out = np.arange(0.0, days * DAY_S, EVERY_S)
    rate = dice.normal(0.0, SKEW) + np.cumsum(dice.normal(0.0, WANDER, out.size))
    lateness = np.cumsum(rate * EVERY_S) + late(out.size, dice) + np.where(out >= from_s, delay_s, 0.0)
    heard = np.flatnonzero(dice.random(out.size) >= LOST_SHARE)
    state, when = UNKNOWN, list[float]()
    for sent_s, late_s in zip(out[heard].tolist(), lateness[heard].tolist(), strict=True):
        state, said = step(state, sent_s, sent_s + late_s + DAY_S)
        if said is not None:
            when.append(sent_s)
    return tuple(when)


def interval(count: int) -> tuple[float, float]:
    """Give the exact 95 % interval of a Poisson mean, of which so many were seen."""
    low = _where(lambda mean: 1 - _up_to(count - 1, mean), CONFIDENT, count + 1.0) if count else 0.0
    return low, _where(lambda mean: -_up_to(count, mean), -CONFIDENT, 4.0 * count + 10.0)


def _up_to(count: int, mean: float) -> float:
    """Give how likely no more than so many are."""
    if mean <= 0:
        return 1.0
    total, term = 0.0, -mean
    for number in range(count + 1):
        term += log(mean / number) if number else 0.0
        total += exp(term)
    return total


def _where(rises: Callable[[float], float], level: float, high: float) -> float:
    """Give where a rising function reaches a level, between zero and `high`."""
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rises(middle) < level else (low, middle)
    return low
