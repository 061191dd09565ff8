"""What the registers hold of a city's people."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId, RestrictionId
from baqylau.domain.orders import ExclusionZone, Fitting, Order, PresenceRegime, Restriction
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle
from baqylau.sim import town_plan
from baqylau.sim.city.lives import Citizen
from baqylau.sim.city.scenario import Life
from baqylau.sim.load_fleet import load_number
from baqylau.sim.town import House
from baqylau.storage.registers.registry import Registry

PREFIX = 780
HOME_M, PLACE_M = 60.0, 80.0
SILENCE_LIMIT_S = 1800
BOUND_TO_HOME = frozenset(Life) - {Life.AT_WORK, Life.FORBIDDEN}
"""Whose life is at home all the time, by order."""
_ALWAYS = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=0, end_min=0),))


def person_id(number: int) -> PersonId:
    """Give who it is, by number."""
    return PersonId(wire_number(number))


def wire_number(number: int) -> str:
    """Give the number of somebody's tracker on the wire."""
    return load_number(number, PREFIX)


def registry(people: Iterable[Citizen], begun_at: datetime) -> Registry:
    """Give the registers; orders and fittings begin a day before the city does."""
    everybody, since_at = tuple(people), begun_at - timedelta(days=1)
    return Registry(
        people=tuple(
            Person(id=person_id(one.number), name=f"№ {one.number}", address=one.home.address, district=town_plan.NAME)
            for one in everybody
        ),
        devices=tuple(_device(one) for one in everybody),
        orders=tuple(_order(one, since_at) for one in everybody),
        restrictions=tuple(restriction for one in everybody for restriction in _restrictions(one, since_at)),
        fittings=tuple(_fitting(one, since_at) for one in everybody),
    )


def _device(one: Citizen) -> Device:
    number = wire_number(one.number)
    return Device(
        id=DeviceId(number),
        kind=DeviceKind.TRACKER,
        protocol=one.protocol,
        number=number,
        silence_limit_s=SILENCE_LIMIT_S,
    )


def _order(one: Citizen, since_at: datetime) -> Order:
    number = wire_number(one.number)
    return Order(
        id=OrderId(number),
        person_id=person_id(one.number),
        court=town_plan.NAME,
        act_number=number,
        act_date=since_at.date(),
        from_at=since_at,
        until_at=since_at + timedelta(days=365),
    )


def _restrictions(one: Citizen, since_at: datetime) -> Iterator[Restriction]:
    number = wire_number(one.number)
    if one.life in BOUND_TO_HOME:
        yield PresenceRegime(
            id=RestrictionId(f"{number}-home"),
            order_id=OrderId(number),
            version=1,
            clause="at home",
            from_at=since_at,
            places=(_circle(one.home, HOME_M),),
            schedule=_ALWAYS,
        )
    if one.life is Life.FORBIDDEN:
        yield ExclusionZone(
            id=RestrictionId(f"{number}-forbidden"),
            order_id=OrderId(number),
            version=1,
            clause="not there",
            from_at=since_at,
            zone=_circle(one.place, PLACE_M),
        )


def _circle(house: House, radius_m: float) -> Circle:
    return Circle(name=house.address, center=town_plan.to_point(house.middle), radius_m=radius_m)


def _fitting(one: Citizen, since_at: datetime) -> Fitting:
    number = wire_number(one.number)
    return Fitting(id=FittingId(number), device_id=DeviceId(number), person_id=person_id(one.number), from_at=since_at)
