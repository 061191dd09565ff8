"""How far each target has what is due to it. The journal is the spool; here are only places in it.

A place moves when everything before it was taken over by the target or may not leave, and only from where it stood:
of two programs at work on one target one moves it, and the other looks again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from baqylau.domain.forwarding import Item, Place
from baqylau.domain.partitions import ALL_PARTITIONS
from baqylau.storage.database import transaction
from baqylau.storage.forwarding.bases import count_in_force
from baqylau.storage.forwarding.forwarding_tables import forwarding_cursor, forwarding_tally, forwarding_target
from baqylau.storage.schema import feed, journal_head

FEED = -1
"""The stream of alarms; the others are the partitions of the journal."""
Cursors = Mapping[int, int]


class Delivery(Struct, frozen=True, kw_only=True):
    """How it goes with one target."""

    target: str
    recipient: str
    since_at: datetime
    """What was received before leaves never."""
    sent: int
    attempts: int
    """Failed since the last that went well."""
    next_at: datetime | None
    last_error: str
    last_sent_at: datetime | None
    looked_at: datetime | None
    behind: int
    """Entries of the journal and changes of alarms that were not looked at yet for this target."""
    bases: int
    """In force now."""


class Deliveries:
    """Places, attempts and counts of all targets."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, target: str, recipient: str, at: datetime) -> None:
        """Know a target from now on: what is received from here on may be due to it."""
        row = {"target": target, "since_at": at, "recipient": recipient, "sent": 0, "attempts": 0, "last_error": ""}
        new = (
            insert(forwarding_target)
            .values(row)
            .on_conflict_do_update(index_elements=["target"], set_={"recipient": recipient})
        )
        with transaction(self._engine) as connection:
            connection.execute(new)
            places = [{"target": target, "stream": stream, "seq": seq} for stream, seq in _ends(connection).items()]
            connection.execute(insert(forwarding_cursor).values(places).on_conflict_do_nothing())

    def cursors(self, target: str) -> dict[int, int]:
        """Give how far a target has each stream."""
        mine = select(forwarding_cursor).where(forwarding_cursor.c.target == target)
        with transaction(self._engine) as connection:
            return {row.stream: row.seq for row in connection.execute(mine)}

    def ends(self) -> dict[int, int]:
        """Give where each stream ends now."""
        with transaction(self._engine) as connection:
            return _ends(connection)

    def due(self, target: str, now: datetime) -> bool:
        """Whether a target may be tried now."""
        waiting = select(forwarding_target.c.next_at).where(forwarding_target.c.target == target)
        with transaction(self._engine) as connection:
            next_at = connection.scalar(waiting)
        return next_at is None or next_at <= now

    def moved(self, target: str, before: Cursors, after: Cursors, taken: Iterable[Item], at: datetime) -> bool:
        """Move places, and count what left, in one transaction; False when they are not where they were."""
        moves = {stream: seq for stream, seq in after.items() if seq != before[stream]}
        items = tuple(taken)
        with transaction(self._engine) as connection:
            mine = forwarding_cursor.c.target == target
            stood = or_(*(_is(stream, before[stream]) for stream in moves))
            locked = connection.execute(select(forwarding_cursor).where(mine, stood).with_for_update()).all()
            if len(locked) != len(moves):
                return False
            for stream, seq in moves.items():
                connection.execute(update(forwarding_cursor).where(mine, _is(stream, before[stream])).values(seq=seq))
            _count(connection, target, items, at)
        return True

    def failed(self, target: str, error: str, next_at: datetime) -> None:
        """Note an attempt that came to nothing."""
        mine = update(forwarding_target).where(forwarding_target.c.target == target)
        noted = mine.values(attempts=forwarding_target.c.attempts + 1, last_error=error, next_at=next_at)
        with transaction(self._engine) as connection:
            connection.execute(noted)

    def attempts(self, target: str) -> int:
        """Give how many attempts failed since the last that went well."""
        mine = select(forwarding_target.c.attempts).where(forwarding_target.c.target == target)
        with transaction(self._engine) as connection:
            return connection.scalar(mine) or 0

    def all(self, now: datetime) -> list[Delivery]:
        """Give how it goes with every target there ever was."""
        with transaction(self._engine) as connection:
            ends = _ends(connection)
            behind: Counter[str] = Counter()
            for row in connection.execute(select(forwarding_cursor)):
                behind[row.target] += max(ends.get(row.stream, 0) - row.seq, 0)
            rows = connection.execute(select(forwarding_target).order_by(forwarding_target.c.target)).mappings()
            return [
                Delivery(**row, behind=behind[row["target"]], bases=count_in_force(connection, row["recipient"], now))
                for row in rows.all()
            ]

    def disclosed(self) -> list[tuple[str, int, str, str, int, int]]:
        """Give what of whom left: target, basis, person, day, positions, alarms; newest day first."""
        row = forwarding_tally.c
        wanted = select(row.target, row.basis, row.person_id, row.day, row.positions, row.alarms)
        with transaction(self._engine) as connection:
            found = connection.execute(wanted.order_by(row.day.desc(), row.target, row.person_id)).all()
        return [(one[0], one[1], one[2], one[3].isoformat(), one[4], one[5]) for one in found]


def _is(stream: int, seq: int) -> ColumnElement[bool]:
    return and_(forwarding_cursor.c.stream == stream, forwarding_cursor.c.seq == seq)


def _ends(connection: Connection) -> dict[int, int]:
    ends = dict.fromkeys(ALL_PARTITIONS, 0)
    ends |= {row.partition: row.seq for row in connection.execute(select(journal_head))}
    ends[FEED] = connection.scalar(select(func.coalesce(func.max(feed.c.id), 0))) or 0
    return ends


def _count(connection: Connection, target: str, items: tuple[Item, ...], at: datetime) -> None:
    done: dict[str, object] = {"looked_at": at, "attempts": 0, "next_at": None, "last_error": ""}
    if items:
        done |= {"sent": forwarding_target.c.sent + len(items), "last_sent_at": at}
    connection.execute(update(forwarding_target).where(forwarding_target.c.target == target).values(done))
    counted = Counter((item.named.basis, item.person_id, isinstance(item, Place)) for item in items)
    for (basis, person_id, is_place), count in sorted(counted.items()):
        kept = {"positions": count if is_place else 0, "alarms": 0 if is_place else count}
        row = {"target": target, "basis": basis, "person_id": person_id, "day": at.date(), **kept}
        more = {name: forwarding_tally.c[name] + number for name, number in kept.items()}
        connection.execute(
            insert(forwarding_tally)
            .values(row)
            .on_conflict_do_update(index_elements=["target", "basis", "person_id", "day"], set_=more)
        )
