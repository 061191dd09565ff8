"""What the server tells a device: answers, commands, configuration (`spec/batch.md`, L4 to L6)."""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.commands import (
    BeginCheck,
    ClearLatches,
    Command,
    EndCall,
    LocateMode,
    Order,
    ReportNow,
    Restart,
    RingCall,
    SetRate,
    TellPerson,
    WalkNow,
    WithdrawCheck,
)
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.orders import Permission, Restriction
from baqylau.domain.people import Language

__all__ = [
    "Ahead",
    "Anchor",
    "Answer",
    "BeginCheck",
    "ClearLatches",
    "Command",
    "Configuration",
    "DelegatedKey",
    "EndCall",
    "LocateMode",
    "Order",
    "ReportNow",
    "Restart",
    "RingCall",
    "SetRate",
    "TellPerson",
    "WalkNow",
    "Watched",
    "WithdrawCheck",
]


class DelegatedKey(Struct, frozen=True, kw_only=True, gc=False):
    """The key of one transmitter for one period (`spec/beacon.md`, B4)."""

    transmitter_id: DeviceId
    period: int
    key: bytes


class Watched(Struct, frozen=True, kw_only=True, gc=False):
    """Whom a unit watches, and what it needs to know of them to warn in time; no name, no address."""

    person_id: PersonId
    transmitter_id: DeviceId
    restrictions: tuple[Restriction, ...] = ()
    language: Language = Language.KK
    permissions: tuple[Permission, ...] = ()
    """Of the person; without reason and name of who granted them."""


class Anchor(Struct, frozen=True, kw_only=True, gc=False):
    """Where a relay stands: the place of whoever hears it."""

    transmitter_id: DeviceId
    latitude_deg: float
    longitude_deg: float
    accuracy_m: float


class Ahead(Struct, frozen=True, kw_only=True, gc=False):
    """How far a time zone is ahead of UTC now, for devices that have no table of them."""

    timezone: str
    minutes: int


class Configuration(Struct, frozen=True, kw_only=True, gc=False):
    """Everything by which a device runs. Versions only grow."""

    device_id: DeviceId
    version: int
    issued_at: datetime
    watched: tuple[Watched, ...] = ()
    keys: tuple[DelegatedKey, ...] = ()
    report_every_s: int = 60
    """How often what is heard is summed up into a record."""
    buffer_s: int = 300
    """Silence of a transmitter up to which nothing is said."""
    quiet_from_min: int | None = None
    quiet_until_min: int | None = None
    """Minutes after local midnight between which only what is urgent is said aloud."""
    timezone: str = "Asia/Almaty"
    anchors: tuple[Anchor, ...] = ()
    ahead: tuple[Ahead, ...] = ()


class Answer(Struct, frozen=True, kw_only=True, gc=False):
    """What the server says to a batch or a poll. Given only after commit."""

    device_id: DeviceId
    at: datetime
    ack_through: int
    """Every record up to this number is kept: the device may forget it."""
    also_kept: tuple[tuple[int, int], ...] = ()
    """Stretches beyond it that are kept, first and last."""
    missing: tuple[tuple[int, int], ...] = ()
    """Stretches that the server knows it has not got."""
    commands: tuple[Command, ...] = ()
    configuration: Configuration | None = None
    """Only when the device runs by an older version."""
