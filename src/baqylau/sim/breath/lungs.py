"""Lungs that blow, with alcohol in their blood or in their mouth; and what is held to a mouthpiece instead of them.

Alcohol rises towards the air of the depth of the lungs: half a litre gives 80 % of what one and a half give. Alcohol of
the mouth is there at the beginning and passes within minutes. Source: notes on breath alcohol, 5.2, 5.3, 5.5.
"""

from enum import StrEnum
from math import exp
from random import Random

import numpy as np
from msgspec import Struct

from baqylau.devices.breath_unit.metrology.blow import Blow

RATE_HZ = 50.0
SAMPLE_AFTER_L = 1.2
_LATE_MIN_L = 0.3
_WASHOUT_L = 0.31
"""So that 0.5 L give 80 % of the depth's alcohol."""
_MOUTH_MINUTES = 2.5
BREATH_RESISTANCE = 2500.0


class Trick(StrEnum):
    """What somebody holds to the mouthpiece, or does there."""

    BALLOON = "balloon"
    COMPRESSOR = "compressor"
    FILTER = "filter"
    WARMED_BAG = "warmed_bag"
    SHORT_PUFFS = "short_puffs"
    SUCK_BACK = "suck_back"
    WINDOW_STRAW = "window_straw"


class Person(Struct, frozen=True, kw_only=True):
    """Somebody who blows."""

    capacity_l: float = 3.5
    strength_l_s: float = 0.5
    breath_c: float = 34.5
    alcohol_mg_l: float = 0.0
    """In the air of the depth of the lungs."""
    mouth_mg_l: float = 0.0
    """In the air of the mouth, straight after it was rinsed."""


class Blown(Struct, frozen=True, kw_only=True):
    """What reached the unit: the traces, and the alcohol that the valve took."""

    blow: Blow
    alcohol_mg_l: float


def blown(person: Person, room_c: float, random: Random, *, minutes_after: float = 60.0) -> Blown:
    """Let somebody blow as well as they can, so many minutes after anything was in the mouth."""
    strength = person.strength_l_s * random.uniform(0.85, 1.15)
    duration_s = person.capacity_l * random.uniform(0.8, 0.95) / strength
    seconds = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    flow = strength * np.minimum(seconds / 0.3, 1.0) * (1 - 0.5 * seconds / duration_s) * 4 / 3
    warmth = person.breath_c - (person.breath_c - room_c) * np.exp(-seconds / 0.35)
    sampled_at = _sampled_at(flow)
    before_l = float(flow[: sampled_at or 0].sum() / RATE_HZ)
    mouth = person.mouth_mg_l * exp(-minutes_after / _MOUTH_MINUTES) * exp(-before_l / 1.5)
    return Blown(
        blow=_traces(flow, warmth, flow * BREATH_RESISTANCE, room_c, sampled_at),
        alcohol_mg_l=person.alcohol_mg_l * (1 - exp(-before_l / _WASHOUT_L)) + mouth,
    )


def deceived(trick: Trick, room_c: float, random: Random) -> Blown:
    """Let somebody try a trick with clean air."""
    seconds = np.arange(round(6.0 * RATE_HZ)) / RATE_HZ
    flow = np.full(seconds.size, random.uniform(0.3, 0.6))
    warm = np.full(seconds.size, room_c + random.uniform(-0.5, 1.0))
    breath = 34.5 - (34.5 - room_c) * np.exp(-seconds / 0.35)
    resistance = BREATH_RESISTANCE
    match trick:
        case Trick.BALLOON | Trick.COMPRESSOR | Trick.WINDOW_STRAW:
            breath = warm
        case Trick.WARMED_BAG:
            breath = np.full(seconds.size, random.uniform(26.0, 29.5))
        case Trick.FILTER:
            breath, resistance = 0.5 * (breath + warm), BREATH_RESISTANCE * random.uniform(3.0, 6.0)
        case Trick.SHORT_PUFFS:
            flow = flow * ((seconds % 1.2) < random.uniform(0.5, 0.8))
        case Trick.SUCK_BACK:
            flow[round(1.5 * RATE_HZ) : round(2.5 * RATE_HZ)] = -random.uniform(0.2, 0.5)
    return Blown(blow=_traces(flow, breath, flow * resistance, room_c, _sampled_at(flow)), alcohol_mg_l=0.0)


def _sampled_at(flow: np.ndarray) -> int | None:
    """Give when the unit's valve opens: after enough volume, where the flow begins to end or two litres are through."""
    volume = np.cumsum(np.maximum(flow, 0.0)) / RATE_HZ
    deep = np.flatnonzero((volume >= SAMPLE_AFTER_L + _LATE_MIN_L) | (volume >= 0.98 * volume[-1]))
    return int(deep[0]) if deep.size and volume[-1] > _LATE_MIN_L else None


def _traces(flow: np.ndarray, warmth: np.ndarray, pressure: np.ndarray, room_c: float, sampled_at: int | None) -> Blow:
    return Blow(
        flow_l_s=flow.tolist(),
        temperature_c=warmth.tolist(),
        pressure_pa=np.maximum(pressure, 0.0).tolist(),
        rate_hz=RATE_HZ,
        room_c=room_c,
        sampled_at_s=None if sampled_at is None else sampled_at / RATE_HZ,
    )
