"""Lives with a breath or audio-visual unit that stands at home and waits for checks, and who opens its case."""

from random import Random

from msgspec import Struct

from baqylau.domain.people import DeviceKind
from baqylau.rules.equipment.tamper import case_code
from baqylau.sim.city.days import MINUTE_S, Days
from baqylau.sim.city.relays import Spell
from baqylau.sim.city.scenario import Life
from baqylau.sim.city.truth import Told, happens, held

OPEN_S = 2 * MINUTE_S


class Standing(Struct, frozen=True, kw_only=True):
    """What happens to a unit that stands at home. Nobody asks it for a check."""

    kind: DeviceKind
    opened_s: tuple[Spell, ...] = ()
    """When its case is open."""


def standing(kind: DeviceKind, life: Life, days: Days, random: Random) -> tuple[Standing, Told]:
    """Give what happens to a unit, and what has to be found of it."""
    if life is not Life.OPENED:
        return Standing(kind=kind), Told()
    moments = list(days.moments(random))
    opened = Standing(kind=kind, opened_s=tuple((one, one + OPEN_S) for one in moments))
    return opened, held(days, [happens(case_code(kind), one) for one in moments])
