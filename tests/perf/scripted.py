"""People whose days are written beforehand: what has to be found about them is known to the second.

Everybody reports once a second. Every twenty seconds the strap is opened for two. Every two minutes and a half the
person goes from home into a forbidden zone, is there for more than a minute, and comes home again: long enough that
several fixes, some time apart, agree on it, wherever our own programs were away. Days begin at different seconds.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId, RestrictionId
from baqylau.domain.observations import Fix, Strap
from baqylau.domain.orders import ExclusionZone, Fitting, Order
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.domain.zones import Circle
from baqylau.links.tracks import Report
from baqylau.sim.load_fleet import PREFIX, load_number
from baqylau.sim.town_plan import to_point
from baqylau.storage.registers.registry import Registry

ROUND_S = 20
OPENS_S, OPEN_S = 16, 2
"""Seconds of a round: the first report with an open strap, and how many there are."""
WALK_S, ENTERS_S, INSIDE_S = 150, 5, 75
"""How long a walk to the zone and back lasts; its first report inside, and how many there are."""
HALFWAY_M, ZONE_M, RADIUS_M = 60.0, 120.0, 60.0
"""One can walk from home to halfway, on the edge, and on to the middle, a second each."""
APART_M = 1_000.0
EXACT = ("wialon", "egts", "teltonika")
"""Protocols that say of a strap not only that it opens, but also that it closes."""


def protocol_of(index: int) -> str:
    """Give which protocol a person's device speaks: they take turns."""
    return EXACT[index % len(EXACT)]


def reports(index: int, begun_at: datetime) -> Iterator[Report]:
    """Give what a device reports, a second apart, without end. `begun_at` is a whole second."""
    second = 0
    while True:
        point = to_point((APART_M * index, _away_m(second % WALK_S)))
        fix = Fix(latitude_deg=point.latitude_deg, longitude_deg=point.longitude_deg, satellites=10, hdop=0.8)
        strap = Strap(open=OPENS_S <= second % ROUND_S < OPENS_S + OPEN_S)
        yield begun_at + timedelta(seconds=second), (fix, strap)
        second += 1


def _away_m(second: int) -> float:
    if ENTERS_S <= second < ENTERS_S + INSIDE_S:
        return ZONE_M
    return HALFWAY_M if second in (ENTERS_S - 1, ENTERS_S + INSIDE_S) else 0.0


def openings(begun_at: datetime, rounds: int) -> list[datetime]:
    """Give the instants at which the strap is found open."""
    return [begun_at + timedelta(seconds=ROUND_S * one + OPENS_S) for one in range(rounds)]


def entries(begun_at: datetime, seconds: int) -> list[tuple[datetime, datetime]]:
    """Give within which instants the entry into the zone is found, for each walk that is over after so long."""
    first = begun_at + timedelta(seconds=ENTERS_S)
    return [
        (first + timedelta(seconds=WALK_S * one), first + timedelta(seconds=WALK_S * one + INSIDE_S - 1))
        for one in range(seconds // WALK_S)
    ]


def sure_until(begun_at: datetime, seconds: int) -> datetime:
    """Give the end of the last whole walk: whether an entry is found later depends on when the reports ended."""
    return begun_at + timedelta(seconds=seconds // WALK_S * WALK_S)


def registry(people: int, founded_at: datetime, prefix: int = PREFIX) -> Registry:
    """Give the registers that know them."""
    numbers = {index: load_number(index, prefix) for index in range(1, people + 1)}
    return Registry(
        people=tuple(Person(id=PersonId(number), name=f"№ {number}") for number in numbers.values()),
        devices=tuple(_device(index, number) for index, number in numbers.items()),
        orders=tuple(_order(number, founded_at) for number in numbers.values()),
        restrictions=tuple(_zone(index, number, founded_at) for index, number in numbers.items()),
        fittings=tuple(_fitting(number, founded_at) for number in numbers.values()),
    )


def _device(index: int, number: str) -> Device:
    return Device(
        id=DeviceId(number),
        kind=DeviceKind.TRACKER,
        protocol=protocol_of(index),
        number=number,
        silence_limit_s=40 * 86_400,
    )


def _order(number: str, founded_at: datetime) -> Order:
    return Order(
        id=OrderId(number),
        person_id=PersonId(number),
        court="invented",
        act_number=number,
        act_date=founded_at.date(),
        from_at=founded_at - timedelta(days=1),
        until_at=founded_at + timedelta(days=365),
    )


def _zone(index: int, number: str, founded_at: datetime) -> ExclusionZone:
    return ExclusionZone(
        id=RestrictionId(f"{number}-school"),
        order_id=OrderId(number),
        version=1,
        clause="not at the school",
        from_at=founded_at - timedelta(days=1),
        zone=Circle(name="School", center=to_point((APART_M * index, ZONE_M)), radius_m=RADIUS_M),
    )


def _fitting(number: str, founded_at: datetime) -> Fitting:
    return Fitting(
        id=FittingId(number),
        device_id=DeviceId(number),
        person_id=PersonId(number),
        from_at=founded_at - timedelta(days=1),
    )
