"""The words between a regional site and the centre (`spec/region.md`, R2 and R3).

Up go facts as they were heard; whose they are, and whether they may be kept, the centre says. Down goes what a site has
to know to take and to answer them while nobody can be asked. No name and no address of a person is in either.
"""

from datetime import datetime

import msgspec
from msgspec import Struct

from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Device
from baqylau.protocols.batch.commands import Configuration

Stretch = tuple[int, int]
"""First and last number, both included."""
Span = tuple[datetime, datetime | None]
"""From when until when; None: without an end."""


class Fact(Struct, frozen=True, tag="fact", gc=False):
    """What a fleet protocol said, as it was read on the spot."""

    observation: Observation
    raw: bytes


class Signed(Struct, frozen=True, tag="signed", gc=False):
    """A batch of the device link, with the proof that the centre looks at again."""

    device_id: DeviceId
    raw: bytes
    peer: str
    at: datetime
    """When the site acknowledged it, or soon before."""


class SetAside(Struct, frozen=True, tag="aside", gc=False):
    """Bytes that could not be taken, and why."""

    protocol: str
    peer: str
    number: str | None
    fault: str
    detail: str
    raw: bytes


class NotAllowed(Struct, frozen=True, tag="refused", gc=False):
    """How many records of a device no order in force allowed to be kept."""

    device_id: DeviceId
    count: int


class GivenOut(Struct, frozen=True, tag="given", gc=False):
    """Commands that are on their way to a device."""

    device_id: DeviceId
    numbers: tuple[int, ...]


class Alive(Struct, frozen=True, tag="alive", gc=False):
    """The site listened until now; everything that it acknowledged before comes before this."""

    at: datetime
    connected: int
    keep_ms: float | None
    known_as_of: datetime | None
    """How old what the site knows of the registers is; None: it knows nothing."""
    deaf_since: datetime | None = None
    """From then until `at` it did not listen, or could not keep."""
    turned_away_at: datetime | None = None
    """When it last had no room for another line of a device."""


Parcel = Fact | Signed | SetAside | NotAllowed | GivenOut | Alive


class Proof(Struct, frozen=True, gc=False):
    """By what a device of the link proves what it says: a public key, or a secret that both share."""

    shared: bool
    material: bytes


class KnownDevice(Struct, frozen=True, tag="device", kw_only=True, gc=False):
    """One piece of equipment, as far as a site has to know it."""

    device: Device
    """Without the place where it stands."""
    fitted: tuple[Span, ...] = ()
    covered: tuple[Span, ...] = ()
    """When an order or a consent allows that what it says is kept, where it is on somebody."""
    proof: Proof | None = None
    revoked: bool = False
    version: int = 0
    configuration: Configuration | None = None
    commands: tuple[Command, ...] = ()
    through: int = 0
    """How far its records were kept when this was written; the site knows better what came by itself."""
    beyond: tuple[Stretch, ...] = ()


class AsOf(Struct, frozen=True, tag="as_of", gc=False):
    """Everything that changed before this instant is told."""

    at: datetime


Told = KnownDevice | AsOf

_encoder = msgspec.msgpack.Encoder()
_parcels: msgspec.msgpack.Decoder[tuple[Parcel, ...]] = msgspec.msgpack.Decoder(tuple[Parcel, ...])
_told: msgspec.msgpack.Decoder[Told] = msgspec.msgpack.Decoder(Told)


def parcels_bytes(parcels: tuple[Parcel, ...]) -> bytes:
    """Give the bytes of parcels in their order."""
    return _encoder.encode(parcels)


def parcels_of(raw: bytes) -> tuple[Parcel, ...]:
    """Read parcels, or raise `msgspec.DecodeError`."""
    return _parcels.decode(raw)


def told_bytes(told: Told) -> bytes:
    """Give the bytes of what a site is told."""
    return _encoder.encode(told)


def told_of(raw: bytes) -> Told:
    """Read what a site is told, or raise `msgspec.DecodeError`."""
    return _told.decode(raw)
