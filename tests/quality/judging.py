"""Judge a case as the server would, and hold what stands at its end against the truth."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from math import sqrt
from random import Random

from msgspec import Struct

from baqylau.domain.consolidation import opens_alarm
from baqylau.domain.findings import Code, Finding
from baqylau.domain.observations import Observation
from tests.property.arrivals import Judge
from tests.quality.case import FAMILIES, Case

ROUND = timedelta(minutes=10)
"""How long arrivals are gathered before they are judged together; the end is the same for any time."""
IN_ONE_ALARM = timedelta(hours=1)
"""How long an alarm is in somebody's hands: what repeats meanwhile is counted in it."""
SNAPSHOT_EVERY = 60
"""Observations: what comes late is judged again from the last state kept before it."""
CONFIDENT = 1.96


class Tally(Struct, kw_only=True):
    """How often one code was right."""

    found: int = 0
    missed: int = 0
    false: int = 0
    delays_s: list[float] = []


class Score(Struct, kw_only=True):
    """What came of some cases."""

    by_code: defaultdict[Code, Tally]
    days: float = 0.0
    cases: int = 0
    wrong: set[str] = set()
    """Cases, by family and number, in which something was missed or false."""

    @property
    def false(self) -> int:
        """All findings that nothing happened for."""
        return sum(tally.false for tally in self.by_code.values())


def judge(case: Case) -> list[Finding]:
    """Give the findings that stand when everything has arrived and time has passed."""
    judge = Judge(case.prescribed, SNAPSHOT_EVERY)
    for together in _rounds(case.arriving):
        judge.arrive(together, together[-1].received_at)
    judge.arrive([], max(case.ended_at, case.arriving[-1].received_at))
    return sorted(judge.findings.values(), key=lambda one: one.at)


def _rounds(arriving: Iterable[Observation]) -> Iterator[list[Observation]]:
    together: list[Observation] = []
    for one in arriving:
        if together and one.received_at - together[0].received_at > ROUND:
            yield together
            together = []
        together.append(one)
    yield together


def score(names: Iterable[str], variants: int, seed: str = "") -> Score:
    """Judge so many variants of each family. The seed of each is its name; a word before it gives other lives."""
    total = Score(by_code=defaultdict(Tally))
    for name in names:
        for number in range(variants):
            told = f"{seed} {name} {number}".lstrip()
            _count(total, told, FAMILIES[name](Random(told)))  # noqa: S311 - an invented life
    return total


def _count(total: Score, name: str, case: Case) -> None:
    """Match each truth with the first finding that fits it; an alarm that is left over is false."""
    total.days += case.days
    total.cases += 1
    left, answered = judge(case), list[Finding]()
    for true in case.truths:
        fits = [one for one in left if one.code is true.code and true.at <= one.at <= true.at + true.within]
        tally = total.by_code[true.code]
        if fits:
            tally.found += 1
            tally.delays_s.append((fits[0].at - true.at).total_seconds())
            left.remove(fits[0])
            answered.append(fits[0])
        else:
            tally.missed += 1
            total.wrong.add(f"{name}: {true.code} missed")
    for one in left:
        if opens_alarm(one) and not _allowed(case, one) and not _repeated(one, answered):
            total.by_code[one.code].false += 1
            total.wrong.add(f"{name}: {one.code} false")
        answered.append(one)


def _allowed(case: Case, one: Finding) -> bool:
    """Whether it counts neither way: nobody told of the time after the end, and whoever is silent then is not wrong."""
    return one.code in case.may or one.at < case.learnt_at or one.at > case.ended_at


def _repeated(one: Finding, answered: Iterable[Finding]) -> bool:
    """Whether it is counted in an alarm that is open already, and so no question of its own."""
    return any(
        said.code is one.code and said.subject == one.subject and abs(one.at - said.at) <= IN_ONE_ALARM
        for said in answered
    )


def wilson(good: int, of: int) -> tuple[float, float]:
    """Give the interval that holds the true share in 95 of 100 cases (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    share, square = good / of, CONFIDENT**2
    middle = share + square / (2 * of)
    spread = CONFIDENT * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return (middle - spread) / (1 + square / of), (middle + spread) / (1 + square / of)
