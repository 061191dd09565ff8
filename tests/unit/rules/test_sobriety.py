"""Sobriety: what breath tests come to; a fail needs two, and never rests on a figure that does not hold."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baqylau.domain.checks import (
    NO_DIOXIDE,
    Asked,
    BreathSample,
    Bypass,
    Calibrated,
    CheckKind,
    CheckWhy,
    Ending,
    Likely,
    LikenessReason,
    SampleState,
    Voided,
    VoidWhy,
)
from baqylau.domain.findings import Check, Code
from baqylau.domain.ids import CheckId
from baqylau.domain.observations import Enclosure, Observation
from baqylau.rules.checks import sobriety
from baqylau.rules.checks.case import Case
from baqylau.rules.checks.sobriety import above, alcohol_mg_l
from baqylau.rules.explaining import explain
from baqylau.rules.settings import CALIBRATION_DUE_S, CONFIRMATION_DIFFERS_MG_L
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
from tests.unit.rules.stories import at, deaf

EVENING = at("20:00")
THIRD = CheckId("3" * 32)
HIM = likeness("10:05", Likely.MATCH, LikenessReason.FACE_AGREES, unit=BREATH)
CONFIRMING = asked_breath("10:20", SECOND, why=CheckWhy.CONFIRMATION, after=FIRST)


def first(alcohol: float) -> list[Observation]:
    return [asked_breath("10:00"), begun("10:01", unit=BREATH), sample("10:02", alcohol)]


def test_a_clean_breath_of_the_person_is_only_recorded() -> None:
    _, found = judged(checked(), [*first(0.0), HIM], EVENING)
    assert codes(found) == ["E01"]


def test_a_clean_breath_that_may_be_pumped_air_waits_until_a_person_looked() -> None:
    open_still = [*first(0.0)[:-1], sample("10:02", 0.0, why=(NO_DIOXIDE,)), HIM]
    _, found = judged(checked(), open_still, EVENING)
    assert codes(found) == []
    _, found = judged(checked(), [*open_still, decided("11:00", Likely.MATCH, unit=BREATH)], EVENING)
    assert codes(found) == ["E01"]
    _, found = judged(checked(), [*open_still, decided("11:00", Likely.NO_MATCH, unit=BREATH)], EVENING)
    assert codes(found) == ["E08"]


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


def test_the_repetition_of_a_test_to_zero_is_no_new_first_test_and_that_of_a_second_stays_one() -> None:
    again = asked_breath("10:20", SECOND, why=CheckWhy.REPEAT, after=FIRST)
    to_zero = [asked_breath("10:00", why=CheckWhy.TO_ZERO), sample("10:02", None, state=SampleState.INSUFFICIENT)]
    _, found = judged(checked(), [*to_zero, again, sample("10:21", 0.30, SECOND)], EVENING)
    assert codes(found) == ["E07"]
    second = [asked_breath("10:00", why=CheckWhy.CONFIRMATION), sample("10:02", None, state=SampleState.INSUFFICIENT)]
    _, found = judged(checked(), [*second, again], EVENING)
    assert codes(found) == ["E04", "E04"]


def test_a_test_that_nobody_begins_is_missed_and_one_without_result_not_received() -> None:
    _, found = judged(checked(), [asked_breath("10:00")], EVENING)
    assert codes(found) == ["E06"]
    _, found = judged(checked(), [asked_breath("10:00"), begun("10:05", unit=BREATH)], EVENING)
    assert codes(found) == ["E09"]
    assert found[0].at == at("10:00") + timedelta(minutes=90)
    for why, expected in ((VoidWhy.UNIT_NOT_REACHED, ["E09"]), (VoidWhy.UNIT_FAULT, []), (VoidWhy.WITHDRAWN, [])):
        _, found = judged(checked(), [asked_breath("10:00"), voided("10:15", why, unit=BREATH)], EVENING)
        assert codes(found) == expected


def test_a_second_test_is_waited_for_from_when_it_was_due_and_names_when_the_first_was_given() -> None:
    asked = Asked(
        check_id=SECOND,
        kind=CheckKind.BREATH,
        why=CheckWhy.CONFIRMATION,
        expires_at=at("10:22"),
        after=FIRST,
        limit_mg_l=0.16,
        due_at=at("10:17"),
    )
    confirming = fact(at("10:02"), asked, BREATH, ours=True)
    _, found = judged(checked(), [*first(0.30), confirming, begun("10:18", SECOND, BREATH)], EVENING)
    late = next(one for one in found if one.code is Code.BREATH_NOT_RECEIVED)
    assert (late.at, late.since) == (at("11:47"), at("10:17"))
    for told, code in (
        ([sample("10:18", 0.30, SECOND)], Code.BREATH_POSITIVE),
        ([sample("10:18", 0.05, SECOND)], Code.CONFIRMATION_ABNORMAL),
        ([], Code.CONFIRMATION_MISSED),
    ):
        _, found = judged(checked(), [*first(0.30), confirming, *told], EVENING)
        graver = next(one for one in found if one.code is code)
        assert graver.since == at("10:02"), code
        assert {one.id for one in first(0.30)} <= set(graver.because), code


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
    assert all(one.since == one.at for one in found if one.code.value in {"E11", "E14"})
    renewed = fact(at("09:00", day=10), Calibrated(until_at=at("10:00", day=200)), BREATH)
    _, found = judged(checked(), [fact(at("09:00"), Calibrated(until_at=until), BREATH), renewed], at("10:00", day=25))
    assert codes(found) == ["E11"]
    _, found = judged(checked(), [fact(at("09:00"), Calibrated(until_at=until, locked=True), BREATH)], at("10:00"))
    assert codes(found) == ["E14"]
    assert found[0].since == at("09:00"), "locked before its end"


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


def case(alcohol: float, uncertainty: float = 0.02, **more: Any) -> Case:
    """A valid test of the person at ten, with the order's limit at a quarter."""
    body = Asked(check_id=FIRST, kind=CheckKind.BREATH, why=CheckWhy.RANDOM, expires_at=at("10:15"), limit_mg_l=0.25)
    tried = BreathSample(check_id=FIRST, state=SampleState.VALID, alcohol_mg_l=alcohol, uncertainty_mg_l=uncertainty)
    fields: dict[str, Any] = {"asked": body, "asked_at": at("10:00"), "sample": tried, "sample_at": at("10:02")}
    return Case(**(fields | more))


def test_only_a_valid_test_within_the_calibration_has_a_figure() -> None:
    assert alcohol_mg_l(Case()) is None
    whole = case(0.5)
    assert alcohol_mg_l(whole) == 0.5
    assert whole.sample is not None
    assert alcohol_mg_l(case(0.5, sample=replace(whole.sample, state=SampleState.MOUTH_ALCOHOL))) is None
    for until, figure in (("10:01", None), ("10:02", None), ("10:03", 0.5)):
        assert alcohol_mg_l(case(0.5, sample=replace(whole.sample, calibrated_until_at=at(until)))) == figure


def test_a_test_is_above_by_more_than_its_uncertainty_or_it_decides_nothing() -> None:
    assert above(case(0.5, uncertainty=0.25)) is False, "exactly at the limit is not above it"
    assert above(case(0.5, uncertainty=0.125)) is True
    assert above(case(0.5, uncertainty=0.0)) is True
    unlimited = case(0.5)
    assert unlimited.asked is not None
    assert above(case(0.5, asked=replace(unlimited.asked, limit_mg_l=None))) is None


def test_nothing_is_found_of_what_nobody_asked_for_or_what_does_not_count() -> None:
    tried = case(0.5)
    assert [one.code for one in sobriety.found(tried, {}, EVENING)] == [Code.BREATH_FIRST_POSITIVE]
    assert list(sobriety.found(replace(tried, asked=None), {}, EVENING)) == []
    void = Voided(check_id=FIRST, why=VoidWhy.UNIT_NOT_REACHED)
    assert list(sobriety.found(replace(tried, voided=void), {}, EVENING)) == []


def test_a_unit_that_failed_is_held_against_nobody_and_a_result_that_stays_away_is_found() -> None:
    begins = [asked_breath("10:00"), begun("10:01", unit=BREATH)]
    _, found = judged(checked(), [*begins, ended("10:03", Ending.UNIT_FAULT, unit=BREATH)], EVENING)
    assert codes(found) == []
    _, found = judged(checked(), [*begins, ended("10:03", unit=BREATH)], EVENING)
    assert codes(found) == ["E09"]
    _, found = judged(checked(), [*begins, deaf(at("10:05"), at("10:35"))], EVENING)
    assert [(one.code.value, one.at) for one in found] == [("E09", at("12:00"))]
    assert Check.WE_LISTENED in found[0].checks
    _, found = judged(checked(), [asked_breath("10:00")], EVENING)
    assert Check.WE_LISTENED in found[0].checks


@pytest.mark.parametrize(
    ("why", "after", "between", "expected"),
    [
        (CheckWhy.CONFIRMATION, FIRST, [sample("10:02", 0.0)], ["E02"]),
        (CheckWhy.REPEAT, THIRD, [sample("10:02", 0.30)], ["E02", "E02"]),
        (CheckWhy.REPEAT, FIRST, [sample("10:02", None, state=SampleState.INSUFFICIENT)], ["E07", "E02"]),
    ],
)
def test_a_test_is_a_second_one_only_after_a_first_that_was_above(
    why: CheckWhy, after: CheckId, between: list[Observation], expected: list[str]
) -> None:
    story = [asked_breath("10:00"), *between, asked_breath("10:20", SECOND, why=why, after=after)]
    _, found = judged(checked(), [*story, sample("10:21", 0.30, SECOND)], EVENING)
    assert codes(found) == expected


def test_the_repetition_of_a_second_test_is_a_second_test() -> None:
    again = asked_breath("10:30", THIRD, why=CheckWhy.REPEAT, after=SECOND)
    short = sample("10:21", None, SECOND, state=SampleState.INSUFFICIENT)
    story = [*first(0.30), CONFIRMING, short, again, sample("10:31", 0.30, THIRD, uncertain=0.01)]
    _, found = judged(checked(), story, EVENING)
    assert codes(found) == ["E02", "E04", "E03"]
    figures = {one.name: one.value for one in found[-1].thresholds}
    assert figures["uncertainty_mg_l"] == 0.01, "of two that are alike the later one is named"


def test_how_far_two_tests_may_differ() -> None:
    exact = case(CONFIRMATION_DIFFERS_MG_L, uncertainty=0.0)
    assert exact.asked is not None
    asked = replace(exact.asked, limit_mg_l=0.05)
    one = replace(exact, asked=asked)
    confirming = replace(asked, check_id=SECOND, why=CheckWhy.CONFIRMATION, after=FIRST)
    two = case(0.0, asked=confirming)
    assert list(sobriety.found(two, {FIRST: one}, EVENING)) == [], "exactly so far is not too far"
    far = replace(one, sample=case(0.3, uncertainty=0.0).sample)
    [ruling] = sobriety.found(two, {FIRST: far}, EVENING)
    assert (ruling.code, ruling.thresholds["difference_mg_l"]) == (Code.CONFIRMATION_ABNORMAL, 0.3)
    [ruling] = sobriety.found(replace(two, sample=case(0.05).sample), {FIRST: far}, EVENING)
    assert ruling.thresholds["difference_mg_l"] == pytest.approx(0.25)


def test_a_clean_breath_of_nobody_who_could_be_seen_is_incomplete_and_a_missing_model_is_ours() -> None:
    unseen = likeness("10:05", Likely.NOT_JUDGED, LikenessReason.FACE_NOT_SEEN, unit=BREATH)
    _, found = judged(checked(), [*first(0.0), unseen], EVENING)
    assert codes(found) == ["E07"]
    ours = likeness("10:05", Likely.NOT_JUDGED, LikenessReason.NO_MODEL, unit=BREATH)
    _, found = judged(checked(), [*first(0.0), ours], EVENING)
    assert codes(found) == []


def test_who_looked_and_decided_nothing_leaves_the_machines_word() -> None:
    _, found = judged(checked(), [*first(0.0), HIM, decided("11:00", Likely.NOT_JUDGED, unit=BREATH)], EVENING)
    assert codes(found) == ["E01"]
    _, found = judged(checked(), [*first(0.0), decided("10:03", Likely.NOT_JUDGED, unit=BREATH), HIM], EVENING)
    assert codes(found) == ["E01"]


def test_a_calibration_told_again_and_again_is_found_once() -> None:
    until = at("10:00", day=20)
    days = [fact(at("09:00", day=day), Calibrated(until_at=until), BREATH) for day in (0, 10, 15, 21, 22)]
    _, found = judged(checked(), days, at("10:00", day=25))
    assert codes(found) == ["E11", "E14"]


def test_what_does_not_count_is_not_waited_for_and_too_little_breath_follows_from_no_silence() -> None:
    for why in (VoidWhy.UNIT_FAULT, VoidWhy.WITHDRAWN):
        story = [asked_breath("10:00"), begun("10:01", unit=BREATH), voided("10:05", why, unit=BREATH)]
        assert codes(judged(checked(), story, EVENING)[1]) == [], why
    faint = sample("10:02", None, state=SampleState.INSUFFICIENT)
    (incomplete,) = judged(checked(), [asked_breath("10:00"), faint], EVENING)[1]
    assert (incomplete.code, incomplete.checks) == (Code.BREATH_INCOMPLETE, ())


def test_a_figure_whose_uncertainty_nobody_told_is_none() -> None:
    whole = case(0.5)
    assert whole.sample is not None
    assert alcohol_mg_l(replace(whole, sample=replace(whole.sample, uncertainty_mg_l=None))) is None
