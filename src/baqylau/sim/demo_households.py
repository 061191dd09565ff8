"""Three households of the demo with a bracelet, a home unit and a relay each: who lives there and what will happen.

The home units are real programs and hear real cores (`sim.air.live`); nothing of what is found is written here.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId, RestrictionId
from baqylau.domain.orders import Fitting, Order, PresenceRegime
from baqylau.domain.people import Device, DeviceKind, Language, Person
from baqylau.sim import town_plan
from baqylau.sim.air.live import House as HouseOnAir
from baqylau.sim.air.live import Scene, Worn
from baqylau.sim.air.worn import CLOSED, CUT
from baqylau.sim.demo_people import Hours
from baqylau.sim.demo_registry import GRACE_S, circle, schedule, version
from baqylau.sim.town import House, town
from baqylau.storage.registry import Registry

MINUTE_S = 60.0
HOME_M = 60.0
NIGHT = Hours(-3, 9)
"""They are to be at home now, whenever the demo is started."""


class Household(Struct, frozen=True, kw_only=True):
    """One person at home. Numbers follow those of the people with trackers and make up every id."""

    number: int
    name: str
    language: Language
    street: str
    plot: tuple[Scene, ...] = ()

    @property
    def person_id(self) -> PersonId:
        """Give the person's id."""
        return PersonId(f"demo-{self.number}")

    def device_id(self, kind: DeviceKind) -> DeviceId:
        """Give the name of a device in this home."""
        return DeviceId(f"demo-{self.number}-{kind.replace('_', '-')}")

    def serial(self, kind: DeviceKind) -> str:
        """Give the number on a device."""
        return f"{kind[0].upper()}{self.number:04}"


TRANSMITTERS = (DeviceKind.BRACELET, DeviceKind.RELAY)
EQUIPMENT = (*TRANSMITTERS, DeviceKind.HOME_UNIT)


def households() -> tuple[Household, ...]:
    """Give everybody, always the same: who stays, who leaves and comes back, who cuts the strap and closes it."""
    away = (Scene(after_s=2.5 * MINUTE_S, away=True), Scene(after_s=11.5 * MINUTE_S, away=False))
    cut = (Scene(after_s=3 * MINUTE_S, bracelet=CUT), Scene(after_s=3 * MINUTE_S + 4, bracelet=CLOSED))
    return (
        Household(number=13, name="Әсел Тұмарбай", language=Language.KK, street="Наурыз"),
        Household(number=14, name="Денис Озеров", language=Language.RU, street="Терек", plot=away),
        Household(number=15, name="Мұрат Қайнар", language=Language.KK, street="Балауса", plot=cut),
    )


def on_air(one: Household, host: str, port: int, roots: Mapping[DeviceId, bytes]) -> HouseOnAir:
    """Give the radio of a home, with the roots that its transmitters were provisioned with."""
    bracelet, relay = (
        Worn(serial=one.serial(kind), root=roots[one.device_id(kind)], rssi_dbm=dbm)
        for kind, dbm in zip(TRANSMITTERS, (-66.0, -55.0), strict=True)
    )
    return HouseOnAir(host=host, port=port, bracelet=bracelet, relay=relay, plot=one.plot)


def households_registry(*, founded_at: datetime, started_at: datetime) -> Registry:
    """Give what the registers have to know of the households; the instants are those of `demo_registry`."""
    everybody = households()
    return Registry(
        people=tuple(_person(one) for one in everybody),
        devices=tuple(_device(one, kind) for one in everybody for kind in EQUIPMENT),
        orders=tuple(_order(one, founded_at) for one in everybody),
        restrictions=tuple(_at_home(one, founded_at, started_at) for one in everybody),
        fittings=tuple(_fitting(one, kind, founded_at) for one in everybody for kind in EQUIPMENT),
    )


def _house(one: Household) -> House:
    return town().houses[f"{one.street} көшесі"][one.number]


def _person(one: Household) -> Person:
    return Person(
        id=one.person_id,
        name=one.name,
        address=_house(one).address,
        phone=f"+7 000 000 00 {one.number}",
        language=one.language,
        district=town_plan.NAME,
    )


def _device(one: Household, kind: DeviceKind) -> Device:
    protocol = "beacon" if kind in TRANSMITTERS else "link"
    return Device(id=one.device_id(kind), kind=kind, protocol=protocol, number=one.serial(kind))


def _order(one: Household, founded_at: datetime) -> Order:
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


def _at_home(one: Household, founded_at: datetime, started_at: datetime) -> PresenceRegime:
    hour_at = started_at.replace(minute=0, second=0, microsecond=0)
    since_at = _order(one, founded_at).from_at if founded_at >= hour_at else hour_at
    return PresenceRegime(
        id=RestrictionId(f"{one.person_id}-home"),
        order_id=_order(one, founded_at).id,
        version=version(since_at),
        clause="Белгіленген уақытта үйде болу",
        from_at=since_at,
        places=(circle(_house(one), HOME_M),),
        schedule=schedule(NIGHT, hour_at),
        grace_s=GRACE_S,
    )


def _fitting(one: Household, kind: DeviceKind, founded_at: datetime) -> Fitting:
    name = one.device_id(kind)
    return Fitting(id=FittingId(f"{name}-fitting"), device_id=name, person_id=one.person_id, from_at=founded_at)
