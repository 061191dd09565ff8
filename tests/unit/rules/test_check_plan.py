"""The plan of checks: foreseen by nobody, the same for everybody who has the key."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from baqylau.domain.checks import CheckKind, CheckWhy
from baqylau.domain.ids import RestrictionId
from baqylau.domain.orders import Permission
from baqylau.domain.schedules import Schedule, Window
from baqylau.rules.checks.plan import check_id, due, excused, kind_of, moments, quiet
from tests.unit.rules.checked import checked, identification, sobriety
from tests.unit.rules.stories import ORDER_UNTIL, at, permission, presence, supervision

KEY = b"k" * 32
ALMATY = ZoneInfo("Asia/Almaty")
NONE = Schedule(timezone="Asia/Almaty", windows=())
MONDAY = date(2025, 3, 10)
PINNED = ["2025-03-10T10:49:00+00:00", "2025-03-10T15:47:00+00:00"]
gaps = st.sampled_from((900, 3600, 7200))


def test_a_check_is_due_when_its_window_begins() -> None:
    planned = list(due(checked(identification()), KEY, at("07:00"), at("09:00")))
    assert [(one.at, one.why) for one in planned] == [(at("08:00"), CheckWhy.SCHEDULED)]
    assert len(list(due(checked(identification()), KEY, at("07:00"), at("08:00")))) == 1
    assert list(due(checked(identification()), KEY, at("08:00"), at("09:00"))) == []


def test_only_restrictions_about_checks_that_an_order_carries_ask_for_any() -> None:
    others = supervision(identification(order_id="lost"), identification(), presence())
    assert len(list(due(others, KEY, at("07:00"), at("09:00")))) == 1
    assert (kind_of(sobriety()), kind_of(identification())) == (CheckKind.BREATH, CheckKind.IDENTITY)


def test_a_permission_excuses_from_its_restriction_while_it_lasts() -> None:
    one = identification()
    for about, excuses in ((None, True), (one.id, True), (RestrictionId("other"), False)):
        person = supervision(one, permissions=(permission(at("08:00"), at("10:00"), about),))
        asked = [excused(person, one, at(clock)) for clock in ("07:59", "08:00", "09:59", "10:00")]
        assert asked == [False, excuses, excuses, False]


def wall_minutes(days: int, **more: Any) -> set[int]:
    """Give at which minutes of the day random checks come, over many days."""
    one = identification(random_per_day=1, **more)
    drawn = [moment.at.astimezone(ALMATY) for day in range(days) for moment in moments(one, KEY, _day(day))]
    assert all((at.second, at.microsecond) == (0, 0) for at in drawn)
    return {60 * at.hour + at.minute for at in drawn} - {
        one.schedule.windows[0].start_min if one.schedule.windows else -1
    }


def _day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def _at_min(minute: int) -> Schedule:
    return Schedule(timezone="Asia/Almaty", windows=(Window(start_min=minute, end_min=minute + 5),))


def test_random_checks_keep_half_the_gap_from_midnight_and_the_whole_from_fixed_ones_of_the_days_beside() -> None:
    assert _ends(wall_minutes(400, schedule=NONE, min_gap_s=22 * 3600)) == (11 * 60, 13 * 60)
    early = wall_minutes(250, schedule=_at_min(10), min_gap_s=11 * 3600 + 1800)
    assert _ends(early) == (11 * 60 + 40, 12 * 60 + 40)
    late = wall_minutes(250, schedule=_at_min(23 * 60 + 50), min_gap_s=11 * 3600 + 1800)
    assert _ends(late) == (11 * 60 + 20, 12 * 60 + 20)


def _ends(minutes: set[int]) -> tuple[int, int]:
    return min(minutes), max(minutes)


def test_every_program_and_every_version_draws_the_same() -> None:
    one = identification(schedule=NONE, random_per_day=2)
    assert [moment.at.isoformat() for moment in moments(one, KEY, MONDAY)] == PINNED


@given(st.binary(min_size=16, max_size=32), st.integers(1, 6), gaps, st.integers(0, 400))
def test_random_checks_keep_their_gap_and_the_quiet_hours(key: bytes, count: int, gap_s: int, day: int) -> None:
    one = identification(
        schedule=NONE, random_per_day=count, min_gap_s=gap_s, quiet_from_min=22 * 60, quiet_until_min=7 * 60
    )
    days = [MONDAY + timedelta(days=day + more) for more in range(2)]
    drawn = [moment for each in days for moment in moments(one, key, each)]
    assert not any(quiet(one, moment.at) for moment in drawn)
    assert all(b.at - a.at >= timedelta(seconds=gap_s) for a, b in pairwise(drawn))
    assert {moment.at.astimezone(ALMATY).date() for moment in drawn} <= set(days)
    assert len(drawn) == 2 * count or gap_s * count > 30_000


def test_another_key_draws_other_moments_and_the_same_key_the_same() -> None:
    one = identification(schedule=NONE, random_per_day=3)
    assert moments(one, KEY, MONDAY) == moments(one, KEY, MONDAY)
    assert moments(one, KEY, MONDAY) != moments(one, b"l" * 32, MONDAY)
    assert moments(one, KEY, MONDAY) != tuple(
        moment.__class__(moment.at - timedelta(days=1), moment.why)
        for moment in moments(one, KEY, MONDAY + timedelta(days=1))
    )


def test_over_many_days_every_hour_comes_up() -> None:
    one = identification(schedule=NONE, random_per_day=2)
    days = [MONDAY + timedelta(days=number) for number in range(120)]
    hours = {moment.at.astimezone(ALMATY).hour for each in days for moment in moments(one, KEY, each)}
    assert len(hours) == 24


def test_no_more_than_the_most_a_day_and_the_fixed_ones_first() -> None:
    windows = tuple(Window(start_min=60 * hour, end_min=60 * hour + 10) for hour in (8, 12, 18))
    one = sobriety(schedule=Schedule(timezone="Asia/Almaty", windows=windows), random_per_day=4, most_per_day=4)
    day = moments(one, KEY, MONDAY)
    assert [moment.why for moment in day].count(CheckWhy.SCHEDULED) == 3
    assert len(day) == 4


def test_nothing_is_due_without_an_order_or_with_a_permission() -> None:
    assert not list(due(checked(identification()), KEY, ORDER_UNTIL, ORDER_UNTIL + timedelta(days=2)))
    away: Permission = permission(at("07:00"), at("10:00"))
    person = checked(identification())
    excused = type(person)(
        **{name: getattr(person, name) for name in person.__struct_fields__} | {"permissions": (away,)}
    )
    assert not list(due(excused, KEY, at("07:00"), at("09:00")))


def test_the_name_of_a_check_follows_from_what_asks_for_it() -> None:
    assert check_id(KEY, "a") == check_id(KEY, "a") != check_id(KEY, "b") != check_id(b"l" * 32, "b")
    assert len(check_id(KEY, "a")) == 32


def test_quiet_hours_run_over_midnight() -> None:
    one = identification(quiet_from_min=22 * 60, quiet_until_min=6 * 60)
    assert [quiet(one, at(clock)) for clock in ("21:59", "22:00", "05:59", "06:00")] == [False, True, True, False]
    assert quiet(identification(), datetime(2025, 3, 10, tzinfo=UTC)) is False


def test_quiet_hours_begin_and_end_at_any_minute_of_the_day_and_need_both() -> None:
    one = identification(quiet_from_min=12 * 60 + 10, quiet_until_min=13 * 60 + 20)
    asked = [quiet(one, at(clock)) for clock in ("12:09", "12:10", "13:19", "13:20", "23:00", "01:00")]
    assert asked == [False, True, True, False, False, False]
    night = identification(quiet_from_min=22 * 60 + 30, quiet_until_min=6 * 60 + 15)
    assert [quiet(night, at(clock)) for clock in ("22:29", "22:30", "06:14", "06:15")] == [False, True, True, False]
    assert not quiet(identification(quiet_from_min=600, quiet_until_min=600), at("10:00"))
    assert not quiet(identification(quiet_from_min=600), at("12:00"))
    assert not quiet(identification(quiet_until_min=600), at("09:00"))
