"""What a restriction that is watched by checks cannot mean is said when it is saved, each thing by itself."""

from typing import Any

import pytest
from msgspec.structs import replace

from baqylau.domain.orders import Checked
from baqylau.domain.people import DeviceKind
from baqylau.domain.schedules import DayException, Schedule
from baqylau.rules.checks.contradictions import SHORTEST_ANSWER_S, loud_s, of_checks, unit_kind
from tests.unit.rules.checked import MORNING, checked, identification, sobriety
from tests.unit.rules.stories import DAY, device, supervision

NEVER = Schedule(timezone="Asia/Almaty", windows=())
HOUR_MIN, HOUR_S = 60, 3600


def said(restriction: Checked) -> list[tuple[str, bool]]:
    """Give what is wrong for a person with both units."""
    return list(of_checks(restriction, checked(restriction)))


def test_a_restriction_with_some_moment_of_its_own_is_in_order() -> None:
    holidays = replace(NEVER, holiday_windows=MORNING.windows)
    once = replace(NEVER, exceptions=(DayException(day=DAY.date(), windows=MORNING.windows),))
    for more in (
        {},
        {"schedule": NEVER, "random_per_day": 1},
        {"schedule": NEVER, "after": ("B01",)},
        {"schedule": holidays},
        {"schedule": once},
    ):
        assert said(identification(**more)) == []
        assert said(sobriety(**more)) == []
    assert said(identification(schedule=NEVER)) == [("no_hours", True)]


@pytest.mark.parametrize(
    ("more", "key", "refused"),
    [
        ({"answer_s": SHORTEST_ANSWER_S - 1, "remind_s": 60}, "answer_too_short", True),
        ({"answer_s": 1801, "min_gap_s": 1800}, "answer_longer_than_gap", True),
        ({"remind_s": 900, "answer_s": 900}, "reminder_too_late", False),
        ({"random_per_day": 24, "min_gap_s": HOUR_S + 1}, "too_many_random", True),
    ],
)
def test_hours_and_counts_that_cannot_be_kept_are_each_named(
    more: dict[str, Any],
    key: str,
    refused: bool,  # noqa: FBT001 - a case
) -> None:
    assert said(identification(**more)) == [(key, refused)]


def test_what_can_just_be_kept_is_in_order() -> None:
    assert said(identification(answer_s=SHORTEST_ANSWER_S, remind_s=60)) == []
    assert said(identification(answer_s=1800, min_gap_s=1800)) == []
    assert said(identification(remind_s=899, answer_s=900)) == []
    assert said(identification(random_per_day=24, min_gap_s=HOUR_S)) == []
    assert said(identification(random_per_day=16, min_gap_s=HOUR_S, **_quiet(22, 6))) == []
    assert said(identification(random_per_day=17, min_gap_s=HOUR_S, **_quiet(22, 6))) == [("too_many_random", True)]


@pytest.mark.parametrize(
    ("limit", "keys"),
    [
        (0.0, []),
        (0.5, []),
        (-0.1, ["limit_missing"]),
        (float("inf"), ["limit_missing"]),
        (float("nan"), ["limit_missing"]),
    ],
)
def test_a_limit_is_a_number_from_nothing_on(limit: float, keys: list[str]) -> None:
    assert said(sobriety(limit_mg_l=limit)) == [(key, True) for key in keys]


def test_quiet_hours_leave_the_rest_of_the_day_and_half_of_them_are_none() -> None:
    assert loud_s(identification()) == 24 * HOUR_S
    assert loud_s(identification(**_quiet(22, 6))) == 16 * HOUR_S
    assert loud_s(identification(**_quiet(12, 13))) == 23 * HOUR_S
    assert loud_s(identification(quiet_from_min=60)) == loud_s(identification(quiet_until_min=60)) == 24 * HOUR_S


def test_each_kind_of_check_needs_its_unit() -> None:
    assert (unit_kind(identification()), unit_kind(sobriety())) == (DeviceKind.AV_UNIT, DeviceKind.BREATH_UNIT)
    without = supervision(devices=(device(),))
    assert list(of_checks(identification(), without)) == [("without_unit", False)]


def _quiet(begin: int, end: int) -> dict[str, int]:
    return {"quiet_from_min": begin * HOUR_MIN, "quiet_until_min": end * HOUR_MIN}
