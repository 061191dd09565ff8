"""The load of a whole state's lost links, drawn and worked: what operators have to do, and whether anything is lost."""

from collections import Counter
from collections.abc import Iterator
from random import Random

from msgspec import Struct

from baqylau.domain.findings import Code
from tests.perf.figures import Figure, figure
from tests.quality.case import Truth
from tests.quality.desk import Desk, worked
from tests.quality.wisconsin import lossy_life

TASKS_A_DAY = 0.3
"""Operator tasks a person and day that a service can work (notes on the domain, section 7, check 20)."""


class Load(Struct, kw_only=True):
    """What came of some lossy lives."""

    days: float = 0.0
    links: int = 0
    fixes: int = 0
    alarms: Counter[Code]
    tasks: Counter[Code]
    real: int = 0
    lost: set[str] = set()
    """Real events of the first priority that nobody was told of."""


def load(people: int, days: int, seed: str = "") -> Load:
    """Let so many people live so many days. The seed of each is its number, after the one that is given."""
    total = Load(alarms=Counter(), tasks=Counter())
    for number in range(people):
        life = lossy_life(Random(f"{seed} wisconsin {number}".lstrip()), days)  # noqa: S311 - an invented life
        desk = worked(life.case)
        total.days += life.case.days
        total.links += life.links
        total.fixes += life.fixes
        total.alarms.update(one.code for one in desk.alarms)
        total.tasks.update(one.code for one in desk.tasks)
        total.real += len(life.case.truths)
        total.lost |= {f"person {number}: {true.code} {true.at}" for true in life.case.truths if not _told(desk, true)}
    return total


def _told(desk: Desk, true: Truth) -> bool:
    return any(one.code is true.code and true.at <= one.at <= true.at + true.within for one in desk.told.values())


def load_figures(total: Load) -> Iterator[Figure]:
    """Give the load against what a service can work."""
    yield figure("load: person-days", total.days, "days")
    yield figure("load: lost links a person-day", total.links / total.days, "losses")
    yield figure("load: lost fixes a person-day", total.fixes / total.days, "losses")
    yield figure("load: alarms a person-day", total.alarms.total() / total.days, "alarms")
    tasks = total.tasks.total() / total.days
    yield figure("load: operator tasks a person-day", tasks, "tasks", at_most=TASKS_A_DAY)
    yield figure("load: real events of first priority", total.real, "events")
    yield figure("load: of them not told", len(total.lost), "events", at_most=0)
