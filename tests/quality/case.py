"""One invented stretch of a life with its truth, and the list of families that such cases come from."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Code
from baqylau.domain.observations import Observation
from baqylau.domain.orders import Permission, Restriction
from baqylau.domain.people import Supervision
from tests.quality.telling import Day
from tests.unit.rules.stories import ORDER_FROM, device, fitting, supervision

SILENCE_LIMIT_S = 1_800
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
    permissions: tuple[Permission, ...] = (),
    received: Callable[[Observation], datetime] | None = None,
) -> Case:
    """Give the case of a day. Each observation is received in a moment, a few late or twice, unless told otherwise."""
    who = supervision(
        *restrictions,
        permissions=permissions,
        devices=(device(silence_limit_s=SILENCE_LIMIT_S),),
        fittings=(fitting(from_at=min(one.observed_at for one in day.said)),),
    )
    said = sorted(day.said, key=lambda one: one.observed_at)
    return Case(
        prescribed=who,
        arriving=tuple(_on_the_way(said, day.random, received)),
        truths=tuple(truths),
        begun_at=max(said[0].observed_at, ORDER_FROM),
        ended_at=day.now,
    )


LATE_SHARE, LATE_S = 0.04, 600.0
TWICE_SHARE = 0.03


def _on_the_way(
    said: Iterable[Observation], random: Random, received: Callable[[Observation], datetime] | None
) -> list[Observation]:
    """Give what arrives, in the order of receipt."""
    arriving = []
    for one in said:
        delay_s = random.uniform(0.2, 3.0) + (random.uniform(5.0, LATE_S) if random.random() < LATE_SHARE else 0.0)
        at = (received(one) if received else one.observed_at) + timedelta(seconds=delay_s)
        arriving.append(replace(one, received_at=at))
        if random.random() < TWICE_SHARE:
            arriving.append(replace(one, received_at=at + timedelta(seconds=random.uniform(1.0, 60.0))))
    return sorted(arriving, key=lambda one: one.received_at)
