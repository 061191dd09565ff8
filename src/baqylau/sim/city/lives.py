"""Everybody in the city: home, work, equipment, what they do, what has to be found of it. All by the seed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from random import Random

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.domain.people import DeviceKind
from baqylau.sim.city.carried import carrying
from baqylau.sim.city.days import MINUTE_S, Days
from baqylau.sim.city.homes import Household, household
from baqylau.sim.city.relays import HEARS, Spell, by_relay, relay, under_roof
from baqylau.sim.city.scenario import LINK, OWN, Life, Scenario
from baqylau.sim.city.spoilt import CLEAR, Sky, sky_of, spoilt
from baqylau.sim.city.standing import Standing, standing, unreached
from baqylau.sim.city.tracked import tracked
from baqylau.sim.city.truth import Truth, by_own_tracker
from baqylau.sim.stories import Story
from baqylau.sim.town import House, town

NEAR_M, FAR_M = 300.0, 2_000.0
"""Between these, along streets that cross at right angles, lies where somebody goes."""


class Citizen(Struct, frozen=True, kw_only=True):
    """One person. Numbers run from 1 and make up every id."""

    number: int
    kind: DeviceKind
    """Of the equipment that speaks for them."""
    life: Life
    home: House
    place: House
    """Where they work, or where they go."""
    protocol: str
    """What their device speaks: a protocol of bought trackers, or the link of our own devices."""
    does: Story | Household | Standing
    """What the tracker tells, or what goes on around the unit or happens to it."""
    truths: tuple[Truth, ...]
    may: frozenset[Code]
    """What may be found besides, and counts neither way."""
    line_lost_s: Spell | None
    """From when to when the device has no line."""
    sky: Sky = CLEAR
    """When it is spoilt where they are."""
    near_relay_s: tuple[Spell, ...] = ()
    """When their tracker hears the relay of their home."""

    @property
    def device(self) -> str:
        """Give what they wear, in a word of the report."""
        if self.kind is DeviceKind.TRACKER:
            return f"{OWN} tracker" if self.protocol == LINK else self.protocol
        return self.kind.replace("_", " ")

    @property
    def story(self) -> Story | None:
        """Give the way that they go with a receiver of satellites, where they have one."""
        does = self.does.carried if isinstance(self.does, Household) else self.does
        return does if isinstance(does, Story) else None

    @property
    def has_relay(self) -> bool:
        """Whether a relay stands in their home."""
        return bool(self.near_relay_s) or (isinstance(self.does, Household) and self.does.relay is not None)


def citizens(scenario: Scenario, begun_at: datetime) -> Iterator[Citizen]:
    """Give everybody, always the same for the same scenario and the same beginning."""
    houses = [house for row in town().houses.values() for house in row]
    days = Days(begun_at, scenario.hours * 3600)
    for number in range(1, scenario.persons + 1):
        random = Random(f"{scenario.seed}/{number}")  # noqa: S311 - invented lives
        yield _citizen(number, scenario, days, houses, random)


def _citizen(number: int, scenario: Scenario, days: Days, houses: Sequence[House], random: Random) -> Citizen:
    kind = _kind(scenario, random.random())
    life = Life(_drawn(scenario.lives_with(kind), random))
    home = random.choice(houses)
    around = [one for one in random.sample(houses, 50) if NEAR_M < _away_m(one, home) < FAR_M]
    place = random.choice(around or houses)
    lost_s = random.uniform(0.1, 0.8) * days.lasts_s
    lost = (lost_s, lost_s + scenario.line_lost_min * MINUTE_S) if random.random() < scenario.line_lost_share else None
    drawn = _drawn(scenario.protocols, random) if kind is DeviceKind.TRACKER else OWN
    protocol = LINK if drawn == OWN else drawn
    does: Story | Household | Standing
    anchor, near = relay(scenario, number, days), tuple[Spell, ...]()
    match kind:
        case DeviceKind.HOME_UNIT:
            does, told = household(life, scenario, days, home, anchor, random)
        case DeviceKind.MOBILE_UNIT:
            does, told = carrying(life, scenario, days, home.middle, place.middle, random)
        case DeviceKind.BREATH_UNIT | DeviceKind.AV_UNIT:
            does, told = standing(kind, life, days, random)
            told = unreached(told, lost) if lost is not None else told
        case _:
            does, told = tracked(life, scenario, days, home.middle, place.middle, random)
            if anchor is not None and protocol == HEARS:
                does = under_roof(does, home.middle)
                told, near = by_relay(does, told, days, anchor, scenario.report_every_s)
    if kind is DeviceKind.TRACKER and protocol == LINK:
        told = by_own_tracker(told)
    story = does.carried if isinstance(does, Household) else does
    sky = sky_of(story, scenario.spoilings) if isinstance(story, Story) else CLEAR
    told = spoilt(told, sky, days, bought_every_s=None if protocol == LINK else scenario.report_every_s)
    return Citizen(
        number=number,
        kind=kind,
        life=life,
        home=home,
        place=place,
        protocol=protocol,
        does=does,
        truths=told.truths,
        may=told.may,
        line_lost_s=lost,
        sky=sky,
        near_relay_s=near,
    )


def _kind(scenario: Scenario, drawn: float) -> DeviceKind:
    for kind, share in scenario.unit_shares.items():
        if drawn < share:
            return kind
        drawn -= share
    return DeviceKind.TRACKER


def _drawn(shares: Mapping[str, float], random: Random) -> str:
    return random.choices(list(shares), list(shares.values()))[0]


def _away_m(one: House, other: House) -> float:
    return abs(one.middle[0] - other.middle[0]) + abs(one.middle[1] - other.middle[1])
