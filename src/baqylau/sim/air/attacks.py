"""What people do to a radio link: record, jam, replay, carry on over the Internet, clone.

Each takes what a bracelet sends and what the receivers of the home would hear of it and of the neighbours, and gives
what they hear. None of them has a key, but for the clone.
"""

from collections.abc import Sequence

from numpy.random import Generator

from baqylau.sim.air.hearing import Reception, late
from baqylau.sim.air.household import BEGUN_S, Attack
from baqylau.sim.air.worn import Bracelet, Crystal, Sent

BESIDE_DBM = -55.0
"""The attacker's own sender stands beside a receiver."""


def recorder(from_s: float, until_s: float, played_s: float, source: str) -> Attack:
    """Record what is on the air for a while, and play it again from another instant on, at its own pace."""

    def attack(sent: Sequence[Sent], receptions: list[Reception], dice: Generator) -> list[Reception]:
        taken = [one for one in sent if from_s <= one.at_s < until_s]
        return receptions + _played(taken, played_s - from_s, source, dice)

    return attack


def jammer(from_s: float, until_s: float) -> Attack:
    """Let nothing through; how loud the band becomes is for the story to say."""

    def attack(_sent: Sequence[Sent], receptions: list[Reception], _dice: Generator) -> list[Reception]:
        return [one for one in receptions if not from_s <= one.at_s < until_s]

    return attack


def jammer_with_replay(from_s: float, until_s: float, held_s: float, source: str) -> Attack:
    """Let nothing through but what was recorded the moment before: each frame, held back for a while."""

    def attack(sent: Sequence[Sent], receptions: list[Reception], dice: Generator) -> list[Reception]:
        held = [one for one in sent if from_s <= one.at_s < until_s - held_s]
        return jammer(from_s, until_s)(sent, receptions, dice) + _played(held, held_s, source, dice)

    return attack


def carried_on(from_s: float, until_s: float, delay_s: float, source: str) -> Attack:
    """Send everything on at home as soon as it comes over the Internet from wherever the bracelet is."""

    def attack(sent: Sequence[Sent], receptions: list[Reception], dice: Generator) -> list[Reception]:
        taken = [one for one in sent if from_s <= one.at_s < until_s]
        return receptions + _played(taken, delay_s, source, dice)

    return attack


def clone(from_s: float, until_s: float, root: bytes, source: str, crystal: Crystal, **shown: object) -> Attack:
    """Let a second bracelet with the stolen key lie beside a receiver."""

    def attack(_sent: Sequence[Sent], receptions: list[Reception], dice: Generator) -> list[Reception]:
        twin = Bracelet(BEGUN_S, crystal, root)
        twin.show(0.0, **shown)
        heard = [one for one in twin.until(until_s) if one.at_s >= from_s]
        return receptions + _played(heard, 0.0, source, dice)

    return attack


def _played(frames: Sequence[Sent], later_s: float, source: str, dice: Generator) -> list[Reception]:
    """Send frames again beside a receiver, which stamps them no better than any others."""
    delays_s = later_s + late(len(frames), dice)
    return [
        Reception(one.at_s + float(delay_s), source, one.beacon.frame(), BESIDE_DBM)
        for one, delay_s in zip(frames, delays_s, strict=True)
    ]
