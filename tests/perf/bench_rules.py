"""How fast rules judge: observations a second on one core, and a person-year judged again."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import cos, pi, sin
from time import process_time

from msgspec.structs import replace

from baqylau.domain.ids import RestrictionId
from baqylau.domain.observations import Battery, Observation
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
"""How much of a year is judged for a figure."""
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


def life(minutes: int) -> list[Observation]:
    """Give fixes a minute apart: nights at home, days on the move through the zones, a battery that empties."""
    story = []
    for minute in range(minutes):
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


def _seconds(who: Supervision, story: Sequence[Observation], batch: int) -> float:
    state, started = begin(), process_time()
    for start in range(0, len(story), batch):
        state, _ = fold(who, state, story[start : start + batch], None)
    return process_time() - started


def figures(calibration: Calibration) -> Iterator[Figure]:
    """Measure on this machine, on one core."""
    who, story = ten_zones(), life(MINUTES)
    for name, batch in (("1", 1), ("10", 10)):
        yield figure(
            f"rules: ten zones, {name} at a time",
            MINUTES / _seconds(who, story, batch),
            "observations/s",
            at_least=PER_CORE,
            beside=calibration.loop,
        )
    yield figure(
        f"rules: a person-year refolded from memory, reckoned from {MINUTES} of {YEAR_MIN} minutes",
        _seconds(who, story, len(story)) * YEAR_MIN / MINUTES,
        "s",
        at_most=YEAR_S,
        beside=calibration.loop,
    )
    at_unit, said = night_and_day(HOME_UNIT_DAYS)
    yield figure(
        "rules: a bracelet at a home unit, 10 at a time",
        len(said) / _seconds(at_unit, said, 10),
        "observations/s",
        at_least=HOME_UNIT_PER_CORE,
        beside=calibration.loop,
    )
