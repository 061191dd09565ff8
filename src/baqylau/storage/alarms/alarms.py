"""Alarms as people meet them: lists, the page that says why, and what they do about them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, Select, Text, cast, func, select

from baqylau.domain.acts import WITHOUT_REASON, Act, ActRefusedError, Close
from baqylau.domain.alarms import Alarm, AlarmState
from baqylau.domain.findings import OURSELVES, Code, Finding
from baqylau.domain.ids import AlarmId, FindingId, PersonId
from baqylau.storage.alarms.acting import do, record_refused
from baqylau.storage.alarms.alarm_rows import alarm_of, finding_of
from baqylau.storage.database import among, transaction
from baqylau.storage.schema import alarm, alarm_act, finding, finding_event


class AlarmView(Struct, frozen=True, kw_only=True):
    """An alarm with the latest finding under it."""

    alarm: Alarm
    finding: Finding


class Done(Struct, frozen=True, kw_only=True):
    """Something that was done about an alarm; `by` is a login, or `rule/<name>`."""

    at: datetime
    by: str
    act: Act


class Grounds(Struct, frozen=True, kw_only=True):
    """Everything that one alarm rests on."""

    findings: tuple[Finding, ...]
    """All that were ever under it, oldest first."""
    superseded: tuple[FindingId, ...]
    """Those of them that late data took away."""
    acts: tuple[Done, ...]


class Waiting(Struct, frozen=True, kw_only=True):
    """How many alarms of a priority are in a state."""

    priority: int
    state: AlarmState
    count: int
    since: datetime
    """Since when the one that waits longest does; later than now while it is left to its wearer."""


class HeldAlarm(Struct, frozen=True, kw_only=True):
    """An alarm that an incident holds, as far as rights and counts need it."""

    person_id: PersonId
    open: bool


class AlarmFilter(Struct, frozen=True, kw_only=True):
    """Which alarms to list; what is None does not choose."""

    states: tuple[AlarmState, ...] | None = None
    person_id: PersonId | None = None
    about: frozenset[PersonId] | None = None
    """About one of these people, or about nobody."""
    priority: int | None = None
    raised_from: datetime | None = None
    raised_until: datetime | None = None
    held: bool | None = None
    """Whether an incident holds them."""
    disputed: bool = False
    """Those alone which the person disputes, and nobody decided since."""


_VIEW = select(alarm, cast(finding.c.body, Text).label("finding_body")).join(
    finding, finding.c.id == alarm.c.last_finding_id
)
_DISPUTED = alarm.c.contested_at.is_not(None) & (
    alarm.c.decided_at.is_(None) | (alarm.c.contested_at > alarm.c.decided_at)
)


class Alarms:
    """The alarms, read and acted upon."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def open(self) -> list[AlarmView]:
        """Give all that are not closed and that no incident holds, the most urgent and oldest first."""
        waiting = _VIEW.where(alarm.c.state != AlarmState.CLOSED.value, alarm.c.incident_id.is_(None))
        return self._views(waiting.order_by(alarm.c.priority, alarm.c.raised_at, alarm.c.id))

    def waiting(self) -> list[Waiting]:
        """Give how many are not closed; what an incident holds waits with it and is not counted."""
        kind = (alarm.c.priority, alarm.c.state)
        still = (alarm.c.state != AlarmState.CLOSED.value) & alarm.c.incident_id.is_(None)
        counted = select(*kind, func.count(), func.min(alarm.c.waits_since)).where(still).group_by(*kind)
        with transaction(self._engine) as connection:
            rows = connection.execute(counted.order_by(*kind)).all()
        return [Waiting(priority=row[0], state=AlarmState(row[1]), count=row[2], since=row[3]) for row in rows]

    def about_ourselves(self) -> dict[Code, int]:
        """Give how many stand about ourselves, by code: whose condition is not over, and that nobody closed."""
        standing = alarm.c.code.startswith(OURSELVES) & alarm.c.cleared_at.is_(None)
        still = standing & (alarm.c.state != AlarmState.CLOSED.value)
        with transaction(self._engine) as connection:
            rows = connection.execute(select(alarm.c.code, func.count()).where(still).group_by(alarm.c.code)).all()
        return {Code(row[0]): row[1] for row in rows}

    def get(self, alarm_id: AlarmId) -> AlarmView:
        """Give one alarm. `KeyError` when there is none with this number."""
        found = self._views(_VIEW.where(alarm.c.id == alarm_id))
        if not found:
            raise KeyError(alarm_id)
        return found[0]

    def several(self, alarm_ids: list[AlarmId]) -> list[AlarmView]:
        """Give those with these numbers, in the order of their numbers."""
        return self._views(_VIEW.where(alarm.c.id.in_(alarm_ids)).order_by(alarm.c.id))

    def held_by(self, incident_id: AlarmId, limit: int | None = None) -> list[AlarmView]:
        """Give what an incident holds or was closed with, what is open first, in the order of their numbers."""
        held = _VIEW.where(alarm.c.incident_id == incident_id)
        return self._views(held.order_by(alarm.c.state == AlarmState.CLOSED.value, alarm.c.id).limit(limit))

    def held_people(self, incident_id: AlarmId) -> list[HeldAlarm]:
        """Give about whom everything is that an incident holds or was closed with, however much."""
        wanted = select(alarm.c.person_id, alarm.c.state).where(alarm.c.incident_id == incident_id)
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return [HeldAlarm(person_id=PersonId(row[0]), open=row[1] != AlarmState.CLOSED.value) for row in rows]

    def page(self, chosen: AlarmFilter, *, before: AlarmId | None = None, limit: int = 100) -> list[AlarmView]:
        """Give the chosen alarms, newest first; `before` is the last number of the page before."""
        wanted = _chosen(_VIEW, chosen)
        if before is not None:
            wanted = wanted.where(alarm.c.id < before)
        return self._views(wanted.order_by(alarm.c.id.desc()).limit(limit))

    def of_person(self, person_id: PersonId, limit: int = 50) -> list[AlarmView]:
        """Give a person's alarms, newest first, closed ones too."""
        return self.page(AlarmFilter(person_id=person_id), limit=limit)

    def grounds(self, alarm_id: AlarmId) -> Grounds:
        """Give everything that an alarm rests on, and what was done about it."""
        under = select(finding_event.c.finding_id).where(finding_event.c.alarm_id == alarm_id)
        body = cast(finding.c.body, Text).label("body")
        findings = select(finding.c.id, finding.c.superseded_at, body).where(finding.c.id.in_(under))
        acts = select(alarm_act).where(alarm_act.c.alarm_id == alarm_id).order_by(alarm_act.c.id)
        with transaction(self._engine) as connection:
            found = connection.execute(findings.order_by(finding.c.at, finding.c.id)).all()
            done = connection.execute(acts).all()
        return Grounds(
            findings=tuple(finding_of(row.body) for row in found),
            superseded=tuple(FindingId(row.id) for row in found if row.superseded_at),
            acts=tuple(Done(at=row.at, by=row.by, act=msgspec.convert(row.act, Act)) for row in done),
        )

    def act(self, alarm_id: AlarmId, act: Act, by: str) -> Alarm:
        """Do it and give the alarm as it is now.

        `domain.acts.ActRefusedError` when it does not fit, `KeyError` when there is no such alarm. The act, its
        audit and the change of the screens are one transaction. Who tries to close without saying what was done, or
        why, is on record (W02).
        """
        try:
            with transaction(self._engine) as connection:
                return do(connection, alarm_id, act, by=by, at=self._clock())
        except ActRefusedError as refused:
            if refused.key in WITHOUT_REASON and isinstance(act, Close):
                with transaction(self._engine) as connection:
                    record_refused(connection, alarm_id, by, self._clock())
            raise

    def _views(self, wanted: "Select[Any]") -> list[AlarmView]:
        with transaction(self._engine) as connection:
            return [
                AlarmView(alarm=alarm_of(row), finding=finding_of(row["finding_body"]))
                for row in connection.execute(wanted).mappings()
            ]


def _chosen(wanted: "Select[Any]", chosen: AlarmFilter) -> "Select[Any]":
    conditions = (
        chosen.states is not None and alarm.c.state.in_([state.value for state in chosen.states]),
        chosen.person_id is not None and alarm.c.person_id == chosen.person_id,
        chosen.about is not None and among(alarm.c.person_id, ["", *chosen.about]),
        chosen.priority is not None and alarm.c.priority == chosen.priority,
        chosen.raised_from is not None and alarm.c.raised_at >= chosen.raised_from,
        chosen.raised_until is not None and alarm.c.raised_at < chosen.raised_until,
        chosen.disputed and _DISPUTED,
        chosen.held is not None and alarm.c.incident_id.is_not(None) == chosen.held,
    )
    return wanted.where(*(condition for condition in conditions if condition is not False))
