"""What the broadcaster asks of the database: rows of the feed, people whose state changed, our own health."""

from collections.abc import Callable, Generator
from datetime import datetime, timedelta

from baqylau.domain.ids import AlarmId, PersonId
from baqylau.monitoring.workstation import pages
from baqylau.monitoring.workstation.broadcast import News
from baqylau.monitoring.workstation.messages import FeedAlarm, FeedPeople, Health
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.ending import SESSIONS
from baqylau.storage.alarms.feed import ALARM, notifications
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.judging.live import LiveRow

_OVERLAP = timedelta(seconds=10)
"""The judge's transactions become visible in another order than their instants: what is so recent is read twice."""
_LATELY = timedelta(seconds=30)


class Watching:
    """The feed's side of the storage. `wait` and `moved` are for one caller; the rest is for anybody."""

    def __init__(self, stores: Stores, clock: Callable[[], datetime]) -> None:
        self._stores = stores
        self._clock = clock
        self._line: Generator[frozenset[str]] | None = None
        self._seen: dict[PersonId, datetime] = {}
        self._newest = clock()

    def head(self) -> int:
        """Newest cursor of the feed."""
        return self._stores.feed.cursor()

    def wait(self, timeout_s: float) -> bool:
        """Come back when the feed has grown, or when the time is over; tell whether sessions ended meanwhile."""
        if self._line is None:
            self._line = notifications(self._stores.engine, ["feed", SESSIONS], timeout_s)
        try:
            return SESSIONS in next(self._line)
        except StorageUnavailableError:
            self._line = None
            raise

    def close(self) -> None:
        """Hear no more, once nobody waits."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def news(self, after: int, limit: int) -> News:
        """Read at most `limit` rows after the cursor. An alarm is told as it is now: later rows repeat it."""
        rows = self._stores.feed.after(after, limit)
        if not rows:
            return News(cursor=after)
        people = self._stores.directory.book().people
        numbers = list({AlarmId(int(row.key)) for row in rows if row.kind == ALARM})
        views = {str(view.alarm.id): view for view in self._stores.alarms.several(numbers)}
        alarms = tuple(
            FeedAlarm(cursor=row.id, row=pages.alarm_row(views[row.key], people.get(views[row.key].alarm.person_id)))
            for row in rows
            if row.kind == ALARM
        )
        return News(cursor=rows[-1].id, alarms=alarms)

    def too_far(self, after: int, limit: int) -> bool:
        """Tell whether a listener has to load everything anew: too many rows behind, or ahead of what there is."""
        head = self.head()
        return after > head or head - after > limit

    def moved(self) -> FeedPeople:
        """Give those whose state changed since the last call."""
        changed = self._stores.live.changed_after(self._newest - _OVERLAP)
        new = [row for row in changed if self._seen.get(row.person_id) != row.updated_at]
        self._newest = max((row.updated_at for row in changed), default=self._newest)
        recent = self._newest - _OVERLAP
        self._seen = {row.person_id: row.updated_at for row in changed if row.updated_at > recent}
        return self._told(new)

    def lately_moved(self) -> FeedPeople:
        """Give those whose state changed while a listener may have been on its way."""
        return self._told(self._stores.live.changed_after(self._clock() - _LATELY))

    def _told(self, rows: list[LiveRow]) -> FeedPeople:
        now, book = self._clock(), self._stores.directory.book()
        people = (
            pages.live_person(book.people[row.person_id], row)
            for row in rows
            if row.person_id in book.people and book.under_order(row.person_id, now)
        )
        return FeedPeople(at=now, people=tuple(people))

    def health(self) -> Health:
        """Give the way of an observation as it stands."""
        return self._stores.health.at(self._clock())
