"""A permission that comes again every week is written out as the times that it comes to."""

from datetime import timedelta

from msgspec.structs import replace

from baqylau.domain.orders import Permission
from baqylau.rules.prescribing.recurring import MOST_TIMES, occurrences, series_of
from tests.unit.rules.stories import DAY, at, nightly, permission

TUESDAYS = nightly("10:00", "12:00")
TUESDAYS = replace(TUESDAYS, windows=(replace(TUESDAYS.windows[0], weekdays=(1,)),))


def times(whole: Permission) -> list[tuple[str, str, str]]:
    local = timedelta(hours=5)
    return [
        (one.id, f"{one.from_at + local:%d %H:%M}", f"{one.until_at + local:%d %H:%M}")
        for one in occurrences(whole, TUESDAYS)
    ]


def test_a_lesson_on_tuesdays_is_a_permission_for_each_of_them_cut_by_the_first_day_and_the_last() -> None:
    lessons = permission(at("11:00", 1), at("10:30", 15))
    assert times(lessons) == [
        ("permission-1/1", "11 11:00", "11 12:00"),
        ("permission-1/2", "18 10:00", "18 12:00"),
        ("permission-1/3", "25 10:00", "25 10:30"),
    ]
    assert {one.reason for one in occurrences(lessons, TUESDAYS)} == {lessons.reason}


def test_between_two_tuesdays_there_is_none_and_a_week_ends_where_the_next_begins() -> None:
    assert times(permission(at("13:00", 1), at("10:00", 8))) == []
    assert len(times(permission(at("10:00", 1), at("12:00", 8)))) == 2


def test_of_more_than_may_be_one_too_many_is_given_so_that_it_is_seen_and_refused() -> None:
    daily = nightly("10:00", "12:00")
    endless, just_as_many = (DAY + timedelta(days=days) for days in (5 * MOST_TIMES, MOST_TIMES))
    assert len(list(occurrences(permission(DAY, endless), daily))) == MOST_TIMES + 1 == 401
    assert len(list(occurrences(permission(DAY, just_as_many), daily))) == MOST_TIMES


def test_the_times_of_one_permission_are_known_by_its_name() -> None:
    assert {series_of(one.id) for one in occurrences(permission(at("10:00"), at("12:00", 30)), TUESDAYS)} == {
        "permission-1"
    }
    assert series_of("permission-1") == "permission-1"
