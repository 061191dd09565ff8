"""The person under supervision and the equipment, as the registers know them."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from baqylau.domain.ids import DeviceId, MaintenanceId, PersonId
from baqylau.domain.orders import Consent, Fitting, Order, Permission, Restriction
from baqylau.domain.schedules import Schedule
from baqylau.domain.zones import Zone


class Language(StrEnum):
    """Languages of every screen and message."""

    KK = "kk"
    RU = "ru"
    EN = "en"


class Person(Struct, frozen=True, kw_only=True):
    """Somebody who serves a sentence of restriction of freedom, or who is protected from such a person."""

    id: PersonId
    name: str
    address: str = ""
    phone: str = ""
    language: Language = Language.KK
    district: str = ""


class DeviceKind(StrEnum):
    """The seven means of personal control (decree, clause 1), and the officer's console (2.4), which is on nobody."""

    BRACELET = "bracelet"
    TRACKER = "tracker"
    HOME_UNIT = "home_unit"
    MOBILE_UNIT = "mobile_unit"
    RELAY = "relay"
    AV_UNIT = "av_unit"
    BREATH_UNIT = "breath_unit"
    CONSOLE = "console"


SHARED = frozenset({DeviceKind.HOME_UNIT, DeviceKind.RELAY})
"""What stands in a flat and serves everybody under supervision who lives there; all else is on one person at a time."""


class Device(Struct, frozen=True, kw_only=True):
    """A piece of equipment and the number by which its protocol calls it."""

    id: DeviceId
    kind: DeviceKind
    protocol: str
    number: str
    """IMEI, unit id or EGTS object identifier, as sent on the wire."""
    password: str = ""
    """What the protocol sends as a password. It proves nothing and is compared all the same."""
    silence_limit_s: int = 1800
    """How long the device may be silent before the silence is a finding (catalogue C01)."""
    gone_grace_s: int = 60
    """For worn equipment heard by radio: how long, after the fixed five minutes, until it counts as gone."""
    charge_schedule: Schedule | None = None
    """Hours in which a carried unit has to be put on its charger (catalogue M04). None: no hours are agreed."""
    place: Zone | None = None
    """Where fixed equipment was installed. None for a home unit: at the first place of a presence regime."""


class Maintenance(Struct, frozen=True, kw_only=True):
    """Work of ours on a person's equipment: what is found of it meanwhile is kept, and nobody is asked.

    It ends by itself at `until_at`; what still holds then is found again.
    """

    id: MaintenanceId
    person_id: PersonId
    device_id: DeviceId | None
    """None: all equipment of the person."""
    from_at: datetime
    until_at: datetime
    reason: str
    by: str


class Supervision(Struct, frozen=True, kw_only=True):
    """Everything prescribed for one person and the equipment that tells of it: what judging needs to know."""

    person_id: PersonId
    orders: tuple[Order, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    permissions: tuple[Permission, ...] = ()
    consents: tuple[Consent, ...] = ()
    """The person's own, and those of the protected persons whom a restriction names."""
    fittings: tuple[Fitting, ...] = ()
    devices: tuple[Device, ...] = ()
    maintenances: tuple[Maintenance, ...] = ()
