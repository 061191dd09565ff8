"""What a device of ours writes down, record by record (`spec/batch.md`, L2)."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from baqylau.domain.commands import CommandState
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Body

__all__ = [
    "Alive",
    "Batch",
    "ClockQuality",
    "CommandResult",
    "CommandState",
    "Doubt",
    "LocalFinding",
    "Own",
    "Reception",
    "Record",
    "Said",
    "Sealed",
    "WalkTest",
    "WalkedRoom",
]


class ClockQuality(StrEnum):
    """How far a device trusts its own clock."""

    NETWORK = "network"
    GNSS = "gnss"
    FREE = "free"
    """It ran on by itself since it was last set."""
    UNSET = "unset"


class Own(Struct, frozen=True, kw_only=True, tag="own", gc=False):
    """What the device says of itself."""

    bodies: tuple[Body, ...]


class Reception(Struct, frozen=True, kw_only=True, tag="reception", gc=False):
    """A beacon that the device heard and believed: the bytes as they were, so that the server can judge them again.

    One record for the first frame of an interval that matters and for every change of status; in between, frames of one
    transmitter at one receiver are counted.
    """

    transmitter_id: DeviceId
    frame: bytes
    """The last of the frames counted, 27 bytes."""
    source: str
    """Which of the device's receivers heard it."""
    rssi_dbm: float
    """Median of the frames counted."""
    frames: int
    first_at: datetime


class Doubt(Struct, frozen=True, kw_only=True, tag="doubt", gc=False):
    """Bytes that named a device of ours and were not believed, or a signal that was carried on by somebody."""

    transmitter_id: DeviceId | None
    reason: str
    """A `Refusal` of the beacon, or `relayed`."""
    frame: bytes
    count: int = 1
    delay_ms: float | None = None
    """For a carried signal: how much later it came than it should have."""


class LocalFinding(Struct, frozen=True, kw_only=True, tag="local", gc=False):
    """What the device's own judgement said, and what it told the person. Urgency only: the server judges for itself."""

    code: str
    told_person: bool
    transmitter_id: DeviceId | None = None
    """Whose wearer it is about; None for the unit itself."""


class CommandResult(Struct, frozen=True, kw_only=True, tag="result", gc=False):
    """What became of a command on the device."""

    number: int
    state: CommandState
    detail: str = ""


class WalkedRoom(Struct, frozen=True, kw_only=True):
    """One place of a walk test."""

    name: str
    source: str
    frames: int
    expected: int
    median_dbm: float | None
    weakest_dbm: float | None
    longest_gap_s: float


class WalkTest(Struct, frozen=True, kw_only=True, tag="walk", gc=False):
    """How well each place of a home is heard, and what was chosen from it."""

    transmitter_id: DeviceId
    rooms: tuple[WalkedRoom, ...]
    buffer_s: int
    by: str


class Alive(Struct, frozen=True, kw_only=True, tag="alive", gc=False):
    """Nothing but that the device runs."""


class Sealed(Struct, frozen=True, kw_only=True, tag="sealed", gc=False):
    """What nobody but the server can read, not even whoever carries it (`spec/console.md`)."""

    content: bytes


Said = Own | Reception | Doubt | LocalFinding | CommandResult | WalkTest | Alive | Sealed


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """One record. `seq` counts from 1 over the whole life of the device and never goes back."""

    seq: int
    observed_at: datetime
    """By the device's clock, to the millisecond."""
    monotonic_ms: int
    clock: ClockQuality
    said: Said
    urgent: bool = False
    """Sent before everything that is not."""


class Batch(Struct, frozen=True, kw_only=True, gc=False):
    """Records in the order of their numbers, with no gap between the first and the last."""

    device_id: DeviceId
    previous: bytes
    """SHA-256 of the last batch that the device made before this one; 32 zeros for the first of its life."""
    configuration: int
    """Version of the configuration that the device runs by; 0 for none."""
    records: tuple[Record, ...]


class Poll(Struct, frozen=True, kw_only=True, gc=False):
    """A device asks what there is for it. The answer may wait until there is something."""

    device_id: DeviceId
    at: datetime
    """By the device's clock: what is older than the last poll, or far from now, is a recording."""
    configuration: int
    wait_s: int = 0
    """How long the device waits for the answer."""
