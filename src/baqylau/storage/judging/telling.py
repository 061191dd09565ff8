"""Findings become alarms, inside the judge's transaction.

The rows of every alarm that may change are locked first, in the order of their numbers; `domain.consolidation` says how
each stands afterwards.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from baqylau.domain.alarms import Alarm, AlarmState
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.consolidation import (
    CLEARED_BY,
    NAMED_ONLY,
    PART_OF,
    End,
    Told,
    asked_sooner,
    consolidated,
    joined,
    only_gains,
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
_TOLD = "SELECT alarm_id, code, id, at, raised_at, superseded_at FROM finding WHERE alarm_id = ANY(%s)"
_ENDED = (
    "SELECT waiting.id, finding.code, finding.at, finding.body->>'ends', "
    "(SELECT own.code FROM finding AS own WHERE own.id = finding.body->>'ends') "
    "FROM unnest(%s::int8[], %s::text[], %s::text[], %s::timestamptz[]) "
    "AS waiting (id, person_id, subject, since) JOIN finding USING (person_id, subject) "
    "WHERE finding.code = ANY(%s) AND finding.at >= waiting.since AND finding.superseded_at IS NULL"
)
_ENDING_CODES = [event.code.value for event in EVENTS.values() if event.clears]


class _Known(Struct, frozen=True):
    """A finding that is there already."""

    id: FindingId
    person_id: PersonId
    code: Code
    subject: SubjectId
    alarm_id: AlarmId | None
    superseded_at: datetime | None


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
    stirred = {*(known[name].alarm_id for name in known), *(under.get(name) for name in known)}
    joining = _joining({name: alarms[name] for name in before - stirred}, new, under, at)
    changed = [one for one in _consolidated(cursor, alarms, joining) if one.id in touched or one != alarms[one.id]]
    put_alarms(cursor, changed)
    announce(cursor, [(one.id, Why.RAISED, one.level) for one in changed if one.id not in before], at)
    correlated = correlate(cursor, changed, at) if concerned else []
    return list(dict.fromkeys([*(one.id for one in changed), *correlated]))


def _known(cursor: "Cursor[Any]", names: list[FindingId]) -> dict[FindingId, _Known]:
    return {
        row[0]: _Known(row[0], row[1], Code(row[2]), *row[3:]) for row in cursor.execute(_KNOWN, (names,)).fetchall()
    }


def _keys_of(new: Iterable[Finding], gone: Iterable[_Known]) -> set[Key]:
    """What may be opened, repeated, cleared, or be no longer cleared."""
    keys: set[Key] = set()
    said: tuple[Finding | _Known, ...] = (*new, *gone)
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
    gone: list[_Known],
    known: dict[FindingId, _Known],
    under: dict[FindingId, AlarmId],
    at: datetime,
) -> list[tuple[object, ...]]:
    kinds = ("raised", "raised_again")
    said = [(one.id, under.get(one.id), at, kinds[one.id in known], _body(one)) for one in new]
    return [*said, *((one.id, one.alarm_id, at, "superseded", None) for one in gone)]


def _joining(
    alarms: Mapping[AlarmId, Alarm], new: Sequence[Finding], under: Mapping[FindingId, AlarmId], at: datetime
) -> dict[AlarmId, list[Told]]:
    """Give what joins each alarm that only gains by it."""
    joining: dict[AlarmId, list[Told]] = {name: [] for name, one in alarms.items() if only_gains(one, at)}
    for one in new:
        number = under.get(one.id)
        if number in joining and one.code == alarms[number].code:
            joining[number].append(Told(id=one.id, at=one.at, raised_at=at))
    return joining


def _consolidated(
    cursor: "Cursor[Any]", alarms: dict[AlarmId, Alarm], joining: Mapping[AlarmId, Sequence[Told]]
) -> list[Alarm]:
    """Give the alarms as they stand now, but for those of which other alarms took over every finding.

    What is under them is read, but of those to which something is only `joining`.
    """
    told = _under(cursor, {name: one for name, one in alarms.items() if name not in joining})
    since = {name: min(one.at for one in under) for name, under in told.items()}
    since |= {name: alarms[name].last_at for name in joining}
    standing = [one for one in alarms.values() if one.id in since]
    ended = _ended(cursor, [(one.id, one.person_id, one.subject, since[one.id]) for one in standing], alarms)
    return [
        joined(one, joining[one.id], ended[one.id])
        if one.id in joining
        else consolidated(one, told[one.id], ended[one.id])
        for one in standing
    ]


def _under(cursor: "Cursor[Any]", alarms: Mapping[AlarmId, Alarm]) -> dict[AlarmId, list[Told]]:
    told: dict[AlarmId, list[Told]] = defaultdict(list)
    for alarm_id, code, name, at, raised_at, superseded_at in cursor.execute(_TOLD, (list(alarms),)).fetchall():
        if code == alarms[alarm_id].code:
            told[alarm_id].append(Told(id=name, at=at, raised_at=raised_at, superseded_at=superseded_at))
    return told


def _ended(
    cursor: "Cursor[Any]", waiting: list[tuple[object, ...]], alarms: dict[AlarmId, Alarm]
) -> dict[AlarmId, list[End]]:
    ended: dict[AlarmId, list[End]] = defaultdict(list)
    if waiting:
        rows = cursor.execute(_ENDED, (*columns_of(waiting), _ENDING_CODES)).fetchall()
        for alarm_id, code, at, named, of in rows:
            alarm_code = alarms[alarm_id].code
            only = Code(code) in NAMED_ONLY
            meant = {alarm_code.value} if only else {None, alarm_code.value}
            if Code(code) in CLEARED_BY[alarm_code] and of in meant:
                ended[alarm_id].append(End(at, FindingId(named) if only else None))
    return ended
