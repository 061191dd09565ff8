"""Sobriety: what breath tests come to; a fail needs two, and never rests on a figure that does not hold."""

from datetime import timedelta

import pytest

from baqylau.domain.checks import Bypass, Calibrated, CheckWhy, Ending, Likely, LikenessReason, SampleState, VoidWhy
from baqylau.domain.findings import Code
from baqylau.domain.observations import Enclosure, Observation
from baqylau.rules.explaining import explain
from baqylau.rules.settings import CALIBRATION_DUE_S
from tests.unit.rules.checked import (
    BREATH,
    FIRST,
    SECOND,
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
    voided,
)
from tests.unit.rules.stories import at

EVENING = at("20:00")
HIM = likeness("10:05", Likely.MATCH, LikenessReason.FACE_AGREES, unit=BREATH)
CONFIRMING = asked_breath("10:20", SECOND, why=CheckWhy.CONFIRMATION, after=FIRST)


def first(alcohol: float) -> list[Observation]:
    return [asked_breath("10:00"), begun("10:01", unit=BREATH), sample("10:02", alcohol)]


def test_a_clean_breath_of_the_person_is_only_recorded() -> None:
    _, found = judged(checked(), [*first(0.0), HIM], EVENING)
    assert codes(found) == ["E01"]


def test_the_uncertainty_is_the_persons() -> None:
    _, found = judged(checked(), [*first(0.179), HIM], EVENING)
    assert codes(found) == ["E01"]
    _, found = judged(checked(), [*first(0.181), HIM], EVENING)
    assert codes(found) == ["E02"]


def test_a_fail_needs_both_tests_and_names_the_higher_one() -> None:
    story = [*first(0.30), HIM, CONFIRMING, sample("10:21", 0.28, SECOND)]
    _, found = judged(checked(), story, EVENING)
    assert codes(found) == ["E02", "E03"]
    figures = {one.name: one.value for one in found[-1].thresholds}
    assert figures == {"limit_mg_l": 0.16, "alcohol_mg_l": 0.30, "uncertainty_mg_l": 0.02}
    assert {one.id for one in first(0.30)} <= set(found[-1].because)


def test_two_tests_that_differ_too_much_are_looked_at() -> None:
    story = [*first(0.40), CONFIRMING, sample("10:21", 0.05, SECOND)]
    _, found = judged(checked(), story, EVENING)
    assert codes(found) == ["E02", "E05"]


@pytest.mark.parametrize(
    "second",
    [
        [],
        [sample("10:21", None, SECOND, state=SampleState.INSUFFICIENT)],
        [ended("10:21", Ending.BROKEN_OFF, SECOND, BREATH)],
    ],
)
def test_a_second_test_that_is_not_given_is_graver_than_a_first(second: list[Observation]) -> None:
    _, found = judged(checked(), [*first(0.30), CONFIRMING, *second], EVENING)
    assert codes(found) == ["E02", "E04"]


def test_a_test_that_nobody_begins_is_missed_and_one_without_result_not_received() -> None:
    _, found = judged(checked(), [asked_breath("10:00")], EVENING)
    assert codes(found) == ["E06"]
    _, found = judged(checked(), [asked_breath("10:00"), begun("10:05", unit=BREATH)], EVENING)
    assert codes(found) == ["E09"]
    assert found[0].at == at("10:00") + timedelta(minutes=90)
    _, found = judged(
        checked(), [asked_breath("10:00"), voided("10:15", VoidWhy.UNIT_NOT_REACHED, unit=BREATH)], EVENING
    )
    assert codes(found) == []


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (SampleState.INSUFFICIENT, ["E07"]),
        (SampleState.INTERRUPTED, ["E07"]),
        (SampleState.AMBIENT, ["E07"]),
        (SampleState.INTERFERENT, ["E07"]),
        (SampleState.MOUTH_ALCOHOL, ["E13"]),
        (SampleState.NOT_IDENTIFIED, ["E08"]),
        (SampleState.SENSOR_FAULT, []),
    ],
)
def test_a_try_that_is_no_test_says_why(state: SampleState, expected: list[str]) -> None:
    _, found = judged(checked(), [asked_breath("10:00"), sample("10:02", None, state=state)], EVENING)
    assert codes(found) == expected


def test_a_clean_breath_of_somebody_else_goes_to_a_person() -> None:
    other = likeness("10:05", Likely.NO_MATCH, LikenessReason.FACE_DIFFERS, unit=BREATH)
    _, found = judged(checked(), [*first(0.0), other], EVENING)
    assert codes(found) == ["E08"]
    _, found = judged(checked(), [*first(0.0), other, decided("11:00", Likely.MATCH, unit=BREATH)], EVENING)
    assert codes(found) == ["E08", "E01"]
    assert found[1].ends == found[0].id


def test_a_figure_after_the_calibration_ended_is_none() -> None:
    late = sample("10:02", 0.9, calibrated_until_at=at("10:00"))
    _, found = judged(checked(), [asked_breath("10:00"), late, HIM], EVENING)
    assert codes(found) == []
    _, found = judged(checked(), [asked_breath("10:00"), sample("10:02", float("nan")), HIM], EVENING)
    assert codes(found) == []


def test_tests_to_zero_find_nothing_new_above_the_limit() -> None:
    going_on = asked_breath("10:41", SECOND, why=CheckWhy.TO_ZERO, after=FIRST)
    _, found = judged(checked(), [*first(0.30), going_on, sample("10:42", 0.29, SECOND)], at("10:50"))
    assert codes(found) == ["E02"]


def test_a_calibration_comes_to_its_end_and_is_renewed() -> None:
    until = at("10:00", day=20)
    _, found = judged(checked(), [fact(at("09:00"), Calibrated(until_at=until), BREATH)], at("10:00", day=25))
    assert codes(found) == ["E11", "E14"]
    assert [one.at for one in found if one.code.value in {"E11", "E14"}] == [
        until - timedelta(seconds=CALIBRATION_DUE_S),
        until,
    ]
    renewed = fact(at("09:00", day=10), Calibrated(until_at=at("10:00", day=200)), BREATH)
    _, found = judged(checked(), [fact(at("09:00"), Calibrated(until_at=until), BREATH), renewed], at("10:00", day=25))
    assert codes(found) == ["E11"]
    _, found = judged(checked(), [fact(at("09:00"), Calibrated(until_at=until, locked=True), BREATH)], at("10:00"))
    assert codes(found) == ["E14"]


def test_air_past_the_sensor_and_an_opened_case_are_tampering() -> None:
    story = [fact(at("10:00"), Bypass(kind="balloon"), BREATH), fact(at("12:00"), Enclosure(open=True), BREATH)]
    _, found = judged(checked(), story, EVENING)
    assert codes(found) == ["E12", "E12"]


def test_the_minute_says_what_a_test_lacks() -> None:
    state, _ = judged(checked(), first(0.30), at("10:05"))
    said = explain(checked(), state, at("10:05"))
    accounts = [one for unit in said.devices if unit.device_id == BREATH for one in unit.accounts]
    account = next(one for one in accounts if one.code is Code.BREATH_POSITIVE)
    assert [(one.key, one.met) for one in account.needs] == [
        ("check_asked", True),
        ("breath_above", True),
        ("breath_confirmed", False),
    ]
