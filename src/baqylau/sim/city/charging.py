"""How the battery of a tracker is charged: every evening on the mains, or never; and how it may run down before."""

from itertools import pairwise
from random import Random

from baqylau.sim.city.days import DAY_S, HOUR_S, MINUTE_S, Days, seconds

FULL, USUAL, SPENT, LOW = 95.0, 65.0, 12.0, 25.0
"""Per cent: after a charge, before the next one, when it has run down, and when it counts as low. A tracker of ours
speaks of it by itself below 15."""
BEGINS = "21:15", "23:00"
LASTS_H = 2.0, 3.0
EVENLY_MIN = 10.0
"""One evening is so much earlier or later than another."""
RUNS_DOWN_H = 2.0

Charge = tuple[tuple[float, float], ...]
"""When it is how full, in seconds of the city and per cent; evenly between."""


def nightly(days: Days, random: Random) -> Charge:
    """Give the charge of somebody who charges every evening."""
    begins_s, lasts_s = random.uniform(*map(seconds, BEGINS)), random.uniform(*LASTS_H) * HOUR_S
    knots: list[tuple[float, float]] = []
    for midnight_s in (days.first_s - DAY_S, *days.midnights(), days.first_s + days.lasts_s + DAY_S):
        evening_s = midnight_s + begins_s + random.uniform(-EVENLY_MIN, EVENLY_MIN) * MINUTE_S
        if not knots or evening_s > knots[-1][0]:
            knots += [(evening_s, USUAL), (evening_s + lasts_s, FULL)]
    return tuple(knots)


def never(days: Days) -> Charge:
    """Give the charge of somebody whose battery is large and who never charges it."""
    return (0.0, FULL), (days.lasts_s + DAY_S, USUAL)


def run_down(charge: Charge, moment_s: float, until_s: float) -> tuple[Charge, float | None]:
    """Let it run down from a moment on, and give when it is low; None where the evening leaves no time for it.

    What has run down already is as it was: it waits for the evening.

    `until_s`: it has run down by then at the latest.
    """
    if rises(charge, moment_s):
        return charge, None
    evening_s = min((at_s for at_s, level in charge if at_s > moment_s and level == USUAL), default=until_s)
    down_s = min(moment_s + RUNS_DOWN_H * HOUR_S, evening_s - 5 * MINUTE_S, until_s)
    if down_s - moment_s < 10 * MINUTE_S:
        return charge, None
    level = level_at(charge, moment_s)
    if level <= LOW:
        return charge, None
    before = [knot for knot in charge if knot[0] < moment_s]
    after = [(at_s, SPENT if at_s == evening_s else full) for at_s, full in charge if at_s >= evening_s]
    low_s = moment_s + (down_s - moment_s) * (level - LOW) / (level - SPENT)
    return (*before, (moment_s, level), (down_s, SPENT), *after), low_s


def level_at(charge: Charge, at_s: float) -> float:
    """Give how full it is at a moment."""
    for (from_s, first), (until_s, last) in pairwise(charge):
        if from_s <= at_s < until_s:
            return first + (last - first) * (at_s - from_s) / (until_s - from_s)
    return charge[-1][1]


def rises(charge: Charge, at_s: float) -> bool:
    """Whether it is being charged at a moment."""
    return any(from_s <= at_s < until_s and last > first for (from_s, first), (until_s, last) in pairwise(charge))
