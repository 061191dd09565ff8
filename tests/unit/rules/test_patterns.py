"""A month in words: stops, usual places, nights elsewhere, gaps; and nothing about the person."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from baqylau.rules.looking_back.patterns import GAP_S, STOP_S, Patterns, Seen, patterns
from tests.unit.rules.stories import METRE_DEG

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
"""05:00 in Almaty."""
HOME, WORK, ELSEWHERE = (43.24, 76.90), (43.27, 76.95), (43.20, 76.80)


def staying(place: tuple[float, float], from_h: float, hours: float, day: int = 0) -> list[Seen]:
    begun = MONDAY + timedelta(days=day, hours=from_h - 5)
    return [Seen(begun + timedelta(minutes=5 * number), *place) for number in range(round(hours * 12) + 1)]


def told(*clocks: str, place: tuple[float, float] = ELSEWHERE) -> list[Seen]:
    """Give one position at each wall clock of Almaty, on Monday or, with `+1`, on Tuesday."""
    found = []
    for clock in clocks:
        wall, _, day = clock.partition("+")
        hours, minutes, *seconds = (int(part) for part in wall.split(":"))
        whole = timedelta(days=int(day or 0), hours=hours - 5, minutes=minutes, seconds=seconds[0] if seconds else 0)
        found.append(Seen(MONDAY + whole, *place))
    return found


def norther(place: tuple[float, float], metres: float) -> tuple[float, float]:
    return place[0] + metres * METRE_DEG, place[1]


def of(parts: Iterable[list[Seen]]) -> Patterns:
    return patterns(sorted((one for part in parts for one in part), key=lambda one: one.at), "Asia/Almaty")


WEEK = [part for day in range(5) for part in (staying(WORK, 9, 8, day), staying(HOME, 18, 14, day))]


def test_where_somebody_stops_on_three_days_is_a_usual_place_with_its_hours() -> None:
    home, work = of(WEEK).places
    assert (home.days, work.days) == (5, 5)
    assert home.seconds > work.seconds
    assert (home.comes_min, home.leaves_min) == (18 * 60, 8 * 60), "hours over midnight have a middle too"
    assert (work.comes_min, work.leaves_min) == (9 * 60, 17 * 60)
    assert (of(WEEK).stops, of(WEEK).nights) == ((), ())


def test_a_night_elsewhere_is_told_once_with_its_time() -> None:
    away = [*WEEK, staying(ELSEWHERE, 23, 4, 7)]
    (night,) = of(away).nights
    begun = MONDAY + timedelta(days=7, hours=18)
    assert (night.from_at, night.until_at) == (begun, begun + timedelta(hours=4))
    assert of(away).stops == (night,)


def test_passing_by_is_no_stop_and_silence_is_only_a_gap() -> None:
    passing = [Seen(MONDAY + timedelta(minutes=number), 43.2 + number / 500, 76.9) for number in range(60)]
    assert of([passing]).stops == ()
    (gap,) = of([staying(HOME, 8, 1), staying(HOME, 12, 1)]).gaps
    assert gap.until_at - gap.from_at == timedelta(hours=3)
    assert len(of([staying(HOME, 8, 1), staying(HOME, 12, 1)]).stops) == 2, "nobody says where they were in between"


def test_a_stop_lasts_a_quarter_of_an_hour_at_least() -> None:
    (stop,) = of([told("12:00", "12:15")]).stops
    assert stop.until_at - stop.from_at == timedelta(minutes=15)
    assert of([told("12:00", "12:14:59")]).stops == ()


def test_half_an_hour_without_a_word_is_no_gap_and_a_second_more_is_one() -> None:
    heard, gone = of([told("12:00", "12:30")]), of([told("12:00", "12:30:01")])
    assert (len(heard.stops), heard.gaps) == (1, ())
    assert (gone.stops, len(gone.gaps)) == ((), 1)


def test_who_stays_within_eighty_metres_of_where_they_stopped_has_not_gone_on() -> None:
    for metres, stops in ((79.5, 1), (80.5, 0)):
        beside = told("12:10", "12:20", place=norther(ELSEWHERE, metres))
        assert len(of([told("12:00"), beside]).stops) == stops


def test_stops_within_a_hundred_and_twenty_metres_of_each_other_are_at_one_place() -> None:
    for metres, places in ((119.5, 1), (120.5, 0)):
        days = [
            staying(ELSEWHERE, 12, 1, 0),
            staying(norther(ELSEWHERE, metres), 12, 1, 1),
            staying(ELSEWHERE, 12, 1, 2),
        ]
        assert len(of(days).places) == places


def test_two_days_make_no_usual_place_and_three_do() -> None:
    assert of([staying(ELSEWHERE, 12, 1, day) for day in range(2)]).places == ()
    (place,) = of([staying(ELSEWHERE, 12, 1, day) for day in range(3)]).places
    assert (place.days, place.stops, place.seconds) == (3, 3, 3 * 3600)


def test_the_middle_of_arrivals_is_found_on_a_clock_that_goes_round() -> None:
    """At midnight, at ten and at twenty to ten in the evening: the largest gap lies between the last two."""

    def middle(*arrivals_h: float) -> tuple[int, int]:
        (place,) = of([staying(ELSEWHERE, hour, 1, day) for day, hour in enumerate(arrivals_h)]).places
        return place.comes_min, place.leaves_min

    assert middle(0, 10, 21 + 40 / 60) == (0, 60)
    assert middle(23 + 50 / 60, 24 + 10 / 60, 48 + 10 / 60)[0] == 10
    assert middle(9, 9 + 10 / 60, 9 + 40 / 60) == (9 * 60 + 10, 10 * 60 + 10)


def test_midnight_between_two_arrivals_on_either_side_of_it_is_midnight() -> None:
    clocks = (23 + 50 / 60, 24 + 10 / 60, 24 + 23 + 50 / 60, 48 + 10 / 60 + 24)
    (place,) = of([staying(ELSEWHERE, hour, 0.25, day) for day, hour in enumerate(clocks)]).places
    assert place.comes_min == 0


def test_a_night_is_from_midnight_until_five_and_an_afternoon_is_none() -> None:
    nights = {
        ("13:00", "13:30"): 0,
        ("23:40", "0:00+1"): 0,
        ("23:40", "0:01+1"): 1,
        ("0:10", "0:40"): 1,
        ("4:30", "4:50"): 1,
        ("4:59", "5:15"): 1,
        ("5:00", "5:15"): 0,
        ("5:10", "5:40"): 0,
    }
    assert {clocks: len(of([told(*clocks)]).nights) for clocks in nights} == nights


def test_nothing_heard_is_described_as_nothing() -> None:
    none = patterns([], "Asia/Almaty")
    assert (none.fixes, none.days_heard, none.stops, none.places, none.gaps) == (0, 0, (), (), ())


@given(st.lists(st.tuples(st.integers(0, 20_000), st.sampled_from([HOME, WORK, ELSEWHERE])), max_size=60))
def test_stops_lie_within_what_was_heard_and_never_over_a_gap(told: list[tuple[int, tuple[float, float]]]) -> None:
    seen = [Seen(MONDAY + timedelta(minutes=minute), *place) for minute, place in sorted(told)]
    found = patterns(seen, "Asia/Almaty")
    for stop in found.stops:
        assert (stop.until_at - stop.from_at).total_seconds() >= STOP_S
        assert not any(stop.from_at <= gap.from_at and gap.until_at <= stop.until_at for gap in found.gaps)
    assert all((gap.until_at - gap.from_at).total_seconds() > GAP_S for gap in found.gaps)
    assert set(found.nights) <= set(found.stops)
