"""Weak equipment that is well again before anybody looked is no question; what may hide something always is one."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.alarms import Alarm, AlarmState
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code
from baqylau.domain.settling import SETTLED_AFTER, settled, settles, told_first
from tests.unit.domain.test_acts import NOON, alarm

OVER = NOON + timedelta(minutes=10)
LATER = OVER + SETTLED_AFTER
TAMPER = (
    Code.STRAP_OPEN,
    Code.STRAP_RESTORED,
    Code.STRAP_STRAINED,
    Code.CASE_OPEN,
    Code.BODY_LOST,
    Code.UNIT_MOVED,
    Code.UNIT_OPENED,
    Code.RELAY_FAULT,
    Code.JUMP,
)


def lost_link(**more: object) -> Alarm:
    return replace(alarm(Code.NO_COMMS), cleared_at=OVER, **more)


def test_a_lost_link_that_came_back_settles_when_it_has_stayed_for_a_while() -> None:
    assert not settled(lost_link(), LATER - timedelta(seconds=1))
    assert settled(lost_link(), LATER)


def test_what_late_data_took_away_settles_too() -> None:
    assert settled(replace(alarm(Code.NO_FIX), superseded_at=OVER), LATER)


def test_what_is_not_over_never_settles() -> None:
    assert not settled(alarm(Code.NO_COMMS), LATER + timedelta(days=30))


@pytest.mark.parametrize(
    "touched",
    [
        {"state": AlarmState.TAKEN, "taken_at": OVER},
        {"state": AlarmState.SUSPENDED},
        {"state": AlarmState.CLOSED},
        {"taken_at": OVER},
        {"reopened_at": OVER},
    ],
)
def test_what_somebody_has_touched_is_theirs_to_close(touched: dict[str, object]) -> None:
    assert not settled(lost_link(**touched), LATER)


def test_that_the_wearer_was_told_first_leaves_nothing_to_ask_anybody() -> None:
    assert settled(lost_link(contacted_at=OVER), LATER)
    assert not settled(lost_link(contacted_at=OVER, taken_at=OVER), LATER)


def test_where_the_wearer_is_not_told_first_whoever_called_them_closes_it() -> None:
    silent = replace(alarm(Code.UNIT_SILENT), cleared_at=OVER)
    assert settled(silent, LATER)
    assert not settled(replace(silent, contacted_at=OVER), LATER)


def test_only_what_settles_at_all_may_settle_after_the_wearer_was_told() -> None:
    assert [told_first(code) for code in (Code.NO_COMMS, Code.UNIT_SILENT, Code.LATE_RETURN)] == [True, False, False]
    assert not settled(replace(alarm(Code.LATE_RETURN), cleared_at=OVER, contacted_at=OVER), LATER)


def test_nothing_of_first_priority_settles_and_no_tamper() -> None:
    assert not [code for code in Code if settles(code) and EVENTS[code].priority == 1]
    assert not [code for code in TAMPER if settles(code)]
    assert not settled(replace(alarm(Code.STRAP_OPEN), cleared_at=OVER), LATER)


def test_nothing_that_a_person_did_settles() -> None:
    about_people = [code for code in Code if code.value[0] in "PZVAEK" and code is not Code.GAPS_FREQUENT]
    assert not [code for code in about_people if settles(code)]
