"""What of the registers ends soon, and the reminders of it: each end is said once, and no longer when it moved."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Text, and_, cast, func, or_, select, text
from sqlalchemy.dialects.postgresql import TIMESTAMP

from baqylau.crypto.digests import finding_id
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import AlarmId, FindingId, PersonId, SubjectId
from baqylau.domain.orders import Consent, Order
from baqylau.domain.terms import TOLD, Ahead, Term, TermKind, labour_term, terms_of
from baqylau.storage.alarms.feed import ALARM, append
from baqylau.storage.database import driver, transaction
from baqylau.storage.judging.telling import tell
from baqylau.storage.registers.case_facts import labour_until
from baqylau.storage.registers.editing import REMINDING, VERSION
from baqylau.storage.registers.register_rows import CONSENT, ORDER, PERMISSION, in_force
from baqylau.storage.schema import finding, register

_SERIES: Final = func.split_part(register.c.key, "/", 1)
"""The times of a permission that comes again have this in common: the last of them is its end."""
TERM_LOCK: Final = 0x6261_7190
"""Several programs may remind; one at a time writes."""


class Terms:
    """Reads them, and reminds of them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def soon(self, now: datetime, ahead: Ahead, zone: tzinfo) -> list[Term]:
        """Give what ends soon, the nearest first."""
        with transaction(self._engine) as connection:
            return sorted(one for one in _ending(connection, now, ahead, zone) if one.soon(now, ahead))

    def remind(self, now: datetime, ahead: Ahead, zone: tzinfo) -> list[AlarmId]:
        """Raise a reminder of each end that is told; take those back whose end moved or went. Give the alarms."""
        with transaction(self._engine) as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": TERM_LOCK})
            near = [one for one in _ending(connection, now, ahead, zone) if one.soon(now, ahead)]
            found = [_reminder(one, now) for one in near if one.kind in TOLD and now < one.until_at]
            gone = _standing(connection, now) - {one.id for one in found}
            with driver(connection).cursor() as cursor:
                changed = tell(cursor, found, sorted(gone), now)
            append(connection, ALARM, [str(number) for number in changed])
        return changed


def _instant(body: ColumnElement[Any], name: str) -> ColumnElement[datetime]:
    return cast(body[name].astext, TIMESTAMP(timezone=True))


def _ending(connection: Connection, now: datetime, ahead: Ahead, zone: tzinfo) -> Iterator[Term]:
    until_at = _instant(register.c.body, "until_at")
    near = and_(until_at > now, until_at <= now + ahead.longest)
    paused = func.coalesce(cast(register.c.body["suspensions"], Text), "[]") != "[]"
    orders = and_(register.c.kind == ORDER, or_(near, and_(paused, until_at > now)))
    for row in in_force(connection, or_(orders, and_(register.c.kind == CONSENT, near))):
        if isinstance(row, Order | Consent):
            yield from terms_of(row)
    yield from _permissions(connection, now, ahead)
    yield from _labour(connection, now, ahead, zone)


def _permissions(connection: Connection, now: datetime, ahead: Ahead) -> Iterator[Term]:
    until_at = _instant(register.c.body, "until_at")
    reason, last = func.max(register.c.body["reason"].astext), func.max(until_at)
    ends = (
        select(_SERIES.label("key"), register.c.person_id, last.label("until_at"), reason.label("said"))
        .where(register.c.kind == PERMISSION, register.c.replaced_at.is_(None), until_at > now)
        .group_by(_SERIES, register.c.person_id)
        .having(last <= now + ahead.of(TermKind.PERMISSION))
    )
    for row in connection.execute(ends):
        yield Term(
            until_at=row.until_at,
            kind=TermKind.PERMISSION,
            key=row.key,
            person_id=PersonId(row.person_id),
            said=row.said,
        )


def _labour(connection: Connection, now: datetime, ahead: Ahead, zone: tzinfo) -> Iterator[Term]:
    today = now.astimezone(zone).date()
    near = ahead.of(TermKind.LABOUR)
    for person_id, hours in labour_until(connection, today - near, today + near):
        term = labour_term(person_id, hours, zone)
        if term is not None:
            yield term


def _standing(connection: Connection, now: datetime) -> set[FindingId]:
    """Give the reminders that stand of ends that are still to come."""
    to_come = _instant(finding.c.body, "since") > now
    wanted = select(finding.c.id).where(
        finding.c.code == Code.TERM_ENDS.value, finding.c.superseded_at.is_(None), to_come
    )
    return {FindingId(one) for one in connection.scalars(wanted)}


def _reminder(term: Term, now: datetime) -> Finding:
    return Finding(
        id=finding_id(REMINDING, term.kind.value, term.key, term.until_at.isoformat()),
        rule=REMINDING,
        rule_version=VERSION,
        code=Code.TERM_ENDS,
        person_id=term.person_id,
        subject=SubjectId(f"{term.kind}/{term.key}"),
        at=now,
        because=(),
        since=term.until_at,
        place=term.kind.value,
    )
