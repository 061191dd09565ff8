"""The outbox: announcements that are written with what they announce, and the notices that follow from them.

A program that dies at any point loses nothing: an announcement stays until its notices are written, a notice that was
being sent comes due again when its lease is over. Several programs at once share the work row by row.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, Select, Text, case, cast, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from baqylau.domain.acts import Channel as ByText
from baqylau.domain.acts import Contact, Whom
from baqylau.domain.alarms import Alarm, AlarmState
from baqylau.domain.ids import AlarmId
from baqylau.domain.notices import WAITING, WEARER, Announcement, Notice, NoticeState, began
from baqylau.domain.people import Person
from baqylau.storage.alarms.acting import do
from baqylau.storage.alarms.alarm_rows import alarm_of
from baqylau.storage.alarms.notice_tables import announcement, notice
from baqylau.storage.database import transaction
from baqylau.storage.registers.register_rows import PERSON
from baqylau.storage.schema import alarm, register

NOTICES = "rule/notices"
_REACHED = Contact(whom=Whom.WEARER, channel=ByText.TEXT, reached=True)


class News(Struct, frozen=True, kw_only=True):
    """An announcement with what it is about."""

    announcement: Announcement
    alarm: Alarm
    person: Person | None


class Due(Struct, frozen=True, kw_only=True):
    """A notice whose time has come, with what it is about. One that is to be sent is ours until its lease is over."""

    notice: Notice
    alarm: Alarm
    person: Person | None


class Outbox:
    """Announcements and notices. Any number of programs may work on them at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def spread(self, notices_of: Callable[[News], Iterable[Notice]], at: datetime, limit: int = 100) -> int:
        """Write the notices that follow from the oldest announcements; give how many announcements there were."""
        waiting = select(announcement).where(announcement.c.told_at.is_(None)).order_by(announcement.c.id)
        with transaction(self._engine) as connection:
            rows = connection.execute(waiting.limit(limit).with_for_update(skip_locked=True)).all()
            said = [msgspec.convert(row, Announcement, from_attributes=True) for row in rows]
            alarms, people = _about(connection, {one.alarm_id for one in said})
            for one in said:
                about = alarms[one.alarm_id]
                told = notices_of(News(announcement=one, alarm=about, person=people.get(about.person_id)))
                _put(connection, told)
            done = update(announcement).where(announcement.c.id.in_([one.id for one in said]))
            connection.execute(done.values(told_at=at))
        return len(said)

    def take(self, at: datetime, lease: timedelta, limit: int) -> list[Due]:
        """Take notices whose time has come, the longest due first; nobody else takes them before the lease ends."""
        ready = select(notice).where(notice.c.next_at <= at).order_by(notice.c.next_at, notice.c.id)
        with transaction(self._engine) as connection:
            found = connection.execute(ready.limit(limit).with_for_update(skip_locked=True)).all()
            taken = [began(_notice(row), at, lease) for row in found]
            for one in taken:
                connection.execute(update(notice).where(notice.c.id == one.id).values(_values(one)))
            return _with_matter(connection, taken)

    def settle(self, after: Notice) -> bool:
        """Write what became of an attempt; False when its lease was lost, so that another tells it.

        A wearer who was reached has been contacted: that is an act of its own.
        """
        ours = (
            notice.c.id == after.id,
            notice.c.attempts == after.attempts,
            notice.c.state == NoticeState.SENDING.value,
        )
        with transaction(self._engine) as connection:
            done = connection.execute(update(notice).where(*ours).values(_values(after)).returning(notice)).all()
            _contacted(connection, map(_notice, done))
        return bool(done)

    def receipt(self, reference: str, at: datetime, *, delivered: bool) -> bool:
        """Write what a gateway says of a message; False when it is none that we wait for.

        As for `settle`: only what was delivered has reached the wearer.
        """
        new = NoticeState.DELIVERED if delivered else NoticeState.GIVEN_UP
        changed = {
            "state": new.value,
            "delivered_at": at if delivered else None,
            "last_error": "" if delivered else "not_delivered",
        }
        awaited = (notice.c.reference == reference, notice.c.state == NoticeState.SENT.value)
        with transaction(self._engine) as connection:
            done = connection.execute(update(notice).where(*awaited).values(changed).returning(notice)).all()
            _contacted(connection, map(_notice, done))
        return bool(done)

    def awaiting(self, since: datetime, limit: int) -> list[Due]:
        """Give the newest notices that a gateway took over after an instant and still owes us word of."""
        owed = select(notice).where(notice.c.reference != "", notice.c.state == NoticeState.SENT.value)
        recent = owed.where(notice.c.sent_at >= since).order_by(notice.c.sent_at.desc(), notice.c.id).limit(limit)
        with transaction(self._engine) as connection:
            return _with_matter(connection, [_notice(row) for row in connection.execute(recent)])

    def of_alarm(self, alarm_id: AlarmId) -> list[Notice]:
        """Give what was told of an alarm, oldest first."""
        return self._notices(select(notice).where(notice.c.alarm_id == alarm_id).order_by(notice.c.created_at))

    def latest(self, states: Collection[NoticeState], limit: int) -> list[Notice]:
        """Give notices in these states, newest first."""
        wanted = select(notice).where(notice.c.state.in_([one.value for one in states]))
        return self._notices(wanted.order_by(notice.c.created_at.desc(), notice.c.id).limit(limit))

    def counts(self) -> dict[NoticeState, int]:
        """Give how many notices are in each state."""
        counted = select(notice.c.state, func.count()).group_by(notice.c.state)
        with transaction(self._engine) as connection:
            return {NoticeState(state): count for state, count in connection.execute(counted)}

    def waiting_since(self) -> datetime | None:
        """Give since when the oldest notice waits that is still to be sent, None when none is.

        One that is to be sent at a later time waits from then on.
        """
        not_yet_tried = notice.c.state == NoticeState.QUEUED.value
        oldest = select(func.min(case((not_yet_tried, notice.c.next_at), else_=notice.c.created_at))).where(
            notice.c.next_at.is_not(None)
        )
        waiting = oldest.where(notice.c.state.in_([one.value for one in WAITING]))
        with transaction(self._engine) as connection:
            since: datetime | None = connection.scalar(waiting)
        return since

    def _notices(self, wanted: "Select[Any]") -> list[Notice]:
        with transaction(self._engine) as connection:
            return [_notice(row) for row in connection.execute(wanted)]


def _contacted(connection: Connection, settled: Iterable[Notice]) -> None:
    """Do the contact that a delivered notice to the wearer is, unless the alarm is closed by now."""
    for one in settled:
        if one.target != WEARER or one.delivered_at is None:
            continue
        waits = select(alarm.c.id).where(alarm.c.id == one.alarm_id, alarm.c.state != AlarmState.CLOSED.value)
        if connection.scalar(waits.with_for_update()) is not None:
            do(connection, one.alarm_id, _REACHED, by=NOTICES, at=one.delivered_at)


def _put(connection: Connection, notices: Iterable[Notice]) -> None:
    rows = [_values(one) for one in notices]
    if rows:
        connection.execute(upsert(notice).values(rows).on_conflict_do_nothing())


def _with_matter(connection: Connection, notices: Sequence[Notice]) -> list[Due]:
    alarms, people = _about(connection, {one.alarm_id for one in notices})
    return [
        Due(notice=one, alarm=alarms[one.alarm_id], person=people.get(alarms[one.alarm_id].person_id))
        for one in notices
    ]


def _about(connection: Connection, numbers: Collection[AlarmId]) -> tuple[dict[AlarmId, Alarm], dict[str, Person]]:
    if not numbers:
        return {}, {}
    found = connection.execute(select(alarm).where(alarm.c.id.in_(numbers))).mappings()
    alarms = {row["id"]: alarm_of(row) for row in found}
    people = _people(connection, {one.person_id for one in alarms.values()})
    return alarms, people


def _people(connection: Connection, names: Collection[str]) -> dict[str, Person]:
    wanted = select(cast(register.c.body, Text)).where(
        register.c.kind == PERSON, register.c.key.in_(names), register.c.replaced_at.is_(None)
    )
    people: Sequence[Person] = [msgspec.json.decode(body, type=Person) for body in connection.scalars(wanted)]
    return {one.id: one for one in people}


def _notice(row: object) -> Notice:
    return msgspec.convert(row, Notice, from_attributes=True)


def _values(one: Notice) -> dict[str, object]:
    values: dict[str, object] = msgspec.to_builtins(one, builtin_types=[datetime])
    return values
