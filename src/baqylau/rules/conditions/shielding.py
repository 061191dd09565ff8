"""Shielding: satellites and mobile network vanish at once, from a strong state, and stay away.

    both strong --both lost within seconds--> shielded --2 min, or a word after 90 s that it still is so--> found (L06)
    shielded or found --either is back--> not shielded (L02, which ends it)

A garage or a street canyon weakens them first and is not meant; nor is a known dead spot. A network that faded while
the sky was open was not weakened by a roof. A loss that is found to be shielding teaches no dead spot. Source:
catalogue L06 (notes on the domain, section 6); requirement 18 (section 7).
"""

from datetime import timedelta

from baqylau.domain.findings import Check, Code
from baqylau.domain.observations import Cell
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions.condition import Kind, Word
from baqylau.rules.conditions.signals import Signal
from baqylau.rules.settings import LOST_TOGETHER_S, SHIELDING_AFTER_S, SHIELDING_TOLD_AFTER_S

_TOGETHER = timedelta(seconds=LOST_TOGETHER_S)


def _says(body: Cell) -> Word | None:
    return Word.ENDED if body.registered else None


KIND = Kind(
    name="shielding",
    version="3",
    begins=Code.SHIELDING,
    ends=Code.FIX_RESTORED,
    devices=frozenset({DeviceKind.TRACKER, DeviceKind.MOBILE_UNIT}),
    body=Cell,
    says=_says,
    after_s=SHIELDING_AFTER_S,
    told_after_s=SHIELDING_TOLD_AFTER_S,
    checks=(Check.NO_DEAD_SPOT,),
    located=True,
)


def at_once(sky: Signal, network: Signal) -> bool:
    """Whether both signals are lost, at once and from a strong state."""
    if sky.lost_at is None or network.lost_at is None or not (sky.was_strong and network.was_strong):
        return False
    return abs(sky.lost_at - network.lost_at) <= _TOGETHER and not _went_down(sky, network)


def _went_down(sky: Signal, network: Signal) -> bool:
    """Whether the network faded after the last open sky, as on a ramp."""
    faded_at, open_at = network.faded_at, sky.strong_at
    return faded_at is not None and (open_at is None or open_at < faded_at)
