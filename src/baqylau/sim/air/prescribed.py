"""A person of the invented air: at home around the clock, with a bracelet and a home unit."""

from datetime import UTC, date, datetime, timedelta

from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId, RestrictionId
from baqylau.domain.orders import Fitting, Order, PresenceRegime
from baqylau.domain.people import Device, DeviceKind, Supervision
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Point

BEGUN_AT = datetime(2025, 3, 9, 19, 0, tzinfo=UTC)
"""Midnight in Almaty; every story of the air begins here."""
PERSON = PersonId("person-1")
BRACELET, UNIT, RELAY = DeviceId("bracelet-1"), DeviceId("unit-1"), DeviceId("relay-1")
HOME = Circle(name="Home", center=Point(43.2400, 76.9000), radius_m=100.0)
UNIT_SILENCE_S = 600
"""Two heartbeats of five minutes (catalogue, S05)."""
NEVER_S = 86_400 * 60
"""A bracelet is heard or not; that it is not heard is the matter of the unit."""
DAWN_MIN = 4 * 60
"""Days of duty change when nobody of the stories is out."""


def always_at_home() -> PresenceRegime:
    """Give the strictest regime there is: every way out has to be found."""
    return PresenceRegime(
        id=RestrictionId("presence-1"),
        order_id=OrderId("order-1"),
        version=1,
        clause="at home",
        from_at=BEGUN_AT,
        places=(HOME,),
        schedule=Schedule(timezone="Asia/Almaty", windows=(Window(start_min=DAWN_MIN, end_min=DAWN_MIN),)),
    )


def supervision(gone_grace_s: int = 0, *others: Device) -> Supervision:
    """Give what is prescribed; `gone_grace_s` comes on top of the fixed five minutes."""
    bracelet = _device(BRACELET, DeviceKind.BRACELET, NEVER_S, gone_grace_s)
    devices = (bracelet, _device(UNIT, DeviceKind.HOME_UNIT, UNIT_SILENCE_S), *others)
    order = Order(
        id=OrderId("order-1"),
        person_id=PERSON,
        court="Court of the invented town",
        act_number="1",
        act_date=date(2025, 3, 1),
        from_at=BEGUN_AT,
        until_at=BEGUN_AT + timedelta(days=400),
    )
    return Supervision(
        person_id=PERSON,
        orders=(order,),
        restrictions=(always_at_home(),),
        fittings=tuple(_fitting(one.id) for one in devices),
        devices=devices,
    )


def _device(device_id: DeviceId, kind: DeviceKind, silence_limit_s: int, gone_grace_s: int = 0) -> Device:
    return Device(
        id=device_id,
        kind=kind,
        protocol="link" if kind is DeviceKind.HOME_UNIT else "beacon",
        number=str(device_id),
        silence_limit_s=silence_limit_s,
        gone_grace_s=gone_grace_s,
    )


def _fitting(device_id: DeviceId) -> Fitting:
    return Fitting(
        id=FittingId(f"fitting-{device_id}"),
        device_id=device_id,
        person_id=PERSON,
        from_at=BEGUN_AT,
        until_at=None,
    )
