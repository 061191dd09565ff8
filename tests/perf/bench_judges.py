"""How much faster two judges are than one, as programs of their own over one PostgreSQL."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from time import perf_counter

import psutil  # type: ignore[import-untyped]
from sqlalchemy import text

from baqylau.links.wall_clock import now
from baqylau.storage.journal.journal import Entry
from baqylau.storage.judging.live import Live
from tests.perf.bench_journal import PEOPLE, entries
from tests.perf.figures import Figure, figure
from tests.perf.installation import Installation, cpu_s, until

EACH = 60
ROUND_S = timedelta(seconds=EACH)
GROUP = 2_000
SHARES = "SELECT count(*) FROM judge_cursor WHERE owner <> '' GROUP BY owner"


def figures(installation: Installation) -> Iterator[Figure]:
    """Let one judge, then two, judge the same number of observations that wait for them, after a first round."""
    count, begun_at = PEOPLE * EACH, now() - 4 * ROUND_S
    seconds = {}
    _judged(installation, 1, entries(PEOPLE, EACH, begun_at - ROUND_S))
    for turn, judges in enumerate((1, 2)):
        waiting = entries(PEOPLE, EACH, begun_at + turn * ROUND_S)
        seconds[judges], spent_s = _judged(installation, judges, waiting)
        name = f"judging by {judges} program{'s' if judges > 1 else ''}"
        yield figure(f"{name}: waiting observations judged", count / seconds[judges], "observations/s")
        yield figure(f"{name}: processor time, PostgreSQL included", spent_s / count * 1e6, "µs/observation")
    yield figure("judging by 2 programs against 1 on this machine", seconds[1] / seconds[2], "times")


def _judged(installation: Installation, judges: int, waiting: list[Entry]) -> tuple[float, float]:
    """Give how long it took, and the processor time of everybody."""
    with ExitStack() as stack:
        pids = [stack.enter_context(installation.role("judge", "--seat", f"seat-{one}")) for one in range(judges)]
        until(lambda: _shared(installation) == judges, "the judges do not share the partitions")
        for pid in pids:
            psutil.Process(pid).suspend()
        for start in range(0, len(waiting), GROUP):
            installation.journal.append(waiting[start : start + GROUP])
        everybody = [*pids, installation.postmaster]
        begun_s, begun_cpu_s = perf_counter(), sum(map(cpu_s, everybody))
        for pid in pids:
            psutil.Process(pid).resume()
        live = Live(installation.engine)
        until(lambda: live.health().behind == 0, "the judges do not come to an end", within_s=300.0)
        return perf_counter() - begun_s, sum(map(cpu_s, everybody)) - begun_cpu_s


def _shared(installation: Installation) -> int:
    """Give among how many judges everything is evenly shared."""
    with installation.engine.connect() as connection:
        shares = list(connection.scalars(text(SHARES)))
    return len(shares) if shares and max(shares) - min(shares) <= 1 else 0
