"""A breath as the unit takes it apart, without the unit around it: for the arithmetic of `tests/quality/metrology`."""

from random import Random

from msgspec import Struct

from baqylau.devices.breath_unit.metrology.blow import Acceptance, Blow
from baqylau.devices.breath_unit.metrology.trigger import Passed
from baqylau.links.breath_lines import RATE_HZ
from baqylau.sim.breath.air import Air, Person, Trick, breath
from baqylau.sim.breath.air import deceived as with_trick


class Blown(Struct, frozen=True, kw_only=True):
    """What reached the unit: the traces, and the alcohol that the valve took."""

    blow: Blow
    alcohol_mg_l: float


def blown(person: Person, room_c: float, random: Random, *, minutes_after: float = 60.0) -> Blown:
    """Let somebody blow as well as they can, so many minutes after anything was in the mouth."""
    return _taken(breath(person, room_c, random, minutes_after), room_c)


def deceived(trick: Trick, room_c: float, random: Random) -> Blown:
    """Let somebody sober try a trick."""
    return _taken(with_trick(breath(Person(), room_c, random), trick, room_c, random), room_c)


def _taken(air: Air, room_c: float) -> Blown:
    sampled = _sampled(air)
    return Blown(
        blow=Blow(
            flow_l_s=air.flow_l_s.tolist(),
            temperature_c=air.warmth_c.tolist(),
            pressure_pa=air.pressure_pa.tolist(),
            rate_hz=RATE_HZ,
            room_c=room_c,
            sampled_at_s=None if sampled is None else sampled / RATE_HZ,
        ),
        alcohol_mg_l=0.0 if sampled is None else float(air.alcohol_mg_l[sampled]),
    )


def _sampled(air: Air) -> int | None:
    """Give the row in which the unit's valve opens."""
    passed = Passed()
    for row, flow in enumerate(air.flow_l_s.tolist()):
        passed = passed.and_then(flow, 1 / RATE_HZ)
        if passed.deep(Acceptance().volume_min_l):
            return min(row + 1, air.rows - 1)
    return air.rows - 1 if passed.volume_l > Acceptance().volume_min_l else None
