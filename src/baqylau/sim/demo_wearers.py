"""People of the demo with a tracker of our own, which is a real program: who they are, and what happens to them.

The trackers hear simulated receivers (`sim.sky.live`); nothing of what is found is written here.
"""

from datetime import datetime, timedelta
from itertools import pairwise
from math import dist

from msgspec import Struct

from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId, RestrictionId
from baqylau.domain.orders import ExclusionZone, Fitting, Order
from baqylau.domain.people import Device, DeviceKind, Language, Person
from baqylau.domain.zones import Circle
from baqylau.sim import town_plan
from baqylau.sim.sky.disturbances import Bag
from baqylau.sim.sky.live import Board
from baqylau.sim.sky.way import OPEN, Leg, canyon
from baqylau.sim.town import House, town
from baqylau.sim.town_plan import Place, to_point
from baqylau.storage.registers.registry import Registry

WALK_M_S = 1.4
RESTS_S = 360.0
"""Everybody stands before the house for the first minutes."""
KEPT_AWAY_M = 150.0
TOWERS_M = 80.0
"""Every other stretch shorter than this is a narrow street."""


class Wearer(Struct, frozen=True, kw_only=True):
    """One person. Numbers follow those of the households and make up every id."""

    number: int
    name: str
    language: Language
    street: str
    wrapped: tuple[Bag, ...] = ()
    cut_s: float | None = None

    @property
    def person_id(self) -> PersonId:
        """Give the person's id."""
        return PersonId(f"demo-{self.number}")

    @property
    def tracker_id(self) -> DeviceId:
        """Give the name of the tracker."""
        return DeviceId(f"demo-{self.number}-tracker")

    @property
    def serial(self) -> str:
        """Give the number on it."""
        return f"T{self.number:04}"


def wearers() -> tuple[Wearer, ...]:
    """Give everybody, always the same: who walks, who wraps the tracker up, who cuts the strap."""
    wrapped = (Bag(from_s=150.0, until_s=330.0),)
    return (
        Wearer(number=16, name="Руслан Степной", language=Language.RU, street="Наурыз"),
        Wearer(number=17, name="Дана Сарыарқа", language=Language.KK, street="Балауса", wrapped=wrapped),
        Wearer(number=18, name="Ерлан Жайық", language=Language.KK, street="Терек", cut_s=200.0),
    )


def board(one: Wearer, host: str, port: int) -> Board:
    """Give the board that the person wears: before the house, to the park and back."""
    start = _house(one).middle
    return Board(
        host=host,
        port=port,
        start=start,
        legs=walk(start, _house(one, 0).middle),
        wrapped=one.wrapped,
        cut_s=one.cut_s,
    )


def walk(start: Place, goal: Place, *, rests_s: float = RESTS_S) -> tuple[Leg, ...]:
    """Give a way along the streets from one place to another and back, after a rest at the first."""
    there = town().path(start, goal)
    legs = [Leg(to=start, lasts_s=rests_s)]
    for before, after in pairwise((start, *there, *reversed(there), start)):
        legs += _leg(before, after)
    return tuple(legs)


def _leg(before: Place, after: Place) -> list[Leg]:
    far_m = dist(before, after)
    scene = canyon(0.0, 35.0) if far_m < TOWERS_M else OPEN
    return [Leg(to=after, lasts_s=far_m / WALK_M_S, scene=scene)] if far_m > 1.0 else []


def wearers_registry(*, founded_at: datetime) -> Registry:
    """Give what the registers have to know of them."""
    everybody = wearers()
    return Registry(
        people=tuple(_person(one) for one in everybody),
        devices=tuple(
            Device(id=one.tracker_id, kind=DeviceKind.TRACKER, protocol="link", number=one.serial) for one in everybody
        ),
        orders=tuple(_order(one, founded_at) for one in everybody),
        restrictions=tuple(keeps_away(one.person_id, _order(one, founded_at)) for one in everybody),
        fittings=tuple(
            Fitting(
                id=FittingId(f"{one.tracker_id}-fitting"),
                device_id=one.tracker_id,
                person_id=one.person_id,
                from_at=founded_at,
            )
            for one in everybody
        ),
    )


def _house(one: Wearer, number: int | None = None) -> House:
    return town().houses[f"{one.street} көшесі"][one.number if number is None else number]


def _person(one: Wearer) -> Person:
    return Person(
        id=one.person_id,
        name=one.name,
        address=_house(one).address,
        phone=f"+7 000 000 00 {one.number}",
        language=one.language,
        district=town_plan.NAME,
    )


def _order(one: Wearer, founded_at: datetime) -> Order:
    begun_at = founded_at - timedelta(days=30)
    return Order(
        id=OrderId(f"{one.person_id}-order"),
        person_id=one.person_id,
        court=f"{town_plan.NAME} қалалық соты",
        act_number=f"4-{200 + one.number}/{begun_at.year}",
        act_date=(begun_at - timedelta(days=14)).date(),
        from_at=begun_at,
        until_at=begun_at + timedelta(days=365),
    )


def keeps_away(person_id: PersonId, order: Order) -> ExclusionZone:
    """Give the zone around the school from which a person keeps away."""
    middle = to_point(_middle(town_plan.SCHOOL_GROUNDS))
    return ExclusionZone(
        id=RestrictionId(f"{person_id}-school"),
        order_id=order.id,
        version=1,
        clause="Мектепке жақындамау",
        from_at=order.from_at,
        zone=Circle(name=town_plan.SCHOOL, center=middle, radius_m=KEPT_AWAY_M),
    )


def _middle(places: tuple[Place, ...]) -> Place:
    return sum(one[0] for one in places) / len(places), sum(one[1] for one in places) / len(places)
