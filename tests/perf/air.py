"""`python -m tests.perf.air --days 1000`: presence by radio over a simulated year, with 95 % Poisson intervals.

The frames of each minute are counted without making them (`sim.air.minutes`); `tests/sim/test_air_year.py` holds that
against the whole way over real cores. Fixed seeds: the same figures each time.
"""

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial, reduce
from multiprocessing import get_context
from operator import add
from pathlib import Path

from baqylau.sim.air.score import Score
from baqylau.sim.air.year import Setting, carried, interval, lived
from tests.perf.figures import Figure, figure, quantile, show, wide_console, write

SETTINGS = (
    Setting(name="one receiver", receivers=1),
    Setting(name="two receivers", receivers=2),
    Setting(name="two receivers, half of the body's shadow shared", receivers=2, shared=0.5),
    Setting(name="two receivers, all of the body's shadow shared", receivers=2, shared=1.0),
    Setting(name="two receivers, half shared, ten minutes of grace", receivers=2, shared=0.5, grace_s=600),
)
HELD = "two receivers"
FALSE_A_DAY = 0.05
GONE_S, SLACK_S = 300, 60
DAYS, HOME_DAYS = 1000, 10
CARRIED_DAYS, CARRIED = 80, 200
CARRIED_FROM_S, CARRIED_WITHIN_S = 4000.0, 300.0
RESULT = Path("build") / "air.json"


def presence(setting: Setting, days: int, pool: ProcessPoolExecutor) -> Iterator[Figure]:
    """Give the figures of one setting."""
    homes = range(max(days // HOME_DAYS, 1))
    score = reduce(add, pool.map(partial(lived, setting, days=HOME_DAYS), homes), Score())
    low, high = (bound / score.days for bound in interval(score.false))
    name, held = setting.name, setting.name == HELD
    rate = score.false / score.days
    yield figure(f"{name}: false absences", rate, "/device-day", at_most=FALSE_A_DAY if held else None)
    yield figure(f"{name}: of these, the lower bound", low, "/device-day")
    yield figure(f"{name}: the upper bound", high, "/device-day")
    yield figure(f"{name}: leaves", len(score.delays_s) + score.missed, "leaves")
    yield figure(f"{name}: leaves missed", score.missed, "leaves", at_most=0)
    yield figure(f"{name}: found after, median", quantile(score.delays_s, 0.5), "s")
    limit_s = GONE_S + setting.grace_s + SLACK_S
    yield figure(f"{name}: found after, p95", quantile(score.delays_s, 0.95), "s", at_most=limit_s)


def signals(pool: ProcessPoolExecutor) -> Iterator[Figure]:
    """Give how carried signals are found."""
    false = sum(map(len, pool.map(partial(carried, days=1.0), range(CARRIED_DAYS))))
    yield figure(f"carried signals found falsely in {CARRIED_DAYS} device-days", false, "findings", at_most=0)
    yield figure("of these, the upper bound", interval(false)[1] / CARRIED_DAYS, "/device-day")
    for delay_ms in (20, 50, 200):
        when = partial(carried, days=0.1, delay_s=delay_ms / 1000, from_s=CARRIED_FROM_S)
        after = [
            next((at - CARRIED_FROM_S for at in one if at >= CARRIED_FROM_S), 1e9)
            for one in pool.map(when, range(CARRIED))
        ]
        within = sum(one <= CARRIED_WITHIN_S for one in after) / CARRIED
        yield figure(f"carried with {delay_ms} ms: found within 5 min", 100 * within, "%", at_least=99.0)
        yield figure(f"carried with {delay_ms} ms: median", quantile(after, 0.5), "s")
        yield figure(f"carried with {delay_ms} ms: p95", quantile(after, 0.95), "s", at_most=CARRIED_WITHIN_S)


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=DAYS)
    days, console = parser.parse_args().days, wide_console()
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        measured = list(signals(pool))
        for setting in SETTINGS:
            measured += presence(setting, days, pool)
    write(measured, RESULT)
    show(f"Presence by radio, {days} device-days for each setting", measured, console)


if __name__ == "__main__":
    _main()
