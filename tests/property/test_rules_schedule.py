"""What holds for every schedule and every instant."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from baqylau.domain.schedules import DayException, Schedule, Window
from baqylau.rules.schedule import on_duty, stretch

FLOOR = datetime(2024, 1, 1, tzinfo=UTC)
CEILING = datetime(2024, 6, 1, tzinfo=UTC)

windows = st.builds(
    lambda start, end, days: Window(start_min=start, end_min=end, weekdays=tuple(sorted(days))),
    st.integers(0, 1439),
    st.integers(0, 1440),
    st.sets(st.integers(0, 6)),
)
exceptions = st.builds(
    lambda day, several: DayException(day=date(2024, 2, 20) + timedelta(days=day), windows=tuple(several)),
    st.integers(0, 30),
    st.lists(windows, max_size=2),
)
schedules = st.builds(
    lambda zone, several, days: Schedule(timezone=zone, windows=tuple(several), exceptions=tuple(days)),
    st.sampled_from(("Asia/Almaty", "Asia/Aqtau", "Europe/Berlin", "UTC")),
    st.lists(windows, max_size=3),
    st.lists(exceptions, max_size=3),
)


def _around_the_clock(cuts: set[int], shorter_min: int, free_days: set[int]) -> Schedule:
    """Windows one after another around the clock, but for the free days; the last ends so much too early."""
    begins = sorted(cuts)
    ends = [*begins[1:], (begins[0] - shorter_min) % 1440]
    days = tuple(day for day in range(7) if day not in free_days)
    hours = (Window(start_min=begin, end_min=end, weekdays=days) for begin, end in zip(begins, ends, strict=True))
    return Schedule(timezone="Asia/Almaty", windows=tuple(hours))


nearly_always = st.builds(
    _around_the_clock,
    st.sets(st.integers(0, 1439), min_size=1, max_size=4),
    st.sampled_from((0, 0, 1)),
    st.one_of(st.just(set[int]()), st.sets(st.integers(0, 6), max_size=2)),
)
instants = st.integers(0, 40 * 1440).map(lambda minutes: datetime(2024, 2, 20, tzinfo=UTC) + timedelta(minutes=minutes))


@given(schedules | nearly_always, instants)
def test_a_stretch_holds_its_instant_and_one_duty(schedule: Schedule, at: datetime) -> None:
    found = stretch(schedule, at, floor_at=FLOOR, ceiling_at=CEILING)
    assert found.from_at <= at < found.until_at
    assert found.on is on_duty(schedule, at)
    for part in range(1, 8):
        between = at + (found.until_at - at) * part / 8
        assert on_duty(schedule, between) is found.on


@given(schedules | nearly_always, instants)
def test_the_duty_changes_at_the_end_of_a_stretch(schedule: Schedule, at: datetime) -> None:
    found = stretch(schedule, at, floor_at=FLOOR, ceiling_at=CEILING)
    if found.until_at < CEILING:
        assert on_duty(schedule, found.until_at) is not found.on
        assert on_duty(schedule, found.until_at - timedelta(seconds=1)) is found.on


@given(schedules | nearly_always, instants)
def test_every_instant_of_a_stretch_of_duty_gives_the_same_stretch(schedule: Schedule, at: datetime) -> None:
    found = stretch(schedule, at, floor_at=FLOOR, ceiling_at=CEILING)
    if found.on:
        middle = found.from_at + (found.until_at - found.from_at) / 2
        assert stretch(schedule, middle, floor_at=FLOOR, ceiling_at=CEILING) == found
        assert stretch(schedule, found.from_at, floor_at=FLOOR, ceiling_at=CEILING) == found
