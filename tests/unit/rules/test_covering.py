"""Whether a place lies in another, and hours in others: yes is certain, and no may mean that it cannot be told."""

from datetime import date, timedelta
from math import cos, pi, sin

import pytest
from msgspec.structs import replace

from baqylau.domain.schedules import DayException, Schedule, Window
from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.rules.places.geometry import metres_per_degree
from baqylau.rules.prescribing.covering import area_m2, covers, hours_within, meet
from tests.unit.rules.stories import HOME, circle, nightly, north

MONDAY = date(2025, 3, 10)
ALL_DAY = (Window(start_min=0, end_min=1440),)


def around(radius_m: float, corners: int = 4, name: str = "Block") -> Polygon:
    """Give an outline with its corners on a circle around home, the first of them due east."""
    north_m, east_m = metres_per_degree(HOME.latitude_deg)
    turns = [2 * pi * number / corners for number in range(corners)]
    outline = tuple(
        Point(HOME.latitude_deg + radius_m * sin(turn) / north_m, HOME.longitude_deg + radius_m * cos(turn) / east_m)
        for turn in turns
    )
    return Polygon(name=name, outline=outline)


def box(west_deg: float, east_deg: float) -> Polygon:
    corners = ((43.0, west_deg), (43.0, east_deg), (44.0, east_deg), (44.0, west_deg))
    return Polygon(name="Box", outline=tuple(Point(*one) for one in corners))


RING = around(300)
FRAME = Polygon(name="Frame", outline=RING.outline, holes=(around(150).outline,))
WAY = Corridor(name="Way", line=(HOME, north(400)), half_width_m=50.0)


@pytest.mark.parametrize(
    ("zone", "other", "within"),
    [
        (circle("Home"), circle("Flat"), True),
        (circle("Home", HOME, 150), circle("Flat", north(40)), True),
        (circle("Home", HOME, 150), circle("Flat", north(60)), False),
        (circle("Home"), circle("Yard", HOME, 101), False),
        (RING, Polygon(name="From its second corner", outline=(*RING.outline[1:], RING.outline[0])), True),
        (RING, around(300.8), False),
        (RING, FRAME, True),
        (FRAME, RING, False),
        (RING, circle("Home", HOME, 200), True),
        (RING, circle("Home", HOME, 220), False),
        (circle("Home", HOME, 310), RING, True),
        (circle("Home", HOME, 290), RING, False),
        (WAY, Corridor(name="Half", line=(HOME, north(200)), half_width_m=49.0), True),
        (WAY, Corridor(name="Narrow", line=WAY.line, half_width_m=40.0), True),
        (WAY, Corridor(name="Wide", line=WAY.line, half_width_m=51.0), False),
        (WAY, circle("Shop", north(200), 45), True),
        (WAY, circle("Shop", north(200), 55), False),
        (box(60, 80), Polygon(name="Home", outline=around(300).outline), True),
    ],
)
def test_a_place_lies_in_another_with_its_edge_or_does_not(zone: Zone, other: Zone, *, within: bool) -> None:
    assert covers(zone, other) is within


@pytest.mark.parametrize(
    "round_one",
    [
        Circle(name="Round", center=HOME, radius_m=10_000.0),
        Corridor(name="Round", line=(HOME, north(-0.2)), half_width_m=10_000.0),
    ],
)
@pytest.mark.parametrize(("radius_m", "corners"), [(10_002.0, 128), (10_004.0, 64)])
def test_a_round_place_that_bulges_a_step_over_an_outline_is_not_called_within(
    round_one: Zone, radius_m: float, corners: int
) -> None:
    """The corners of the outline lie beyond the circle, the middles of its edges do not."""
    assert radius_m * cos(pi / corners) < 10_000.0
    assert not covers(around(radius_m, corners), round_one)
    assert covers(around(radius_m + 20, corners), round_one)


@pytest.mark.parametrize(("east_deg", "told"), [(90.0, True), (90.5, False)])
def test_of_what_spans_more_than_a_quarter_of_the_globe_nothing_is_told(east_deg: float, *, told: bool) -> None:
    small = Circle(name="Village", center=Point(43.5, 5.0), radius_m=100.0)
    assert covers(box(0.0, east_deg), small) is told
    assert not covers(box(0.0, 10.0), box(2.0, east_deg))


def test_places_meet_where_they_touch_or_lie_within_a_distance_of_each_other() -> None:
    assert meet(circle("Home"), circle("Yard", north(150)))
    assert not meet(circle("Home"), circle("School", north(200.5)))
    assert meet(circle("Home"), circle("School", north(250)), 60.0)
    assert not meet(circle("Home"), circle("School", north(250)), 40.0)


def test_an_area_is_told_in_square_metres_without_its_holes() -> None:
    assert area_m2(circle("Home", HOME, 1000)) == pytest.approx(pi * 1e6, rel=1e-3)
    assert area_m2(RING) == pytest.approx(2 * 300**2, rel=1e-3)
    assert area_m2(FRAME) == pytest.approx(2 * (300**2 - 150**2), rel=1e-3)
    assert area_m2(WAY) == pytest.approx(400 * 100 + pi * 50**2, rel=3e-3)


def hours(*windows: Window, **more: object) -> Schedule:
    return Schedule(timezone="Asia/Almaty", windows=windows, **more)  # type: ignore[arg-type]


def between(start: str, end: str) -> Window:
    return nightly(start, end).windows[0]


@pytest.mark.parametrize(
    ("one", "other", "within"),
    [
        (nightly("22:00", "06:00"), nightly("22:00", "06:00"), True),
        (nightly("23:00", "05:00"), nightly("22:00", "06:00"), True),
        (nightly("22:00", "06:00"), nightly("23:00", "06:00"), False),
        (nightly("22:00", "06:00"), nightly("22:00", "05:59"), False),
        (nightly("22:00", "06:00"), hours(between("22:00", "24:00"), between("00:00", "06:00")), True),
        (hours(between("22:00", "24:00"), between("00:00", "06:00")), nightly("22:00", "06:00"), True),
        (nightly("08:00", "20:00"), nightly("08:00", "08:00"), True),
        (nightly("08:00", "08:00"), nightly("08:00", "20:00"), False),
        (nightly("08:00", "08:00"), hours(*ALL_DAY), True),
        (hours(*ALL_DAY), nightly("08:00", "08:00"), True),
        (hours(Window(start_min=540, end_min=600, weekdays=(6,))), hours(between("09:00", "10:00")), True),
        (
            hours(between("09:00", "10:00")),
            hours(Window(start_min=540, end_min=600, weekdays=(0, 1, 2, 3, 4, 5))),
            False,
        ),
    ],
)
def test_hours_lie_in_others_on_every_day_of_the_week_or_do_not(
    one: Schedule, other: Schedule, *, within: bool
) -> None:
    assert hours_within(one, other) is within


def test_of_hours_by_two_clocks_nothing_is_told() -> None:
    assert not hours_within(
        Schedule(timezone="Asia/Almaty", windows=ALL_DAY), Schedule(timezone="Asia/Omsk", windows=ALL_DAY)
    )


def test_a_single_festive_night_more_is_found_and_so_is_the_morning_after_it() -> None:
    plain = hours(between("22:00", "23:00"))
    festive = DayException(day=MONDAY, windows=(between("22:00", "06:00"),))
    early = DayException(day=MONDAY + timedelta(days=1), windows=(between("00:00", "06:00"),))
    late = DayException(day=MONDAY, windows=(between("22:00", "24:00"),))
    assert not hours_within(hours(*plain.windows, exceptions=(festive,)), plain)
    assert not hours_within(hours(*plain.windows, exceptions=(festive,)), hours(*plain.windows, exceptions=(late,)))
    assert not hours_within(hours(*plain.windows, exceptions=(early,)), hours(*plain.windows, exceptions=(late,)))
    holiday = hours(*plain.windows, holidays=(MONDAY,), holiday_windows=ALL_DAY)
    assert not hours_within(holiday, plain)
    assert hours_within(plain, holiday)


@pytest.mark.parametrize("longer", [((2,), "21:00", "06:00"), ((6,), "22:00", "07:00")])
def test_a_fortnight_of_holidays_does_not_hide_that_an_ordinary_night_is_longer(
    longer: tuple[tuple[int, ...], str, str],
) -> None:
    """On Wednesdays it begins earlier, or it lasts longer into Mondays: the holidays run from a Tuesday to a Sunday."""
    fortnight = tuple(MONDAY + timedelta(days=number) for number in range(1, 14))
    nights, start, end = longer
    more = replace(between(start, end), weekdays=nights)
    was = hours(between("22:00", "06:00"), holidays=fortnight)
    now = hours(between("22:00", "06:00"), more, holidays=fortnight)
    assert not hours_within(now, was)
    assert hours_within(was, now)


def test_a_night_reaches_into_the_next_morning_and_no_further() -> None:
    sunday = replace(between("22:00", "06:00"), weekdays=(6,))
    evening, morning = (
        replace(between("22:00", "24:00"), weekdays=(6,)),
        replace(between("00:00", "06:00"), weekdays=(0,)),
    )
    assert hours_within(hours(sunday), hours(evening, morning))
    assert hours_within(hours(evening, morning), hours(sunday))
