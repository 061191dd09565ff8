"""Lives with a unit that is carried beside a bracelet: where it is, what it sees and feels, and when the two part."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from random import Random

from msgspec.structs import replace

from baqylau.domain.findings import Code
from baqylau.domain.observations import Battery, Body, Fix, Power
from baqylau.rules.gnss.epoch import FULL_FIX, Epoch
from baqylau.sim.air.life import Leave
from baqylau.sim.city.days import MINUTE_S, Days
from baqylau.sim.city.homes import GONE_WITHIN_S, OUT_MIN, Household, Shown, strap_opened
from baqylau.sim.city.scenario import Life, Scenario
from baqylau.sim.city.spoilt import CLEAR, Sky, under
from baqylau.sim.city.tracked import tracked
from baqylau.sim.city.truth import Told, happens, held
from baqylau.sim.stories import Story, reports
from baqylau.sim.town_plan import Place

SEEN_EVERY_S = 10.0
"""How often the receiver of the unit says something; the unit writes down what it needs."""
STRONG_DBHZ = (41.0, 38.0, 44.0, 36.0, 40.0, 39.0, 37.0, 42.0, 35.0, 43.0)
_BESIDE = frozenset({Life.STRAP, Life.APART})
"""What happens to bracelet and unit of somebody who is at home."""


def carrying(
    life: Life, scenario: Scenario, days: Days, home: Place, place: Place, random: Random
) -> tuple[Household, Told]:
    """Give what somebody does who carries a unit, and what has to be found of it. `place`: where they work, or go."""
    story, to_find = tracked(Life.AT_HOME if life in _BESIDE else life, scenario, days, home, place, random)
    legs = tuple(replace(leg, every_s=SEEN_EVERY_S) for leg in story.legs)
    calm = Household(receivers=1, carried=replace(story, legs=legs))
    if life is Life.STRAP:
        shown, truths = strap_opened(days.moments(random))
        return replace(calm, bracelet=shown), held(days, truths)
    if life is Life.APART:
        leaves = tuple(Leave(one, one + random.uniform(*OUT_MIN) * MINUTE_S) for one in days.moments(random))
        return replace(calm, leaves=leaves), held(
            days, [happens(Code.SEPARATION, one.out_s, GONE_WITHIN_S) for one in leaves]
        )
    return calm, to_find


def walks(story: Story) -> Iterator[Shown]:
    """Give when who carries the unit walks, as the bracelet shows it."""
    begun_s = 0.0
    for walking, legs in groupby(story.legs, lambda leg: len(leg.way) > 1):
        if begun_s > 0 or walking:
            yield begun_s, {"moves": walking}
        begun_s += sum(leg.lasts_s or 0.0 for leg in legs)


class Hand:
    """What a unit sees and feels that somebody carries. Seconds are those of the city."""

    def __init__(self, story: Story, begun_at: datetime, random: Random, sky: Sky = CLEAR) -> None:
        """Take it along."""
        self._reports, self._begun_at, self._sky = reports(story, begun_at, random), begun_at, sky
        self._next = next(self._reports)

    def until(self, until_s: float) -> Iterator[tuple[float, Epoch, dict[str, object]]]:
        """Give what the receiver says up to an instant, and what the sensors show then."""
        while (at_s := (self._next[0] - self._begun_at).total_seconds()) < until_s:
            at, bodies = self._next
            yield at_s, epoch(at, under(self._sky, at_s, bodies)), dict(_felt(bodies))
            self._next = next(self._reports)


def epoch(at: datetime, bodies: tuple[Body, ...]) -> Epoch:
    """Give a report in the words of a receiver."""
    fix = next((body for body in bodies if isinstance(body, Fix)), None)
    if fix is None:
        return Epoch(at_s=at.timestamp(), satellites=2, cn0_dbhz=STRONG_DBHZ[:2])
    return Epoch(
        at_s=at.timestamp(),
        mode=FULL_FIX,
        latitude_deg=fix.latitude_deg,
        longitude_deg=fix.longitude_deg,
        altitude_m=fix.altitude_m,
        speed_m_s=fix.speed_m_s,
        course_deg=fix.course_deg,
        satellites=fix.satellites,
        hdop=fix.hdop,
        cn0_dbhz=STRONG_DBHZ,
    )


def _felt(bodies: tuple[Body, ...]) -> Iterator[tuple[str, object]]:
    for body in bodies:
        match body:
            case Fix(speed_m_s=speed_m_s):
                yield "moving", bool(speed_m_s)
            case Power(external=external):
                yield "mains", external
            case Battery(level_percent=level):
                yield "battery_percent", level
            case _:
                pass
