"""What a hundred thousand alarms weigh: how long the page of the load waits for its figures."""

from collections.abc import Iterator
from datetime import UTC, datetime
from time import perf_counter

from sqlalchemy import text

from baqylau.storage.alarms.figures import Figures
from baqylau.storage.database import transaction
from tests.perf.figures import Figure, figure
from tests.perf.installation import Installation

ALARMS = 100_000
WITHIN_S = 0.3
TRIES = 5
BEGIN, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


def many_alarms(count: int) -> str:
    """Give the statement that makes so many invented alarms, twenty seconds apart, taken and closed."""
    return f"""
WITH made AS (
  INSERT INTO alarm (person_id, code, subject, priority, state, first_finding_id, last_finding_id, raised_at, began_at,
    last_at, waits_since, count, late, level, closed_by, closed_at, cause, contacted_at)
  SELECT 'p-' || n % 1000, (ARRAY['Z01','T01','C01','L01','P01'])[n % 5 + 1], 's-' || n, n % 3 + 1, 'closed', '', '',
    at, at, at, at, 1, false, n % 7 / 6, 'op-' || n % 9, at + n % 3600 * interval '1 s',
    (ARRAY['left_place','device_fault','weak_signal'])[n % 3 + 1], at + n % 600 * interval '1 s'
  FROM (SELECT n, timestamptz '2026-03-01+00' + n * interval '20 s' AS at FROM generate_series(1, {count}) AS n) AS rows
  RETURNING id, raised_at
)
INSERT INTO alarm_act (alarm_id, at, by, act)
SELECT id, raised_at + id % 300 * interval '1 s', 'op-' || id % 9, '{{"type": "take"}}' FROM made
"""  # noqa: S608 - a whole number of ours


def figures(installation: Installation) -> Iterator[Figure]:
    """Give the shortest of some waits: what the question itself costs."""
    with transaction(installation.engine) as connection:
        connection.execute(text(many_alarms(ALARMS)))
        connection.execute(text("ANALYZE alarm, alarm_act"))
    waits_s = []
    for _ in range(TRIES):
        begun_s = perf_counter()
        Figures(installation.engine).load(BEGIN, END, now=END, zone="Asia/Almaty")
        waits_s.append(perf_counter() - begun_s)
    yield figure("figures of the load over 100 000 alarms", min(waits_s), "s", at_most=WITHIN_S)
