"""The load that drowned a state's operators, drawn anew: 1.5 lost links and 0.8 lost fixes a person and day.

Rates: notes on the domain, section 4 (Wisconsin, May 2017). How long a loss lasts is not in the notes but for one of 17
minutes: here half of them are shorter than that, one in five longer than half an hour, a few go on for hours [K]. Real
events of the first priority are mixed in, and none of them may be lost.
"""

from datetime import datetime, timedelta
from math import log
from random import Random

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.domain.observations import Observation, Strap
from baqylau.domain.people import DeviceKind
from tests.quality.case import AT_ONCE_S, Case, Truth, case, truth
from tests.quality.families_home import curfew, somewhere
from tests.quality.families_zones import SCHOOL, SCHOOL_M, school
from tests.quality.telling import AT_HOME, HOME_M, INDOORS, OUTDOORS, Day, Place, round_zone
from tests.unit.rules.stories import at, territory

LINKS_A_DAY, FIXES_A_DAY = 1.5, 0.8
MEDIAN_MIN, SPREAD = 17.0, 0.75
FORGOTTEN_SHARE = 0.1
"""Of lost links: the device restarts and remembers nothing."""
REAL_A_DAY = 0.05
RESTING_S, MOVING_S = 300.0, 60.0
LIMIT_S = int(RESTING_S) + 1_800
"""Silence is found after the longest interval and half an hour (catalogue, C01)."""

_Spans = list[tuple[datetime, datetime]]


class _Losses(Struct, frozen=True):
    links: _Spans
    fixes: _Spans


class LossyDay(Day):
    """A day on which link and sky are lost by chance."""

    losses: _Losses = _Losses([], [])

    def _report(self, place: Place, *, moving: bool) -> None:
        receiver = self.receiver
        self.covered = not _in(self.losses.links, self.now)
        self.receiver = None if _in(self.losses.fixes, self.now) else receiver
        super()._report(place, moving=moving)
        self.receiver = receiver


def _in(spans: _Spans, at_: datetime) -> bool:
    return any(from_at <= at_ < until_at for from_at, until_at in spans)


def _drawn(random: Random, begin: datetime, days: int, a_day: float) -> _Spans:
    spans: _Spans = []
    now = begin
    while True:
        now += timedelta(days=random.expovariate(a_day))
        if now >= begin + timedelta(days=days):
            return spans
        spans.append((now, now + timedelta(minutes=random.lognormvariate(log(MEDIAN_MIN), SPREAD))))


class Life(Struct, frozen=True):
    """A life, and how much was lost in it."""

    case: Case
    links: int
    fixes: int


def lossy_life(random: Random, days: int) -> Life:
    """Give some days of somebody who keeps the hours, works across the town, and now and then does not."""
    begin = at("06:00")
    day = LossyDay(random, begin, rich=True, every_s=RESTING_S)
    day.fit(day.device, DeviceKind.TRACKER, LIMIT_S)
    losses = _Losses(_drawn(random, begin, days, LINKS_A_DAY), _drawn(random, begin, days, FIXES_A_DAY))
    day.losses = losses
    work = (random.uniform(1500, 4000), random.uniform(-2500, -500))
    truths: list[Truth] = []
    for number in range(days):
        real = random.random() < REAL_A_DAY
        _lived(day, number, work, truths, random.choice(_REAL) if real else None)
    _cut(day, random)
    town = territory(zone=round_zone("Town", AT_HOME, 30_000.0))
    return Life(case(day, curfew(), school(), town, truths=truths), len(losses.links), len(losses.fixes))


def _lived(day: LossyDay, number: int, work: Place, truths: list[Truth], real: str | None) -> None:
    random = day.random
    day.receiver, day.every_s = INDOORS, RESTING_S
    day.stay_until(at("08:00", number) + timedelta(minutes=random.uniform(0, 40)))
    _on_foot(day, work, 5.0)
    day.stay_until(at("17:00", number) + timedelta(minutes=random.uniform(0, 60)))
    if real == "zone":
        _seen(day)
        _on_foot(day, SCHOOL, 5.0, then_min=random.uniform(5, 20))
        truths.append(truth(Code.EXCLUSION_ENTRY, _since(day, at("12:00", number), SCHOOL, SCHOOL_M), 600))
    _on_foot(day, AT_HOME, 5.0)
    if real == "strap":
        day.say(Strap(open=False))
        truths.append(truth(Code.STRAP_OPEN, day.say(Strap(open=True), after_s=1.0), AT_ONCE_S))
        day.say(Strap(open=False), after_s=5.0)
    day.stay_until(at("23:00", number) + timedelta(minutes=random.uniform(0, 60)))
    if real == "night":
        _seen(day)
        away_at = day.now
        _on_foot(day, somewhere(random), 1.4, then_min=random.uniform(20, 60))
        _on_foot(day, AT_HOME, 1.4)
        left_at = day.first_since(away_at, lambda here: abs(here[0]) ** 2 + abs(here[1]) ** 2 > HOME_M**2)
        truths.append(truth(Code.LEFT_EARLY, left_at, 600))
    day.stay_until(at("06:00", number + 1))


_REAL = ("zone", "strap", "night")


def _seen(day: LossyDay) -> None:
    """Let the sky be heard for the next two hours: what no device saw nobody can find."""
    until_at = day.now + timedelta(hours=2)
    kept = [span for span in day.losses.fixes if span[1] <= day.now or span[0] >= until_at]
    day.losses = _Losses(day.losses.links, kept)


def _on_foot(day: LossyDay, to: Place, speed_m_s: float, *, then_min: float = 0.0) -> None:
    day.receiver, day.every_s = OUTDOORS, MOVING_S
    day.go(to, speed_m_s)
    day.stay(then_min)
    day.receiver, day.every_s = INDOORS, RESTING_S


def _since(day: Day, from_at: datetime, place: Place, radius_m: float) -> datetime:
    def inside(here: Place) -> bool:
        return (here[0] - place[0]) ** 2 + (here[1] - place[1]) ** 2 < radius_m**2

    return day.first_since(from_at, inside)


def _cut(day: LossyDay, random: Random) -> None:
    """Let what was said without a link come afterwards, or never."""
    for from_at, until_at in day.losses.links:
        if random.random() < FORGOTTEN_SHARE:
            day.said = [one for one in day.said if not (from_at <= one.observed_at < until_at) or _matters(one)]
        else:
            day.cut_off(from_at, until_at)


def _matters(one: Observation) -> bool:
    """Whether it is a fact of the first priority: this load asks whether any that reached us is lost."""
    return any(isinstance(body, Strap) for body in one.bodies)
