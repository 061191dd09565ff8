"""Two exhalations of one test: alcohol of the mouth passes between them, that of the blood stays.

Two that differ by more than max(0.02 mg/L, 10 %) are no figure of anybody's blood. Where they agree the smaller one
stands, with its own uncertainty. Between them lie `APART_S` when the first one found alcohol: a mouth hides nothing
where there is none. Source: notes on breath alcohol, 5.3; the wait is at the short end of theirs [K].
"""

from baqylau.devices.breath_unit.metrology.result import Result
from baqylau.domain.checks import SampleState

AGREE_MG_L = 0.02
AGREE_SHARE = 0.10
APART_S = 120.0


def joined(first: Result, second: Result) -> Result:
    """Give what both say together; whichever was refused says why."""
    for one in (first, second):
        if one.alcohol_mg_l is None:
            return one
    lower, upper = sorted((first, second), key=lambda one: one.alcohol_mg_l or 0.0)
    low, high = lower.alcohol_mg_l or 0.0, upper.alcohol_mg_l or 0.0
    if high - low > allowed_mg_l(low, high):
        return Result(state=SampleState.MOUTH_ALCOHOL, why=("exhalations_differ",))
    return lower


def allowed_mg_l(first: float, second: float) -> float:
    """Give by how much two figures may differ."""
    return max(AGREE_MG_L, AGREE_SHARE * (first + second) / 2)


def apart_s(first: Result) -> float:
    """Give how long after the first exhalation the second may come."""
    return APART_S if (first.alcohol_mg_l or 0.0) > AGREE_MG_L else 0.0
