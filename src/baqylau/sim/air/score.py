"""What the rules found of a life by radio, held against what happened in it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from baqylau.domain.findings import Code, Finding
from baqylau.domain.observations import Observation
from baqylau.domain.people import Supervision
from baqylau.rules.clock import order_key
from baqylau.rules.fold import begin, fold
from baqylau.rules.settings import GONE_AFTER_S
from baqylau.sim.air.life import Life

ABSENT = frozenset({Code.NOT_AT_HOME, Code.LATE_RETURN, Code.LEFT_EARLY, Code.OUT_WHOLE_PERIOD})
SLACK_S = 60.0
"""Every way out that is longer than the time-out by this has to be found, and found within it."""


class Score(Struct, frozen=True, kw_only=True):
    """What came of some days."""

    days: float = 0.0
    false: int = 0
    """Absences found while somebody was at home."""
    missed: int = 0
    """Ways out longer than the time-out and its slack that nobody found."""
    delays_s: tuple[float, ...] = ()
    """Of those found, after the door."""

    def __add__(self, other: "Score") -> "Score":
        """Give both together."""
        return Score(
            days=self.days + other.days,
            false=self.false + other.false,
            missed=self.missed + other.missed,
            delays_s=self.delays_s + other.delays_s,
        )


def found(prescribed: Supervision, observations: Iterable[Observation], until: datetime) -> tuple[Finding, ...]:
    """Give what the server's rules find when everything has arrived."""
    return fold(prescribed, begin(), sorted(observations, key=order_key), until)[1]


def scored(life: Life, findings: Iterable[Finding], begun_at: datetime, grace_s: float = 0.0) -> Score:
    """Hold the absences that were found against the ways out of the door."""
    told = sorted(((one.at - begun_at) / timedelta(seconds=1), one.code) for one in findings)
    at_s = [at for at, code in told if code in ABSENT]
    long = [leave for leave in life.leaves if leave.back_s - leave.out_s > GONE_AFTER_S + grace_s + SLACK_S]
    firsts = [min((at for at in at_s if leave.out_s <= at < leave.back_s), default=None) for leave in long]
    return Score(
        days=life.days,
        false=sum(not any(leave.out_s <= at < leave.back_s for leave in life.leaves) for at in at_s),
        missed=sum(
            first is None and not _open_at(leave.out_s, told) for leave, first in zip(long, firsts, strict=True)
        ),
        delays_s=tuple(at - leave.out_s for leave, at in zip(long, firsts, strict=True) if at is not None),
    )


def _open_at(at_s: float, told: Iterable[tuple[float, Code]]) -> bool:
    """Whether an absence was found before and no return since: whoever leaves now is missed already."""
    before = [code for when, code in told if when < at_s and code in ABSENT | {Code.RETURNED}]
    return bool(before) and before[-1] in ABSENT
