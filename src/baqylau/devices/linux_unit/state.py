"""What a unit remembers from one input to the next. Survives msgpack exactly, and a cut of power with it."""

from datetime import datetime

from msgspec import Struct

from baqylau.devices.linux_unit.arrival import UNKNOWN, Phase
from baqylau.devices.linux_unit.held_up import Flow
from baqylau.devices.linux_unit.outputs import Lamp
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import Language
from baqylau.protocols.batch.commands import Configuration
from baqylau.protocols.batch.records import ClockQuality
from baqylau.protocols.beacon.recognising import Clock
from baqylau.rules.state import PersonState


class Count(Struct, frozen=True, array_like=True):
    """Frames of one transmitter at one receiver since the last record of them."""

    first_at: datetime
    last_at: datetime
    last_ms: int
    frame: bytes
    """The last of them."""
    rssi_dbm: tuple[float, ...]


class Worn(Struct, frozen=True, kw_only=True):
    """What is known of one transmitter of ours."""

    clock: Clock
    status: bytes = b""
    """The last authenticated one; empty before the first."""
    told: bytes = b""
    """The last one of which there is a record."""
    frame: bytes = b""
    """The last frame that was believed."""
    heard_ms: dict[str, int] = {}
    """When each receiver last heard it."""
    last_ms: int | None = None
    """When it was last heard by any; None for not since the start."""
    counts: dict[str, Count] = {}
    phase: Phase = UNKNOWN
    called: bool = False
    """The person was asked to come nearer since it was last heard."""


class Source(Struct, frozen=True, kw_only=True):
    """What is known of one receiver of the unit."""

    heard_ms: int
    """When it last heard anything, or began to listen."""
    flow: Flow = Flow(0, 0, 0)
    open: bool = True
    frames: int = 0
    """Heard since the last report."""
    noise_dbm: tuple[float, ...] = ()
    faulty: bool = False
    """It does not hear: its silence means nothing."""
    failed: bool = False
    """It has not heard for so long that somebody has to look."""


class Doubted(Struct, frozen=True, array_like=True):
    """Frames that were not believed for one reason since the last record of them."""

    told_ms: int
    count: int = 0
    frame: bytes = b""


class Sensors(Struct, frozen=True, kw_only=True):
    """What the board's sensors said last; None for never."""

    mains: bool | None = None
    battery_percent: float | None = None
    moved: bool | None = None
    opened: bool | None = None


class Message(Struct, frozen=True, kw_only=True):
    """Something that the person has to be told by order of the server."""

    number: int
    text: str
    language: Language
    urgent: bool
    expires_at: datetime
    said: bool = False


class UnitState(Struct, frozen=True, kw_only=True):
    """What every unit remembers; each kind adds its own."""

    device_id: DeviceId
    seq: int = 0
    """Number of the last record."""
    configuration: Configuration | None = None
    clock: ClockQuality = ClockQuality.UNSET
    last_at: datetime | None = None
    last_ms: int = 0
    late_ms: float = 0.0
    """How late the program comes to what is due: a running mean."""
    reported_ms: int = 0
    """When what was heard was last summed up."""
    sensed_ms: int = 0
    """When all sensors were last told."""
    worn: dict[DeviceId, Worn] = {}
    sources: dict[str, Source] = {}
    doubts: dict[str, Doubted] = {}
    sensors: Sensors = Sensors()
    persons: dict[PersonId, PersonState] = {}
    missing: frozenset[PersonId] = frozenset()
    """Whom something is found about that a hearing can end: at a home unit, who is not at home."""
    messages: tuple[Message, ...] = ()
    carried_out: frozenset[int] = frozenset()
    """Numbers of commands that were taken, whatever became of them."""
    through: int = 0
    """Numbers up to this one are not taken any more."""
    lamp: Lamp | None = None
