"""Alarms for which a timer ran out, and what the rules do about them: one alarm, one transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from baqylau.domain.alarms import Alarm, AlarmState
from baqylau.domain.escalation import Ruled, Timers
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId
from baqylau.domain.settling import SETTLED_AFTER, settles, told_first
from baqylau.storage.alarms.acting import by_rule
from baqylau.storage.bulk import columns_of
from baqylau.storage.database import driver, transaction

_SETTLING = [code.value for code in Code if settles(code)]
_TOLD_FIRST = [code.value for code in Code if told_first(code)]
_RUN_OUT = (
    "SELECT alarm.id FROM alarm LEFT JOIN alarm AS incident ON incident.id = alarm.incident_id "
    "WHERE alarm.state <> 'closed' AND (alarm.suspended_until <= %(now)s "
    "OR alarm.state = 'open' AND alarm.taken_at IS NULL AND alarm.reopened_at IS NULL "
    "AND (alarm.contacted_at IS NULL OR alarm.code = ANY(%(told_first)s)) "
    "AND alarm.code = ANY(%(settling)s) AND least(alarm.cleared_at, alarm.superseded_at) <= %(settled)s "
    "OR incident.cleared_at <= %(outlived)s AND alarm.cleared_at IS NULL AND alarm.superseded_at IS NULL "
    "OR alarm.incident_id IS NULL AND (alarm.state <> 'open' OR alarm.level < 2) AND EXISTS ("
    "SELECT FROM unnest(%(states)s::text[], %(priorities)s::int2[], %(since)s::timestamptz[]) "
    "AS timer (state, priority, since) WHERE timer.state = alarm.state AND timer.priority = alarm.priority "
    "AND alarm.waits_since <= timer.since)) ORDER BY alarm.priority, alarm.id LIMIT %(limit)s"
)
"""Those of which `domain.escalation.due` says something: it decides, this only finds."""


class Waiting:
    """The alarms that wait."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run_out(self, now: datetime, timers: Timers, limit: int) -> list[AlarmId]:
        """Give the alarms for which a timer ran out, the most urgent first."""
        limits = [(AlarmState.OPEN.value, priority, after_s) for priority, after_s in timers.take_s.items()]
        limits += [(AlarmState.TAKEN.value, priority, after_s) for priority, after_s in timers.work_s.items()]
        states, priorities, since = columns_of(
            [(state, priority, now - timedelta(seconds=after_s)) for state, priority, after_s in limits]
        )
        asked = {
            "now": now,
            "settling": _SETTLING,
            "told_first": _TOLD_FIRST,
            "settled": now - SETTLED_AFTER,
            "outlived": now - timedelta(seconds=timers.outlive_s),
            "states": states,
            "priorities": priorities,
            "since": since,
            "limit": limit,
        }
        with transaction(self._engine) as connection, driver(connection).cursor() as cursor:
            return [AlarmId(row[0]) for row in cursor.execute(_RUN_OUT, asked).fetchall()]

    def apply(self, alarm_id: AlarmId, rules: Callable[[Alarm, Alarm | None], Ruled | None], at: datetime) -> bool:
        """Do what the rules say about an alarm and tell whether that was anything.

        They are asked again while its row is ours, so that of any number of programs one does it, and does it once.
        """
        with transaction(self._engine) as connection:
            return by_rule(connection, alarm_id, rules, at)
