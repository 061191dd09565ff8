"""The city's days: when it begins and ends, its local midnights and hours, and a diary of where somebody is."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil
from random import Random
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from baqylau.sim.city.scenario import MINUTES, Scenario, begins_of
from baqylau.sim.stories import Leg, Story, stay, walk
from baqylau.sim.town_plan import Place, Places

TIMEZONE = "Asia/Almaty"
MINUTE_S, HOUR_S, DAY_S = 60.0, 3_600.0, 86_400.0
WEEK = timedelta(days=7)
SATURDAY = 5


def begun_at(scenario: Scenario, now: datetime) -> datetime:
    """Give when a city begins, a whole second: now in real time, else so that nothing of it is of the future."""
    if scenario.real_time:
        return now.replace(microsecond=0)
    latest = (now - timedelta(hours=scenario.hours)).astimezone(ZoneInfo(TIMEZONE))
    monday = (latest - timedelta(days=latest.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = monday + timedelta(minutes=begins_of(scenario))
    return (wanted if wanted <= latest else wanted - WEEK).astimezone(now.tzinfo)


class Days(Struct, frozen=True):
    """The days of a city. Seconds are those since it began."""

    begun_at: datetime
    lasts_s: float

    @property
    def first_s(self) -> float:
        """When the day began on which the city begins: not after 0."""
        local = self.begun_at.astimezone(ZoneInfo(TIMEZONE))
        return -timedelta(hours=local.hour, minutes=local.minute, seconds=local.second).total_seconds()

    def midnights(self) -> Iterator[float]:
        """Give when each day begins, from the one on which the city begins to the one on which it ends."""
        for day in range(ceil((self.lasts_s - self.first_s) / DAY_S)):
            yield self.first_s + day * DAY_S

    def workdays(self) -> Iterator[float]:
        """Give the same for Mondays to Fridays."""
        weekday = self.begun_at.astimezone(ZoneInfo(TIMEZONE)).weekday()
        for day, midnight_s in enumerate(self.midnights()):
            if (weekday + day) % 7 < SATURDAY:
                yield midnight_s

    def moments(self, random: Random) -> Iterator[float]:
        """Give one moment in each 24 hours, neither early nor late in them: something happens then."""
        for day in range(ceil(self.lasts_s / DAY_S)):
            from_s = day * DAY_S
            rest_s = min(DAY_S, self.lasts_s - from_s)
            moment_s = from_s + random.uniform(0.25, 0.5) * rest_s
            if day == 0 or rest_s >= HOUR_S:
                yield moment_s


def minutes(clock: str) -> int:
    """Give the minutes after midnight of a time such as 08:30."""
    hour, _, minute = clock.partition(":")
    return (int(hour) * 60 + int(minute)) % MINUTES


def seconds(clock: str) -> float:
    """Give the same in seconds."""
    return minutes(clock) * MINUTE_S


class Diary:
    """Where somebody is, from the midnight before the city begins: legs, one after the other."""

    def __init__(self, days: Days, home: Place, every_s: float) -> None:
        """Begin at home. `every_s`: how often the device of somebody at rest reports."""
        self._days, self._every_s = days, every_s
        self._place, self._legs, self.at_s = home, list[Leg](), days.first_s

    def stay_until(self, at_s: float) -> None:
        """Be where they are until then; nothing when that is over."""
        if at_s > self.at_s:
            self.be(replace(stay(self._place, at_s - self.at_s), every_s=self._every_s))

    def go(self, way: Places) -> None:
        """Walk somewhere."""
        self.be(walk(way))

    def be(self, leg: Leg) -> None:
        """Do something that takes its time."""
        self._legs.append(leg)
        self.at_s += leg.lasts_s or 0.0
        self._place = leg.way[-1]

    def story(self, charge: tuple[tuple[float, float], ...]) -> Story:
        """Give it from the beginning of the city on; whoever is on the way then has just arrived."""
        self.stay_until(self._days.lasts_s + MINUTE_S)
        legs, begun_s = list[Leg](), self._days.first_s
        for leg in self._legs:
            ends_s = begun_s + (leg.lasts_s or 0.0)
            if begun_s >= 0:
                legs.append(leg)
            elif ends_s > 0:
                legs.append(replace(leg, way=leg.way[-1:], lasts_s=ends_s))
            begun_s = ends_s
        return Story(loop_s=begun_s, legs=tuple(legs), charge=charge)
