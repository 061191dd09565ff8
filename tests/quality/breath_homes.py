"""`python -m tests.quality.breath_homes`: whole breath units in invented homes: how exact, who succeeds, what deceives.

Every test goes through the unit's own core and the physical board, with its heater, valve, purge and waits; the cells
are drawn anew, adjusted once and used for up to two months. Intervals are Wilson's, 95 %.
"""

import sys
from datetime import UTC, date, datetime, timedelta
from random import Random

from baqylau.devices.breath_unit.metrology.calibration import Limits
from baqylau.devices.breath_unit.metrology.gas import at_breath_temperature
from baqylau.domain.checks import NO_DIOXIDE, Bypass, SampleState
from baqylau.links.breath_lines import Board
from baqylau.sim.breath.air import Person, Trick
from baqylau.sim.breath.board import ModelBoard, Room
from baqylau.sim.breath.cell import FULL_SCALE_UA, Cell, drawn
from baqylau.sim.breath.home import Home, Somebody, Told
from baqylau.sim.breath.laboratory import file
from tests.quality.breath_page import PAGE, RECORDED, Exact, Recorded, Tricked, kept_as, page
from tests.quality.metrology import CELLS, LEVELS_MG_L, MADE_AT, OTHERS, REPEATING, dice, honest, others, repeated

HOMES, TIMES = 200, 100
DRIFT_DAYS = 60.0


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


def tricked(trick: Trick, times: int, *, dioxide: bool) -> Tricked:
    """Let sober people try a trick."""
    refused = named = flagged = 0
    for seed in range(times):
        told = outcome(dice(seed), Person(), trick=trick, dioxide=dioxide)
        valid = _state(told) is SampleState.VALID
        refused += not valid
        named += not valid and any(isinstance(one, Bypass) for one in told.bodies)
        flagged += valid and told.sample is not None and NO_DIOXIDE in told.sample.why
    return Tricked(trick=trick, dioxide=dioxide, tests=times, refused=refused, named=named, flagged=flagged)


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


def found(share: int) -> Recorded:
    """Do it all; `share`: a so-many-th of it."""
    return Recorded(
        day=today(),
        levels=honest(range(max(CELLS // share, 1))),
        repeated=repeated(range(max(REPEATING // share, 1))),
        others=others(range(max(OTHERS // share, 1))),
        whole=exact(range(max(HOMES // share, 2))),
        small_lungs=(small_lungs(TIMES // share), TIMES // share),
        rinsed=(*rinsed(TIMES // share), TIMES // share),
        tricks=(
            *(tricked(one, TIMES // share, dioxide=False) for one in Trick),
            tricked(Trick.WARM_PUMP, TIMES // share, dioxide=True),
        ),
    )


def today() -> date:
    """Give the day of the result."""
    return datetime.now(UTC).date()


def main() -> None:
    """Print what was found, and keep it where that is wanted."""
    told = found(1)
    sys.stdout.write(page(told))
    if "--record" in sys.argv:
        RECORDED.write_bytes(kept_as(told))
        PAGE.write_text(page(told), encoding="utf-8")


if __name__ == "__main__":
    main()
