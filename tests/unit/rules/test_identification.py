"""Identification: what a check of face and voice comes to, and what it never comes to."""

from datetime import timedelta
from typing import Any

import pytest

from baqylau.domain.checks import Ending, Lens, Likely, LikenessReason, VoidWhy
from baqylau.domain.findings import Check, Code
from baqylau.rules.explaining import explain
from baqylau.rules.settings import CHECK_LASTS_S, VOID_WITHIN_S
from tests.unit.rules.checked import (
    AV,
    BREATH,
    asked,
    begun,
    checked,
    codes,
    decided,
    ended,
    fact,
    judged,
    likeness,
    voided,
)
from tests.unit.rules.stories import at, deaf

EVENING = at("20:00")
R = LikenessReason


def test_who_is_the_person_is_only_recorded() -> None:
    story = [asked("10:00"), begun("10:02"), ended("10:03"), likeness("10:04", Likely.MATCH, R.FACE_AGREES)]
    _, found = judged(checked(), story, EVENING)
    assert codes(found) == ["A01"]
    assert set(found[0].because) == {one.id for one in story}


def test_nobody_who_begins_in_time_has_missed_it() -> None:
    _, found = judged(checked(), [asked("10:00")], EVENING)
    missed = next(one for one in found if one.code is Code.CHECK_MISSED)
    assert missed.at == at("10:15") + timedelta(seconds=VOID_WITHIN_S)
    assert missed.since == at("10:00")
    assert Check.WE_LISTENED in missed.checks
    _, found = judged(checked(), [asked("10:00"), begun("10:14")], at("10:20"))
    assert codes(found) == []


@pytest.mark.parametrize("why", list(VoidWhy))
def test_what_our_own_parts_failed_to_do_is_held_against_nobody(why: VoidWhy) -> None:
    _, found = judged(checked(), [asked("10:00"), voided("10:15", why)], EVENING)
    assert codes(found) == []


def test_time_in_which_we_did_not_listen_is_given_back() -> None:
    story = [asked("10:00"), deaf(at("10:05"), at("10:35"))]
    _, found = judged(checked(), story, at("10:44"))
    assert codes(found) == []
    _, found = judged(checked(), story, at("10:47"))
    assert codes(found) == ["A05"]
    _, found = judged(checked(), [deaf(at("09:30"), at("10:10")), asked("10:00")], at("10:25"))
    assert codes(found) == []


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Ending.BROKEN_OFF, ["A06"]),
        (Ending.NOBODY, ["A06"]),
        (Ending.POOR, ["A06"]),
        (Ending.POWER_LOST, ["A06"]),
        (Ending.UNIT_FAULT, []),
        (Ending.DONE, []),
    ],
)
def test_a_check_that_ends_without_use_is_incomplete_unless_the_unit_failed(how: Ending, expected: list[str]) -> None:
    _, found = judged(checked(), [asked("10:00"), begun("10:02"), ended("10:03", how)], EVENING)
    assert codes(found) == expected


def test_a_check_that_never_ended_is_incomplete_and_the_units_other_words_change_nothing() -> None:
    _, found = judged(checked(), [asked("10:00"), begun("10:02"), fact(at("10:05"), Lens(blocked=False))], EVENING)
    assert codes(found) == ["A06"]
    assert found[0].at == at("10:02") + timedelta(seconds=CHECK_LASTS_S)
    assert Check.WE_LISTENED in found[0].checks


@pytest.mark.parametrize(
    ("outcome", "reasons", "more", "expected"),
    [
        (Likely.NO_MATCH, (R.FACE_DIFFERS,), {}, ["A02"]),
        (Likely.REVIEW, (R.FACE_DOUBTED, R.VOICE_DIFFERS), {}, ["A02", "A03"]),
        (Likely.REVIEW, (R.DIGITS_WRONG,), {"alive": False}, ["A04"]),
        (Likely.REVIEW, (), {"alive": False}, ["A04"]),
        (Likely.REVIEW, (), {}, ["A02"]),
        (Likely.NO_MATCH, (R.NONCE_WRONG, R.TIME_WRONG), {}, ["A04"]),
        (Likely.MATCH, (R.FACE_AGREES,), {"faces": 1}, ["A01"]),
        (Likely.MATCH, (R.FACE_AGREES,), {"faces": 2}, ["A01", "A08"]),
        (Likely.MATCH, (R.FACE_AGREES, R.SEVERAL_FACES), {"faces": 1}, ["A01", "A08"]),
        (Likely.NOT_JUDGED, (R.TOO_POOR,), {}, ["A06"]),
        (Likely.NOT_JUDGED, (R.NO_MODEL,), {}, []),
        (Likely.NOT_JUDGED, (R.NO_TEMPLATE, R.FACE_NOT_SEEN), {}, []),
    ],
)
def test_the_reasons_of_a_comparison_say_what_is_found(
    outcome: Likely, reasons: tuple[R, ...], more: dict[str, Any], expected: list[str]
) -> None:
    story = [asked("10:00"), begun("10:02"), ended("10:03"), likeness("10:04", outcome, *reasons, **more)]
    _, found = judged(checked(), story, EVENING)
    assert codes(found) == expected


def test_a_persons_word_goes_before_the_machines() -> None:
    doubted = likeness("10:04", Likely.NO_MATCH, R.FACE_DIFFERS, R.VOICE_DIFFERS)
    story = [asked("10:00"), begun("10:02"), ended("10:03"), doubted]
    _, found = judged(checked(), [*story, decided("11:00", Likely.MATCH)], EVENING)
    assert codes(found) == ["A02", "A03", "A01", "A01"]
    assert {one.ends for one in found[2:]} == {one.id for one in found[:2]}
    _, found = judged(checked(), [*story, decided("11:00", Likely.NO_MATCH)], EVENING)
    assert codes(found) == ["A02", "A03"]
    _, found = judged(checked(), [*story, decided("11:00", Likely.NOT_JUDGED)], EVENING)
    assert codes(found) == ["A02", "A03"], "who looked and could not tell leaves the machine's word"
    _, found = judged(checked(), [*story[:3], decided("11:00", Likely.MATCH)], EVENING)
    assert codes(found) == ["A01"], "a person needs no machine"
    matched = [asked("10:00"), likeness("10:04", Likely.MATCH), decided("11:00", Likely.NO_MATCH)]
    _, found = judged(checked(), matched, EVENING)
    assert codes(found) == ["A01", "A02"]


def test_a_covered_camera_is_found_when_the_unit_says_it() -> None:
    _, found = judged(checked(), [fact(at("10:00"), Lens(blocked=True))], EVENING)
    assert codes(found) == ["A07"]


def test_the_minute_says_what_a_check_lacks() -> None:
    state, _ = judged(checked(), [asked("10:00")], at("10:05"))
    said = explain(checked(), state, at("10:05"))
    account = next(
        one for unit in said.devices if unit.device_id == AV for one in unit.accounts if one.code is Code.CHECK_MISSED
    )
    assert [(one.key, one.met) for one in account.needs] == [("check_asked", True), ("check_unanswered", False)]


def test_what_another_unit_says_of_a_check_is_nobodys_word() -> None:
    foreign = [fact(at("10:01"), one.bodies[0], BREATH) for one in (begun("10:01"), ended("10:01", Ending.UNIT_FAULT))]
    _, found = judged(checked(), [asked("10:00"), *foreign], EVENING)
    assert codes(found) == ["A05"]
    _, found = judged(checked(), [fact(at("09:59"), begun("09:59").bodies[0], BREATH), asked("10:00")], EVENING)
    assert codes(found) == ["A05"]


def test_what_a_comparison_says_does_not_rest_on_our_having_listened() -> None:
    _, found = judged(checked(), [asked("10:00"), likeness("10:04", Likely.MATCH)], EVENING)
    assert [(one.code.value, one.checks) for one in found] == [("A01", ())]
