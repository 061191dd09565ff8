"""A month in words: stops, usual places, nights elsewhere, gaps; and nothing about the person."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from baqylau.rules.looking_back.patterns import GAP_S, STOP_S, Patterns, Seen, patterns

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
"""05:00 in Almaty."""
HOME, WORK, ELSEWHERE = (43.24, 76.90), (43.27, 76.95), (43.20, 76.80)


def staying(place: tuple[float, float], from_h: float, hours: float, day: int = 0) -> list[Seen]:
    begun = MONDAY + timedelta(days=day, hours=from_h - 5)
    return [Seen(begun + timedelta(minutes=5 * number), *place) for number in range(round(hours * 12) + 1)]


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
