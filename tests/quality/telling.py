"""Telling what somebody did, so that a receiver can tell it again, worse."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from math import hypot, sqrt
from random import Random

from msgspec import Struct

from baqylau.domain.observations import Battery, Body, Enclosure, Fix, NoFix, Observation, Strap
from baqylau.domain.zones import Circle, Point
from tests.unit.rules.stories import HOME, METRE_DEG, heard

EAST_DEG = METRE_DEG / 0.7285
"""A metre eastwards at the latitude of these stories, in degrees."""

Place = tuple[float, float]
"""Metres east and north of home."""
AT_HOME: Place = (0.0, 0.0)


class Receiver(Struct, frozen=True, kw_only=True):
    """How wrong a receiver is: Gaussian in each axis, wandering, with the accuracy that it claims."""

    error_m: float
    claims_m: float
    wanders_s: float = 90.0
    """After this time an error is mostly forgotten."""


OUTDOORS = Receiver(error_m=3.0, claims_m=10.0)
INDOORS = Receiver(error_m=8.0, claims_m=20.0)
AMONG_TOWERS = Receiver(error_m=28.0, claims_m=40.0, wanders_s=240.0)
HARDLY_ANY_SKY = Receiver(error_m=60.0, claims_m=150.0, wanders_s=180.0)


def point(place: Place) -> Point:
    """Give the coordinates of a place."""
    return Point(HOME.latitude_deg + place[1] * METRE_DEG, HOME.longitude_deg + place[0] * EAST_DEG)


def round_zone(name: str, place: Place, radius_m: float) -> Circle:
    """Give a round zone."""
    return Circle(name=name, center=point(place), radius_m=radius_m)


class _Leg(Struct, frozen=True):
    begun_at: datetime
    ended_at: datetime
    begun: Place
    ended: Place

    def place(self, at: datetime) -> Place:
        whole_s = (self.ended_at - self.begun_at).total_seconds()
        share = (at - self.begun_at).total_seconds() / whole_s if whole_s else 1.0
        return (
            self.begun[0] + (self.ended[0] - self.begun[0]) * share,
            self.begun[1] + (self.ended[1] - self.begun[1]) * share,
        )


class Day:
    """What somebody does, leg after leg, and what the device says of it meanwhile."""

    def __init__(self, random: Random, begins_at: datetime, *, at: Place = AT_HOME, every_s: float = 30.0) -> None:
        """Begin at a place; the device reports so often."""
        self.random = random
        self.now = begins_at
        self.place = at
        self.every_s = every_s
        self.receiver = INDOORS
        self.said: list[Observation] = []
        self._error: Place = (0.0, 0.0)
        self._legs: list[_Leg] = []

    def stay(self, minutes: float) -> None:
        """Stay where one is."""
        self._go(self.place, minutes * 60)

    def go(self, to: Place, speed_m_s: float = 1.4) -> None:
        """Go straight to a place."""
        self._go(to, hypot(to[0] - self.place[0], to[1] - self.place[1]) / speed_m_s)

    def say(self, *bodies: Body, after_s: float = 0.0) -> datetime:
        """Let the device say something more, and give when."""
        at = self.now + timedelta(seconds=after_s)
        self.said.append(heard(at, *bodies))
        return at

    def strap(self, *, is_open: bool, after_s: float = 0.0) -> datetime:
        """Let the strap's sensor speak."""
        return self.say(Strap(open=is_open), after_s=after_s)

    def case(self, *, is_open: bool) -> datetime:
        """Let the case's sensor speak."""
        return self.say(Enclosure(open=is_open))

    def battery(self, percent: float) -> datetime:
        """Let the battery be told."""
        return self.say(Battery(level_percent=percent))

    def without_sky(self, minutes: float) -> None:
        """Stay where no satellite is heard; the device goes on to report."""
        end = self.now + timedelta(minutes=minutes)
        while self.now < end:
            self.say(NoFix(satellites=self.random.randrange(3)))
            self.now += timedelta(seconds=self.every_s)

    def without_reports(self, minutes: float) -> None:
        """Stay with a device that says nothing and remembers nothing."""
        self.now += timedelta(minutes=minutes)

    def astray(self, place: Place) -> datetime:
        """Let the receiver give one place where nobody is."""
        return self.say(_fix(place, self.receiver))

    def entered(self, zone: Place, radius_m: float) -> datetime:
        """Give when one first came closer to a place than this."""
        return self._first(lambda here: hypot(here[0] - zone[0], here[1] - zone[1]) < radius_m)

    def left(self, zone: Place, radius_m: float) -> datetime:
        """Give when one first was farther from a place than this."""
        return self._first(lambda here: hypot(here[0] - zone[0], here[1] - zone[1]) > radius_m)

    def _first(self, holds: Callable[[Place], bool]) -> datetime:
        return next(at for at, here in self._seconds() if holds(here))

    def _seconds(self) -> Iterator[tuple[datetime, Place]]:
        for leg in self._legs:
            for second in range(int((leg.ended_at - leg.begun_at).total_seconds()) + 1):
                at = leg.begun_at + timedelta(seconds=second)
                yield at, leg.place(at)

    def _go(self, to: Place, seconds: float) -> None:
        leg = _Leg(self.now, self.now + timedelta(seconds=seconds), self.place, to)
        self._legs.append(leg)
        while self.now < leg.ended_at:
            self.said.append(heard(self.now, _fix(self._blurred(leg.place(self.now)), self.receiver)))
            self.now += timedelta(seconds=self.every_s)
        self.place = to

    def _blurred(self, place: Place) -> Place:
        kept = max(1.0 - self.every_s / self.receiver.wanders_s, 0.0)
        spread_m = self.receiver.error_m * sqrt(1.0 - kept * kept)
        east, north = (kept * error + self.random.gauss(0.0, spread_m) for error in self._error)
        self._error = (east, north)
        return place[0] + east, place[1] + north


def _fix(place: Place, receiver: Receiver) -> Fix:
    where = point(place)
    return Fix(
        latitude_deg=where.latitude_deg,
        longitude_deg=where.longitude_deg,
        accuracy_m=receiver.claims_m,
        satellites=8,
        hdop=1.2,
    )
