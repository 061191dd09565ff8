"""Households of the demo with real programs of units: who lives there, what they have, and what will happen.

Three have a bracelet, a home unit and a relay each; one has a breath unit; one person carries a mobile unit. The
programs hear real cores and physical models (`sim.air.live`, `sim.breath.live`, `sim.sky.gpsd`); nothing of what is
found is written here.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId, RestrictionId
from baqylau.domain.orders import Fitting, Order, PresenceRegime, Restriction, Sobriety
from baqylau.domain.people import Device, DeviceKind, Language, Person
from baqylau.domain.schedules import Schedule, Window
from baqylau.sim import town_plan
from baqylau.sim.air.live import House as HouseOnAir
from baqylau.sim.air.live import Scene, Worn
from baqylau.sim.air.worn import CLOSED, CUT
from baqylau.sim.breath.air import Person as Breather
from baqylau.sim.breath.live import BreathHome
from baqylau.sim.demo_people import Hours
from baqylau.sim.demo_registry import GRACE_S, TIMEZONE, circle, hour_of, schedule, version
from baqylau.sim.demo_wearers import RESTS_S, keeps_away, walk
from baqylau.sim.sky.gpsd import Carried
from baqylau.sim.town import House, town
from baqylau.storage.registers.registry import Registry

MINUTE_S = 60.0
HOME_M = 60.0
NIGHT = Hours(-3, 9)
"""They are to be at home now, whenever the demo is started."""
TESTED_H = (0, 5, 10)
"""A breath test is due so many hours after the hour of the start: the first one at once."""
WINDOW_MIN, RANDOM_A_DAY = 15, 2
LIMIT_MG_L = 0.16
"""Of the invented order."""
ALCOHOL_MG_L = 0.41

MOVES_OFF = Scene(after_s=2 * MINUTE_S, bracelet={"moves": True})
"""Whoever leaves is heard to move before: one that lay still is waited for longer."""
TRANSMITTERS = (DeviceKind.BRACELET, DeviceKind.RELAY)
EQUIPMENT = (*TRANSMITTERS, DeviceKind.HOME_UNIT)


class Household(Struct, frozen=True, kw_only=True):
    """One person at home. Numbers follow those of the people with trackers and make up every id."""

    number: int
    name: str
    language: Language
    street: str
    plot: tuple[Scene, ...] = ()
    equipment: tuple[DeviceKind, ...] = EQUIPMENT

    @property
    def person_id(self) -> PersonId:
        """Give the person's id."""
        return PersonId(f"demo-{self.number}")

    @property
    def transmitters(self) -> tuple[DeviceKind, ...]:
        """Give what of the equipment sends beacons."""
        return tuple(kind for kind in self.equipment if kind in TRANSMITTERS)

    @property
    def unit(self) -> DeviceKind:
        """Give the kind of the one unit that is a program."""
        return next(kind for kind in self.equipment if kind not in TRANSMITTERS)

    def device_id(self, kind: DeviceKind) -> DeviceId:
        """Give the name of a device in this home."""
        return DeviceId(f"demo-{self.number}-{kind.replace('_', '-')}")

    def serial(self, kind: DeviceKind) -> str:
        """Give the number on a device."""
        return f"{kind[0].upper()}{self.number:04}"


class OnAir(Struct, frozen=True, kw_only=True):
    """What is simulated around the units' programs."""

    houses: tuple[HouseOnAir, ...]
    breath: BreathHome
    carried: Carried


def households() -> tuple[Household, ...]:
    """Give those with a home unit: who stays, who leaves and comes back, who cuts the strap and closes it."""
    away = (MOVES_OFF, Scene(after_s=2.5 * MINUTE_S, away=True), Scene(after_s=11.5 * MINUTE_S, away=False))
    cut = (Scene(after_s=3 * MINUTE_S, bracelet=CUT), Scene(after_s=3 * MINUTE_S + 4, bracelet=CLOSED))
    return (
        Household(number=13, name="Әсел Тұмарбай", language=Language.KK, street="Наурыз"),
        Household(number=14, name="Денис Озеров", language=Language.RU, street="Терек", plot=away),
        Household(number=15, name="Мұрат Қайнар", language=Language.KK, street="Балауса", plot=cut),
    )


def breather() -> Household:
    """Give who has a breath unit, and has drunk."""
    return Household(
        number=19,
        name="Жанар Көктем",
        language=Language.KK,
        street="Жусан",
        equipment=(DeviceKind.BREATH_UNIT,),
    )


def carrier() -> Household:
    """Give who carries a mobile unit, and parts with the bracelet for a while."""
    carried = Scene(after_s=0.0, box={"mains": 0.0, "battery": 83.0, "moved": 1.0})
    parted = (Scene(after_s=3 * MINUTE_S, away=True), Scene(after_s=14 * MINUTE_S, away=False))
    return Household(
        number=20,
        name="Арман Дала",
        language=Language.KK,
        street="Ынтымақ",
        plot=(carried, MOVES_OFF, *parted),
        equipment=(DeviceKind.BRACELET, DeviceKind.MOBILE_UNIT),
    )


def everybody() -> tuple[Household, ...]:
    """Give everybody whose unit is a program."""
    return (*households(), breather(), carrier())


def on_air(one: Household, host: str, port: int, roots: Mapping[DeviceId, bytes]) -> HouseOnAir:
    """Give the radio of a home, with the roots that its transmitters were provisioned with."""
    strengths = {DeviceKind.BRACELET: -66.0, DeviceKind.RELAY: -55.0}
    worn = {
        kind: Worn(serial=one.serial(kind), root=roots[one.device_id(kind)], rssi_dbm=strengths[kind])
        for kind in one.transmitters
    }
    relay = worn.get(DeviceKind.RELAY)
    return HouseOnAir(host=host, port=port, bracelet=worn[DeviceKind.BRACELET], relay=relay, plot=one.plot)


def breath_home(host: str, port: int, told: str, told_from: int) -> BreathHome:
    """Give the board of the breath unit and who blows. `told`: where the unit writes what it says."""
    one = breather()
    return BreathHome(
        host=host,
        port=port,
        told=told,
        told_from=told_from,
        language=one.language,
        seed=one.number,
        person=Breather(alcohol_mg_l=ALCOHOL_MG_L),
    )


def carried(host: str, port: int) -> Carried:
    """Give the receiver of the unit that is carried: before the house, to the park and back."""
    start = _house(carrier()).middle
    goal = town().houses["Наурыз көшесі"][0].middle
    return Carried(host=host, port=port, start=start, legs=walk(start, goal, rests_s=RESTS_S / 3))


def households_registry(*, founded_at: datetime, started_at: datetime) -> Registry:
    """Give what the registers have to know of the households; the instants are those of `demo_registry`."""
    worn = [(one, kind) for one in everybody() for kind in one.equipment]
    return Registry(
        people=tuple(_person(one) for one in everybody()),
        devices=tuple(_device(one, kind) for one, kind in worn),
        orders=tuple(_order(one, founded_at) for one in everybody()),
        restrictions=tuple(_restriction(one, founded_at, started_at) for one in everybody()),
        fittings=tuple(_fitting(one, kind, founded_at) for one, kind in worn),
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


def _restriction(one: Household, founded_at: datetime, started_at: datetime) -> Restriction:
    order = _order(one, founded_at)
    if one.unit is DeviceKind.MOBILE_UNIT:
        return keeps_away(one.person_id, order)
    since_at = order.from_at if founded_at >= hour_of(started_at) else hour_of(started_at)
    if one.unit is DeviceKind.BREATH_UNIT:
        return _sober(one, order, since_at, founded_at, hour_of(started_at))
    return PresenceRegime(
        id=RestrictionId(f"{one.person_id}-home"),
        order_id=order.id,
        version=version(since_at, founded_at),
        clause="Белгіленген уақытта үйде болу",
        from_at=since_at,
        places=(circle(_house(one), HOME_M),),
        schedule=schedule(NIGHT, hour_of(started_at)),
        grace_s=GRACE_S,
    )


def _sober(one: Household, order: Order, since_at: datetime, founded_at: datetime, hour_at: datetime) -> Sobriety:
    begins = [schedule(Hours(after_h, after_h + 1), hour_at).windows[0].start_min for after_h in TESTED_H]
    windows = tuple(Window(start_min=one, end_min=(one + WINDOW_MIN) % 1440) for one in sorted(begins))
    return Sobriety(
        id=RestrictionId(f"{one.person_id}-sober"),
        order_id=order.id,
        version=version(since_at, founded_at),
        clause="Алкоголь ішпеу",
        from_at=since_at,
        schedule=Schedule(timezone=TIMEZONE, windows=windows),
        random_per_day=RANDOM_A_DAY,
        limit_mg_l=LIMIT_MG_L,
        urgent=True,
    )


def _fitting(one: Household, kind: DeviceKind, founded_at: datetime) -> Fitting:
    name = one.device_id(kind)
    return Fitting(id=FittingId(f"{name}-fitting"), device_id=name, person_id=one.person_id, from_at=founded_at)
