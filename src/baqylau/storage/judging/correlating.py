"""Silences become incidents, inside the judge's transaction: who falls silent with a whole area asks nobody alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from baqylau.crypto.digests import finding_id
from baqylau.domain.acts import Act, Hold, act_on
from baqylau.domain.alarms import NOBODY, Alarm, AlarmState, Level
from baqylau.domain.consolidation import CLEARED_BY
from baqylau.domain.correlation import (
    CORRELATION,
    HELD,
    PEOPLE,
    Silence,
    explained,
    holding,
    incident,
    needed,
    outage,
)
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, ObservationId
from baqylau.domain.notices import Why
from baqylau.storage.alarms.alarm_rows import alarm_from, put_alarms, selecting
from baqylau.storage.alarms.announcing import announce
from baqylau.storage.bulk import BulkInsert
from baqylau.storage.registers.register_rows import PERSON
from baqylau.storage.schema import alarm_act, finding, finding_event

if TYPE_CHECKING:
    from psycopg import Cursor

INCIDENT_LOCK = 0x6261_7169
"""Held by whoever changes which incident holds what; taken before any row of an alarm."""
NEAR = timedelta(hours=2)
"""How far apart in time alarms of one outage may be said: devices have different limits of silence."""
DISTRICT = "district/"
"""How a place is called that is known by the district of its people only."""

_PLACES = (
    "SELECT finding.body->>'area', register.body->>'district' "
    "FROM alarm JOIN finding ON finding.id = alarm.last_finding_id LEFT JOIN register ON register.kind = %s "
    "AND register.key = alarm.person_id AND register.replaced_at IS NULL WHERE alarm.id = ANY(%s)"
)
_SILENCE = (
    "SELECT alarm.id, alarm.person_id, coalesce((finding.body->>'since')::timestamptz, finding.at), "
    "finding.body->'because', "
)
_SAID = " FROM finding JOIN alarm ON alarm.last_finding_id = finding.id "
_WAITS = (
    " AND finding.at BETWEEN %s AND %s AND alarm.code = ANY(%s) AND alarm.state <> 'closed' "
    "AND alarm.incident_id IS NULL AND alarm.cleared_at IS NULL AND alarm.superseded_at IS NULL"
)
_OF_AREAS = (
    f"{_SILENCE} finding.body->>'area' {_SAID} "
    f"WHERE finding.body->>'area' = ANY(%s) AND finding.body->>'area' <> '' {_WAITS}"
)
_OF_DISTRICTS = (
    f"{_SILENCE} '{DISTRICT}' || (register.body->>'district') {_SAID} "
    f"JOIN register ON register.kind = '{PERSON}' AND register.key = alarm.person_id "
    "AND register.replaced_at IS NULL WHERE register.body->>'district' = ANY(%s) "
    f"AND coalesce(finding.body->>'area', '') = '' {_WAITS}"
)
_PEOPLE = "SELECT count(*) FROM register WHERE kind = %s AND replaced_at IS NULL AND body->>'district' = %s"
_WAITING = selecting(
    " FROM alarm WHERE code = %s AND person_id = '' AND subject = ANY(%s) AND state <> 'closed' FOR UPDATE"
)
_BY_NUMBER = selecting(" FROM alarm WHERE id = ANY(%s) ORDER BY id FOR UPDATE")
_ROWS = selecting(" FROM alarm WHERE id = ANY(%s) AND incident_id IS NULL AND state <> 'closed' ORDER BY id FOR UPDATE")
_CHILDREN = selecting(" FROM alarm WHERE incident_id = ANY(%s)")
_NUMBER = "SELECT nextval(pg_get_serial_sequence('alarm', 'id'))"
_FINDINGS = BulkInsert(
    finding, ("id", "person_id", "code", "subject", "at", "raised_at", "alarm_id", "body"), "ON CONFLICT DO NOTHING"
)
_EVENTS = BulkInsert(finding_event, ("finding_id", "alarm_id", "at", "kind", "body"))
_ACTS = BulkInsert(alarm_act, ("alarm_id", "at", "by", "act"))

CONCERNED = frozenset({*HELD, *(ending for code in HELD for ending in CLEARED_BY[code])})
"""Codes after which incidents may be others."""


def correlate(cursor: "Cursor[Any]", changed: Collection[Alarm], at: datetime) -> list[AlarmId]:
    """Put silences under the incidents that explain them, and give the alarms that changed thereby.

    To be called with the incidents' lock.
    """
    touched = {one.incident_id for one in changed if one.incident_id is not None}
    held: list[Alarm] = []
    places = _silences(cursor, changed)
    there = _incidents(cursor, places)
    for place, silences in places.items():
        if place in there or len(silences) >= PEOPLE:
            held += _gathered(cursor, place, silences, there.get(place), at)
    incidents = _settled(cursor, touched | {one.incident_id for one in held if one.incident_id is not None})
    return [*(one.id for one in held), *incidents]


def _silences(cursor: "Cursor[Any]", changed: Iterable[Alarm]) -> Mapping[str, list[Silence]]:
    """Give what is silent and held by nothing, by place, for the places in which something new is."""
    new = [one for one in changed if _asks_alone(one)]
    if not new:
        return {}
    said = [one.last_at for one in new]
    span = (min(said) - NEAR, max(said) + NEAR, [code.value for code in HELD])
    known = cursor.execute(_PLACES, (PERSON, [one.id for one in new])).fetchall()
    areas = {area for area, _ in known if area}
    districts = {district for area, district in known if district and not area}
    found = cursor.execute(_OF_AREAS, (list(areas), *span)).fetchall() if areas else []
    found += cursor.execute(_OF_DISTRICTS, (list(districts), *span)).fetchall() if districts else []
    places: dict[str, list[Silence]] = defaultdict(list)
    for number, person_id, since, because, place in found:
        names = tuple(map(ObservationId, because))
        places[place].append(Silence(alarm_id=number, person_id=person_id, since=since, because=names))
    return dict(sorted(places.items()))


def _asks_alone(one: Alarm) -> bool:
    silent = one.code in HELD and one.cleared_at is None and one.superseded_at is None
    return silent and one.state is not AlarmState.CLOSED and one.incident_id is None


def _incidents(cursor: "Cursor[Any]", places: Collection[str]) -> dict[str, Alarm]:
    """Give the incidents of these places that wait, by place."""
    if not places:
        return {}
    rows = cursor.execute(_WAITING, (Code.AREA_OUTAGE.value, list(places))).fetchall()
    return {one.subject: one for one in map(alarm_from, rows)}


def _gathered(
    cursor: "Cursor[Any]", place: str, silences: Sequence[Silence], waiting: Alarm | None, at: datetime
) -> list[Alarm]:
    """Hold what the incident of a place explains, and begin the incident where there is none; give what is held."""
    least = _least(cursor, place)
    chosen = explained(waiting, silences, least)
    if not chosen:
        return []
    number = waiting.id if waiting else _begin(cursor, place, chosen, least, at)
    rows = cursor.execute(_ROWS, ([one.alarm_id for one in chosen],)).fetchall()
    act = Hold(incident_id=number)
    after = [act_on(alarm_from(row), act, by=CORRELATION, at=at) for row in rows]
    put_alarms(cursor, after)
    _write_acts(cursor, after, act, at)
    return after


def _least(cursor: "Cursor[Any]", place: str) -> int:
    if not place.startswith(DISTRICT):
        return needed()
    [people] = cursor.execute(_PEOPLE, (PERSON, place.removeprefix(DISTRICT))).fetchone() or (0,)
    return needed(people)


def _begin(cursor: "Cursor[Any]", place: str, silences: Sequence[Silence], least: int, at: datetime) -> AlarmId:
    """Begin an incident and give its number."""
    [number] = cursor.execute(_NUMBER).fetchone() or (0,)
    name = finding_id("correlation", place, str(number))
    said = outage(name, place, silences, least)
    put_alarms(cursor, [incident(AlarmId(number), said, at)])
    body = msgspec.json.encode(said).decode()
    _FINDINGS.run(cursor, [(said.id, NOBODY, said.code.value, said.subject, said.at, at, number, body)])
    _EVENTS.run(cursor, [(said.id, number, at, "raised", body)])
    announce(cursor, [(AlarmId(number), Why.INCIDENT, Level.OPERATOR)], at)
    return AlarmId(number)


def _write_acts(cursor: "Cursor[Any]", alarms: Iterable[Alarm], act: Act, at: datetime) -> None:
    body = msgspec.json.encode(act).decode()
    _ACTS.run(cursor, [(one.id, at, CORRELATION, body) for one in alarms])


def _settled(cursor: "Cursor[Any]", numbers: Collection[AlarmId]) -> list[AlarmId]:
    """Let incidents be what they hold makes them, and give those that changed."""
    if not numbers:
        return []
    children: dict[AlarmId, list[Alarm]] = defaultdict(list)
    for child in map(alarm_from, cursor.execute(_CHILDREN, (list(numbers),)).fetchall()):
        children[child.incident_id or AlarmId(0)].append(child)
    before = [alarm_from(row) for row in cursor.execute(_BY_NUMBER, (list(numbers),)).fetchall()]
    after = [holding(one, children[one.id]) for one in before]
    changed = [one for one, was in zip(after, before, strict=True) if one != was]
    put_alarms(cursor, changed)
    return [one.id for one in changed]
