"""The name of a finding says what it says: judged again it is the same one, and no two are ever called alike."""

from datetime import timedelta
from typing import Any

import pytest

from baqylau.domain.findings import Check, Code, Threshold
from baqylau.domain.ids import FindingId, ObservationId, SubjectId
from baqylau.rules.explanation import Need
from baqylau.rules.finding import Author
from baqylau.rules.spans import Validity
from tests.unit.rules.stories import PERSON, at

NOON = at("12:00")
ONE, TWO = ObservationId("1"), ObservationId("2")
AT_WORK = Validity(from_at=NOON, until_at=NOON + timedelta(hours=1))
FIELDS: dict[str, Any] = {"code": Code.NO_COMMS, "onset": "x", "at": NOON, "because": (ONE,)}


def author(**more: Any) -> Author:
    fields = {"rule": "silence", "rule_version": "1", "person_id": PERSON, "subject": SubjectId("tracker-1")}
    return Author(**(fields | more))


@pytest.mark.parametrize(
    "other",
    [
        {"code": Code.NO_FIX},
        {"onset": "y"},
        {"at": NOON + timedelta(seconds=1)},
        {"because": (ONE, TWO)},
        {"because": ()},
        {"ends": FindingId("f")},
        {"area": "401-01-7-1"},
        {"checks": (Check.NO_DEAD_SPOT,)},
    ],
)
def test_whatever_a_finding_says_is_in_its_name(other: dict[str, Any]) -> None:
    assert author().finds(**(FIELDS | other)).id != author().finds(**FIELDS).id


def test_two_places_are_two_findings() -> None:
    assert author().finds(**FIELDS, area="a").id != author().finds(**FIELDS, area="b").id


def test_so_is_who_says_it_of_whom_and_that_somebody_was_at_work() -> None:
    others = ({"rule": "other"}, {"person_id": "p"}, {"subject": "s"}, {"maintained": (AT_WORK,)})
    names = {author(**other).finds(**FIELDS).id for other in ({}, *others)}
    assert len(names) == 1 + len(others)


def test_what_it_was_measured_by_and_a_new_version_of_the_rule_name_it_no_otherwise() -> None:
    again: dict[str, Any] = {"thresholds": {"limit_s": 60}, "checks": (Check.WE_LISTENED,), "since": NOON, "area": ""}
    assert author(rule_version="2").finds(**(FIELDS | again)).id == author().finds(**FIELDS).id
    assert author().finds(**(FIELDS | {"because": (ONE, ONE)})).because == (ONE,)


def test_a_finding_carries_what_it_was_given() -> None:
    said: dict[str, Any] = {"thresholds": {"limit_s": 60}, "since": NOON, "ends": FindingId("f"), "area": "a"}
    found = author().finds(**(FIELDS | said))
    assert (found.rule, found.person_id, found.subject) == ("silence", PERSON, "tracker-1")
    assert (found.thresholds, found.since, found.ends, found.area) == (
        (Threshold(name="limit_s", value=60),),
        NOON,
        "f",
        "a",
    )
    assert author().finds(**FIELDS).thresholds == ()


@pytest.mark.parametrize(("minute", "ours"), [(-1, False), (0, True), (59, True), (60, False)])
def test_it_is_told_as_of_our_work_only_while_somebody_is_at_it(minute: int, *, ours: bool) -> None:
    when = NOON + timedelta(minutes=minute)
    assert author(maintained=(AT_WORK,)).finds(**(FIELDS | {"at": when})).maintenance is ours


def test_an_account_names_its_rule_and_what_is_open() -> None:
    need = Need(key="condition_told", met=False)
    account = author().account(Code.NO_COMMS, need, finding=FindingId("f"))
    assert (account.rule, account.code, account.finding, account.needs) == ("silence", Code.NO_COMMS, "f", (need,))
