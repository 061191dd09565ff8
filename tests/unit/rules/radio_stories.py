"""Short words for bracelets, home units and carried units, and for what they hear."""

from datetime import datetime, timedelta

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Body, Heard, Observation, ReceiverHealth
from baqylau.domain.orders import Restriction
from baqylau.domain.people import Device, DeviceKind, Supervision
from baqylau.domain.zones import Zone
from tests.unit.rules.stories import fitting, heard, presence, supervision

BRACELET, UNIT, SECOND_UNIT = DeviceId("bracelet-1"), DeviceId("unit-1"), DeviceId("unit-2")
MOBILE = DeviceId("mobile-1")
NEVER_S = 86_400 * 60
MINUTE = timedelta(minutes=1)
_KINDS = {
    BRACELET: DeviceKind.BRACELET,
    UNIT: DeviceKind.HOME_UNIT,
    SECOND_UNIT: DeviceKind.HOME_UNIT,
    MOBILE: DeviceKind.MOBILE_UNIT,
}


def equipment(device_id: DeviceId, place: Zone | None = None, grace_s: int = 60) -> Device:
    """Give a bracelet, a home unit or a carried unit, whose silence is no matter."""
    return Device(
        id=device_id,
        kind=_KINDS.get(device_id, DeviceKind.TRACKER),
        protocol="wialon",
        number=str(device_id),
        silence_limit_s=NEVER_S,
        gone_grace_s=grace_s,
        place=place,
    )


def wearer(*devices: Device, restrictions: tuple[Restriction, ...] | None = None, **more: object) -> Supervision:
    """Give a person with a bracelet, and with what listens for it: one home unit unless the story says otherwise."""
    own = devices or (equipment(BRACELET), equipment(UNIT))
    fields: dict[str, object] = {"devices": own, "fittings": tuple(fitting(one.id) for one in own)}
    return supervision(*((presence(),) if restrictions is None else restrictions), **(fields | more))


def hears(when: datetime, unit: DeviceId = UNIT, rssi_dbm: float = -60.0, frames: int = 6, *also: Body) -> Observation:
    """Let a receiver hear the bracelet."""
    return heard(when, Heard(receiver_id=unit, rssi_dbm=rssi_dbm, frames=frames), *also, device_id=BRACELET)


def well(when: datetime, unit: DeviceId = UNIT, *, working: bool = True, frames: int = 6) -> Observation:
    """Let a receiver say how it is."""
    return heard(when, ReceiverHealth(working=working, frames=frames), device_id=unit)


def listens(from_at: datetime, until_at: datetime, unit: DeviceId = UNIT) -> list[Observation]:
    """Let a receiver say each minute that it is well, the end excluded."""
    minutes = int((until_at - from_at) / MINUTE)
    return [well(from_at + MINUTE * number, unit) for number in range(minutes)]


def at_home(from_at: datetime, until_at: datetime, unit: DeviceId = UNIT) -> list[Observation]:
    """Let a receiver hear the bracelet each minute, and say that it is well, the end excluded."""
    minutes = int((until_at - from_at) / MINUTE)
    return [*listens(from_at, until_at, unit), *(hears(from_at + MINUTE * number, unit) for number in range(minutes))]
