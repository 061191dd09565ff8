"""`python -m tests.quality.breath_homes`: whole breath units in invented homes: how exact, who succeeds, what deceives.

Every test goes through the unit's own core and the physical board, with its heater, valve, purge and waits; the cells
are drawn anew, adjusted once and used for up to two months. Intervals are Wilson's, 95 %.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta
from random import Random

from msgspec import Struct

from baqylau.devices.breath_unit.metrology.calibration import Limits
from baqylau.devices.breath_unit.metrology.gas import at_breath_temperature
from baqylau.domain.checks import SampleState
from baqylau.links.breath_lines import Board
from baqylau.sim.breath.air import Person, Trick
from baqylau.sim.breath.board import ModelBoard, Room
from baqylau.sim.breath.cell import FULL_SCALE_UA, Cell, drawn
from baqylau.sim.breath.home import Home, Somebody, Told
from baqylau.sim.breath.laboratory import file
from tests.quality.judging import wilson
from tests.quality.metrology import LEVELS_MG_L, MADE_AT, dice

HOMES, TIMES = 400, 120
DRIFT_DAYS = 60.0


class Exact(Struct, frozen=True, kw_only=True):
    """What came of honest tests."""

    tests: int
    valid: int
    beyond: int
    """Further from the truth than an instrument may err."""
    covered: int
    worst_share: float


def home(random: Random, room: Room, *, dioxide: bool = False, days: float = 1.0, cell: Cell | None = None) -> Home:
    """Give a home with a unit that was adjusted some days ago."""
    cell = cell or drawn(random)
    board = Board(serial="model", cell="cell/1", full_scale_ua=FULL_SCALE_UA, dioxide=dioxide)
    model = ModelBoard(cell, random, room, board=board, age_days=days)
    return Home(model, file(cell, random, MADE_AT), random, MADE_AT + timedelta(days=days))


def outcome(random: Random, person: Person, *, trick: Trick | None = None, dioxide: bool = False) -> Told:
    """Let somebody give a test in a room cooler than a breath."""
    at = home(random, Room(room_c=random.uniform(5.0, 27.0)), dioxide=dioxide)
    return at.test(Somebody(person, random, trick=trick), random.randbytes(16))


def exact(seeds: range) -> Exact:
    """Let people of all lungs give tests between 5 and 40 °C and 850 and 1050 hPa, with alcohol and without."""
    told = [one for seed in seeds if (one := _one(dice(seed))) is not None]
    shares = [abs(measured - truth) / Limits().at(truth) for measured, _, truth in told]
    return Exact(
        tests=len(seeds),
        valid=len(told),
        beyond=sum(share > 1 for share in shares),
        covered=sum(abs(measured - truth) <= uncertainty for measured, uncertainty, truth in told),
        worst_share=max(shares),
    )


def _one(random: Random) -> tuple[float, float, float] | None:
    """Give figure, uncertainty, and the alcohol of the depth of the lungs at 34 °C."""
    room = Room(room_c=random.uniform(5.0, 40.0), ambient_hpa=random.uniform(850.0, 1050.0))
    at = home(random, room, days=random.uniform(0.0, DRIFT_DAYS))
    person = Person(
        capacity_l=random.uniform(1.8, 4.5),
        strength_l_s=random.uniform(0.25, 0.6),
        breath_c=random.gauss(34.5, 0.5),
        alcohol_mg_l=random.choice(LEVELS_MG_L),
    )
    told = at.test(Somebody(person, random), random.randbytes(16)).sample
    if told is None or told.alcohol_mg_l is None or told.uncertainty_mg_l is None:
        return None
    return told.alcohol_mg_l, told.uncertainty_mg_l, at_breath_temperature(person.alcohol_mg_l, person.breath_c)


def small_lungs(times: int) -> int:
    """Give how many of so many sober people with a vital capacity of 1.8 L succeed within the three tries of a test."""
    return sum(
        state is SampleState.VALID
        for seed in range(times)
        if (state := _state(outcome(dice(seed), Person(capacity_l=1.8, strength_l_s=0.3)))) is not None
    )


def passed(trick: Trick, times: int, *, dioxide: bool = False) -> int:
    """Give how often a trick passes for a breath."""
    tests = (outcome(dice(seed), Person(), trick=trick, dioxide=dioxide) for seed in range(times))
    return sum(_state(told) is SampleState.VALID for told in tests)


def rinsed(times: int) -> tuple[int, int]:
    """Give how often alcohol of the mouth alone was called so, and how often it became a figure beyond the limit."""
    named = wrong = 0
    for seed in range(times):
        random = dice(seed)
        at = home(random, Room())
        somebody = Somebody(Person(mouth_mg_l=random.uniform(1.0, 5.0)), random, minutes_after=random.uniform(0, 8))
        told = at.test(somebody, random.randbytes(16))
        named += "again_mouth_alcohol" in told.said or _state(told) is SampleState.MOUTH_ALCOHOL
        wrong += told.sample is not None and (told.sample.alcohol_mg_l or 0.0) > Limits().at(0.0)
    return named, wrong


def _state(told: Told) -> SampleState | None:
    return None if told.sample is None else told.sample.state


def _lines() -> Iterator[str]:
    found = exact(range(HOMES))
    yield (
        f"{found.tests} whole tests, {found.valid} valid, {found.beyond} beyond the limit of error, "
        f"{found.covered / found.valid:.2%} within their uncertainty, worst {found.worst_share:.0%} of the limit"
    )
    yield f"lungs of 1.8 L: {_share(small_lungs(TIMES), TIMES)} succeed within three tries"
    named, wrong = rinsed(TIMES)
    yield f"rinsed mouth: {_share(named, TIMES)} named, {_share(wrong, TIMES)} a figure above 0.02 mg/L"
    for trick in Trick:
        yield f"{trick}: {_share(passed(trick, TIMES), TIMES)} passed for a breath"
    with_sensor = passed(Trick.WARM_PUMP, TIMES, dioxide=True)
    yield f"warm_pump, with carbon dioxide measured: {_share(with_sensor, TIMES)} passed for a breath"


def _share(good: int, of: int) -> str:
    low, high = wilson(good, of)
    return f"{good} of {of} ({low:.1%} to {high:.1%})"


def main() -> None:
    """Print what was found."""
    for line in _lines():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
