"""How fast rules judge: observations a second on one core, and a person-year judged again."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import cos, pi, sin
from time import process_time

from msgspec.structs import replace

from baqylau.domain.ids import RestrictionId
from baqylau.domain.observations import Battery, Body, Cell, Motion, Observation, Sky
from baqylau.domain.people import Supervision
from baqylau.domain.zones import Corridor, Point, Polygon
from baqylau.rules.clock import order_key
from baqylau.rules.fold import begin, fold
from tests.perf.bench_calibration import Calibration
from tests.perf.figures import Figure, figure
from tests.unit.rules.radio_stories import at_home, wearer
from tests.unit.rules.stories import (
    HOME,
    METRE_DEG,
    ORDER_FROM,
    circle,
    exclusion,
    fix,
    north,
    order,
    presence,
    required_place,
    supervision,
    territory,
)

YEAR_MIN = 525_600
MINUTES = 60_000
"""How much of a year is judged for a figure that is a rate."""
MONTH_MIN = 43_800
"""A year is told by the month, so that it need not lie in memory."""
PER_CORE, YEAR_S = 20_000, 10
HOME_UNIT_DAYS, HOME_UNIT_PER_CORE = 5, 8_000
"""Two observations a minute: 8 000 a second are 240 000 people on one core."""


def ten_zones() -> Supervision:
    """Give a person with ten zones: circles, polygons of forty corners, a corridor; always, by hours, by night."""
    circles = [
        exclusion(id=RestrictionId(f"circle-{n}"), zone=circle("Place", north(1500 + 700 * n), 150)) for n in range(4)
    ]
    polygons = [exclusion(id=RestrictionId(f"polygon-{n}"), zone=_round(north(-1500 - 900 * n))) for n in range(2)]
    way = (north(800), Point(HOME.latitude_deg + 0.01, HOME.longitude_deg + 0.05))
    corridor = exclusion(id=RestrictionId("corridor"), zone=Corridor(name="Way", line=way, half_width_m=60))
    who = supervision(presence(), territory(), required_place(), *circles, *polygons, corridor)
    return replace(who, orders=(order(until_at=ORDER_FROM + timedelta(days=400)),))


def _round(center: Point) -> Polygon:
    corners = tuple(
        Point(center.latitude_deg + 0.004 * cos(n * pi / 20), center.longitude_deg + 0.004 * sin(n * pi / 20))
        for n in range(40)
    )
    return Polygon(name="Park", outline=corners)


def life(minutes: int, first: int = 0) -> list[Observation]:
    """Give fixes a minute apart: nights at home, days on the move through the zones, a battery that empties."""
    story = []
    for minute in range(first, first + minutes):
        of_day = minute % 1440
        away = max(0.0, sin((of_day - 120) / 1080 * pi)) if 120 <= of_day < 1200 else 0.0
        wander = 12 * sin(minute * 0.7)
        place = Point(
            HOME.latitude_deg + (4000 * away * sin(minute / 97) + wander) * METRE_DEG,
            HOME.longitude_deg + (4000 * away * cos(minute / 131) + wander) * METRE_DEG,
        )
        one = fix(ORDER_FROM + timedelta(minutes=minute), place, 8.0)
        charge = Battery(level_percent=100 - of_day // 16)
        story.append(replace(one, bodies=(*one.bodies, charge)) if minute % 10 == 0 else one)
    return story


def night_and_day(days: int) -> tuple[Supervision, list[Observation]]:
    """Give somebody whose home unit hears the bracelet each minute, and says each minute that it is well."""
    until_at = ORDER_FROM + timedelta(days=days)
    return wearer(), sorted(at_home(ORDER_FROM, until_at), key=order_key)


def everything(minutes: int) -> list[Observation]:
    """Give the same life as a device tells it that says all it knows: motion, sky and network beside each fix."""
    return [replace(one, bodies=(*one.bodies, *_ASIDE)) for one in life(minutes)]


_ASIDE: tuple[Body, ...] = (
    Motion(moving=True),
    Sky(satellites=9, mean_cn0_dbhz=38.0),
    Cell(registered=True, id="401-01-1", signal_dbm=-85.0),
)


def _seconds(who: Supervision, story: Sequence[Observation], batch: int) -> float:
    state, started = begin(), process_time()
    for start in range(0, len(story), batch):
        state, _ = fold(who, state, story[start : start + batch], None)
    return process_time() - started


def _year_s(who: Supervision) -> float:
    """Fold a year of a minute a fix; only the folding counts, not the telling."""
    state, seconds = begin(), 0.0
    for first in range(0, YEAR_MIN, MONTH_MIN):
        story = life(min(MONTH_MIN, YEAR_MIN - first), first)
        started = process_time()
        state, _ = fold(who, state, story, None)
        seconds += process_time() - started
    return seconds


def figures(calibration: Calibration) -> Iterator[Figure]:
    """Measure on this machine, on one core."""
    who, story, loop = ten_zones(), life(MINUTES), calibration.loop
    for name, batch in (("1", 1), ("10", 10)):
        rate = MINUTES / _seconds(who, story, batch)
        yield figure(f"rules: ten zones, {name} at a time", rate, "observations/s", at_least=PER_CORE, beside=loop)
    rate = MINUTES / _seconds(who, everything(MINUTES), 10)
    name = "rules: ten zones, with motion, sky and network, 10 at a time"
    yield figure(name, rate, "observations/s", at_least=PER_CORE, beside=loop)
    resident, heard_there = night_and_day(HOME_UNIT_DAYS)
    rate = len(heard_there) / _seconds(resident, heard_there, 10)
    name = "rules: a home unit's day, 10 at a time"
    yield figure(name, rate, "observations/s", at_least=HOME_UNIT_PER_CORE, beside=loop)
    name = f"rules: a person-year of {YEAR_MIN} positions refolded from memory"
    yield figure(name, _year_s(who), "s", at_most=YEAR_S, beside=loop)
