"""Relays: where one stands, when it breaks down, and what that changes for who wears a tracker that hears it.

Under a roof such a tracker hears no satellites. Where it hears its relay it is at home; where the relay broke down,
nobody knows where it is.
"""

from collections.abc import Iterator
from itertools import groupby
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Code
from baqylau.rules.settings import NO_FIX_AFTER_S
from baqylau.sim.city.days import MINUTE_S, Days
from baqylau.sim.city.scenario import Scenario
from baqylau.sim.city.truth import Told, Truth, happens, held
from baqylau.sim.stories import Leg, Story
from baqylau.sim.town_plan import Place

HEARS = "teltonika"
"""Which bought trackers tell of radio beacons."""
UNHEARD_S, AWAY_S = 1_800.0, 12 * 3_600.0
"""How long a relay may be silent: at a home unit, and where only somebody hears it who goes to work."""
SUMMED_S = 300.0
"""A home unit sums up so often what it heard."""

Spell = tuple[float, float]
"""From when to when, in the city's time."""


class Relay(Struct, frozen=True, kw_only=True):
    """One relay."""

    fails_s: float | None = None
    """When it breaks down, and stays so."""


def relay(scenario: Scenario, number: int, days: Days) -> Relay | None:
    """Give the relay of somebody's home, if there is one."""
    random = Random(f"{scenario.seed}/{number}/relay")  # noqa: S311 - invented equipment
    if random.random() >= scenario.relay_share:
        return None
    fails_s = random.uniform(0.2, 0.5) * days.lasts_s
    return Relay(fails_s=fails_s if random.random() < scenario.relay_fails_share else None)


def unheard(fails_s: float) -> Truth:
    """Give what is found of a relay at a home unit that broke down."""
    return happens(Code.RELAY_FAULT, fails_s + UNHEARD_S - SUMMED_S, 3 * SUMMED_S)


def under_roof(story: Story, home: Place) -> Story:
    """Give the story without satellites at home, but where the receiver is led astray."""
    legs = (
        replace(leg, fixed=False) if leg.way == (home,) and leg.astray_m == (0.0, 0.0) else leg for leg in story.legs
    )
    return replace(story, legs=tuple(legs))


def by_relay(story: Story, told: Told, days: Days, one: Relay, report_every_s: float) -> tuple[Told, tuple[Spell, ...]]:
    """Give what has to be found of who is under a roof beside a relay, and when the tracker hears it.

    What a tracker does not hear any more it heard last a report before: what is found of that may be so much earlier.
    """
    until_s = days.lasts_s if one.fails_s is None else one.fails_s
    roofed = tuple(_roofed(story))
    near = tuple((from_s, min(to_s, until_s)) for from_s, to_s in roofed if from_s < until_s)
    truths = [*told.truths, *(happens(Code.RELAY_FIX, from_s) for from_s, _ in near)]
    lost = one.fails_s is not None
    if lost:
        blind = [(max(from_s, until_s), to_s) for from_s, to_s in roofed if to_s > until_s]
        truths += [
            happens(Code.NO_FIX, from_s - report_every_s + NO_FIX_AFTER_S)
            for from_s, to_s in blind
            if to_s - from_s > NO_FIX_AFTER_S + 2 * MINUTE_S
        ]
        last_s = max((to_s for _, to_s in near), default=0.0)
        truths.append(happens(Code.RELAY_FAULT, last_s - report_every_s + AWAY_S))
    return held(days, truths, (*told.may, *_UNSURE) if lost else told.may), near


_UNSURE = (Code.NO_FIX_PERSISTS,)
"""What may be found of who is under a roof without a relay."""


def _roofed(story: Story) -> Iterator[Spell]:
    """Give the spells without satellites, in their order."""
    begun_s = 0.0
    for fixed, legs in groupby(story.legs, _is_fixed):
        ends_s = begun_s + sum(leg.lasts_s or 0.0 for leg in legs)
        if not fixed:
            yield begun_s, ends_s
        begun_s = ends_s


def _is_fixed(leg: Leg) -> bool:
    return leg.fixed
