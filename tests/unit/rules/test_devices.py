"""What a device says of itself: strap, case, battery, clock, fixes that fail or jump."""

from datetime import timedelta

import pytest

from baqylau.domain.observations import Battery, Body, Enclosure, LinkEvent, LinkHealth, Observation, Strap
from baqylau.rules.equipment import battery
from baqylau.rules.fold import fold
from tests.unit.rules.stories import (
    HOME,
    at,
    codes,
    every,
    exclusion,
    fitting,
    fix,
    heard,
    judged,
    no_fix,
    north,
    supervision,
    told,
)

WHO = supervision()
NOON = at("12:00")


def minute(number: float, *bodies: Body, received_at: float | None = None) -> Observation:
    received = NOON + timedelta(minutes=number if received_at is None else received_at)
    return heard(NOON + timedelta(minutes=number), *bodies, received_at=received)


def test_an_opened_strap_is_found_once_and_its_closing_too() -> None:
    story = [minute(n, Strap(open=is_open)) for n, is_open in enumerate([False, True, True, False, False, True])]
    _, findings = judged(WHO, story)
    assert codes(findings) == ["B01", "B02", "B01"]
    assert findings[1].ends == findings[0].id
    assert findings[0].because == (story[1].id,)


def test_a_device_whose_register_now_says_that_it_was_put_on_later_begins_anew() -> None:
    state, opened = judged(WHO, [minute(0, Strap(open=True))])
    later = supervision(fittings=(fitting(from_at=NOON + timedelta(minutes=5)),))
    _, again = fold(later, state, [minute(10, Strap(open=True))], None)
    assert [codes(opened), codes(again)] == [["B01"], ["B01"]]


def test_an_opened_case_is_found_once_for_each_opening() -> None:
    story = [minute(n, Enclosure(open=is_open)) for n, is_open in enumerate([True, True, False, True])]
    _, findings = judged(WHO, story)
    assert told(findings) == [("B04", "12:00"), ("B04", "12:03")]


def test_a_strap_that_opens_with_an_impossible_clock_is_found_at_the_instant_of_receipt() -> None:
    story = [minute(-15 * 365 * 1440, Strap(open=True), received_at=3)]
    _, findings = judged(WHO, story)
    assert told(findings) == [("C05", "12:03"), ("B01", "12:03")]


def test_a_wrong_clock_is_found_once_until_it_is_right_again() -> None:
    wrong = [minute(60 + n, received_at=n) for n in (1, 2)]
    ping = minute(3, LinkHealth(event=LinkEvent.PING))
    story = [wrong[0], ping, wrong[1], minute(4), minute(70, received_at=5)]
    assert told(judged(WHO, story)[1]) == [("C05", "12:01"), ("C05", "12:05")]


def test_a_clock_two_minutes_ahead_is_believed() -> None:
    assert codes(judged(WHO, [minute(2, received_at=0)])[1]) == []


def test_the_battery_is_found_low_then_critical_and_again_only_after_charging() -> None:
    levels = [80, 24, 26, 24, 9, 11, 9, 16, 9, 90, 20]
    story = [minute(n / 2, Battery(level_percent=level)) for n, level in enumerate(levels)]
    state, findings = judged(WHO, story)
    assert told(findings) == [("T01", "12:00:30"), ("T02", "12:02"), ("T02", "12:04"), ("T01", "12:05")]
    assert state.battery_percent == 20


def test_from_full_to_critical_only_the_graver_is_found() -> None:
    story = [minute(0, Battery(level_percent=80)), minute(1, Battery(level_percent=5))]
    assert codes(judged(WHO, story)[1]) == ["T02"]


@pytest.mark.parametrize(
    ("voltage_v", "percent"),
    [(12.6, None), (0.0, None), (3.0, 0), (3.6, 10), (3.65, 17.5), (4.2, 100), (4.35, 100)],
)
def test_a_voltage_tells_the_charge_of_one_cell_and_nothing_else(voltage_v: float, percent: float | None) -> None:
    assert battery.percent(Battery(voltage_v=voltage_v)) == pytest.approx(percent)


def test_a_tracker_that_speaks_without_a_fix_is_found_after_ten_minutes() -> None:
    story = [fix(NOON), *[no_fix(NOON + timedelta(minutes=n)) for n in range(1, 15)]]
    _, (lost,) = judged(WHO, story)
    assert told([lost]) == [("L01", "12:10")]
    assert lost.since == NOON
    assert lost.because == (story[0].id, story[10].id)


def test_signs_of_life_alone_are_not_a_place() -> None:
    story = [fix(NOON), *[minute(n, LinkHealth(event=LinkEvent.PING)) for n in range(1, 12)]]
    assert told(judged(WHO, story)[1]) == [("L01", "12:10")]


def test_a_fix_ends_the_loss() -> None:
    story = [*[no_fix(NOON + timedelta(minutes=n)) for n in range(15)], fix(at("12:15")), fix(at("12:16"))]
    _, (lost, found) = judged(WHO, story)
    assert told([lost, found]) == [("L01", "12:10"), ("L02", "12:15")]
    assert found.ends == lost.id


def test_a_jump_is_found_once_and_its_fixes_decide_about_no_zone() -> None:
    who = supervision(exclusion(zone=exclusion().zone))
    far = north(60_000)
    story = [*every(60, NOON, at("12:05")), fix(at("12:05"), far), *every(60, at("12:06"), at("12:10"))]
    _, (jump,) = judged(who, story)
    assert told([jump]) == [("L04", "12:05")]
    assert jump.because == (story[4].id, story[5].id)


def test_a_new_place_is_believed_after_three_fixes_that_agree() -> None:
    far = north(60_000)
    story = [fix(NOON), *every(60, at("12:01"), at("12:06"), far), fix(at("12:06"))]
    assert told(judged(WHO, story)[1]) == [("L04", "12:01"), ("L04", "12:06")]


def test_fixes_in_doubt_that_agree_with_nothing_are_never_believed() -> None:
    story = [fix(NOON), *[fix(NOON + timedelta(seconds=n), north(50_000 * n)) for n in range(1, 9)]]
    state, findings = judged(WHO, story)
    assert codes(findings) == ["L04"]
    assert state.position is not None
    assert state.position.fix.latitude_deg == HOME.latitude_deg
