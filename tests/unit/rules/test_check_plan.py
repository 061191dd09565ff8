"""The plan of checks: foreseen by nobody, the same for everybody who has the key."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from baqylau.domain.checks import CheckWhy
from baqylau.domain.orders import Permission
from baqylau.domain.schedules import Schedule, Window
from baqylau.rules.check_plan import check_id, due, moments, quiet
from tests.unit.rules.checked import checked, identification, sobriety
from tests.unit.rules.stories import ORDER_UNTIL, at, permission

KEY = b"k" * 32
ALMATY = ZoneInfo("Asia/Almaty")
NONE = Schedule(timezone="Asia/Almaty", windows=())
MONDAY = date(2025, 3, 10)
gaps = st.sampled_from((900, 3600, 7200))


def test_a_check_is_due_when_its_window_begins() -> None:
    planned = list(due(checked(identification()), KEY, at("07:00"), at("09:00")))
    assert [(one.at, one.why) for one in planned] == [(at("08:00"), CheckWhy.SCHEDULED)]
    assert list(due(checked(identification()), KEY, at("08:00"), at("09:00"))) == []


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
    assert not quiet(identification(), datetime(2025, 3, 10, tzinfo=UTC))
