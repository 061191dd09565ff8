"""One target: what is due to it, in its order, until it has said that it took it.

The journal and the feed are the spool: a place in each says how far the target is. Who dies between the target's yes
and the new place sends the same once more: a target may get something twice, never not at all, and always in order.
What no basis in force allows is passed by for good, also when a basis comes later that reaches back.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from baqylau.domain.alarms import NOBODY
from baqylau.domain.forwarding import Basis, Item, Place, Raised, Target, What, named
from baqylau.domain.ids import AlarmId
from baqylau.domain.observations import Fix, FixSource
from baqylau.links.forwarding.way import NotTakenError, Way
from baqylau.rules.clock import instant
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.feed import ALARM, Feed, FeedRow
from baqylau.storage.forwarding.bases import Bases
from baqylau.storage.forwarding.forwarding import FEED, Deliveries
from baqylau.storage.journal.journal import Journal, JournalEntry

log = structlog.get_logger()

AT_ONCE = 200
"""Entries looked at in one go."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0


class Sources:
    """Where it is read what may leave, and what is due."""

    def __init__(self, journal: Journal, feed: Feed, alarms: Alarms, bases: Bases, deliveries: Deliveries) -> None:
        self.journal = journal
        self.feed = feed
        self.alarms = alarms
        self.bases = bases
        self.deliveries = deliveries


class Relay:
    """Carries to one target. Used by one thread."""

    def __init__(
        self, target: Target, sources: Sources, way: Way, now: Callable[[], datetime], jitter: Callable[[], float]
    ) -> None:
        """Know the target from now on. `jitter` gives a number from 0 to 1."""
        self._target = target
        self._sources = sources
        self._way = way
        self._now = now
        self._jitter = jitter
        sources.deliveries.begin(target.name, target.recipient, now())

    def round(self) -> bool:
        """Look at what is new and hand over what may leave of it; tell whether more may be waiting."""
        deliveries, name, now = self._sources.deliveries, self._target.name, self._now()
        if not deliveries.due(name, now):
            return False
        before = deliveries.cursors(name)
        bases = self._sources.bases.for_recipient(self._target.recipient, now)
        after, items = self._due(before, bases, now) if bases else (deliveries.ends(), [])
        if all(after[stream] == seq for stream, seq in before.items()):
            return False
        if items and not self._handed_over(items):
            return False
        deliveries.moved(name, before, after, items, self._now())
        return bool(bases)

    def close(self) -> None:
        """End what is open."""
        self._way.close()

    def _handed_over(self, items: Sequence[Item]) -> bool:
        try:
            self._way.send(items)
        except NotTakenError as why:
            failed = self._sources.deliveries.attempts(self._target.name)
            pause_s = min(FIRST_PAUSE_S * 2 ** min(failed, 20), LONGEST_PAUSE_S) * (0.5 + 0.5 * self._jitter())
            self._sources.deliveries.failed(self._target.name, why.error, self._now() + timedelta(seconds=pause_s))
            log.warning("not_forwarded", target=self._target.name, error=why.error, items=len(items))
            return False
        log.info("forwarded", target=self._target.name, items=len(items))
        return True

    def _due(self, before: dict[int, int], bases: Sequence[Basis], now: datetime) -> tuple[dict[int, int], list[Item]]:
        """Give how far this look reaches in each stream, and what of it may leave."""
        entries = self._sources.journal.read_after({one: seq for one, seq in before.items() if one != FEED}, AT_ONCE)
        changes = self._sources.feed.after(before[FEED], AT_ONCE)
        after = before | {entry.partition: entry.seq for entry in entries}
        if changes:
            after[FEED] = changes[-1].id
        items: list[Item] = []
        if What.POSITIONS in self._target.what:
            items += [place for entry in entries for place in _places(entry, bases, now)]
        if What.ALARMS in self._target.what:
            items += self._raised(changes, bases, now)
        return after, items

    def _raised(self, changes: Sequence[FeedRow], bases: Sequence[Basis], now: datetime) -> list[Item]:
        last = {int(change.key): change.id for change in changes if change.kind == ALARM}
        found = self._sources.alarms.several([AlarmId(number) for number in last])
        return [
            Raised(
                id=f"alarm/{view.alarm.id}/{last[view.alarm.id]}",
                person_id=view.alarm.person_id,
                named=by,
                at=view.alarm.began_at,
                alarm=view.alarm,
            )
            for view in sorted(found, key=lambda one: last[one.alarm.id])
            if view.alarm.person_id != NOBODY
            and (by := named(bases, view.alarm.person_id, view.alarm.began_at, now)) is not None
        ]


def _places(entry: JournalEntry, bases: Sequence[Basis], now: datetime) -> list[Place]:
    """Give the places of satellites in an entry that may leave; of the rest of its bodies nothing does."""
    at, person_id = instant(entry.observation), entry.person_id
    by = named(bases, person_id, at, now) if person_id is not None else None
    if by is None or person_id is None:
        return []
    return [
        Place(id=entry.observation.id, person_id=person_id, named=by, at=at, fix=body)
        for body in entry.observation.bodies
        if isinstance(body, Fix) and body.source is FixSource.GNSS
    ]
