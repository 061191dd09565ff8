"""Telling what somebody did, so that a receiver can tell it again, worse."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from math import hypot, sqrt
from random import Random

from msgspec import Struct

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import (
    Battery,
    Body,
    Cell,
    Enclosure,
    Fix,
    Motion,
    NoFix,
    Observation,
    Skin,
    Sky,
    Strap,
)
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.zones import Circle, Point
from tests.unit.rules.stories import HOME, METRE_DEG, TRACKER, heard

EAST_DEG = METRE_DEG / 0.7285
"""A metre eastwards at the latitude of these stories, in degrees."""

Place = tuple[float, float]
"""Metres east and north of home."""
AT_HOME: Place = (0.0, 0.0)
HOME_M = 100.0
"""Radius of a home's zone."""


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


class Offline(Struct, frozen=True):
    """From when to when what some devices say does not reach us; it comes afterwards."""

    from_at: datetime
    until_at: datetime
    devices: frozenset[DeviceId]
    """Which; all of them when empty."""

    def holds(self, one: Observation) -> bool:
        """Whether the observation waits."""
        return self.from_at <= one.observed_at < self.until_at and (not self.devices or one.device_id in self.devices)


CELL_M = 1500.0
"""How far a cell of the mobile network reaches in a town."""
SILENCE_LIMIT_S = 1_800
UNIT_SILENCE_LIMIT_S = 600
"""Two heartbeats of five minutes (catalogue, S05)."""


def cell_at(place: Place) -> str:
    """Give the cell of the mobile network at a place."""
    return f"401-01-{round(place[0] / CELL_M)}-{round(place[1] / CELL_M)}"


WORN: tuple[Body, ...] = (Strap(open=False), Enclosure(open=False), Skin(contact=True))
"""What a bracelet in order says of itself."""


class Day:
    """What somebody does, leg after leg, and what the device says of it meanwhile."""

    def __init__(
        self,
        random: Random,
        begins_at: datetime,
        *,
        at: Place = AT_HOME,
        every_s: float = 30.0,
        tracked: bool = True,
        rich: bool = False,
    ) -> None:
        """Begin at a place; the device reports so often. A `rich` tracker also tells motion, sky and network."""
        self.random = random
        self.begun_at = self.now = begins_at
        self.place = at
        self.every_s = every_s
        self.tracked, self.rich = tracked, rich
        self.receiver: Receiver | None = INDOORS
        """None: no satellite is heard."""
        self.covered = True
        """The mobile network is heard."""
        self.weak = False
        """Sky and network are heard, but poorly, as on a ramp or in a narrow street."""
        self.said: list[Observation] = []
        self.offline: list[Offline] = []
        self.kit: dict[DeviceId, Device] = {}
        self.device = TRACKER
        if tracked:
            self.fit(TRACKER, DeviceKind.TRACKER)
        self._error: Place = (0.0, 0.0)
        self._legs: list[_Leg] = []
        self._worn: list[tuple[datetime, tuple[Body, ...]]] = [(begins_at, WORN)]

    def fit(
        self,
        device_id: DeviceId,
        kind: DeviceKind,
        silence_limit_s: int = SILENCE_LIMIT_S,
        place: Circle | None = None,
    ) -> DeviceId:
        """Give the person one more device; fixed equipment has a place."""
        self.kit[device_id] = Device(
            id=device_id,
            kind=kind,
            protocol="native",
            number=str(device_id),
            silence_limit_s=silence_limit_s,
            place=place,
        )
        return device_id

    def stay(self, minutes: float) -> None:
        """Stay where one is."""
        self._go(self.place, minutes * 60)

    def stay_until(self, at: datetime) -> None:
        """Stay where one is until then."""
        self._go(self.place, max((at - self.now).total_seconds(), 0.0))

    def go(self, to: Place, speed_m_s: float = 1.4) -> None:
        """Go straight to a place."""
        self._go(to, hypot(to[0] - self.place[0], to[1] - self.place[1]) / speed_m_s)

    def say(self, *bodies: Body, after_s: float = 0.0, by: DeviceId | None = None) -> datetime:
        """Let a device say something more, and give when."""
        at = self.now + timedelta(seconds=after_s)
        self.tell(at, by or self.device, *bodies)
        return at

    def tell(self, at: datetime, by: DeviceId, *bodies: Body) -> None:
        """Let a device say something at an instant."""
        self.said.append(heard(at, *bodies, device_id=by))

    def cut_off(self, from_at: datetime, until_at: datetime, *devices: DeviceId) -> None:
        """Let what these devices say in that time, or all of them, come only when it is over."""
        self.offline.append(Offline(from_at, until_at, frozenset(devices)))

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
        receiver, self.receiver = self.receiver, None
        self.stay(minutes)
        self.receiver = receiver

    def without_reports(self, minutes: float) -> None:
        """Stay with a device that says nothing and remembers nothing."""
        self.now += timedelta(minutes=minutes)

    def astray(self, place: Place) -> datetime:
        """Let the receiver give one place where nobody is."""
        return self.say(_fix(place, self.receiver or INDOORS))

    def bracelet(self, *bodies: Body) -> datetime:
        """Let what the bracelet says of itself in every beacon be this from now on, and give when."""
        self._worn.append((self.now, bodies))
        return self.now

    def bracelet_at(self, at: datetime) -> tuple[Body, ...]:
        """Give what the bracelet says of itself at an instant."""
        return next(bodies for since, bodies in reversed(self._worn) if since <= at or since == self.begun_at)

    def place_at(self, at: datetime) -> Place:
        """Give where one was."""
        leg = next((leg for leg in reversed(self._legs) if leg.begun_at <= at), None)
        return self.place if leg is None else leg.place(min(at, leg.ended_at))

    def moving_at(self, at: datetime) -> bool:
        """Whether one was on the way."""
        return any(leg.begun_at <= at < leg.ended_at and leg.begun != leg.ended for leg in self._legs)

    def entered(self, zone: Place, radius_m: float) -> datetime:
        """Give when one first came closer to a place than this."""
        return self.first(lambda here: hypot(here[0] - zone[0], here[1] - zone[1]) < radius_m)

    def left(self, zone: Place, radius_m: float) -> datetime:
        """Give when one first was farther from a place than this."""
        return self.first(lambda here: hypot(here[0] - zone[0], here[1] - zone[1]) > radius_m)

    def first(self, holds: Callable[[Place], bool]) -> datetime:
        """Give when something was first so of the place."""
        return next(at for at, here in self._seconds() if holds(here))

    def first_since(self, from_at: datetime, holds: Callable[[Place], bool]) -> datetime:
        """Give when something was first so of the place from an instant on."""
        return next(at for at, here in self._seconds() if at >= from_at and holds(here))

    def _seconds(self) -> Iterator[tuple[datetime, Place]]:
        for leg in self._legs:
            for second in range(int((leg.ended_at - leg.begun_at).total_seconds()) + 1):
                at = leg.begun_at + timedelta(seconds=second)
                yield at, leg.place(at)

    def _go(self, to: Place, seconds: float) -> None:
        leg = _Leg(self.now, self.now + timedelta(seconds=seconds), self.place, to)
        self._legs.append(leg)
        if not self.tracked:
            self.now = leg.ended_at
        while self.now < leg.ended_at:
            self._report(leg.place(self.now), moving=leg.begun != leg.ended)
            self.now += timedelta(seconds=self.every_s)
        self.place = to

    def _report(self, place: Place, *, moving: bool) -> None:
        receiver = self.receiver
        seen = NoFix(satellites=self.random.randrange(3)) if receiver is None else self._seen(place, receiver)
        self.say(seen, *(self._aside(place, moving=moving) if self.rich else ()))

    def _aside(self, place: Place, *, moving: bool) -> tuple[Body, ...]:
        blind = self.receiver is None
        satellites, cn0_dbhz, cell_dbm = (5, 24.0, -112.0) if self.weak else (9, 38.0, -85.0)
        heard_dbhz = None if blind else self.random.gauss(cn0_dbhz, 2.0)
        sky = Sky(satellites=0 if blind else satellites, mean_cn0_dbhz=heard_dbhz)
        signal_dbm = self.random.gauss(cell_dbm, 6.0) if self.covered else None
        cell = Cell(registered=self.covered, id=cell_at(place) if self.covered else "", signal_dbm=signal_dbm)
        return Motion(moving=moving), sky, cell

    def _seen(self, place: Place, receiver: Receiver) -> Fix:
        kept = max(1.0 - self.every_s / receiver.wanders_s, 0.0)
        spread_m = receiver.error_m * sqrt(1.0 - kept * kept)
        east, north = (kept * error + self.random.gauss(0.0, spread_m) for error in self._error)
        self._error = (east, north)
        return _fix((place[0] + east, place[1] + north), receiver)


def _fix(place: Place, receiver: Receiver) -> Fix:
    where = point(place)
    return Fix(
        latitude_deg=where.latitude_deg,
        longitude_deg=where.longitude_deg,
        accuracy_m=receiver.claims_m,
        satellites=8,
        hdop=1.2,
    )
