"""What the registers hold of a city's people."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId, RestrictionId
from baqylau.domain.orders import (
    ExclusionZone,
    Fitting,
    Identification,
    Order,
    PresenceRegime,
    RequiredPlace,
    Restriction,
    Sobriety,
)
from baqylau.domain.people import Device, DeviceKind, Person, Supervision
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle
from baqylau.sim import town_plan
from baqylau.sim.city.days import MINUTE_S, TIMEZONE, minutes
from baqylau.sim.city.lives import Citizen
from baqylau.sim.city.relays import AWAY_S, UNHEARD_S
from baqylau.sim.city.scenario import LINK, Life, Scenario
from baqylau.sim.city.standing import ANSWER_S, CHECKED_AT
from baqylau.sim.city.truth import HOME_FROM, HOME_GRACE_S, HOME_UNTIL, WORK_FROM, WORK_UNTIL
from baqylau.sim.load_fleet import load_number
from baqylau.sim.town import House
from baqylau.storage.registers.registry import Registry

PREFIX = 780
HOME_M, PLACE_M = 60.0, 80.0
A_DAY, A_YEAR = timedelta(days=1), timedelta(days=365)
SILENCE_LIMIT_S = 1800
UNIT_SILENCE_LIMIT_S = 600
"""Two heartbeats of five minutes (catalogue, S05)."""
BEACON, BLE = "beacon", "ble"
BLE_BYTES = 20
LIMIT_MG_L = 0.16
CHECKS = frozenset({DeviceKind.BREATH_UNIT, DeviceKind.AV_UNIT})
"""Units that wait for checks: nobody wears anything beside them."""
BESIDE = frozenset({DeviceKind.HOME_UNIT, DeviceKind.MOBILE_UNIT})
"""Units that hear a bracelet."""
WORKS = frozenset({Life.AT_WORK, Life.LATE})
"""Who has a working window; all others are bound to their home around the clock, or to no place."""
WEEKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)
_ALWAYS = Schedule(timezone=TIMEZONE, windows=(Window(start_min=0, end_min=0),))
_AFTER = (Code.STRAP_OPEN,)
_CHECKS = Schedule(
    timezone=TIMEZONE,
    windows=tuple(
        Window(start_min=minutes(one), end_min=minutes(one) + round(ANSWER_S / MINUTE_S)) for one in CHECKED_AT
    ),
)
_NIGHTS = Schedule(
    timezone=TIMEZONE,
    windows=(
        Window(start_min=minutes(HOME_FROM), end_min=minutes(HOME_UNTIL), weekdays=WEEKDAYS),
        Window(start_min=minutes(HOME_UNTIL), end_min=minutes(HOME_UNTIL), weekdays=WEEKEND),
    ),
)
_WORKING = Schedule(
    timezone=TIMEZONE,
    windows=(Window(start_min=minutes(WORK_FROM), end_min=minutes(WORK_UNTIL), weekdays=WEEKDAYS),),
)


def person_id(number: int) -> PersonId:
    """Give who it is, by number."""
    return PersonId(wire_number(number))


def wire_number(number: int) -> str:
    """Give the number of somebody's tracker on the wire."""
    return load_number(number, PREFIX)


def bracelet_id(number: int) -> DeviceId:
    """Give the name of somebody's bracelet."""
    return DeviceId(f"bracelet-{wire_number(number)}")


def unit_id(number: int) -> DeviceId:
    """Give the name of somebody's unit, or of their tracker where it is ours."""
    return DeviceId(f"unit-{wire_number(number)}")


def relay_id(number: int) -> DeviceId:
    """Give the name of the relay in somebody's home."""
    return DeviceId(f"relay-{wire_number(number)}")


def ble_number(number: int) -> str:
    """Give what a bought beacon in somebody's home calls itself."""
    return secret(relay_id(number))[:BLE_BYTES].hex()


def secret(device_id: DeviceId) -> bytes:
    """Give the root of a bracelet, or the seed of a unit's key. The city is invented, and so is what it hides."""
    return sha256(f"city {device_id}".encode()).digest()


def registry(people: Iterable[Citizen], begun_at: datetime, until_at: datetime) -> Registry:
    """Give the registers; orders begin a day before the city does, and equipment is put on as it begins.

    `until_at`: when all orders end.
    """
    everybody, since_at = tuple(people), begun_at - A_DAY
    return Registry(
        people=tuple(
            Person(id=person_id(one.number), name=f"№ {one.number}", address=one.home.address, district=town_plan.NAME)
            for one in everybody
        ),
        devices=tuple(device for one in everybody for device in _devices(one)),
        orders=tuple(_order(one, since_at, until_at) for one in everybody),
        restrictions=tuple(restriction for one in everybody for restriction in _restrictions(one, begun_at)),
        fittings=tuple(fitting for one in everybody for fitting in _fittings(one, begun_at)),
    )


def heard_devices(people: Iterable[Citizen]) -> dict[str, int]:
    """Give how many devices of each kind only others hear: they have no line of their own."""
    kinds = (device.kind for one in people for device in _devices(one) if device.protocol in {BEACON, BLE})
    return dict(sorted(Counter(kinds).items()))


def orders_end(scenario: Scenario, begun_at: datetime) -> datetime:
    """Give until when orders are in force while the city lives.

    A server writes at its own time that a device came on the line. Where the city's time is another, that is no word of
    its people: the order does not cover it, and nothing of it is kept.
    """
    return begun_at + (A_YEAR if scenario.real_time else timedelta(hours=scenario.hours))


def supervision(one: Citizen, begun_at: datetime) -> Supervision:
    """Give what is prescribed for somebody, and their equipment."""
    known = registry((one,), begun_at, begun_at + A_YEAR)
    return Supervision(
        person_id=person_id(one.number),
        orders=known.orders,
        restrictions=known.restrictions,
        fittings=known.fittings,
        devices=known.devices,
    )


def _devices(one: Citizen) -> Iterator[Device]:
    number = wire_number(one.number)
    if one.has_relay:
        yield _relay(one)
    if one.protocol != LINK:
        yield Device(
            id=DeviceId(number),
            kind=DeviceKind.TRACKER,
            protocol=one.protocol,
            number=number,
            silence_limit_s=SILENCE_LIMIT_S,
        )
        return
    if one.kind in BESIDE:
        yield Device(id=bracelet_id(one.number), kind=DeviceKind.BRACELET, protocol=BEACON, number=f"B{number}")
    yield Device(
        id=unit_id(one.number),
        kind=one.kind,
        protocol=LINK,
        number=f"{one.kind[0].upper()}{number}",
        silence_limit_s=UNIT_SILENCE_LIMIT_S if one.kind is DeviceKind.HOME_UNIT else SILENCE_LIMIT_S,
    )


def _relay(one: Citizen) -> Device:
    """Give the relay of their home: one of ours beside a home unit, else a bought beacon."""
    ours = one.protocol == LINK
    return Device(
        id=relay_id(one.number),
        kind=DeviceKind.RELAY,
        protocol=BEACON if ours else BLE,
        number=f"R{wire_number(one.number)}" if ours else ble_number(one.number),
        silence_limit_s=round(UNHEARD_S if ours else AWAY_S),
        place=_circle(one.home, HOME_M),
    )


def _order(one: Citizen, since_at: datetime, until_at: datetime) -> Order:
    number = wire_number(one.number)
    return Order(
        id=OrderId(number),
        person_id=person_id(one.number),
        court=town_plan.NAME,
        act_number=number,
        act_date=since_at.date(),
        from_at=since_at,
        until_at=until_at,
    )


def _restrictions(one: Citizen, begun_at: datetime) -> Iterator[Restriction]:
    number, since_at = wire_number(one.number), begun_at - A_DAY
    if one.kind in CHECKS:
        yield _checked(one, begun_at)
        return
    if one.life is Life.FORBIDDEN:
        yield ExclusionZone(
            id=RestrictionId(f"{number}-forbidden"),
            order_id=OrderId(number),
            version=1,
            clause="not there",
            from_at=since_at,
            zone=_circle(one.place, PLACE_M),
        )
        return
    yield PresenceRegime(
        id=RestrictionId(f"{number}-home"),
        order_id=OrderId(number),
        version=1,
        clause="at home",
        from_at=since_at,
        places=(_circle(one.home, HOME_M),),
        schedule=_NIGHTS if one.life in WORKS else _ALWAYS,
        grace_s=round(HOME_GRACE_S),
    )
    if one.life in WORKS and one.kind is not DeviceKind.HOME_UNIT:
        yield RequiredPlace(
            id=RestrictionId(f"{number}-work"),
            order_id=OrderId(number),
            version=1,
            clause="at work",
            from_at=since_at,
            zone=_circle(one.place, PLACE_M),
            schedule=_WORKING,
        )


def _checked(one: Citizen, begun_at: datetime) -> Identification | Sobriety:
    """Give what is watched by checks, from the beginning of the city on: nothing is asked for that was due before.

    Both are asked for by a plan; who it is also after a strap is opened, which nobody here wears.
    """
    number = wire_number(one.number)
    name, order = RestrictionId(f"{number}-checked"), OrderId(number)
    if one.kind is DeviceKind.AV_UNIT:
        return Identification(
            id=name,
            order_id=order,
            version=1,
            clause="shows who it is",
            from_at=begun_at,
            schedule=_CHECKS,
            answer_s=round(ANSWER_S),
            after=_AFTER,
        )
    return Sobriety(
        id=name,
        order_id=order,
        version=1,
        clause="no alcohol",
        from_at=begun_at,
        schedule=_CHECKS,
        answer_s=round(ANSWER_S),
        limit_mg_l=LIMIT_MG_L,
    )


def _circle(house: House, radius_m: float) -> Circle:
    return Circle(name=house.address, center=town_plan.to_point(house.middle), radius_m=radius_m)


def _fittings(one: Citizen, begun_at: datetime) -> Iterator[Fitting]:
    for device in _devices(one):
        name, person = FittingId(device.id), person_id(one.number)
        yield Fitting(id=name, device_id=device.id, person_id=person, from_at=begun_at)
