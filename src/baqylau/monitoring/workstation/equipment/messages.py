"""What the pages and their API say to each other of equipment: keys, link, what is heard, what is ordered."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.field import FieldKind, FieldRefusal, FieldState, Stage
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Body
from baqylau.domain.people import DeviceKind
from baqylau.protocols.batch.records import LocalFinding, WalkTest
from baqylau.rules.presence.radio import Presence
from baqylau.rules.presence.radio_trace import Spell
from baqylau.storage.equipment.commands import CommandRow
from baqylau.storage.equipment.device_keys import KeyLife
from baqylau.storage.equipment.strangers import Stranger

LONGEST_TEXT = 300
"""What fits on the display of a home unit, and is said aloud in half a minute."""
Message = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT, pattern=r"^[^\x00]*\S[^\x00]*$")]


class AskTell(Struct, frozen=True, kw_only=True, tag="tell", forbid_unknown_fields=True):
    """Have a device say something to the person."""

    text: Message
    urgent: bool = False


class AskReport(Struct, frozen=True, kw_only=True, tag="report", forbid_unknown_fields=True):
    """Have a device say at once how everything is."""


Ask = AskTell | AskReport


class ReceiverPresence(Struct, frozen=True, kw_only=True):
    """What one receiver says of a person's bracelet."""

    receiver_id: DeviceId
    person_id: PersonId
    kind: DeviceKind
    presence: Presence
    since: datetime | None
    """Since when it is so, as far as the last 24 hours tell."""
    heard_at: datetime | None
    """When it last heard the bracelet within them."""
    rssi_dbm: float | None
    """How strongly then; never a distance."""
    spells: tuple[Spell, ...]
    """The last 24 hours."""


class Tick(Struct, frozen=True, kw_only=True):
    """One reception, or one record of several."""

    at: datetime
    rssi_dbm: float
    frames: int


class Lane(Struct, frozen=True, kw_only=True):
    """What one receiver heard of one transmitter."""

    receiver_id: DeviceId
    transmitter_id: DeviceId
    ticks: tuple[Tick, ...]
    median_dbm: float | None
    minutes_heard: int
    """Minutes with a reception."""
    minutes_listened: int
    """Minutes in which the receiver is known to have listened: so many could have had one."""


class SaidLast(Struct, frozen=True, kw_only=True):
    """What a device said last of one thing."""

    at: datetime
    body: Body


class HealthTick(Struct, frozen=True, kw_only=True):
    """What a receiver said of itself."""

    at: datetime
    working: bool
    frames: int
    noise_dbm: float | None


class LinkStanding(Struct, frozen=True, kw_only=True):
    """How far a device of the link has told."""

    heard_at: datetime | None
    through: int
    """All its records up to this one are kept and acknowledged."""
    beyond: int
    """Records that are kept after a gap: alarms come first."""
    missing: int
    """Records that we know of and have not got yet."""
    unseen: int
    """Recent batches that name one before them which never came."""
    configuration: int
    """Version by which it ran when it last spoke; 0 for none."""
    configuration_due: int
    """Version by which it should run."""


class Walk(Struct, frozen=True, kw_only=True):
    """A walk test as the unit reported it."""

    at: datetime
    test: WalkTest


class UnitWord(Struct, frozen=True, kw_only=True):
    """What a unit found by itself, and whether it told the person. Urgency only: the server judges for itself."""

    at: datetime
    finding: LocalFinding


class Served(Struct, frozen=True, kw_only=True):
    """Somebody else of the flat that a home unit or a relay serves."""

    person_id: PersonId
    person_name: str


class StrangerList(Struct, frozen=True, kw_only=True):
    """Devices that called and are not registered, the latest first."""

    at: datetime
    devices: tuple[Stranger, ...]


class FieldDeed(Struct, frozen=True, kw_only=True):
    """What an officer did on equipment with a console, and what became of it."""

    number: int
    person_id: PersonId
    person_name: str
    console_id: DeviceId
    officer: str
    kind: FieldKind
    stage: Stage
    off: DeviceId
    on: DeviceId
    """Of an order: the device that it was for."""
    order: str
    reason: str
    at: datetime
    """When it was done, put right."""
    kept_at: datetime
    state: FieldState
    refusal: FieldRefusal | None
    test: WalkTest | None
    """Of a home that was walked through with the console."""


class FieldList(Struct, frozen=True, kw_only=True):
    """Acts on equipment in the field, the latest first."""

    at: datetime
    deeds: tuple[FieldDeed, ...]


class DevicePage(Struct, frozen=True, kw_only=True):
    """One device: who it is, how it is, what it hears, what it was ordered to do.

    Only what it told while on the person whom it is on now, and nothing where it is on nobody under an order.
    """

    at: datetime
    id: DeviceId
    kind: DeviceKind
    protocol: str
    serial: str
    person_id: PersonId | None
    person_name: str
    also: tuple[Served, ...]
    """Whom it serves besides: a home unit and a relay are there for everybody in the flat."""
    fitted_at: datetime | None
    heard_at: datetime | None
    keys: tuple[KeyLife, ...]
    link: LinkStanding | None
    """None for what does not speak the device link."""
    said_last: tuple[SaidLast, ...]
    from_at: datetime
    """From here on receptions and health are given."""
    lanes: tuple[Lane, ...]
    health: tuple[HealthTick, ...]
    presence: tuple[ReceiverPresence, ...]
    commands: tuple[CommandRow, ...]
    walks: tuple[Walk, ...]
    """Newest first."""
    words: tuple[UnitWord, ...]
    """Newest first."""
    may_command: bool
    """Whether who looks may give it orders."""
    may_tell: bool
    """Whether these may be messages to the person: few bought trackers can say anything."""
