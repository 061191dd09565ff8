"""A fuel cell as a physical thing: what current it gives for a sample, whatever anybody believes of it.

It is not the inverse of how the unit evaluates it: it has a temperature, an age, a memory, noise and a converter.
Source: notes on breath alcohol, 5.1. All figures of a cell are typical [K] and may be drawn anew for each.
"""

from math import exp
from random import Random

import numpy as np
from msgspec import Struct

from baqylau.devices.breath_unit.metrology.gas import charge_uc
from baqylau.devices.breath_unit.metrology.transient import Trace

RATE_HZ = 50.0
BEFORE_S, AFTER_S = 3.0, 13.0
FULL_SCALE_UA = 10_000.0
_ZERO_C = 273.15
_REFERENCE_K = 25.0 + _ZERO_C


class Cell(Struct, frozen=True, kw_only=True):
    """What one cell is like. Nobody who measures with it knows these figures."""

    conversion: float = 0.93
    """Share of the alcohol that it oxidises when new, at 25 °C."""
    linear_per_k: float = 0.0012
    square_per_k2: float = -0.00002
    rise_s: float = 0.4
    decay_s: float = 4.0
    activation_k: float = 2405.0
    ageing_per_day: float = 0.0002
    slowing_per_day: float = 0.001
    memory: float = 0.03
    noise_ua: float = 0.3
    drift_ua_s: float = 0.01
    dark_ua: float = 2.0
    step_ua: float = 0.1
    """Of the converter."""
    valve_spread: float = 0.003
    """Of the volume taken, one standard deviation."""


def drawn(random: Random) -> Cell:
    """Give a cell as the next may be."""
    return Cell(
        conversion=random.gauss(0.93, 0.03),
        linear_per_k=random.gauss(0.0012, 0.0004),
        square_per_k2=random.gauss(-0.00002, 0.000005),
        rise_s=random.uniform(0.3, 0.6),
        decay_s=random.uniform(3.2, 5.0),
        ageing_per_day=abs(random.gauss(0.0, 0.0001)),
        memory=random.uniform(0.005, 0.03),
        noise_ua=random.uniform(0.1, 0.4),
        dark_ua=random.uniform(0.5, 4.0),
    )


def foreign(random: Random) -> Cell:
    """Give a cell, valve and converter of another make: from good ones to such as should not be used at all."""
    return Cell(
        conversion=random.uniform(0.08, 1.0),
        linear_per_k=random.uniform(-0.008, 0.008),
        square_per_k2=random.uniform(-0.0001, 0.0001),
        rise_s=random.uniform(0.1, 1.0),
        decay_s=random.uniform(1.5, 8.0),
        activation_k=random.uniform(800.0, 4500.0),
        ageing_per_day=abs(random.gauss(0.0, 0.00015)),
        slowing_per_day=random.uniform(0.0, 0.003),
        memory=random.uniform(0.0, 0.04),
        noise_ua=10 ** random.uniform(-2.0, 0.7),
        drift_ua_s=random.uniform(-0.5, 0.5) * 10 ** random.uniform(-2.0, 0.0),
        dark_ua=random.uniform(-10.0, 25.0),
        step_ua=10 ** random.uniform(-3.0, 0.7),
        valve_spread=random.uniform(0.0005, 0.006),
    )


class Drawn(Struct, frozen=True, kw_only=True):
    """A sample as it reaches the cell."""

    alcohol_mg_l: float
    cell_c: float
    age_days: float = 0.0
    before_mg_l: float = 0.0
    """What the cell had a minute ago."""
    slower: float = 1.0
    """How much slower what is in it is oxidised than ethanol."""


def trace(cell: Cell, sample: Drawn, random: Random, volume_ml: float = 1.0) -> Trace:
    """Give the current of a cell, from before the sample on."""
    noise = np.random.default_rng(random.getrandbits(64))
    seconds = np.arange(round((BEFORE_S + AFTER_S) * RATE_HZ) + 1) / RATE_HZ
    quick = exp(cell.activation_k * (1 / _REFERENCE_K - 1 / (sample.cell_c + _ZERO_C)))
    slow = (1 + cell.slowing_per_day * sample.age_days) * sample.slower / quick
    rise_s, decay_s = cell.rise_s * slow, cell.decay_s * slow
    after = np.maximum(seconds - BEFORE_S, 0.0)
    form = (np.exp(-after / decay_s) - np.exp(-after / rise_s)) / (decay_s - rise_s)
    current = _charge_uc(cell, sample, random, volume_ml) * form
    current += cell.dark_ua + cell.drift_ua_s * seconds + noise.normal(0.0, cell.noise_ua, seconds.size)
    told = np.clip(np.round(current / cell.step_ua) * cell.step_ua, -FULL_SCALE_UA, FULL_SCALE_UA)
    return Trace(current_ua=told.tolist(), rate_hz=RATE_HZ, sampled_at_s=BEFORE_S, full_scale_ua=FULL_SCALE_UA)


def _charge_uc(cell: Cell, sample: Drawn, random: Random, volume_ml: float) -> float:
    warmer_k = sample.cell_c - 25.0
    share = cell.conversion * (1 + cell.linear_per_k * warmer_k + cell.square_per_k2 * warmer_k**2)
    share *= 1 - cell.ageing_per_day * sample.age_days
    held_mg_l = sample.alcohol_mg_l + cell.memory * sample.before_mg_l
    return share * charge_uc(held_mg_l, volume_ml * random.gauss(1.0, cell.valve_spread))
