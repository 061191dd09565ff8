"""What reaches a unit's core: everything that it knows of the world, each with the two clocks of the board."""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.commands import Command
from baqylau.protocols.batch.commands import Configuration
from baqylau.protocols.batch.records import ClockQuality


class UnitInput(Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened, by both clocks."""

    at: datetime
    """UTC by the board's clock, which may be wrong and may jump."""
    monotonic_ms: int
    """Milliseconds of a clock that never jumps; begins anew when the board does."""


class Started(UnitInput, frozen=True, kw_only=True):
    """The program began. Monotonic time from before it means nothing any more."""

    sources: tuple[str, ...]
    """Receivers that it listens by."""


class FrameHeard(UnitInput, frozen=True, kw_only=True):
    """A receiver heard something. Bytes that cannot be a beacon only show that it hears."""

    source: str
    frame: bytes
    rssi_dbm: float
    late_ms: int | None = None
    """How much later than it was heard it was read; None where nobody knows."""


class NoiseHeard(UnitInput, frozen=True, kw_only=True):
    """How loud the band is where a receiver listens."""

    source: str
    noise_dbm: float


class SourceState(UnitInput, frozen=True, kw_only=True):
    """A receiver could be opened, or was lost."""

    source: str
    working: bool


class Sensed(UnitInput, frozen=True, kw_only=True):
    """What the board's own sensors say; None where this one says nothing."""

    mains: bool | None = None
    battery_percent: float | None = None
    moved: bool | None = None
    opened: bool | None = None
    moving: bool | None = None


class ButtonPressed(UnitInput, frozen=True, kw_only=True):
    """The person took note of what was said."""


class ClockTold(UnitInput, frozen=True, kw_only=True):
    """How far the board's clock is to be trusted from now on."""

    quality: ClockQuality


class Ordered(UnitInput, frozen=True, kw_only=True):
    """A command whose signature holds and that is addressed to this unit."""

    command: Command


class Configured(UnitInput, frozen=True, kw_only=True):
    """A configuration whose signature holds and that is addressed to this unit."""

    configuration: Configuration


class Tick(UnitInput, frozen=True, kw_only=True):
    """Time passed; about once a second."""

    late_ms: int = 0
    """How much later than it was due the program came to it."""


Input = (
    Started | FrameHeard | NoiseHeard | SourceState | Sensed | ButtonPressed | ClockTold | Ordered | Configured | Tick
)
