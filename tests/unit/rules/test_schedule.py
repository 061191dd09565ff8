"""Hours of duty on the wall clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from baqylau.domain.schedules import DayException, Schedule, Window
from baqylau.rules.schedule import begins_of, gap, on_duty, overlap, stretch

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2030, 1, 1, tzinfo=UTC)
NIGHT = Window(start_min=22 * 60, end_min=6 * 60)


def nightly(*exceptions: DayException) -> Schedule:
    return Schedule(timezone="Asia/Almaty", windows=(NIGHT,), exceptions=exceptions)


def around(schedule: Schedule, at: datetime) -> tuple[bool, datetime, datetime]:
    found = stretch(schedule, at, floor_at=LONG_AGO, ceiling_at=FAR_AHEAD)
    return found.on, found.from_at, found.until_at


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_a_window_runs_over_midnight_of_local_time() -> None:
    assert around(nightly(), utc(2025, 3, 10, 20)) == (True, utc(2025, 3, 10, 17), utc(2025, 3, 11, 1))


def test_the_last_instant_of_a_window_is_the_first_without_duty() -> None:
    assert on_duty(nightly(), utc(2025, 3, 10, 17))
    assert not on_duty(nightly(), utc(2025, 3, 11, 1))


def test_a_stretch_begins_with_its_first_instant_and_is_over_with_its_last() -> None:
    night = (True, utc(2025, 3, 10, 17), utc(2025, 3, 11, 1))
    assert around(nightly(), utc(2025, 3, 10, 17)) == night
    assert around(nightly(), utc(2025, 3, 11, 1)) == (False, utc(2025, 3, 11, 1), utc(2025, 3, 11, 17))


def test_a_night_is_an_hour_longer_when_kazakhstan_puts_its_clocks_back() -> None:
    """1 March 2024: UTC+6 becomes UTC+5; the night of 29 February lasts nine hours."""
    on, from_at, until_at = around(nightly(), utc(2024, 2, 29, 20))
    assert (on, from_at, until_at) == (True, utc(2024, 2, 29, 16), utc(2024, 3, 1, 1))
    assert until_at - from_at == timedelta(hours=9)


def test_ten_in_the_evening_stays_ten_in_the_evening_over_the_change() -> None:
    before = stretch(nightly(), utc(2024, 2, 28, 10), floor_at=LONG_AGO, ceiling_at=FAR_AHEAD)
    after = stretch(nightly(), utc(2024, 3, 1, 10), floor_at=LONG_AGO, ceiling_at=FAR_AHEAD)
    assert before.until_at == utc(2024, 2, 28, 16)
    assert after.until_at == utc(2024, 3, 1, 17)


def test_an_exception_replaces_the_windows_that_begin_on_its_day() -> None:
    early = DayException(day=date(2025, 3, 10), windows=(Window(start_min=18 * 60, end_min=6 * 60),))
    free = DayException(day=date(2025, 3, 11))
    schedule = nightly(early, free)
    assert around(schedule, utc(2025, 3, 10, 14)) == (True, utc(2025, 3, 10, 13), utc(2025, 3, 11, 1))
    assert around(schedule, utc(2025, 3, 11, 18))[::2] == (False, utc(2025, 3, 12, 17))


def test_only_the_given_weekdays_count() -> None:
    schedule = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=0, end_min=60, weekdays=(5,)),))
    assert around(schedule, utc(2025, 3, 10))[::2] == (False, utc(2025, 3, 14, 19))


def test_windows_that_touch_are_one_stretch_within_the_given_bounds() -> None:
    always = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=0, end_min=0),))
    found = stretch(always, utc(2025, 3, 10), floor_at=utc(2025, 1, 1), ceiling_at=utc(2025, 6, 1))
    assert (found.on, found.from_at, found.until_at) == (True, utc(2025, 1, 1), utc(2025, 6, 1))


def test_a_week_that_leaves_no_minute_free_has_no_end_and_one_that_leaves_a_minute_has() -> None:
    days, night = Window(start_min=6 * 60, end_min=22 * 60), Window(start_min=22 * 60, end_min=6 * 60)
    whole = Schedule(timezone="Asia/Almaty", windows=(days, night))
    assert around(whole, utc(2025, 3, 10)) == (True, LONG_AGO, FAR_AHEAD)

    shorter = Window(start_min=22 * 60, end_min=6 * 60 - 1, weekdays=(6,))
    nights = Window(start_min=22 * 60, end_min=6 * 60, weekdays=(0, 1, 2, 3, 4, 5))
    nearly = Schedule(timezone="Asia/Almaty", windows=(days, nights, shorter))
    assert around(nearly, utc(2025, 3, 12)) == (True, utc(2025, 3, 10, 1), utc(2025, 3, 17, 0, 59))


@pytest.mark.parametrize("free_min", [0, 1, 719, 1439, 1440, 7 * 1440 - 1])
def test_one_free_minute_anywhere_in_the_week_ends_the_hours(free_min: int) -> None:
    day, minute = divmod(free_min, 1440)
    windows = [Window(start_min=0, end_min=1440, weekdays=tuple(one for one in range(7) if one != day))]
    if minute > 0:
        windows.append(Window(start_min=0, end_min=minute, weekdays=(day,)))
    if minute + 1 < 1440:
        windows.append(Window(start_min=minute + 1, end_min=1440, weekdays=(day,)))
    free_from = utc(2025, 3, 9, 19) + timedelta(minutes=free_min)
    found = around(Schedule(timezone="Asia/Almaty", windows=tuple(windows)), free_from)
    assert found == (False, free_from, free_from + timedelta(minutes=1))


def test_hours_without_an_end_are_not_walked_through_to_the_end_of_the_calendar() -> None:
    """A step beyond the calendar's last day would be an error."""
    whole_days, last = (Window(start_min=0, end_min=0),), datetime.max.replace(tzinfo=UTC)
    night_and_day = (Window(start_min=6 * 60, end_min=22 * 60), Window(start_min=22 * 60, end_min=6 * 60))
    first = last - timedelta(days=9)
    for windows in (whole_days, night_and_day):
        schedule = Schedule(timezone="Asia/Almaty", windows=windows)
        found = stretch(schedule, last - timedelta(days=4), floor_at=first, ceiling_at=last)
        assert (found.on, found.from_at, found.until_at) == (True, first, last)


def test_hours_are_not_looked_for_beyond_the_given_bounds() -> None:
    """These go on from the calendar's first day to its last, but for a holiday, and a step beyond would be an error."""
    free = date(2025, 3, 12)
    whole_days = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=0, end_min=0),), holidays=(free,))
    for at in (utc(1, 1, 6), utc(9999, 12, 26)):
        floor_at, ceiling_at = at - timedelta(days=1), at + timedelta(days=1)
        found = stretch(whole_days, at, floor_at=floor_at, ceiling_at=ceiling_at)
        assert (found.on, found.from_at, found.until_at) == (True, floor_at, ceiling_at)


def test_a_week_without_an_end_has_one_on_a_day_of_its_own() -> None:
    always, free = (Window(start_min=0, end_min=0),), date(2025, 3, 12)
    for schedule in (
        Schedule(timezone="Asia/Almaty", windows=always, exceptions=(DayException(day=free),)),
        Schedule(timezone="Asia/Almaty", windows=always, holidays=(free,)),
    ):
        assert around(schedule, utc(2025, 3, 10)) == (True, LONG_AGO, utc(2025, 3, 11, 19))


def test_midnight_may_be_written_as_the_end_of_the_day() -> None:
    evening = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=20 * 60, end_min=1440),))
    assert around(evening, utc(2025, 3, 10, 16)) == (True, utc(2025, 3, 10, 15), utc(2025, 3, 10, 19))


def test_an_hour_that_the_clock_skips_is_asked_for_after_the_skip() -> None:
    """Berlin, 30 March 2025: after 01:59 comes 03:00, and what was meant for 02:10 to 02:50 is 03:10 to 03:50."""
    gone = Schedule(timezone="Europe/Berlin", windows=(Window(start_min=130, end_min=170),))
    assert around(gone, utc(2025, 3, 30, 1, 30)) == (True, utc(2025, 3, 30, 1, 10), utc(2025, 3, 30, 1, 50))
    assert not on_duty(gone, utc(2025, 3, 30, 1, 9))
    assert not on_duty(gone, utc(2025, 3, 30, 0, 30))


def test_a_night_over_a_skip_lasts_until_its_end_on_the_wall() -> None:
    night = Schedule(timezone="Europe/Berlin", windows=(NIGHT,))
    assert around(night, utc(2025, 3, 30, 1)) == (True, utc(2025, 3, 29, 21), utc(2025, 3, 30, 4))


def test_a_window_that_ends_in_a_skip_over_midnight_still_reaches_the_day_after() -> None:
    """Pyongyang, 4 May 2018: after 23:29 came midnight. A day from Thursday 23:45 on ended at 00:15 on Saturday."""
    hours = Window(start_min=23 * 60 + 45, end_min=23 * 60 + 45, weekdays=(3,))
    whole_day = Schedule(timezone="Asia/Pyongyang", windows=(hours,))
    assert on_duty(whole_day, utc(2018, 5, 4, 15, 14))
    assert not on_duty(whole_day, utc(2018, 5, 4, 15, 15))


def test_a_window_of_tomorrow_has_begun_where_the_clock_goes_back_to_the_evening_before() -> None:
    """St John's, 7 November 2010: at 00:01 the clock went back to 23:01. Midnight was over, and came once more."""
    sundays = Schedule(timezone="America/St_Johns", windows=(Window(start_min=0, end_min=360, weekdays=(6,)),))
    assert on_duty(sundays, utc(2010, 11, 7, 3))
    assert not on_duty(sundays, utc(2010, 11, 7, 2, 29))


@pytest.mark.parametrize("windows", [(), (Window(start_min=0, end_min=60, weekdays=()),)])
def test_a_schedule_without_windows_never_asks_for_anything(windows: tuple[Window, ...]) -> None:
    on, _, until_at = around(Schedule(timezone="Asia/Almaty", windows=windows), utc(2025, 3, 10))
    assert not on
    assert until_at > utc(2026, 1, 1)


def test_on_a_holiday_its_own_windows_count_and_an_exception_goes_before() -> None:
    republic, constitution = date(2025, 10, 25), date(2025, 8, 30)
    schedule = Schedule(
        timezone="Asia/Almaty",
        windows=(Window(start_min=8 * 60, end_min=9 * 60),),
        exceptions=(DayException(day=constitution),),
        holidays=(republic, constitution),
        holiday_windows=(Window(start_min=12 * 60, end_min=13 * 60),),
    )
    assert around(schedule, utc(2025, 10, 25, 7, 30)) == (True, utc(2025, 10, 25, 7), utc(2025, 10, 25, 8))
    assert not on_duty(schedule, utc(2025, 10, 25, 3, 30))
    assert on_duty(schedule, utc(2025, 10, 24, 3, 30))
    assert not on_duty(schedule, utc(2025, 8, 30, 7, 30))


def test_between_two_windows_lies_a_gap_of_the_time_between_them() -> None:
    found = gap(nightly(), utc(2025, 3, 10, 10), floor_at=LONG_AGO, ceiling_at=FAR_AHEAD)
    assert (found.on, found.from_at, found.until_at) == (True, utc(2025, 3, 10, 1), utc(2025, 3, 10, 17))
    assert not gap(nightly(), utc(2025, 3, 10, 18), floor_at=LONG_AGO, ceiling_at=FAR_AHEAD).on


def test_a_gap_lies_between_the_nearest_windows_of_its_day() -> None:
    windows = tuple(Window(start_min=hour * 60, end_min=(hour + 1) * 60) for hour in (8, 10, 14, 16))
    found = gap(
        Schedule(timezone="Asia/Almaty", windows=windows), utc(2025, 3, 10, 7), floor_at=LONG_AGO, ceiling_at=FAR_AHEAD
    )
    assert (found.on, found.from_at, found.until_at) == (True, utc(2025, 3, 10, 6), utc(2025, 3, 10, 9))


@pytest.mark.parametrize("day", [10, 12])
def test_a_gap_begins_when_the_night_is_over_and_not_when_a_window_within_it_is(day: int) -> None:
    """A night from Sunday to Monday, and the first hour of Monday: on Monday as on Wednesday the last end was 06:00."""
    hours = (Window(start_min=22 * 60, end_min=6 * 60, weekdays=(6,)), Window(start_min=0, end_min=60, weekdays=(0,)))
    found = gap(
        Schedule(timezone="Asia/Almaty", windows=hours), utc(2025, 3, day, 7), floor_at=LONG_AGO, ceiling_at=FAR_AHEAD
    )
    assert (found.on, found.from_at) == (True, utc(2025, 3, 10, 1))


def test_a_gap_without_any_window_before_it_is_cut_where_it_is_asked() -> None:
    never = Schedule(timezone="Asia/Almaty", windows=())
    found = gap(never, utc(2025, 3, 10), floor_at=utc(2025, 3, 1), ceiling_at=utc(2025, 3, 20))
    assert (found.on, found.from_at, found.until_at) == (True, utc(2025, 3, 1), utc(2025, 3, 20))


def test_a_window_in_the_hour_that_the_clock_shows_twice_is_the_first_of_the_two() -> None:
    """On 29 February 2024 Almaty's 23:00 to 24:00 showed twice: duty in it begins once and lasts until midnight."""
    last_hour = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=23 * 60, end_min=1440),))
    found = stretch(last_hour, utc(2024, 2, 29, 17, 30), floor_at=LONG_AGO, ceiling_at=FAR_AHEAD)
    assert (found.on, found.from_at, found.until_at) == (True, utc(2024, 2, 29, 17), utc(2024, 2, 29, 19))


def test_two_schedules_meet_whichever_begins_within_the_other_and_none_is_always() -> None:
    late = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=23 * 60, end_min=23 * 60 + 30),))
    week = (utc(2025, 3, 10), utc(2025, 3, 17))
    assert overlap(late, nightly(), *week)
    assert overlap(nightly(), late, *week)
    assert overlap(None, late, *week)
    assert overlap(late, None, *week)
    noon = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=720, end_min=780),))
    assert not overlap(noon, nightly(), *week)


def test_schedules_that_meet_on_one_day_of_the_week_alone_meet() -> None:
    wednesdays = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=720, end_min=780, weekdays=(2,)),))
    assert overlap(wednesdays, wednesdays, utc(2025, 3, 10), utc(2025, 3, 17))
    assert not overlap(wednesdays, wednesdays, utc(2025, 3, 13), utc(2025, 3, 17))


def test_schedules_meet_from_the_first_instant_on_and_no_more_at_the_last() -> None:
    window = (Window(start_min=720, end_min=780),)
    once = Schedule(timezone="Asia/Almaty", windows=(), holidays=(date(2025, 3, 21),), holiday_windows=window)
    assert overlap(once, once, utc(2025, 3, 21, 7), utc(2025, 4, 10))
    assert not overlap(once, once, utc(2025, 3, 10), utc(2025, 3, 21, 7))


def test_schedules_that_meet_on_a_holiday_alone_meet() -> None:
    festive = date(2025, 3, 21)
    window = (Window(start_min=720, end_min=780),)
    once = Schedule(timezone="Asia/Almaty", windows=(), holidays=(festive,), holiday_windows=window)
    noon = Schedule(timezone="Asia/Almaty", windows=window)
    assert overlap(once, noon, utc(2025, 3, 10), utc(2025, 4, 10))
    assert not overlap(once, noon, utc(2025, 3, 10), utc(2025, 3, 20))


def test_schedules_that_meet_on_a_day_of_its_own_alone_meet() -> None:
    window = (Window(start_min=720, end_min=780),)
    once = Schedule(
        timezone="Asia/Almaty", windows=(), exceptions=(DayException(day=date(2025, 3, 21), windows=window),)
    )
    noon = Schedule(timezone="Asia/Almaty", windows=window)
    for one, other in ((once, noon), (noon, once)):
        assert overlap(one, other, utc(2025, 3, 10), utc(2025, 4, 10))
        assert not overlap(one, other, utc(2025, 3, 10), utc(2025, 3, 20))


def test_the_hours_of_a_day_begin_in_their_order_each_once() -> None:
    noon, early = Window(start_min=720, end_min=780), Window(start_min=60, end_min=120)
    schedule = Schedule(timezone="Asia/Almaty", windows=(noon, early, Window(start_min=720, end_min=800)))
    assert begins_of(schedule, date(2025, 3, 10)) == (utc(2025, 3, 9, 20), utc(2025, 3, 10, 7))


def test_a_gap_that_is_asked_for_at_its_first_instant_begins_there() -> None:
    found = gap(nightly(), utc(2025, 3, 10, 1), floor_at=LONG_AGO, ceiling_at=FAR_AHEAD)
    assert (found.on, found.from_at, found.until_at) == (True, utc(2025, 3, 10, 1), utc(2025, 3, 10, 17))


def test_a_gap_within_a_day_begins_with_the_window_that_ends_at_that_instant() -> None:
    windows = tuple(Window(start_min=hour * 60, end_min=(hour + 1) * 60) for hour in (8, 10, 14))
    found = gap(
        Schedule(timezone="Asia/Almaty", windows=windows), utc(2025, 3, 10, 6), floor_at=LONG_AGO, ceiling_at=FAR_AHEAD
    )
    assert (found.on, found.from_at) == (True, utc(2025, 3, 10, 6))


def test_an_hour_of_which_the_skip_leaves_nothing_begins_nothing() -> None:
    """Berlin, 30 March 2025: 02:10 is 03:10 that night, and there it ends."""
    lost = Schedule(timezone="Europe/Berlin", windows=(Window(start_min=130, end_min=190),))
    assert begins_of(lost, date(2025, 3, 30)) == ()
    assert begins_of(lost, date(2025, 3, 31)) == (utc(2025, 3, 31, 0, 10),)
