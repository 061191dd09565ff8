"""What a receiver says, and what every receiver is to the program that listens to it."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from baqylau.rules.gnss.epoch import Epoch


class Stamp(Struct, frozen=True, gc=False):
    """An instant by both clocks of the machine, taken when something arrives."""

    at: datetime
    monotonic_ms: int


Clock = Callable[[], Stamp]


class Frame(Struct, frozen=True, gc=False):
    """Something was heard: the 27 bytes of a beacon, or nothing that can be one."""

    raw: bytes
    rssi_dbm: float
    count_ms: int | None = None
    """When the board heard it, by the board's own count; None where it does not tell."""


class Noise(Struct, frozen=True, gc=False):
    """How loud the band is."""

    dbm: float


class Sensor(Struct, frozen=True, gc=False):
    """A sensor or the button of the box, where the receiver's board has them."""

    name: str
    value: float


class Sky(Struct, frozen=True, gc=False):
    """What a satellite receiver said of an instant."""

    epoch: Epoch


class Trouble(Struct, frozen=True, gc=False):
    """The receiver says that it does not work."""

    word: str


class Waited(Struct, frozen=True, gc=False):
    """Nothing was said up to here: time itself passes, in a recording that runs faster than it was made."""


class Particular(Struct, frozen=True, gc=False):
    """What only one kind of unit understands: its own equipment said it."""

    what: Struct


Word = Frame | Noise | Sensor | Sky | Trouble | Waited | Particular


class Said(Struct, frozen=True, gc=False):
    """A word and when it arrived."""

    stamp: Stamp
    word: Word
    late_ms: int | None = None
    """How much later than the board heard it we read it; None where nobody knows."""


class SourceLostError(Exception):
    """The receiver cannot be opened, or went away."""


class Source(Protocol):
    """A receiver."""

    @property
    def name(self) -> str:
        """Its name in records; the same after each start."""

    def words(self) -> AsyncIterator[Said]:
        """Open it and give what it says until it ends; raise `SourceLostError` when it cannot be heard any more."""
