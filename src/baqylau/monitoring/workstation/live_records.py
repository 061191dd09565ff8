"""The live screen read from the storage, in a thread: everybody one by one, or as a crowd where they are too many."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from baqylau.domain.ids import PersonId
from baqylau.monitoring.workstation import pages
from baqylau.monitoring.workstation.access.duty import alarms_for, people_for
from baqylau.monitoring.workstation.crowd import URGENCY, Window, cells, counts_of, inside, listed
from baqylau.monitoring.workstation.crowd_messages import MapCell
from baqylau.monitoring.workstation.directory import Book
from baqylau.monitoring.workstation.messages import (
    AlarmRow,
    Installation,
    LiveSnapshot,
    LiveView,
    PeopleFound,
    ZoneShape,
)
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account

IN_WINDOW: Final = 2_000
"""People whom a map of a crowd shows each."""


class LiveRecords:
    """What the live screen and the list of people ask."""

    def __init__(self, stores: Stores, installation: Installation, clock: Callable[[], datetime], each: int) -> None:
        """`each`: people up to whom a screen is told of each."""
        self._stores, self._installation, self._clock, self._each = stores, installation, clock, each

    def crowded(self, by: Account) -> bool:
        """Tell whether those within the bounds are too many to be told each."""
        people = self._stores.directory.book().people
        return len(people) > self._each and int(self._stores.crowd.now().within(by.bounds).sum()) > self._each

    def snapshot(self, by: Account) -> LiveSnapshot:
        """Give the whole live screen. The cursor is read first: the feed repeats what changed meanwhile."""
        cursor, now, book = self._stores.feed.cursor(), self._clock(), self._stores.directory.book()
        alarms = alarms_for(by, pages.alarm_rows(self._stores.alarms.open(), book.people))
        counts = None
        if self.crowded(by):
            columns = self._stores.crowd.now()
            counts = counts_of(columns, columns.within(by.bounds))
            people = people_for(by, self._stores.crowd.shown(columns, _alarmed(alarms)))
        else:
            rows = {row.person_id: row for row in self._stores.live.all()}
            people = people_for(by, (pages.live_person(one, rows.get(one.id)) for one in book.watched(now)))
        return LiveSnapshot(
            at=now,
            cursor=cursor,
            installation=self._installation,
            people=people,
            alarms=alarms,
            zones=_zones(book, (one.id for one in people), now),
            health=self._stores.health.at(now),
            crowd=counts,
        )

    def view(self, window: Window | None, also: PersonId | None, by: Account) -> LiveView:
        """Give what a map shows of a crowd, with those of open alarms and one more wherever they are."""
        now, book, columns = self._clock(), self._stores.directory.book(), self._stores.crowd.now()
        within = columns.within(by.bounds)
        found = None if window is None else inside(columns, within, window)
        about = _alarmed(alarms_for(by, pages.alarm_rows(self._stores.alarms.open(), book.people)))
        if also is not None and columns.holds(within, also):
            about.append(also)
        gathered: tuple[MapCell, ...] = ()
        each: list[PersonId] = []
        if found is not None and window is not None:
            if len(found) > IN_WINDOW:
                gathered = cells(columns, found, window.zoom)
            else:
                each = [columns.ids[place] for place in found]
        return LiveView(
            at=now,
            counts=counts_of(columns, within),
            cells=gathered,
            people=people_for(by, self._stores.crowd.shown(columns, dict.fromkeys([*about, *each]))),
            zones=_zones(book, dict.fromkeys(about), now),
        )

    def people(self, after: str, limit: int, by: Account) -> PeopleFound:
        """List those under an order within the bounds, the urgent first and then by name, after a place of the list."""
        columns = self._stores.crowd.now()
        within = columns.within(by.bounds)
        rest = listed(columns, within, _place(after))
        shown = [columns.ids[place] for place in rest[:limit]]
        last = f"{columns.urgency[columns.places[shown[-1]]]}.{shown[-1]}" if len(rest) > limit else None
        people = people_for(by, self._stores.crowd.shown(columns, shown))
        return PeopleFound(people=people, count=int(within.sum()), next=last)


def _alarmed(alarms: Iterable[AlarmRow]) -> list[PersonId]:
    return list(dict.fromkeys(one.alarm.person_id for one in alarms if one.alarm.person_id))


def _zones(book: Book, people: Iterable[PersonId], now: datetime) -> tuple[ZoneShape, ...]:
    return tuple(shape for one in people for shape in pages.zones_in_force(book.supervision(one), now))


def _place(after: str) -> tuple[int, PersonId] | None:
    """Read a place of the list; what is none begins it anew."""
    urgency, _, person_id = after.partition(".")
    return (int(urgency), PersonId(person_id)) if urgency in {str(one) for one in range(len(URGENCY))} else None
