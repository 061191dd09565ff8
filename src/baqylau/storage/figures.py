"""What the alarms of a stretch of time weigh: counted where they lie, in three questions, however many there are."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, RowMapping, text

from baqylau.domain.alarms import Cause
from baqylau.domain.findings import Code
from baqylau.storage.database import transaction

NOT_REAL = (Cause.DEVICE_FAULT, Cause.WEAK_SIGNAL, Cause.PERMISSION_NOT_ENTERED)
"""Causes by which nobody did or suffered anything: the equipment, the air or our own papers."""


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
_COUNTS = text(f"""
WITH chosen AS MATERIALIZED (
  SELECT code, priority, incident_id, taken_at, contacted_at, closed_at, cause, raised_at, code LIKE 'X%' AS ours,
    cleared_at < coalesce(taken_at, closed_at, 'infinity') AS unseen, level,
    extract(epoch FROM taken_at - raised_at)::float8 AS take_s,
    extract(epoch FROM contacted_at - raised_at)::float8 AS contact_s,
    extract(epoch FROM closed_at - raised_at)::float8 AS close_s,
    raised_at AT TIME ZONE :zone AS civil
  FROM alarm WHERE {_STRETCH}
)
SELECT grouping(priority) AS all_priorities, grouping(code) AS all_codes, code, priority,
  count(*) AS alarms,
  count(*) FILTER (WHERE incident_id IS NULL AND NOT ours) AS tasks,
  count(take_s) AS taken,
  count(contact_s) AS contacted,
  count(close_s) AS closed,
  count(*) FILTER (WHERE cause <> ALL(:not_real)) AS real,
  count(*) FILTER (WHERE unseen) AS cleared_before_seen,
  count(*) FILTER (WHERE coalesce(close_s, extract(epoch FROM :now - raised_at)) > 86400) AS open_after_day,
  count(*) FILTER (WHERE level > 0) AS escalated,
  count(*) FILTER (WHERE extract(isodow FROM civil) > 5 OR extract(hour FROM civil) NOT BETWEEN 9 AND 17)
    AS after_hours,
  count(*) FILTER (WHERE cause = :device_fault) AS device_faults,
  {_QUANTILES.format(of="take_s")} AS take,
  {_QUANTILES.format(of="contact_s")} AS contact,
  {_QUANTILES.format(of="close_s")} AS close
FROM chosen GROUP BY GROUPING SETS ((), (priority), (code, priority)) ORDER BY alarms DESC, code, priority
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
        asked = {"zone": zone, "now": now, "not_real": list(NOT_REAL), "device_fault": Cause.DEVICE_FAULT.value}
        with transaction(self._engine) as connection:
            counts = [_flat(row) for row in connection.execute(_COUNTS, stretch | asked).mappings()]
            people = connection.execute(_PEOPLE, stretch).one()
            operators = connection.execute(_OPERATORS, stretch).mappings().all()
        return Load(
            people=people.people,
            person_days=float(people.days),
            whole=next(msgspec.convert(row, Count) for row in counts if row["all_priorities"]),
            by_priority=tuple(
                sorted(
                    (msgspec.convert(row, PriorityCount) for row in counts if _only_priority(row)),
                    key=lambda one: one.priority,
                )
            ),
            by_code=tuple(msgspec.convert(row, CodeCount) for row in counts if not row["all_codes"]),
            operators=tuple(msgspec.convert(dict(row), OperatorCount) for row in operators),
        )


def _only_priority(row: dict[str, Any]) -> bool:
    return bool(row["all_codes"] and not row["all_priorities"])


def _flat(row: RowMapping) -> dict[str, Any]:
    """Give each quantile a name of its own."""
    flat = dict(row)
    for name in ("take", "contact", "close"):
        flat[f"{name}_p50_s"], flat[f"{name}_p90_s"] = flat.pop(name) or (None, None)
    return flat
