"""How often, and how soon, what is done to a receiver is found, and what is found where nothing was done."""

from collections import Counter
from collections.abc import Mapping
from random import Random

from msgspec import Struct

from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code
from tests.quality.judging import judge
from tests.quality.sky import ALARMS, Maker, judged_case


class Runs(Struct, frozen=True, kw_only=True):
    """What came of some runs of one kind."""

    name: str
    code: Code | None
    """What had to be found; None where nothing was done."""
    runs: int
    delays_s: tuple[float, ...]
    """Of those that were found in their time."""
    alarms: Mapping[Code, int]
    """Alarms of jamming, deception or shielding besides, and any of the first priority where nothing was done."""

    @property
    def share(self) -> float:
        """How many were found in their time."""
        return len(self.delays_s) / self.runs


def runs(name: str, make: Maker, count: int) -> Runs:
    """Live so many of one kind. The seed of each is its name and number."""
    delays, besides, code = list[float](), Counter[Code](), None
    for number in range(count):
        case = judged_case(random := Random(f"{name} {number}"), make(random))  # noqa: S311 - a simulated sky
        true = next(iter(case.truths), None)
        found = judge(case)
        if true is None:
            besides.update(one.code for one in found if one.code in ALARMS or EVENTS[one.code].priority == 1)
            continue
        code = true.code
        hits = [one for one in found if one.code is code and true.at <= one.at <= true.at + true.within]
        delays += [(one.at - true.at).total_seconds() for one in hits[:1]]
        besides.update(one.code for one in found if one.code in ALARMS and one.code is not code)
    return Runs(name=name, code=code, runs=count, delays_s=tuple(sorted(delays)), alarms=dict(besides))
