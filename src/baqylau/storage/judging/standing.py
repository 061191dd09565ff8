"""How alarms stand after what was said and taken back, inside the judge's transaction.

An alarm is a function of everything under it (`domain.consolidation`), and a device that says the same every second
puts a lot under one. So where it can be told from how the alarm stood and from what came and went, no more is read.
What was taken away altogether, began in this very moment or ends finding by finding is looked through.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from baqylau.domain.alarms import Alarm
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.consolidation import CLEARED_BY, NAMED_ONLY, End, Told, can_shift, consolidated, shifted
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import AlarmId, FindingId, PersonId, SubjectId
from baqylau.storage.bulk import columns_of

if TYPE_CHECKING:
    from psycopg import Cursor

_TOLD = "SELECT alarm_id, code, id, at, raised_at, superseded_at FROM finding WHERE alarm_id = ANY(%s)"
_EDGES = """
SELECT alarm.id, first.id, first.at, last.id, last.at
FROM unnest(%s::int8[], %s::timestamptz[]) AS asked (id, since) JOIN alarm USING (id)
CROSS JOIN LATERAL (
  SELECT id, at FROM finding
  WHERE person_id = alarm.person_id AND subject = alarm.subject AND code = alarm.code AND at >= asked.since
    AND alarm_id = alarm.id AND superseded_at IS NULL
  ORDER BY at, id LIMIT 1
) AS first
CROSS JOIN LATERAL (
  SELECT id, at FROM finding
  WHERE person_id = alarm.person_id AND subject = alarm.subject AND code = alarm.code AND at >= asked.since
    AND alarm_id = alarm.id AND superseded_at IS NULL
  ORDER BY at DESC, id DESC LIMIT 1
) AS last
"""
_ENDED = (
    "SELECT waiting.id, finding.code, finding.at, finding.body->>'ends', "
    "(SELECT own.code FROM finding AS own WHERE own.id = finding.body->>'ends') "
    "FROM unnest(%s::int8[], %s::text[], %s::text[], %s::timestamptz[]) "
    "AS waiting (id, person_id, subject, since) JOIN finding USING (person_id, subject) "
    "WHERE finding.code = ANY(%s) AND finding.at >= waiting.since AND finding.superseded_at IS NULL"
)
_ENDING_CODES = [event.code.value for event in EVENTS.values() if event.clears]


class Known(Struct, frozen=True):
    """A finding that was there already."""

    id: FindingId
    person_id: PersonId
    code: Code
    subject: SubjectId
    alarm_id: AlarmId | None
    superseded_at: datetime | None


class Said(Struct, frozen=True, kw_only=True):
    """What a commit says and takes back."""

    new: Sequence[Finding]
    under: Mapping[FindingId, AlarmId]
    """Which alarm each of these comes under, where it comes under one."""
    gone: Sequence[Known]
    known: Mapping[FindingId, Known]
    """What was there already, of all of these."""
    at: datetime


class _Shift(Struct, frozen=True):
    """What came and went under an alarm of which something stood before and stands now."""

    came: Sequence[Finding]
    went: int

    def count(self, alarm: Alarm) -> int:
        """How many findings stand under it now."""
        return alarm.count + len(self.came) - self.went


def standing(
    cursor: "Cursor[Any]", alarms: Mapping[AlarmId, Alarm], before: Collection[AlarmId], said: Said
) -> list[Alarm]:
    """Give the alarms as they stand now, but for those of which other alarms took over every finding.

    `before`: those that were there before this commit. What was said is written already.
    """
    shifts = _shifts(alarms, before, said)
    edges = _edges(cursor, alarms, shifts, said.at)
    told = edges | _under(cursor, {name: one for name, one in alarms.items() if name not in edges})
    since = {name: (max if name in edges else min)(one.at for one in under) for name, under in told.items()}
    ended = _ended(cursor, [(one, alarms[one].person_id, alarms[one].subject, at) for one, at in since.items()], alarms)
    return [
        shifted(one, told[name], shifts[name].count(one), ended[name])
        if name in edges
        else consolidated(one, told[name], ended[name])
        for name, one in alarms.items()
        if name in told
    ]


def _shifts(alarms: Mapping[AlarmId, Alarm], before: Collection[AlarmId], said: Said) -> dict[AlarmId, _Shift]:
    """Give what came and went under each alarm that needs not be looked through."""
    moved: set[AlarmId | None] = {number for name, number in said.under.items() if name in said.known}
    moved |= {said.known[name].alarm_id for name in said.under if name in said.known}
    gone = Counter(one.alarm_id for one in said.gone if one.alarm_id and one.code == alarms[one.alarm_id].code)
    came: dict[AlarmId, list[Finding]] = defaultdict(list)
    for one in said.new:
        number = said.under.get(one.id)
        if number is not None and one.code == alarms[number].code:
            came[number].append(one)
    shifts = {name: _Shift(came[name], gone[name]) for name in before if name not in moved}
    return {
        name: one for name, one in shifts.items() if can_shift(alarms[name], said.at) and one.count(alarms[name]) > 0
    }


def _under(cursor: "Cursor[Any]", alarms: Mapping[AlarmId, Alarm]) -> dict[AlarmId, list[Told]]:
    told: dict[AlarmId, list[Told]] = defaultdict(list)
    for alarm_id, code, name, at, raised_at, superseded_at in cursor.execute(_TOLD, (list(alarms),)).fetchall():
        if code == alarms[alarm_id].code:
            told[alarm_id].append(Told(id=name, at=at, raised_at=raised_at, superseded_at=superseded_at))
    return told


def _edges(
    cursor: "Cursor[Any]", alarms: Mapping[AlarmId, Alarm], shifts: Mapping[AlarmId, _Shift], at: datetime
) -> dict[AlarmId, list[Told]]:
    """Give the first and the last that stand under each alarm; read only where one of several was taken away."""
    edges: dict[AlarmId, list[Told]] = {}
    lost: list[tuple[AlarmId, datetime]] = []
    for name, shift in shifts.items():
        one = alarms[name]
        came = [Told(id=each.id, at=each.at, raised_at=at) for each in shift.came]
        if shift.went == one.count:
            edges[name] = came
        elif shift.went:
            lost.append((name, min([one.began_at, *(each.at for each in came)])))
        else:
            edges[name] = [*_span(one, one.first_finding_id, one.began_at, one.last_finding_id, one.last_at), *came]
    if lost:
        rows = cursor.execute(_EDGES, columns_of(lost)).fetchall()
        edges |= {name: _span(alarms[name], *span) for name, *span in rows}
    return edges


def _span(alarm: Alarm, first: FindingId, began_at: datetime, last: FindingId, last_at: datetime) -> list[Told]:
    raised_at = alarm.raised_at
    return [Told(id=first, at=began_at, raised_at=raised_at), Told(id=last, at=last_at, raised_at=raised_at)]


def _ended(
    cursor: "Cursor[Any]", waiting: list[tuple[object, ...]], alarms: Mapping[AlarmId, Alarm]
) -> dict[AlarmId, list[End]]:
    ended: dict[AlarmId, list[End]] = defaultdict(list)
    if waiting:
        rows: Iterable[tuple[Any, ...]] = cursor.execute(_ENDED, (*columns_of(waiting), _ENDING_CODES)).fetchall()
        for alarm_id, code, at, named, of in rows:
            alarm_code = alarms[alarm_id].code
            only = Code(code) in NAMED_ONLY
            meant = {alarm_code.value} if only else {None, alarm_code.value}
            if Code(code) in CLEARED_BY[alarm_code] and of in meant:
                ended[alarm_id].append(End(at, FindingId(named) if only else None))
    return ended
