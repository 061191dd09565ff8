"""What the registers hold of the demo's people: the same people with the same ids each time, also after a restart."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from baqylau.domain.ids import DeviceId, FittingId, OrderId, PermissionId, PersonId, RestrictionId
from baqylau.domain.orders import (
    ExclusionZone,
    Fitting,
    NoContact,
    Order,
    Permission,
    PresenceRegime,
    RequiredPlace,
    Restriction,
    Territory,
    TimedPlace,
)
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Polygon
from baqylau.sim import town_plan
from baqylau.sim.demo_people import Actor, Hours, actors
from baqylau.sim.town import House, smooth
from baqylau.sim.town_plan import Place
from baqylau.storage.registers.registry import Registry

TIMEZONE = "Asia/Almaty"
HOME_M = 60.0
WORK_M = 80.0
WARNING_M = 60.0
GRACE_S = 60
APART_M = 100.0


def demo_registry(*, founded_at: datetime, started_at: datetime) -> Registry:
    """Give everything the registers have to know.

    `founded_at` is the first start of this demo and decides dates of orders and fittings; `started_at` is this start
    and decides the hours of duty, as a version of the restrictions of its own for each hour of starting.
    """
    everybody = actors()
    return Registry(
        people=tuple(_person(actor) for actor in everybody),
        devices=tuple(_device(actor) for actor in everybody),
        orders=tuple(_order(actor, founded_at) for actor in everybody),
        restrictions=tuple(one for actor in everybody for one in _restrictions(actor, founded_at, started_at)),
        permissions=tuple(_permission(actor, founded_at) for actor in everybody if actor.excused),
        fittings=tuple(_fitting(actor, founded_at) for actor in everybody),
    )


def number_of(actor: Actor) -> str:
    """Give an invented number: an IMEI of the range for tests, or an EGTS terminal id."""
    return f"0010170000{actor.number:05}" if actor.protocol == "wialon" else f"{710_000_000 + actor.number}"


def _person_id(actor: Actor) -> PersonId:
    return PersonId(f"demo-{actor.number:02}")


def _device_id(actor: Actor) -> DeviceId:
    return DeviceId(f"demo-{actor.number:02}-tracker")


def _order_id(actor: Actor) -> OrderId:
    return OrderId(f"demo-{actor.number:02}-order")


def _restriction_id(actor: Actor, kind: str) -> RestrictionId:
    return RestrictionId(f"demo-{actor.number:02}-{kind}")


def _person(actor: Actor) -> Person:
    return Person(
        id=_person_id(actor),
        name=actor.name,
        address=actor.home.address,
        phone=f"+7 000 000 00 {actor.number:02}",
        language=actor.language,
        district=town_plan.NAME,
    )


def _device(actor: Actor) -> Device:
    return Device(
        id=_device_id(actor),
        kind=DeviceKind.TRACKER,
        protocol=actor.protocol,
        number=number_of(actor),
        silence_limit_s=actor.silence_limit_s,
    )


def _order(actor: Actor, founded_at: datetime) -> Order:
    day = _day_of_act(actor, founded_at)
    begun_at = founded_at - timedelta(days=30 + 7 * actor.number)
    return Order(
        id=_order_id(actor),
        person_id=_person_id(actor),
        court=f"{town_plan.NAME} қалалық соты",
        act_number=f"4-{100 + 3 * actor.number}/{day.year}",
        act_date=day,
        from_at=begun_at,
        until_at=begun_at + timedelta(days=730),
    )


def _day_of_act(actor: Actor, founded_at: datetime) -> date:
    return (founded_at - timedelta(days=44 + 7 * actor.number)).date()


def _fitting(actor: Actor, founded_at: datetime) -> Fitting:
    return Fitting(
        id=FittingId(f"demo-{actor.number:02}-fitting"),
        device_id=_device_id(actor),
        person_id=_person_id(actor),
        from_at=founded_at,
    )


def _permission(actor: Actor, founded_at: datetime) -> Permission:
    return Permission(
        id=PermissionId(f"demo-{actor.number:02}-permission"),
        person_id=_person_id(actor),
        restriction_id=_restriction_id(actor, "home"),
        from_at=founded_at,
        until_at=founded_at + timedelta(days=30),
        reason="Емханада емделу",
        granted_by="Айгүл Сарыжан",
    )


def _restrictions(actor: Actor, founded_at: datetime, started_at: datetime) -> Iterator[Restriction]:
    first_at = _order(actor, founded_at).from_at
    hour_at = hour_of(started_at)
    since_at = first_at if founded_at >= hour_at else hour_at
    number = version(since_at, founded_at)
    if actor.at_home:
        yield _presence(actor, schedule(actor.at_home, hour_at), since_at, number)
    if actor.work and actor.at_work:
        yield _workplace(actor, actor.work, schedule(actor.at_work, hour_at), since_at, number)
    if actor.keeps_from_school:
        yield _school(actor, first_at)
    if actor.keeps_to_town:
        yield _town(actor, first_at)
    if actor.visits and actor.visiting:
        yield _visits(actor, actor.visits, schedule(actor.visiting, hour_at), since_at, number)
    if actor.keeps_from:
        yield _apart(actor, actor.keeps_from, first_at)


def _presence(actor: Actor, schedule: Schedule, since_at: datetime, number: int) -> PresenceRegime:
    return PresenceRegime(
        id=_restriction_id(actor, "home"),
        order_id=_order_id(actor),
        version=number,
        clause="Белгіленген уақытта үйде болу",
        from_at=since_at,
        places=(circle(actor.home, HOME_M),),
        schedule=schedule,
        grace_s=GRACE_S,
    )


def _workplace(actor: Actor, place: House, schedule: Schedule, since_at: datetime, number: int) -> RequiredPlace:
    return RequiredPlace(
        id=_restriction_id(actor, "work"),
        order_id=_order_id(actor),
        version=number,
        clause="Жұмыс уақытында жұмыс орнында болу",
        from_at=since_at,
        zone=circle(place, WORK_M),
        schedule=schedule,
    )


def _school(actor: Actor, first_at: datetime) -> ExclusionZone:
    return ExclusionZone(
        id=_restriction_id(actor, "school"),
        order_id=_order_id(actor),
        version=1,
        clause=f"{town_plan.SCHOOL} аймағына кірмеу",
        from_at=first_at,
        zone=_polygon(town_plan.SCHOOL, town_plan.SCHOOL_GROUNDS),
        warning_m=WARNING_M,
    )


def _town(actor: Actor, first_at: datetime) -> Territory:
    return Territory(
        id=_restriction_id(actor, "town"),
        order_id=_order_id(actor),
        version=1,
        clause=f"{town_plan.NAME} қаласынан рұқсатсыз шықпау",
        from_at=first_at,
        zone=_polygon(town_plan.NAME, smooth(town_plan.LIMITS, closed=True, rounds=2)[:-1]),
    )


def _visits(actor: Actor, place: House, schedule: Schedule, since_at: datetime, number: int) -> TimedPlace:
    return TimedPlace(
        id=_restriction_id(actor, "visits"),
        order_id=_order_id(actor),
        version=number,
        clause="Бұл жерде тек белгіленген уақытта болу",
        from_at=since_at,
        zone=circle(place, WORK_M),
        schedule=schedule,
    )


def _apart(actor: Actor, other: int, first_at: datetime) -> NoContact:
    return NoContact(
        id=_restriction_id(actor, "apart"),
        order_id=_order_id(actor),
        version=1,
        clause="Іс бойынша екінші адаммен кездеспеу",
        from_at=first_at,
        other_id=PersonId(f"demo-{other:02}"),
        distance_m=APART_M,
    )


def hour_of(at: datetime) -> datetime:
    """Give the beginning of the hour."""
    return at.replace(minute=0, second=0, microsecond=0)


def version(at: datetime, founded_at: datetime) -> int:
    """Give the version of what begins at an instant: the first, and one more for each hour of starting after it."""
    return 1 + max(round((at - hour_of(founded_at)).total_seconds() / 3600), 0)


def _polygon(name: str, outline: Sequence[Place]) -> Polygon:
    return Polygon(name=name, outline=tuple(town_plan.to_point(place) for place in outline))


def circle(house: House, radius_m: float) -> Circle:
    """Give a place around a house, named by its address."""
    return Circle(name=house.address, center=town_plan.to_point(house.middle), radius_m=radius_m)


def schedule(hours: Hours, hour_at: datetime) -> Schedule:
    """Give hours that begin and end so long after an hour, each day."""
    hour = hour_at.astimezone(ZoneInfo(TIMEZONE)).hour
    start_min, end_min = ((hour + shift) % 24 * 60 for shift in (hours.from_h, hours.until_h))
    return Schedule(timezone=TIMEZONE, windows=(Window(start_min=start_min, end_min=end_min),))
