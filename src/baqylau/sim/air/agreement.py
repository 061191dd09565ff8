"""The same frames heard the same, told both ways: frame by frame through the real cores, and counted by the minute."""

from datetime import timedelta
from random import Random

import numpy as np

from baqylau.domain.findings import Finding
from baqylau.sim.air.hearing import Air, in_order
from baqylau.sim.air.home import paths
from baqylau.sim.air.household import NOTHING, emitted, judged
from baqylau.sim.air.life import any_life
from baqylau.sim.air.minutes import audible, told
from baqylau.sim.air.prescribed import BEGUN_AT, supervision
from baqylau.sim.air.score import ABSENT, found
from baqylau.sim.air.worn import Crystal

SOURCES = ("hall", "bedroom")
TICK_S = 5.0


def both(seed: int, days: int, receivers: int = 1) -> tuple[list[float], list[float]]:
    """Give at which seconds of a life absences are found, on the whole way and on the short one."""
    life = any_life(Random(seed), days)  # noqa: S311 - a life
    ways = paths(receivers, life, np.random.default_rng([seed, receivers]))
    air = Air(life=life, paths=ways, sources=SOURCES[:receivers])
    sent = emitted(air, (), Crystal(ppm=8.0))
    times = np.array([one.at_s for one in sent])
    levels = audible(times, life, ways, np.random.default_rng(seed))
    short = found(supervision(), told(times, levels, life, BEGUN_AT), BEGUN_AT + timedelta(days=days))
    receptions = [*air.heard(sent, np.random.default_rng(seed)), *air.strangers(np.random.default_rng(0))]
    whole = judged(air, in_order(receptions), NOTHING, supervision(), TICK_S).findings
    return _absences(whole), _absences(short)


def _absences(findings: tuple[Finding, ...]) -> list[float]:
    return sorted((one.at - BEGUN_AT) / timedelta(seconds=1) for one in findings if one.code in ABSENT)
