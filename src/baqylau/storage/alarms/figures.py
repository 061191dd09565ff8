"""What the alarms of a stretch of time weigh: counted where they lie, in three questions, however many there are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, text

from baqylau.domain.alarms import Cause
from baqylau.domain.findings import Code
from baqylau.domain.settling import SETTLING
from baqylau.storage.database import transaction

REAL = [cause.value for cause in Cause if cause.real]


class Count(Struct, frozen=True, kw_only=True):
    """What was counted over some alarms; durations are None where there were none."""

    alarms: int
    tasks: int
    taken: int
    contacted: int
    closed: int
    real: int
    cleared_before_seen: int
    open_after_day: int
    escalated: int
    after_hours: int
    device_faults: int
    take_p50_s: float | None
    take_p90_s: float | None
    contact_p50_s: float | None
    contact_p90_s: float | None
    close_p50_s: float | None
    close_p90_s: float | None


class PriorityCount(Count, frozen=True, kw_only=True):
    """Of one priority."""

    priority: int


class CodeCount(Struct, frozen=True, kw_only=True):
    """Of one code with one priority."""

    code: Code
    priority: int
    alarms: int
    closed: int
    real: int


class OperatorCount(Struct, frozen=True, kw_only=True):
    """What somebody took and closed of them."""

    login: str
    taken: int
    closed: int


class Load(Struct, frozen=True, kw_only=True):
    """Everything that was counted over a stretch of time."""

    people: int
    person_days: float
    whole: Count
    by_priority: tuple[PriorityCount, ...]
    by_code: tuple[CodeCount, ...]
    operators: tuple[OperatorCount, ...]


_STRETCH = "raised_at >= :from_at AND raised_at < :until_at"
_QUANTILES = "percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {of})"
_COUNTED = (
    "alarms",
    "tasks",
    "taken",
    "contacted",
    "closed",
    "real",
    "cleared_before_seen",
    "open_after_day",
    "escalated",
    "after_hours",
    "device_faults",
)
_ROOM = text("SET LOCAL work_mem = '64MB'")
_COUNTS = text(f"""
WITH stretch AS (
  SELECT min(id) AS first, max(id) AS last FROM alarm WHERE {_STRETCH}
), hands AS (
  SELECT alarm_id, min(at) AS at FROM alarm_act, stretch
  WHERE act ->> 'type' IN ('take', 'assign') AND alarm_id BETWEEN first AND last GROUP BY alarm_id
), chosen AS MATERIALIZED (
  SELECT code, priority, incident_id, cause, level, raised_at, cleared_at, closed_at, closed_by, hands.at AS taken_at,
    date_part('epoch', hands.at - raised_at) AS take_s,
    date_part('epoch', contacted_at - raised_at) AS contact_s,
    date_part('epoch', closed_at - raised_at) AS close_s,
    raised_at AT TIME ZONE :zone AS civil
  FROM alarm LEFT JOIN hands ON hands.alarm_id = alarm.id WHERE {_STRETCH}
)
SELECT code, priority, count(*) AS alarms,
  count(*) FILTER (WHERE incident_id IS NULL AND code NOT LIKE 'X%' AND closed_by IS DISTINCT FROM :settling) AS tasks,
  count(take_s) AS taken,
  count(contact_s) AS contacted,
  count(close_s) AS closed,
  count(*) FILTER (WHERE cause = ANY(:real)) AS real,
  count(*) FILTER (WHERE cleared_at < coalesce(taken_at, closed_at, 'infinity')) AS cleared_before_seen,
  count(*) FILTER (WHERE coalesce(closed_at, :now) - raised_at > interval '24 hours') AS open_after_day,
  count(*) FILTER (WHERE level > 0) AS escalated,
  count(*) FILTER (WHERE date_part('isodow', civil) > 5 OR date_part('hour', civil) NOT BETWEEN 9 AND 17)
    AS after_hours,
  count(*) FILTER (WHERE cause = :device_fault) AS device_faults,
  NULL::float8[] AS take, NULL::float8[] AS contact, NULL::float8[] AS close
FROM chosen GROUP BY code, priority
UNION ALL SELECT NULL, priority, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  {_QUANTILES.format(of="take_s")}, {_QUANTILES.format(of="contact_s")}, {_QUANTILES.format(of="close_s")}
FROM chosen GROUP BY GROUPING SETS ((), (priority))
""")  # noqa: S608 - our own words
_PEOPLE = text("""
SELECT count(*) AS people, coalesce(sum(seconds), 0) / 86400.0 AS days FROM (
  SELECT person_id, (
    SELECT extract(epoch FROM sum(upper(one) - lower(one)))
    FROM unnest(range_agg(during * tstzrange(:from_at, :until_at))) AS one
  ) AS seconds
  FROM (
    SELECT person_id, tstzrange((body ->> 'from_at')::timestamptz, (body ->> 'until_at')::timestamptz) AS during
    FROM register WHERE kind = 'order' AND replaced_at IS NULL
  ) AS orders
  GROUP BY person_id
) AS people WHERE seconds > 0
""")
_OPERATORS = text(f"""
SELECT login, sum(taken)::int8 AS taken, sum(closed)::int8 AS closed FROM (
  SELECT taken_by AS login, count(*) AS taken, 0 AS closed FROM alarm WHERE {_STRETCH} GROUP BY 1
  UNION ALL SELECT closed_by, 0, count(*) FROM alarm WHERE {_STRETCH} GROUP BY 1
) AS acts WHERE login IS NOT NULL GROUP BY login ORDER BY taken DESC, closed DESC, login
""")  # noqa: S608 - our own words


class Figures:
    """Counts over the alarms."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def load(self, from_at: datetime, until_at: datetime, *, now: datetime, zone: str) -> Load:
        """Count the alarms that were raised in the stretch; `zone` names the civil time of working hours."""
        stretch = {"from_at": from_at, "until_at": until_at}
        named = {"real": REAL, "device_fault": Cause.DEVICE_FAULT.value, "settling": SETTLING}
        asked = {"zone": zone, "now": now} | named
        with transaction(self._engine) as connection:
            connection.execute(_ROOM)
            rows = [dict(row) for row in connection.execute(_COUNTS, stretch | asked).mappings()]
            people = connection.execute(_PEOPLE, stretch).one()
            operators = connection.execute(_OPERATORS, stretch).mappings().all()
        counts = [row for row in rows if row["code"] is not None]
        times = {row["priority"]: _times(row) for row in rows if row["code"] is None}
        by_code = [msgspec.convert(row, CodeCount) for row in counts]
        return Load(
            people=people.people,
            person_days=float(people.days),
            whole=msgspec.convert(_sum(counts) | times[None], Count),
            by_priority=tuple(
                msgspec.convert(
                    {"priority": priority, **_sum(row for row in counts if row["priority"] == priority), **of},
                    PriorityCount,
                )
                for priority, of in sorted((one, of) for one, of in times.items() if one is not None)
            ),
            by_code=tuple(sorted(by_code, key=lambda one: (-one.alarms, one.code, one.priority))),
            operators=tuple(msgspec.convert(dict(row), OperatorCount) for row in operators),
        )


def _sum(rows: Iterable[dict[str, Any]]) -> dict[str, int]:
    found = list(rows)
    return {name: sum(row[name] for row in found) for name in _COUNTED}


def _times(row: dict[str, Any]) -> dict[str, float | None]:
    """Give each quantile a name of its own."""
    named: dict[str, float | None] = {}
    for name in ("take", "contact", "close"):
        named[f"{name}_p50_s"], named[f"{name}_p90_s"] = row[name] or (None, None)
    return named
