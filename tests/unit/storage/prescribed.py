"""Invented people under invented orders, as the registers hold them."""

from datetime import date, timedelta

from baqylau.domain.ids import DeviceId, FittingId, OrderId, PermissionId, RestrictionId
from baqylau.domain.orders import ExclusionZone, Fitting, Order, Permission, Restriction
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.domain.zones import Circle, Point
from baqylau.storage.registers.registers import Registry
from tests.unit.storage.kept import AIGUL, BOLAT, NOON

BEGIN = NOON - timedelta(days=30)
END = NOON + timedelta(days=335)
PEOPLE = (
    Person(id=AIGUL, name="Айгүл Нұрланова", address="ул. Берёзовая, 5"),
    Person(id=BOLAT, name="Болат Серіков", address="Жаңа көше 12"),
)
TRACKER = Device(id=DeviceId("t-1"), kind=DeviceKind.TRACKER, protocol="wialon", number="350000000000017")
SPARE = Device(id=DeviceId("t-2"), kind=DeviceKind.TRACKER, protocol="wialon", number="350000000000025")
ORDER = Order(
    id=OrderId("o-1"),
    person_id=AIGUL,
    court="Invented district court",
    act_number="17",
    act_date=date(2026, 2, 1),
    from_at=BEGIN,
    until_at=END,
)
ZONE: Restriction = ExclusionZone(
    id=RestrictionId("r-1"),
    order_id=ORDER.id,
    version=1,
    clause="not to visit the market",
    from_at=BEGIN,
    zone=Circle(name="market", center=Point(43.25, 76.95), radius_m=200),
)
LEAVE = Permission(
    id=PermissionId("x-1"),
    person_id=AIGUL,
    restriction_id=None,
    from_at=NOON,
    until_at=NOON + timedelta(hours=2),
    reason="clinic",
    granted_by="inspector",
)
WORN = Fitting(id=FittingId("f-1"), device_id=TRACKER.id, person_id=AIGUL, from_at=BEGIN)
REGISTRY = Registry(
    people=PEOPLE,
    devices=(TRACKER, SPARE),
    orders=(ORDER,),
    restrictions=(ZONE,),
    permissions=(LEAVE,),
    fittings=(WORN,),
)
