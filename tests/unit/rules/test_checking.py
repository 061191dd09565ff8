"""Checks as a fold goes on: how long one is remembered, and what a late word about one does to another."""

from datetime import datetime, timedelta

from baqylau.domain.checks import CheckWhy, Likely, LikenessReason
from baqylau.domain.ids import CheckId
from baqylau.domain.observations import Observation
from baqylau.rules.checks import identification as of_identity
from baqylau.rules.checks import sobriety as of_breath
from baqylau.rules.settings import CASE_KEPT_S, VOID_WITHIN_S
from tests.unit.rules.checked import (
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
from tests.unit.rules.stories import at, deaf

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
