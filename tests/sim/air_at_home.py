"""A home in which everything is heard well, for stories whose point lies elsewhere."""

from datetime import timedelta

import numpy as np

from baqylau.domain.findings import Code
from baqylau.domain.observations import Distrust, DistrustReason
from baqylau.sim.air.hearing import Air, Covered
from baqylau.sim.air.home import POSTURE_S, Path
from baqylau.sim.air.household import Outcome
from baqylau.sim.air.life import DAY_S, Leave, Life
from baqylau.sim.air.prescribed import BEGUN_AT

STORY_S = 6000.0
LEAVES = (Leave(1800.0, 4800.0),)
STRONG_DBM = -58.0


def home(*leaves: Leave, covered: tuple[Covered, ...] = (), sources: tuple[str, ...] = ("hall",)) -> Air:
    """Give a home without walls in the way, and somebody who goes out at some times."""
    flat = np.zeros(int(STORY_S // POSTURE_S) + 1)
    return Air(
        life=Life(days=STORY_S / DAY_S, leaves=leaves),
        paths=tuple(Path(STRONG_DBM, flat, flat) for _ in sources),
        sources=sources,
        covered=covered,
    )


def when(outcome: Outcome, code: Code) -> list[float]:
    """Give at which seconds of the story something was found."""
    return [(one.at - BEGUN_AT) / timedelta(seconds=1) for one in outcome.findings if one.code is code]


def doubts(outcome: Outcome) -> set[DistrustReason]:
    """Give for which reasons something was not believed."""
    return {body.reason for one in outcome.observations for body in one.bodies if isinstance(body, Distrust)}
