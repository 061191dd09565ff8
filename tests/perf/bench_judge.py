"""How fast the whole judge judges: from the journal through the rules to the committed state, ten zones for each."""

from collections.abc import Iterator
from time import perf_counter

from baqylau.links.wall_clock import now
from baqylau.monitoring.server.judge import Judge
from baqylau.storage.journal.regions import Regions
from baqylau.storage.judging.judgement import JudgeStore
from baqylau.storage.judging.live import Live
from baqylau.storage.judging.seats import Seats
from baqylau.storage.registers.registers import Registers
from tests.perf.bench_calibration import Calibration
from tests.perf.figures import Figure, figure
from tests.perf.installation import Installation, cpu_s, own_cpu_s

PER_CORE = 20_000


def new_judge(installation: Installation) -> Judge:
    """Give a judge in this process that has not begun."""
    return Judge(
        store=JudgeStore(installation.engine),
        journal=installation.journal,
        registers=Registers(installation.engine, now),
        live=Live(installation.engine),
        seats=Seats(installation.engine, "judge", "bench"),
        regions=Regions(installation.engine),
        now=now,
    )


def judge_of(installation: Installation) -> Judge:
    """Give a judge in this process that has taken over the registers."""
    judge = new_judge(installation)
    judge.start()
    judge.catch_up(lambda: False)
    return judge


def figures(installation: Installation, judge: Judge, calibration: Calibration) -> Iterator[Figure]:
    """Judge what the journal holds by now."""
    waiting = Live(installation.engine).health().behind
    begun_s, begun_cpu_s = perf_counter(), own_cpu_s() + cpu_s(installation.postmaster)
    judge.catch_up(lambda: False)
    seconds = perf_counter() - begun_s
    cores = (own_cpu_s() + cpu_s(installation.postmaster) - begun_cpu_s) / seconds
    assert Live(installation.engine).health().behind == 0
    yield figure("judge: journal, rules, commit", waiting / seconds, "observations/s", beside=calibration.loop)
    yield figure(
        "judge: the same per core used (judge and PostgreSQL)",
        waiting / seconds / cores,
        "observations/s",
        at_least=PER_CORE,
        beside=calibration.loop,
    )
