"""Signals: how strong satellites and mobile network were, when they were lost, and where."""

from datetime import datetime, timedelta
from enum import Enum, auto

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.observations import Cell, NoFix, Sky
from baqylau.rules.conditions.dead_spots import Spots, learned
from baqylau.rules.places.position import Position
from baqylau.rules.settings import (
    MINIMUM_SATELLITES,
    PLACE_HOLDS_S,
    STRONG_CELL_DBM,
    STRONG_CN0_DBHZ,
    STRONG_R95_M,
    STRONG_SATELLITES,
    STRONG_WITHIN_S,
    WEAK_CELL_DBM,
)

_STRONG = timedelta(seconds=STRONG_WITHIN_S)
_HOLDS = timedelta(seconds=PLACE_HOLDS_S)


class Strength(Enum):
    """How a signal is."""

    STRONG = auto()
    FADED = auto()
    """Neither: it comes again, or it is going."""
    WEAK = auto()
    LOST = auto()


class Signal(Struct, frozen=True, array_like=True):
    """One of the two signals of a device."""

    strong_at: datetime | None = None
    """The last word that it is strong; None after a word that it is weak."""
    weak_at: datetime | None = None
    lost_at: datetime | None = None
    was_strong: bool = False
    """Lost from a strong state."""
    faded_at: datetime | None = None
    """The last word that it faded, since it was strong."""


class Signals(Struct, frozen=True, array_like=True):
    """Both signals of one device, the loss under way and the places of losses."""

    sky: Signal = Signal()
    network: Signal = Signal()
    place: Position | None = None
    """Where the loss under way began."""
    suspicious: bool = False
    """Something else happened during it."""
    spots: Spots = ()

    @property
    def lost(self) -> bool:
        """Whether one of them is lost."""
        return self.sky.lost_at is not None or self.network.lost_at is not None


def of_sky(body: Sky) -> Strength:
    """Say how the satellites are."""
    if body.satellites < MINIMUM_SATELLITES:
        return Strength.LOST
    loud = body.mean_cn0_dbhz is None or body.mean_cn0_dbhz >= STRONG_CN0_DBHZ
    return Strength.STRONG if loud and body.satellites >= STRONG_SATELLITES else Strength.WEAK


def of_no_fix(body: NoFix) -> Strength:
    """Say how the satellites are when there is no position."""
    return Strength.WEAK if (body.satellites or 0) >= MINIMUM_SATELLITES else Strength.LOST


def of_place(place: Position) -> Strength:
    """Say how the satellites are when there is a position."""
    return Strength.STRONG if place.decides and place.accuracy_m <= STRONG_R95_M else Strength.WEAK


def of_cell(body: Cell) -> Strength:
    """Say how the mobile network is."""
    if not body.registered:
        return Strength.LOST
    if body.signal_dbm is None or body.signal_dbm >= STRONG_CELL_DBM:
        return Strength.STRONG
    return Strength.FADED if body.signal_dbm >= WEAK_CELL_DBM else Strength.WEAK


def heard(state: Signal, at: datetime, strength: Strength, place: Position | None = None) -> Signal:
    """Take a word about one signal. `place`: the last one believed, which tells of the satellites too."""
    if strength is Strength.STRONG:
        return Signal(at)
    if strength is Strength.WEAK:
        return Signal(None, at)
    if strength is Strength.FADED:
        return replace(state if state.lost_at is None else Signal(), faded_at=at)
    if state.lost_at is not None:
        return state
    strong_at, weak_at = state.strong_at, state.weak_at
    if place is not None and of_place(place) is Strength.STRONG and (weak_at is None or place.at > weak_at):
        strong_at = max(place.at, strong_at or place.at)
    return Signal(strong_at, None, at, strong_at is not None and at - strong_at <= _STRONG, state.faded_at)


def place_at(place: Position | None, at: datetime) -> Position | None:
    """Give the last place, where it is fresh enough to be the place of a loss."""
    return place if place is not None and at - place.at <= _HOLDS else None


def went_on(before: Signals, after: Signals, at: datetime, place: Position | None, *, suspicious: bool) -> Signals:
    """Take the loss under way one word further: it begins, goes on, or is over and teaches a dead spot."""
    if after.lost:
        begun_at = after.place if before.lost else place_at(place, at)
        return replace(after, place=begun_at, suspicious=suspicious or (before.lost and before.suspicious))
    if not before.lost:
        return after
    over = replace(after, place=None, suspicious=False)
    if before.place is None or before.suspicious or suspicious:
        return over
    return replace(over, spots=learned(after.spots, before.place, at))
