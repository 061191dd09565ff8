"""The fleet of a load test: numbered devices that walk in circles, and registers that know them.

Numbers are a prefix of three digits and an index of six, 1 to 999 999, such as `770000001`: short enough for the
object identifier of EGTS, and told apart from real equipment by the prefix.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import cos, pi, sin

from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId, RestrictionId
from baqylau.domain.observations import Fix
from baqylau.domain.orders import ExclusionZone, Fitting, Order, PresenceRegime, Restriction, Territory
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Point, Polygon, Zone
from baqylau.links.tracks import Report
from baqylau.sim.town_plan import Place, to_point
from baqylau.storage.registers.registry import Registry

PREFIX = 770
WALK_M = 100.0
"""Radius of everybody's round."""
STEP_M = 1.4
CIRCLES = 4
POLYGONS = 4
CORNERS = 20
"""Zones of a person: a home and a territory, which the walk never leaves, and these, which it never enters."""

ROUND_THE_CLOCK = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=0, end_min=0),))


def load_number(index: int, prefix: int = PREFIX) -> str:
    """Give the number of a device on the wire; indices begin with 1."""
    return f"{prefix:03}{index:06}"


def walk(index: int, first_at: datetime, spacing_s: float) -> Iterator[Report]:
    """Give what a device reports of its round, without end."""
    east_m, north_m = _middle(index)
    turn = 0
    while True:
        angle = turn * STEP_M / WALK_M
        point = to_point((east_m + WALK_M * cos(angle), north_m + WALK_M * sin(angle)))
        fix = Fix(
            latitude_deg=point.latitude_deg,
            longitude_deg=point.longitude_deg,
            altitude_m=345.0,
            speed_m_s=STEP_M / spacing_s,
            course_deg=round(-angle * 180 / pi % 360, 1),
            satellites=10,
            hdop=0.9,
        )
        yield first_at + timedelta(seconds=turn * spacing_s), (fix,)
        turn += 1


def load_registry(protocol: str, devices: int, founded_at: datetime, prefix: int = PREFIX) -> Registry:
    """Give the registers of a fleet: one person, order and device each, with ten zones."""
    numbers = [load_number(index, prefix) for index in range(1, devices + 1)]
    return Registry(
        people=tuple(Person(id=PersonId(number), name=f"№ {number}") for number in numbers),
        devices=tuple(_device(number, protocol) for number in numbers),
        orders=tuple(_order(number, founded_at) for number in numbers),
        restrictions=tuple(
            one for index, number in enumerate(numbers, start=1) for one in _restrictions(index, number, founded_at)
        ),
        fittings=tuple(
            Fitting(
                id=FittingId(number), device_id=DeviceId(number), person_id=PersonId(number), from_at=_since(founded_at)
            )
            for number in numbers
        ),
    )


def _since(founded_at: datetime) -> datetime:
    """Before every report of a test: a test of hours may speak of the hours before it."""
    return founded_at - timedelta(days=1)


def _middle(index: int) -> Place:
    """Give everybody a place of their own, a hundred in a row."""
    return (index % 100 - 50) * 20.0, (index // 100 % 100 - 50) * 20.0


def _device(number: str, protocol: str) -> Device:
    return Device(
        id=DeviceId(number), kind=DeviceKind.TRACKER, protocol=protocol, number=number, silence_limit_s=40 * 86_400
    )


def _order(number: str, founded_at: datetime) -> Order:
    return Order(
        id=OrderId(number),
        person_id=PersonId(number),
        court="load",
        act_number=number,
        act_date=founded_at.date(),
        from_at=_since(founded_at),
        until_at=founded_at + timedelta(days=365),
    )


def _restrictions(index: int, number: str, founded_at: datetime) -> Iterator[Restriction]:
    middle, since_at, order_id = _middle(index), _since(founded_at), OrderId(number)
    yield PresenceRegime(
        id=RestrictionId(f"{number}-home"),
        order_id=order_id,
        version=1,
        clause="home",
        from_at=since_at,
        places=(Circle(name="home", center=to_point(middle), radius_m=3 * WALK_M),),
        schedule=ROUND_THE_CLOCK,
    )
    yield Territory(
        id=RestrictionId(f"{number}-town"),
        order_id=order_id,
        version=1,
        clause="town",
        from_at=since_at,
        zone=_round_polygon("town", middle, 6_000.0),
    )
    for place, zone in enumerate(_forbidden(middle)):
        yield ExclusionZone(
            id=RestrictionId(f"{number}-zone-{place}"),
            order_id=order_id,
            version=1,
            clause=zone.name,
            from_at=since_at,
            zone=zone,
        )


def _forbidden(middle: Place) -> Iterator[Zone]:
    """Lay zones around the walk, between half a kilometre and three kilometres away."""
    for place in range(CIRCLES + POLYGONS):
        angle, distance_m = place * 2 * pi / (CIRCLES + POLYGONS), 900.0 + 300.0 * place
        center = (middle[0] + distance_m * cos(angle), middle[1] + distance_m * sin(angle))
        if place < CIRCLES:
            yield Circle(name=f"circle {place}", center=to_point(center), radius_m=200.0)
        else:
            yield _round_polygon(f"polygon {place}", center, 250.0)


def _round_polygon(name: str, center: Place, radius_m: float) -> Polygon:
    outline = tuple(_corner(center, radius_m, corner) for corner in range(CORNERS))
    return Polygon(name=name, outline=outline)


def _corner(center: Place, radius_m: float, corner: int) -> Point:
    angle = corner * 2 * pi / CORNERS
    return to_point((center[0] + radius_m * cos(angle), center[1] + radius_m * sin(angle)))
