"""Checks as a fold goes on: how long one is remembered, and what a late word about one does to another."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from baqylau.domain.checks import Calibrated, CheckWhy, Likely, LikenessReason
from baqylau.domain.findings import Code
from baqylau.domain.ids import CheckId
from baqylau.domain.observations import Observation
from baqylau.rules.checks import identification as of_identity
from baqylau.rules.checks import sobriety as of_breath
from baqylau.rules.checks.checking import Checking
from baqylau.rules.plan import plan_of
from baqylau.rules.settings import CALIBRATION_DUE_S, CASE_KEPT_S, VOID_WITHIN_S
from baqylau.rules.spans import ALWAYS
from tests.unit.rules.checked import (
    AV,
    BREATH,
    FIRST,
    SECOND,
    asked,
    asked_breath,
    begun,
    checked,
    codes,
    decided,
    ended,
    fact,
    judged,
    likeness,
    sample,
)
from tests.unit.rules.stories import at, at_work, deaf, order

EVENING = at("20:00")
DOUBTED = [
    asked("10:00"),
    begun("10:02"),
    ended("10:03"),
    likeness("10:04", Likely.NO_MATCH, LikenessReason.FACE_DIFFERS),
]


def remembered(story: list[Observation], after_s: float) -> set[CheckId]:
    """Give which checks are remembered when another one is asked so long after ten o'clock."""
    later = at("10:00") + timedelta(seconds=after_s)
    another = fact(later, asked("10:00", SECOND).bodies[0], ours=True)
    state, _ = judged(checked(), [*story, another], later)
    return set(state.checks)


def test_an_old_check_is_forgotten_with_the_next_and_one_that_waits_for_a_look_is_not() -> None:
    assert remembered([asked("10:00")], CASE_KEPT_S) == {FIRST, SECOND}
    assert remembered([asked("10:00")], CASE_KEPT_S + 1) == {SECOND}
    assert remembered([begun("10:00")], CASE_KEPT_S + 1) == {SECOND}, "nobody asked for it, and it is as old"
    assert remembered(DOUBTED, CASE_KEPT_S + 1) == {FIRST, SECOND}
    for word in (Likely.MATCH, Likely.NO_MATCH):
        assert remembered([*DOUBTED, decided("11:00", word)], CASE_KEPT_S + 1) == {SECOND}
    assert remembered([*DOUBTED, decided("11:00", Likely.NOT_JUDGED)], CASE_KEPT_S + 1) == {FIRST, SECOND}


def test_deafness_that_was_over_before_a_check_gives_nothing_back() -> None:
    missed = _missed([deaf(at("09:00"), at("09:30")), asked("10:00")])
    assert missed == at("10:15") + timedelta(seconds=VOID_WITHIN_S)


def _missed(story: list[Observation]) -> datetime:
    _, found = judged(checked(), story, EVENING)
    assert codes(found) == ["A05"]
    return found[0].at


def test_each_finding_names_the_rule_of_its_kind_of_check() -> None:
    _, found = judged(checked(), [asked("10:00"), asked_breath("11:00", SECOND)], EVENING)
    assert [(one.code.value, one.rule) for one in found] == [("A05", of_identity.NAME), ("E06", of_breath.NAME)]


def test_the_result_of_a_first_test_that_comes_last_makes_the_second_one_a_second() -> None:
    confirming = asked_breath("10:20", SECOND, why=CheckWhy.CONFIRMATION, after=FIRST)
    story = [
        asked_breath("10:00"),
        begun("10:01", unit=BREATH),
        confirming,
        sample("10:21", 0.30, SECOND),
        sample("10:25", 0.30),
    ]
    _, found = judged(checked(), story, EVENING)
    assert codes(found) == ["E02", "E02", "E03"]


def test_with_the_order_every_check_that_is_open_ends_and_nobody_has_missed_it() -> None:
    who = replace(checked(), orders=(order(until_at=at("10:10")),))
    for story in ([asked("10:00")], [asked_breath("10:00")], [asked("10:00"), begun("10:02")]):
        state, found = judged(who, story, EVENING)
        assert (codes(found), state.checks) == ([], {})


def test_a_check_missed_while_we_were_at_work_on_the_unit_is_told_as_such() -> None:
    work = replace(checked(), maintenances=(at_work(at("10:00"), at("11:00"), AV),))
    for who, ours in ((work, True), (checked(), False)):
        found = judged(who, [asked("10:00")], EVENING)[1]
        assert [one.maintenance for one in found if one.code is Code.CHECK_MISSED] == [ours]


def test_a_check_at_a_unit_that_nobody_knows_of_is_judged_all_the_same() -> None:
    who = replace(checked(), devices=(), fittings=(), restrictions=())
    assert codes(judged(who, [asked("10:00")], EVENING)[1]) == ["A05"]


def test_time_speaks_of_a_check_and_of_a_sensor_when_they_are_due_and_not_a_second_time() -> None:
    checking = Checking(plan_of(checked()), {}, {})
    asking = asked("10:00")
    checking.hear(asking, asking.observed_at, None)
    due_at = at("10:15") + timedelta(seconds=VOID_WITHIN_S)
    assert checking.wake_at(None) == due_at
    sensor = Checking(plan_of(checked()), {}, {})
    until = at("10:00", day=20)
    told_at = at("09:00")
    sensor.hear(fact(told_at, Calibrated(until_at=until), BREATH), told_at, None)
    assert sensor.wake_at(None) == until - timedelta(seconds=CALIBRATION_DUE_S)
    for one, last in ((checking, due_at), (sensor, until)):
        again = Checking(plan_of(checked()), *one.kept())
        assert again.wake_at(last) == ALWAYS
