"""What the pages and their API say to each other of equipment: where each device is, and what was done with it."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.ids import DeviceId
from baqylau.domain.people import DeviceKind, Language
from baqylau.domain.stock import StockAct, TakenIn, Whereabouts

Number = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[\w.:\-]+$")]


class StockRow(Struct, frozen=True, kw_only=True):
    """One device."""

    id: DeviceId
    kind: DeviceKind
    protocol: str
    number: str
    now: Whereabouts


class StockPage(Struct, frozen=True, kw_only=True):
    """Devices by their names."""

    at: datetime
    today: date
    """In the installation's own time."""
    rows: tuple[StockRow, ...]
    next: str | None
    """Ask with `after` this for what follows; None at the end."""
    protocols: tuple[str, ...]
    """What a new device can speak."""
    may_keep: bool


class StockDeed(Struct, frozen=True, kw_only=True):
    """An act as somebody recorded it."""

    number: int
    by: str
    by_name: str
    recorded_at: datetime
    act: StockAct
    counts: bool
    """Nobody took it back."""
    holds: bool
    """It is as it was signed when it was recorded."""


class StockWorn(Struct, frozen=True, kw_only=True):
    """On a person, whoever that was, and by whose word."""

    from_at: datetime
    until_at: datetime | None
    by: str
    """Who recorded that it was put on: a login, or the file that was imported."""
    by_name: str


class StockCard(Struct, frozen=True, kw_only=True):
    """Everything about where one device was."""

    at: datetime
    row: StockRow
    deeds: tuple[StockDeed, ...]
    """The newest first."""
    worn: tuple[StockWorn, ...]
    """The newest first."""
    possible: tuple[str, ...]
    """Names of the acts that make sense now."""
    may_keep: bool


class Acting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act to record."""

    act: StockAct


class Batch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Devices that came new: all are registered and lie in the store, or none."""

    kind: DeviceKind
    protocol: Annotated[str, Meta(min_length=1, max_length=64)]
    numbers: Annotated[tuple[Number, ...], Meta(min_length=1, max_length=500)]
    act: TakenIn


class StockPaperWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act as a paper."""

    language: Language
