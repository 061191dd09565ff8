"""Findings become alarms, inside the judge's transaction.

The rows of every alarm that may change are locked first, in the order of their numbers; `storage.judging.standing` says
how each stands afterwards.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from baqylau.domain.alarms import Alarm, AlarmState
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.consolidation import (
    PART_OF,
    asked_sooner,
    opened,
    opens_alarm,
)
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import AlarmId, FindingId, PersonId, SubjectId
from baqylau.domain.notices import Why
from baqylau.storage.alarms.alarm_rows import alarm_from, put_alarms, selecting
from baqylau.storage.alarms.announcing import announce
from baqylau.storage.bulk import BulkInsert, columns_of
from baqylau.storage.judging.correlating import CONCERNED, INCIDENT_LOCK, correlate
from baqylau.storage.judging.standing import Known, Said, standing
from baqylau.storage.schema import finding, finding_event

if TYPE_CHECKING:
    from psycopg import Cursor

Key = tuple[PersonId, Code, SubjectId]
"""What at most one alarm waits for at a time."""

_KNOWN = "SELECT id, person_id, code, subject, alarm_id, superseded_at FROM finding WHERE id = ANY(%s)"
_LOCK_ALARMS = selecting(
    " FROM alarm WHERE id = ANY(%s) OR id IN (SELECT alarm.id FROM alarm JOIN "
    "unnest(%s::text[], %s::text[], %s::text[]) AS key (person_id, code, subject) USING (person_id, code, subject) "
    "WHERE alarm.state <> 'closed') ORDER BY alarm.id FOR UPDATE"
)
_NUMBERS = "SELECT nextval(pg_get_serial_sequence('alarm', 'id')) FROM generate_series(1, %s)"
_SUPERSEDE = "UPDATE finding SET superseded_at = %s WHERE id = ANY(%s) AND superseded_at IS NULL"
_RAISE = BulkInsert(
    finding,
    ("id", "person_id", "code", "subject", "at", "raised_at", "alarm_id", "body"),
    "ON CONFLICT (id) DO UPDATE SET superseded_at = NULL, alarm_id = excluded.alarm_id, body = excluded.body",
)
_LOG = BulkInsert(finding_event, ("finding_id", "alarm_id", "at", "kind", "body"))


def tell(
    cursor: "Cursor[Any]", raised: Sequence[Finding], superseded: Sequence[FindingId], at: datetime
) -> list[AlarmId]:
    """Write what was found and what late data took away, and give the alarms that are new or changed."""
    if not raised and not superseded:
        return []
    known = _known(cursor, [one.id for one in raised] + list(superseded))
    new = [one for one in raised if one.id not in known or known[one.id].superseded_at]
    gone = [known[name] for name in superseded if name in known and not known[name].superseded_at]
    concerned = not CONCERNED.isdisjoint([*(one.code for one in new), *(one.code for one in gone)])
    if concerned:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (INCIDENT_LOCK,))
    alarms = _locked(cursor, _keys_of(new, gone), [one.alarm_id for one in gone if one.alarm_id])
    before = frozenset(alarms)
    under = _assign(cursor, alarms, new, at)
    cursor.execute(_SUPERSEDE, (at, [one.id for one in gone]))
    _RAISE.run(cursor, [_row(one, under.get(one.id), at) for one in new])
    _LOG.run(cursor, _events(new, gone, known, under, at))
    touched = {*under.values(), *(one.alarm_id for one in gone)}
    said = Said(new=new, under=under, gone=gone, known=known, at=at)
    changed = [one for one in standing(cursor, alarms, before, said) if one.id in touched or one != alarms[one.id]]
    put_alarms(cursor, changed)
    announce(cursor, [(one.id, Why.RAISED, one.level) for one in changed if one.id not in before], at)
    correlated = correlate(cursor, changed, at) if concerned else []
    return list(dict.fromkeys([*(one.id for one in changed), *correlated]))


def _known(cursor: "Cursor[Any]", names: list[FindingId]) -> dict[FindingId, Known]:
    return {
        row[0]: Known(row[0], row[1], Code(row[2]), *row[3:]) for row in cursor.execute(_KNOWN, (names,)).fetchall()
    }


def _keys_of(new: Iterable[Finding], gone: Iterable[Known]) -> set[Key]:
    """What may be opened, repeated, cleared, or be no longer cleared."""
    keys: set[Key] = set()
    said: tuple[Finding | Known, ...] = (*new, *gone)
    for one in said:
        codes = (*EVENTS[one.code].clears, *_waiting_codes(one.code))
        keys.update((one.person_id, code, one.subject) for code in codes)
    return keys


def _waiting_codes(code: Code) -> tuple[Code, ...]:
    """Under which codes an alarm may wait for a finding, the likeliest first."""
    return (PART_OF[code], code) if code in PART_OF else (code,)


def _locked(cursor: "Cursor[Any]", keys: set[Key], numbers: list[AlarmId]) -> dict[AlarmId, Alarm]:
    columns = columns_of([(person, code.value, subject) for person, code, subject in keys]) or ([], [], [])
    found = map(alarm_from, cursor.execute(_LOCK_ALARMS, (numbers, *columns)).fetchall())
    return {one.id: one for one in found}


def _assign(
    cursor: "Cursor[Any]", alarms: dict[AlarmId, Alarm], new: list[Finding], at: datetime
) -> dict[FindingId, AlarmId]:
    """Give each finding the alarm that waits for its like, or a new one, which joins `alarms`."""
    waiting = {
        (one.person_id, one.code, one.subject): one.id for one in alarms.values() if one.state is not AlarmState.CLOSED
    }
    telling = [one for one in new if opens_alarm(one)]
    said = {*waiting, *((one.person_id, one.code, one.subject) for one in telling)}
    keys = {one.id: _key_among(said, one) for one in telling}
    first = {keys[one.id]: one for one in reversed(telling)}
    missing = [key for key in first if key not in waiting]
    if missing:
        numbers = [AlarmId(row[0]) for row in cursor.execute(_NUMBERS, (len(missing),)).fetchall()]
        for number, key in zip(numbers, missing, strict=True):
            alarms[number] = opened(number, first[key], at)
            waiting[key] = number
    for one in telling:
        number = waiting[keys[one.id]]
        alarms[number] = asked_sooner(alarms[number], one, at)
    return {one.id: waiting[keys[one.id]] for one in telling}


def _key_among(said: Collection[Key], one: Finding) -> Key:
    """Give under which alarm a finding comes, of those that wait and those that are being opened."""
    keys: list[Key] = [(one.person_id, code, one.subject) for code in _waiting_codes(one.code)]
    return next(key for key in keys if key in said)


def _row(one: Finding, alarm_id: AlarmId | None, at: datetime) -> tuple[object, ...]:
    return one.id, one.person_id, one.code.value, one.subject, one.at, at, alarm_id, _body(one)


def _body(one: Finding) -> str:
    return msgspec.json.encode(one).decode()


def _events(
    new: list[Finding],
    gone: list[Known],
    known: dict[FindingId, Known],
    under: dict[FindingId, AlarmId],
    at: datetime,
) -> list[tuple[object, ...]]:
    kinds = ("raised", "raised_again")
    said = [(one.id, under.get(one.id), at, kinds[one.id in known], _body(one)) for one in new]
    return [*said, *((one.id, one.alarm_id, at, "superseded", None) for one in gone)]
