"""One invented stretch of a life with its truth, and the list of families that such cases come from."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Code
from baqylau.domain.observations import Observation
from baqylau.domain.orders import Restriction
from baqylau.domain.people import Supervision
from tests.quality.telling import SILENCE_LIMIT_S, Day
from tests.unit.rules.stories import fitting, supervision

__all__ = ["AT_ONCE_S", "FAMILIES", "SILENCE_LIMIT_S", "Case", "Truth", "case", "family", "truth"]

AT_ONCE_S = 1.0
"""For what a single record tells: found at its very instant."""


class Truth(Struct, frozen=True, kw_only=True):
    """Something that happened and has to be found, once."""

    code: Code
    at: datetime
    """When it happened."""
    within: timedelta
    """How long after that it may at most be found."""


class Case(Struct, frozen=True, kw_only=True):
    """What is prescribed, what the device said, when it reached us, and what is true."""

    prescribed: Supervision
    arriving: tuple[Observation, ...]
    """In the order of receipt; the same observation may come twice."""
    truths: tuple[Truth, ...]
    may: frozenset[Code]
    """What may be found besides, and counts neither way: whether it is right nobody could say."""
    learnt_at: datetime
    """What is found before counts neither way: until then a place or a habit is new to the rules."""
    begun_at: datetime
    ended_at: datetime

    @property
    def days(self) -> float:
        """Person-days."""
        return (self.ended_at - self.begun_at) / timedelta(days=1)


Maker = Callable[[Random], Case]
FAMILIES: dict[str, Maker] = {}
"""Every family by its name: a function that makes a case from a seed."""


def family(make: Maker) -> Maker:
    """Enter a family into the list, by the name of its function."""
    FAMILIES[make.__name__.replace("_", " ")] = make
    return make


def truth(code: Code, at: datetime, within_s: float) -> Truth:
    """Say that something happened."""
    return Truth(code=code, at=at, within=timedelta(seconds=within_s))


def case(
    day: Day,
    *restrictions: Restriction,
    truths: Iterable[Truth] = (),
    may: Iterable[Code] = (),
    learnt_at: datetime | None = None,
    **prescribed: object,
) -> Case:
    """Give the case of a day. Each observation is received in a moment, a few late or twice, unless cut off.

    `prescribed` are further fields of the supervision. All equipment is on the person from the day's beginning.
    """
    begun_at = min(one.observed_at for one in day.said)
    equipment: dict[str, object] = {
        "devices": tuple(day.kit.values()),
        "fittings": tuple(fitting(device_id, from_at=begun_at) for device_id in day.kit),
    }
    who = supervision(*restrictions, **(equipment | prescribed))
    return Case(
        prescribed=who,
        arriving=tuple(_on_the_way(sorted(day.said, key=lambda one: one.observed_at), day)),
        truths=tuple(truths),
        may=frozenset(may),
        learnt_at=learnt_at or begun_at,
        begun_at=max(begun_at, min(order.from_at for order in who.orders)),
        ended_at=day.now,
    )


LATE_SHARE, LATE_S = 0.04, 600.0
TWICE_SHARE = 0.03


def _on_the_way(said: Iterable[Observation], day: Day) -> list[Observation]:
    """Give what arrives, in the order of receipt."""
    arriving, random = [], day.random
    for one in said:
        late_s = random.uniform(5.0, LATE_S) if random.random() < LATE_SHARE else 0.0
        at = _sent_at(one, day) + timedelta(seconds=random.uniform(0.2, 3.0) + late_s)
        at += one.received_at - one.observed_at
        arriving.append(replace(one, received_at=at))
        if random.random() < TWICE_SHARE:
            arriving.append(replace(one, received_at=at + timedelta(seconds=random.uniform(1.0, 60.0))))
    return sorted(arriving, key=lambda one: one.received_at)


def _sent_at(one: Observation, day: Day) -> datetime:
    """Give when the line carries it."""
    return max([one.observed_at, *(gap.until_at for gap in day.offline if gap.holds(one))])
