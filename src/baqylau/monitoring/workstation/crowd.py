"""Where everybody stands, in columns: counted, put in order, and gathered into cells for a map of very many.

Read once and then kept up with what changed, however many look: a question costs a few passes over the columns.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from baqylau.domain.ids import PersonId
from baqylau.domain.rights import Bounds
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.monitoring.workstation import pages
from baqylau.monitoring.workstation.crowd_messages import CrowdCounts, MapCell
from baqylau.monitoring.workstation.directory import Book, Directory
from baqylau.monitoring.workstation.messages import LivePerson
from baqylau.storage.judging.live import Live, LiveRow

URGENCY: Final = tuple(Compliance(one) for one in ("outside", "unknown", "excused", "inside", "free"))
"""In which order a list names people."""
_CAUSES: Final = (None, *Blindness)
_OVERLAP: Final = timedelta(seconds=10)
"""The judge's transactions become visible in another order than their instants."""
_READ_EVERY: Final = timedelta(seconds=1)
_ORDERS_EVERY: Final = timedelta(minutes=1)
"""How late a court act that begins or ends by itself is noticed here."""
_CELL_PX: Final = 72
_TILE_PX: Final = 256
_MOST_NORTH: Final = 85.05

Whole = NDArray[np.integer[Any]]
Mask = NDArray[np.bool_]
Figures = NDArray[np.float64]


class Window(Struct, frozen=True, kw_only=True):
    """What a map shows."""

    west: float
    south: float
    east: float
    north: float
    zoom: float


class Columns:
    """One version of everybody under an order, in the order of their names."""

    def __init__(self, book: Book, at: datetime, rows: dict[PersonId, LiveRow]) -> None:
        """Lay out the columns."""
        people = sorted(book.watched(at), key=lambda one: (one.name, one.id))
        self.version, self.at = book.version, at
        self.ids = [one.id for one in people]
        self.people = {one.id: one for one in people}
        self.places = {one: place for place, one in enumerate(self.ids)}
        self.districts = sorted({one.district for one in people})
        codes = {name: code for code, name in enumerate(self.districts)}
        self._district: Whole = np.fromiter((codes[one.district] for one in people), np.int64, len(people))
        self.urgency: Whole = np.full(len(people), URGENCY.index(Compliance.UNKNOWN), np.int64)
        self.cause: Whole = np.full(len(people), _CAUSES.index(Blindness.NO_OBSERVATION_YET), np.int64)
        self.longitude: Figures = np.full(len(people), np.nan)
        self.latitude: Figures = np.full(len(people), np.nan)
        self.take(rows.values())

    def take(self, rows: Iterable[LiveRow]) -> None:
        """Take over how people are now."""
        for row in rows:
            place = self.places.get(row.person_id)
            if place is None:
                continue
            told = pages.live_person(self.people[row.person_id], row)
            self.urgency[place] = URGENCY.index(told.compliance)
            self.cause[place] = _CAUSES.index(told.blindness)
            fix = told.last_fix
            self.longitude[place] = np.nan if fix is None else fix.longitude_deg
            self.latitude[place] = np.nan if fix is None else fix.latitude_deg

    def within(self, bounds: Bounds) -> Mask:
        """Tell of each whether the bounds hold them."""
        if bounds.everybody:
            return np.ones(len(self.ids), np.bool_)
        held = [code for code, name in enumerate(self.districts) if bounds.hold(PersonId(""), name)]
        found: Mask = np.isin(self._district, held)
        named = [self.places[one] for one in bounds.people if one in self.places]
        found[named] = True
        return found

    def holds(self, within: Mask, person_id: PersonId) -> bool:
        """Tell whether somebody is among those within."""
        return person_id in self.places and bool(within[self.places[person_id]])


class Crowd:
    """Everybody's columns, kept up to date by whoever asks."""

    def __init__(self, directory: Directory, live: Live, clock: Callable[[], datetime]) -> None:
        self._directory, self._live, self._clock = directory, live, clock
        self._lock = Lock()
        self._rows: dict[PersonId, LiveRow] | None = None
        self._columns: Columns | None = None
        self._newest = self._read_at = clock()

    def now(self) -> Columns:
        """Give the columns as they are now, a second old at most."""
        with self._lock:
            return self._kept_up(self._clock(), self._directory.book())

    def _kept_up(self, now: datetime, book: Book) -> Columns:
        columns, changed = self._columns, self._changed(now)
        if columns is None or columns.version != book.version or now - columns.at >= _ORDERS_EVERY:
            columns = self._columns = Columns(book, now, self._rows or {})
        else:
            columns.take(changed)
        return columns

    def _changed(self, now: datetime) -> list[LiveRow]:
        if self._rows is None:
            changed, self._rows = self._live.all(), {}
        elif now - self._read_at >= _READ_EVERY:
            changed = self._live.changed_after(self._newest - _OVERLAP)
        else:
            return []
        self._read_at = now
        self._rows |= {row.person_id: row for row in changed}
        self._newest = max((row.updated_at for row in changed), default=self._newest)
        return changed

    def shown(self, columns: Columns, ids: Iterable[PersonId]) -> tuple[LivePerson, ...]:
        """Give people as lists show them."""
        rows = self._rows or {}
        return tuple(pages.live_person(columns.people[one], rows.get(one)) for one in ids if one in columns.people)


def counts_of(columns: Columns, within: Mask) -> CrowdCounts:
    """Say how many there are, where they stand, and why what is unknown is."""
    urgency, cause = columns.urgency[within], columns.cause[within]
    by_urgency = np.bincount(urgency, minlength=len(URGENCY))
    unknown = cause[urgency == URGENCY.index(Compliance.UNKNOWN)]
    by_cause = np.bincount(unknown, minlength=len(_CAUSES))
    return CrowdCounts(
        people=int(within.sum()),
        compliance={one: int(count) for one, count in zip(URGENCY, by_urgency, strict=True)},
        blindness={one: int(count) for one, count in zip(_CAUSES, by_cause, strict=True) if one is not None and count},
    )


def inside(columns: Columns, within: Mask, window: Window) -> Whole:
    """Give who of them is in the window of a map."""
    latitude, longitude = columns.latitude, columns.longitude
    found: Mask = (latitude >= window.south) & (latitude <= window.north) & within
    if window.west <= window.east:
        found &= (longitude >= window.west) & (longitude <= window.east)
    else:
        found &= (longitude >= window.west) | (longitude <= window.east)
    return np.flatnonzero(found)


def cells(columns: Columns, places: Whole, zoom: float) -> tuple[MapCell, ...]:
    """Gather people into cells as wide as a sign on the map: each stands in their middle and says who is in it."""
    if not len(places):
        return ()
    latitude, longitude = columns.latitude[places], columns.longitude[places]
    world = _TILE_PX * 2.0**zoom / _CELL_PX
    tilt = np.radians(np.clip(latitude, -_MOST_NORTH, _MOST_NORTH))
    across = np.floor((longitude + 180) / 360 * world).astype(np.int64)
    down = np.floor((1 - np.arcsinh(np.tan(tilt)) / np.pi) / 2 * world).astype(np.int64)
    _, cell = np.unique(across * 2**32 + down, return_inverse=True)
    size = np.bincount(cell)
    north, east = np.bincount(cell, latitude) / size, np.bincount(cell, longitude) / size
    by_urgency = np.bincount(cell * len(URGENCY) + columns.urgency[places], minlength=len(size) * len(URGENCY))
    shares = by_urgency.reshape(-1, len(URGENCY))
    return tuple(
        MapCell(
            latitude_deg=float(north[one]),
            longitude_deg=float(east[one]),
            people=int(size[one]),
            compliance={of: int(count) for of, count in zip(URGENCY, shares[one], strict=True) if count},
        )
        for one in range(len(size))
    )


def listed(columns: Columns, within: Mask, after: tuple[int, PersonId] | None) -> Whole:
    """Give the places of those within, the urgent first and then by name; those that come after somebody."""
    order = columns.urgency * len(columns.ids) + np.arange(len(columns.ids))
    found = np.flatnonzero(within)
    if after is not None:
        last = after[0] * len(columns.ids) + columns.places.get(after[1], -1)
        found = found[order[found] > last]
    return found[np.argsort(order[found], kind="stable")]
