"""Everybody in the city: home, work, equipment, what they do, what has to be found of it. All by the seed."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import TypeVar, assert_never

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.sim.city.scenario import Life, Scenario
from baqylau.sim.stories import Leg, Story, stay, walk
from baqylau.sim.town import House, town
from baqylau.sim.town_plan import Place, Places

MINUTE_S = 60.0
FAR_M = 300.0
"""So far away at least is where somebody goes."""
SOON_S = 600.0
"""Within this time what happens has to be found."""
CHARGE_PERCENT, SPENT_PERCENT = 80.0, 15.0
ASTRAY_M: Place = (9_000.0, 5_500.0)

_Kind = TypeVar("_Kind", bound=str)


class Truth(Struct, frozen=True, kw_only=True):
    """Something that happens and has to be found, once."""

    code: Code
    after_s: float
    """Seconds of the city's time since it began."""
    within_s: float


class Citizen(Struct, frozen=True, kw_only=True):
    """One person. Numbers run from 1 and make up every id."""

    number: int
    life: Life
    home: House
    place: House
    """Where they work, or where they go."""
    protocol: str
    story: Story
    truths: tuple[Truth, ...]
    may: frozenset[Code]
    """What may be found besides, and counts neither way."""
    line_lost_s: tuple[float, float] | None
    """From when to when the tracker has no line."""


def citizens(scenario: Scenario) -> Iterator[Citizen]:
    """Give everybody, always the same for the same scenario."""
    houses = [house for row in town().houses.values() for house in row]
    for number in range(1, scenario.persons + 1):
        yield _citizen(number, scenario, houses, Random(f"{scenario.seed}/{number}"))  # noqa: S311 - invented lives


def _citizen(number: int, scenario: Scenario, houses: list[House], random: Random) -> Citizen:
    life, home = _drawn(scenario.lives, random), random.choice(houses)
    place = random.choice([one for one in random.sample(houses, 50) if _away_m(one, home) > FAR_M] or houses)
    begins_s = random.uniform(0.25, 0.5) * scenario.hours * 3600
    story, truths, may = _told(life, scenario.hours * 3600, begins_s, home.middle, place.middle)
    lost_s = random.uniform(0.1, 0.8) * scenario.hours * 3600
    lost = (lost_s, lost_s + scenario.line_lost_min * MINUTE_S) if random.random() < scenario.line_lost_share else None
    return Citizen(
        number=number,
        life=life,
        home=home,
        place=place,
        protocol=_drawn(scenario.protocols, random),
        story=story,
        truths=truths,
        may=frozenset(may),
        line_lost_s=lost,
    )


def _drawn(shares: Mapping[_Kind, float], random: Random) -> _Kind:
    return random.choices(list(shares), list(shares.values()))[0]


def _away_m(one: House, other: House) -> float:
    return abs(one.middle[0] - other.middle[0]) + abs(one.middle[1] - other.middle[1])


_Told = tuple[Story, tuple[Truth, ...], tuple[Code, ...]]


def _told(life: Life, lasts_s: float, begins_s: float, home: Place, place: Place) -> _Told:
    """Give what somebody does, what has to be found of it, and what may be."""
    match life:
        case Life.AT_HOME:
            return _story(lasts_s, stay(home)), (), ()
        case Life.AT_WORK | Life.FORBIDDEN | Life.OUT:
            return _away(life, lasts_s, begins_s, home, place)
        case Life.STRAP | Life.ASTRAY | Life.UNDER_ROOF:
            return _at_home(life, lasts_s, begins_s, home)
        case Life.SPENT:
            return _spent(lasts_s, begins_s, home)
        case _:
            assert_never(life)


def _away(life: Life, lasts_s: float, begins_s: float, home: Place, place: Place) -> _Told:
    """Go somewhere and come back."""
    way: Places = town().path(home, place)
    there, stays = walk(way), stay(place, (30 if life is Life.AT_WORK else 10) * MINUTE_S)
    story = _story(lasts_s, stay(home, begins_s), there, stays, walk(way[::-1]), stay(home))
    if life is Life.FORBIDDEN:
        return story, (_truth(Code.EXCLUSION_ENTRY, begins_s + (there.lasts_s or 0.0) - MINUTE_S),), ()
    return story, (_truth(Code.LEFT_EARLY, begins_s),) if life is Life.OUT else (), ()


def _at_home(life: Life, lasts_s: float, begins_s: float, home: Place) -> _Told:
    """Stay where they are; something is with the equipment."""
    legs = {
        Life.STRAP: Leg(way=(home,), lasts_s=5 * MINUTE_S, strap_open=True),
        Life.ASTRAY: Leg(way=(home,), lasts_s=40.0, astray_m=ASTRAY_M),
        Life.UNDER_ROOF: Leg(way=(home,), lasts_s=8 * MINUTE_S, fixed=False),
    }
    truths = {
        Life.STRAP: (_truth(Code.STRAP_OPEN, begins_s), _truth(Code.STRAP_RESTORED, begins_s + 5 * MINUTE_S)),
        Life.ASTRAY: (_truth(Code.JUMP, begins_s),),
    }
    return _story(lasts_s, stay(home, begins_s), legs[life], stay(home)), truths.get(life, ()), ()


def _story(lasts_s: float, *legs: Leg) -> Story:
    return Story(loop_s=lasts_s, legs=legs, charge=((0.0, CHARGE_PERCENT), (lasts_s, CHARGE_PERCENT)))


def _spent(lasts_s: float, begins_s: float, home: Place) -> _Told:
    """Run down evenly from when it begins; the level is told in whole per cents."""
    low_s = lasts_s * 0.8
    charge = ((0.0, CHARGE_PERCENT), (begins_s, CHARGE_PERCENT), (low_s, SPENT_PERCENT), (lasts_s, SPENT_PERCENT))
    reached_s = begins_s + (low_s - begins_s) * (CHARGE_PERCENT - 25.0) / (CHARGE_PERCENT - SPENT_PERCENT)
    story = Story(loop_s=lasts_s, legs=(stay(home),), charge=charge)
    return story, (Truth(code=Code.BATTERY_LOW, after_s=reached_s - 5 * MINUTE_S, within_s=SOON_S),), ()


def _truth(code: Code, after_s: float) -> Truth:
    return Truth(code=code, after_s=after_s - 30.0, within_s=SOON_S)
