"""Air that comes to the mouthpiece: flow, warmth, pressure, alcohol, carbon dioxide and sound, row by row.

Alcohol rises towards the air of the depth of the lungs: half a litre gives 80 % of what one and a half give. Alcohol of
the mouth is there at the beginning and passes within minutes. Source: notes on breath alcohol, 5.2, 5.3, 5.5; the
figures of tricks are invented.
"""

from enum import StrEnum
from math import exp
from random import Random

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from baqylau.links.breath_lines import RATE_HZ, SOUND_A_ROW, SOUND_RATE_HZ

Array = NDArray[np.float64]
RESISTANCE_PA_S_L = 2500.0
WARMS_S = 0.35
WASHOUT_L = 0.31
"""So that 0.5 L give 80 % of the depth's alcohol."""
MOUTH_MINUTES = 2.5
DEPTH_DIOXIDE = 5.5


class Air(Struct, frozen=True, kw_only=True):
    """What comes, at the rate of the board's rows; all of one length."""

    flow_l_s: Array
    warmth_c: Array
    pressure_pa: Array
    alcohol_mg_l: Array
    dioxide_percent: Array
    sound: NDArray[np.uint8]
    """One row of the microphone for each row of the others."""

    @property
    def rows(self) -> int:
        """How long it lasts, in rows."""
        return self.flow_l_s.size


class Person(Struct, frozen=True, kw_only=True):
    """Somebody who blows."""

    capacity_l: float = 3.5
    strength_l_s: float = 0.5
    breath_c: float = 34.5
    alcohol_mg_l: float = 0.0
    """In the air of the depth of the lungs."""
    mouth_mg_l: float = 0.0
    """In the air of the mouth, straight after it was rinsed."""
    pitch_hz: float = 120.0


class Trick(StrEnum):
    """What somebody holds to the mouthpiece, or does there."""

    BALLOON = "balloon"
    COMPRESSOR = "compressor"
    FILTER = "filter"
    TUBE = "tube"
    """Another's breath through a hose, from farther off."""
    WARMED_BAG = "warmed_bag"
    WARM_PUMP = "warm_pump"
    """Room air at the warmth of a breath, moved by hand, with a hum out of a loudspeaker."""
    SHORT_PUFFS = "short_puffs"
    SUCK_BACK = "suck_back"
    WINDOW_STRAW = "window_straw"
    NO_HUM = "no_hum"
    """A good breath, without the hum between."""
    HUM_PLAYED = "hum_played"
    """A good breath, and a hum from a loudspeaker with nobody's breath in it."""


def breath(person: Person, room_c: float, random: Random, minutes_after: float = 60.0) -> Air:
    """Let somebody blow as well as they can, so many minutes after anything was in the mouth."""
    strength = person.strength_l_s * random.uniform(0.85, 1.15)
    seconds = _seconds(person.capacity_l * random.uniform(0.8, 0.95) / strength)
    flow = strength * np.minimum(seconds / 0.3, 1.0) * (1 - 0.5 * seconds / (seconds[-1] + 0.02)) * 4 / 3
    flow *= 1 + 0.03 * np.sin(2 * np.pi * random.uniform(1.0, 1.5) * seconds)
    passed = np.cumsum(flow) / RATE_HZ
    depth = 1 - np.exp(-passed / WASHOUT_L)
    mouth = person.mouth_mg_l * exp(-minutes_after / MOUTH_MINUTES) * np.exp(-passed / 1.5)
    return Air(
        flow_l_s=flow,
        warmth_c=_warming(person.breath_c, room_c, seconds),
        pressure_pa=flow * RESISTANCE_PA_S_L,
        alcohol_mg_l=person.alcohol_mg_l * depth + mouth,
        dioxide_percent=DEPTH_DIOXIDE * depth,
        sound=rush(flow, random),
    )


def hum(person: Person, room_c: float, random: Random, seconds: float, flow_l_s: float = 0.12) -> Air:
    """Let somebody hum into the mouthpiece."""
    within = _seconds(seconds)
    flow = np.full(within.size, flow_l_s) * np.minimum(within / 0.1, 1.0)
    return Air(
        flow_l_s=flow,
        warmth_c=_warming(person.breath_c, room_c, within),
        pressure_pa=flow * RESISTANCE_PA_S_L,
        alcohol_mg_l=np.full(within.size, person.alcohol_mg_l * 0.5),
        dioxide_percent=np.full(within.size, 0.5 * DEPTH_DIOXIDE),
        sound=voice(person.pitch_hz, within.size, random),
    )


def deceived(air: Air, trick: Trick, room_c: float, random: Random) -> Air:
    """Give what comes of a sober breath, or instead of it, when somebody tries a trick while the unit asks to blow."""
    cold = np.full(air.rows, room_c + random.uniform(-0.5, 1.0))
    match trick:
        case Trick.BALLOON | Trick.WINDOW_STRAW:
            return replace(air, warmth_c=cold, dioxide_percent=np.zeros(air.rows))
        case Trick.COMPRESSOR:
            even = _with_flow(air, np.full(air.rows, random.uniform(0.3, 0.6)))
            return replace(even, warmth_c=cold, dioxide_percent=np.zeros(air.rows))
        case Trick.WARMED_BAG:
            return replace(air, warmth_c=np.full(air.rows, random.uniform(26.0, 29.5)))
        case Trick.WARM_PUMP:
            return replace(air, dioxide_percent=np.zeros(air.rows))
        case Trick.FILTER | Trick.TUBE:
            return _through(air, trick, room_c, random)
        case _:
            return _broken_off(air, trick, random)


def _through(air: Air, trick: Trick, room_c: float, random: Random) -> Air:
    """Give a breath that went through something: cooler, and harder to move."""
    filtered = trick is Trick.FILTER
    warm_share = 0.5 if filtered else random.uniform(0.2, 0.6)
    harder = random.uniform(3.0, 6.0) if filtered else random.uniform(1.2, 2.5)
    warmth_c = room_c + warm_share * (air.warmth_c - room_c)
    return replace(air, warmth_c=warmth_c, pressure_pa=air.pressure_pa * harder)


def _broken_off(air: Air, trick: Trick, random: Random) -> Air:
    """Give a breath with pauses or a draught backwards; what goes wrong only in the hum is a good breath."""
    flow = air.flow_l_s.copy()
    if trick is Trick.SHORT_PUFFS:
        flow *= (_seconds(air.rows / RATE_HZ) % 1.2) < random.uniform(0.5, 0.8)
    elif trick is Trick.SUCK_BACK:
        flow[round(1.0 * RATE_HZ) : round(2.0 * RATE_HZ)] = -random.uniform(0.2, 0.5)
    return _with_flow(air, flow)


def _with_flow(air: Air, flow: Array) -> Air:
    return replace(air, flow_l_s=flow, pressure_pa=np.maximum(flow, 0.0) * RESISTANCE_PA_S_L)


def hummed(air: Air, trick: Trick, random: Random) -> Air | None:
    """Give what comes instead of a hum."""
    match trick:
        case Trick.NO_HUM | Trick.SHORT_PUFFS | Trick.SUCK_BACK:
            return None if trick is Trick.NO_HUM else air
        case Trick.HUM_PLAYED | Trick.BALLOON | Trick.COMPRESSOR | Trick.WINDOW_STRAW | Trick.WARMED_BAG:
            return replace(air, flow_l_s=np.zeros(air.rows), pressure_pa=np.zeros(air.rows))
        case Trick.WARM_PUMP | Trick.FILTER | Trick.TUBE:
            return replace(air, sound=voice(random.uniform(100.0, 200.0), air.rows, random))


def voice(pitch_hz: float, rows: int, random: Random) -> NDArray[np.uint8]:
    """Give the sound of a hum: a pitch that wavers, with its octave."""
    within = np.arange(rows * SOUND_A_ROW) / SOUND_RATE_HZ
    turns = 2 * np.pi * np.cumsum(pitch_hz * (1 + 0.01 * np.sin(2 * np.pi * 5 * within))) / SOUND_RATE_HZ
    noise = np.random.default_rng(random.getrandbits(64)).normal(0.0, 4.0, within.size)
    return _heard(40 * np.sin(turns) + 15 * np.sin(2 * turns) + noise)


def rush(flow_l_s: Array, random: Random) -> NDArray[np.uint8]:
    """Give the sound of air that rushes."""
    loud = np.repeat(2.0 + 30 * np.abs(flow_l_s), SOUND_A_ROW)
    return _heard(loud * np.random.default_rng(random.getrandbits(64)).normal(0.0, 1.0, loud.size))


def _heard(sound: Array) -> NDArray[np.uint8]:
    steps: NDArray[np.uint8] = np.clip(np.round(sound) + 128, 0, 255).astype(np.uint8).reshape(-1, SOUND_A_ROW)
    return steps


def _seconds(duration_s: float) -> Array:
    return np.arange(max(round(duration_s * RATE_HZ), 2)) / RATE_HZ


def _warming(breath_c: float, room_c: float, seconds: Array) -> Array:
    return breath_c - (breath_c - room_c) * np.exp(-seconds / WARMS_S)
