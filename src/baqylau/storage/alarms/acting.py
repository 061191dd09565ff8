"""One act about one alarm: its row is held, the act is tried, and everything that follows is one transaction.

Locks are taken in one order by everybody: the incidents' lock or the judge's cursor, rows of alarms in the order of
their numbers, the audit, the feed.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from baqylau.crypto.digests import finding_id
from baqylau.domain.acts import Act, ActRefusedError, Assign, Close, Escalate, Free, Reopen, StepDone, act_on
from baqylau.domain.alarms import NOBODY, Alarm, AlarmState
from baqylau.domain.correlation import over
from baqylau.domain.escalation import Ruled
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import AlarmId, SubjectId
from baqylau.domain.notices import Why
from baqylau.domain.partitions import partition_of
from baqylau.domain.reactions import Step
from baqylau.storage.access import audit
from baqylau.storage.access.access_tables import account
from baqylau.storage.alarms.alarm_rows import alarm_of, put_alarms
from baqylau.storage.alarms.announcing import announce
from baqylau.storage.alarms.feed import ALARM, append
from baqylau.storage.database import driver
from baqylau.storage.judging.correlating import INCIDENT_LOCK
from baqylau.storage.schema import alarm, alarm_act, finding, finding_event, judge_cursor

RECORD_VERSION = "1"

Done = tuple[Alarm, Act]
"""An alarm as it is after an act."""


def do(connection: Connection, alarm_id: AlarmId, act: Act, *, by: str, at: datetime) -> Alarm:
    """Do it, write it down and tell the screens; `KeyError` when there is no such alarm, `ActRefusedError`."""
    before = _held(connection, alarm_id, act)
    return _done(connection, before, act, by, at)


def by_rule(
    connection: Connection, alarm_id: AlarmId, rules: Callable[[Alarm, Alarm | None], Ruled | None], at: datetime
) -> bool:
    """Do what the rules say of an alarm and of the incident that holds it, seen while nobody can change it.

    Tell whether anything was done. An alarm that somebody works on this moment is left for the next time.
    """
    locked = select(alarm).where(alarm.c.id == alarm_id).with_for_update(skip_locked=True)
    row = connection.execute(locked).mappings().first()
    if row is None:
        return False
    before = alarm_of(row)
    ruled = rules(before, _incident_of(connection, before))
    if ruled is not None:
        _done(connection, before, ruled.act, ruled.rule, at)
    return ruled is not None


def write(connection: Connection, done: Sequence[Done], by: str, at: datetime) -> None:
    """Write alarms as they are after their acts, and the acts."""
    with driver(connection).cursor() as cursor:
        put_alarms(cursor, [after for after, _ in done])
    acts = [{"alarm_id": one.id, "at": at, "by": by, "act": msgspec.to_builtins(act)} for one, act in done]
    connection.execute(insert(alarm_act), acts)


def lock_incidents(connection: Connection) -> None:
    """From here to the end of the transaction nobody else changes which incident holds what."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": INCIDENT_LOCK})


def _held(connection: Connection, alarm_id: AlarmId, act: Act) -> Alarm:
    """Give an alarm whose row is ours until the end of the transaction."""
    known = connection.execute(select(alarm.c.code, alarm.c.person_id).where(alarm.c.id == alarm_id)).first()
    if known is None:
        raise KeyError(alarm_id)
    if known.code == Code.AREA_OUTAGE:
        lock_incidents(connection)
    if isinstance(act, Reopen):
        judged = select(judge_cursor.c.seq).where(judge_cursor.c.partition == partition_of(known.person_id))
        connection.execute(judged.with_for_update())
    row = connection.execute(select(alarm).where(alarm.c.id == alarm_id).with_for_update()).mappings().one()
    return alarm_of(row)


def _done(connection: Connection, before: Alarm, act: Act, by: str, at: datetime) -> Alarm:
    _possible(connection, before, act)
    after = act_on(before, act, by=by, at=at, steps_done=_steps_done(connection, before, act))
    done = [(after, act)]
    if isinstance(act, Close) and before.code is Code.AREA_OUTAGE:
        done += _closed_with(connection, before.id, act, by, at)
    write(connection, done, by, at)
    if isinstance(act, Escalate):
        _record(connection, after.id, Code.TAKE_OVERDUE, "escalation", at)
        with driver(connection).cursor() as cursor:
            announce(cursor, [(after.id, Why.ESCALATED, after.level)], at)
    kind = act.__struct_config__.tag
    audit.record(connection, who=by, what=f"alarm.{kind}", about=f"alarm/{before.id}", at=at)
    append(connection, ALARM, [str(one.id) for one, _ in done])
    return after


def _possible(connection: Connection, one: Alarm, act: Act) -> None:
    """Refuse what only the records can tell to be impossible."""
    match act:
        case Assign(to=to):
            known = select(account.c.login).where(account.c.login == to)
            if connection.scalar(known) is None:
                raise ActRefusedError("alarm.refused.nobody")
        case Reopen():
            same = (alarm.c.person_id == one.person_id, alarm.c.code == one.code.value, alarm.c.subject == one.subject)
            waits = select(alarm.c.id).where(*same, alarm.c.state != AlarmState.CLOSED.value, alarm.c.id != one.id)
            other = connection.scalar(waits)
            if other is not None:
                raise ActRefusedError("alarm.refused.another_waits", number=other)
        case _:
            pass


def _steps_done(connection: Connection, one: Alarm, act: Act) -> frozenset[Step]:
    """Give the steps that were done since the alarm was last opened."""
    if not isinstance(act, StepDone):
        return frozenset()
    said = select(alarm_act.c.act["step"].astext).where(
        alarm_act.c.alarm_id == one.id,
        alarm_act.c.act["type"].astext == "step",
        alarm_act.c.at >= (one.reopened_at or one.raised_at),
    )
    return frozenset(Step(step) for step in connection.scalars(said))


def _incident_of(connection: Connection, one: Alarm) -> Alarm | None:
    if one.incident_id is None:
        return None
    return alarm_of(connection.execute(select(alarm).where(alarm.c.id == one.incident_id)).mappings().one())


def _closed_with(connection: Connection, incident_id: AlarmId, act: Close, by: str, at: datetime) -> list[Done]:
    """Close what the incident explained, by the same person; what goes on after it is a question again."""
    held = select(alarm).where(alarm.c.incident_id == incident_id, alarm.c.state != AlarmState.CLOSED.value)
    children = map(alarm_of, connection.execute(held.order_by(alarm.c.id).with_for_update()).mappings())
    acts: list[tuple[Alarm, Act]] = [(one, act if over(one) else Free()) for one in children]
    return [(act_on(one, each, by=by, at=at), each) for one, each in acts]


def record_refused(connection: Connection, alarm_id: AlarmId, by: str, at: datetime) -> None:
    """Keep for the record that somebody tried to close an alarm without saying what was done or why (W02)."""
    _record(connection, alarm_id, Code.CLOSING_REFUSED, "closing", at, by)


def _record(connection: Connection, alarm_id: AlarmId, code: Code, rule: str, at: datetime, by: str = "") -> None:
    """Keep for the record what became of work on an alarm."""
    said = Finding(
        id=finding_id(rule, str(alarm_id), at.isoformat(), *([by] if by else [])),
        rule=rule,
        rule_version=RECORD_VERSION,
        code=code,
        person_id=NOBODY,
        subject=SubjectId(f"alarm/{alarm_id}"),
        at=at,
        because=(),
        by=by,
    )
    row = {
        "id": said.id,
        "person_id": said.person_id,
        "code": said.code.value,
        "subject": said.subject,
        "at": at,
        "raised_at": at,
        "alarm_id": alarm_id,
        "body": msgspec.to_builtins(said),
    }
    kept = insert(finding).values(row).on_conflict_do_nothing().returning(finding.c.id)
    if connection.execute(kept).first() is not None:
        event = {"finding_id": said.id, "alarm_id": alarm_id, "at": at, "kind": "raised", "body": row["body"]}
        connection.execute(insert(finding_event).values(event))
