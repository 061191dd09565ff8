"""Somebody of ours is at work on the equipment."""

from typing import Any

import msgspec

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Battery, Enclosure, LinkEvent, LinkHealth, Skin, Strain, Strap
from baqylau.domain.people import DeviceKind, Supervision
from tests.unit.rules.stories import (
    TRACKER,
    at,
    at_work,
    device,
    fitting,
    heard,
    ids,
    judged,
    no_fix,
    supervision,
    told,
)

OTHER = DeviceId("tracker-2")
PING = LinkHealth(event=LinkEvent.PING)


def who(device_id: DeviceId | None = TRACKER, **more: object) -> Supervision:
    return supervision(maintenances=(at_work(at("12:00"), at("13:00"), device_id),), **more)


def test_a_strap_opened_at_work_and_closed_again_is_kept_with_its_flag() -> None:
    story = [heard(at("12:10"), Strap(open=True)), heard(at("12:19"), Strap(open=False))]
    _, findings = judged(who(), story, at("14:00"))
    assert told(findings) == [("W03", "12:00"), ("B01", "12:10"), ("B02", "12:19"), ("W03", "13:00")]
    assert [finding.maintenance for finding in findings] == [False, True, True, False]


def test_a_strap_still_open_when_the_work_ends_is_found_then_without_the_flag() -> None:
    opened = heard(at("12:10"), Strap(open=True))
    _, findings = judged(who(), [opened], at("14:00"))
    assert told(findings)[2:] == [("W03", "13:00"), ("B01", "13:00")]
    assert not findings[3].maintenance
    assert (findings[3].because, findings[3].since) == ((opened.id,), at("12:10"))


def test_what_was_found_before_the_work_is_not_found_again_after_it() -> None:
    story = [heard(at("11:50"), Strap(open=True), Strain(beyond=True))]
    assert told(judged(who(), story, at("14:00"))[1]) == [
        ("B01", "11:50"),
        ("B03", "11:50"),
        ("W03", "12:00"),
        ("W03", "13:00"),
    ]


def test_a_case_opened_before_the_work_is_not_found_again_and_one_opened_at_work_is() -> None:
    before = [heard(at("11:50"), Enclosure(open=True))]
    assert told(judged(who(), before, at("14:00"))[1]) == [("B04", "11:50"), ("W03", "12:00"), ("W03", "13:00")]
    within = [heard(at("12:10"), Enclosure(open=True))]
    found = judged(who(), within, at("14:00"))[1]
    assert told(found) == [("W03", "12:00"), ("B04", "12:10"), ("W03", "13:00"), ("B04", "13:00")]


def test_what_opens_at_the_very_beginning_of_the_work_is_found_again_after_it() -> None:
    story = [heard(at("12:00"), Strap(open=True), Enclosure(open=True))]
    assert {code for code, when in told(judged(who(), story, at("14:00"))[1]) if when == "13:00"} == {
        "W03",
        "B01",
        "B04",
    }


def test_every_state_that_still_holds_is_found_again() -> None:
    story = [
        heard(at("12:05"), Strain(beyond=True), Skin(contact=False), Battery(level_percent=20)),
        heard(at("13:05"), Battery(level_percent=20)),
    ]
    bracelet = who(devices=(device(kind=DeviceKind.BRACELET),))
    _, findings = judged(bracelet, story, at("14:00"))
    after = [finding for finding in findings if finding.at >= at("13:00")]
    assert told(after) == [("W03", "13:00"), ("B03", "13:00"), ("B05", "13:00"), ("B06", "13:05")]
    assert not any(finding.maintenance for finding in after)


def test_a_device_still_silent_when_the_work_ends_is_found_silent_then() -> None:
    silent = who(devices=(device(silence_limit_s=600),))
    _, findings = judged(silent, [heard(at("12:00"), PING)], at("14:00"))
    assert told(findings)[-3:] == [("C01", "12:10"), ("W03", "13:00"), ("C01", "13:00")]
    assert [finding.maintenance for finding in findings[-3:]] == [True, False, False]


def test_a_place_lost_at_work_and_still_lost_is_found_with_the_next_word() -> None:
    story = [no_fix(at("12:00")), no_fix(at("12:20")), no_fix(at("13:01"))]
    _, findings = judged(who(), story, at("13:30"))
    assert [(finding.code.value, finding.maintenance) for finding in findings if finding.rule == "no_fix"] == [
        ("L01", True),
        ("L01", False),
    ]


def test_only_the_device_at_work_is_flagged_unless_all_are() -> None:
    devices: dict[str, Any] = {"devices": (device(), device(OTHER)), "fittings": (fitting(), fitting(OTHER))}
    story = [heard(at("12:10"), Strap(open=True), device_id=OTHER)]
    _, findings = judged(who(**devices), story, at("12:30"))
    assert [finding.maintenance for finding in findings] == [False, False]
    _, findings = judged(who(None, **devices), story, at("12:30"))
    assert told(findings) == [("W03", "12:00"), ("W03", "12:00"), ("B01", "12:10")]
    assert findings[2].maintenance


def test_works_that_touch_are_one() -> None:
    works = (at_work(at("12:00"), at("13:00")), at_work(at("13:00"), at("14:00"), name="work-2"))
    story = [heard(at("12:10"), Strap(open=True))]
    _, findings = judged(supervision(maintenances=works), story, at("15:00"))
    assert told(findings) == [("W03", "12:00"), ("B01", "12:10"), ("W03", "14:00"), ("B01", "14:00")]


def test_work_on_a_device_that_is_taken_off_meanwhile_ends_with_its_time_on_the_person() -> None:
    off = who(fittings=(fitting(until_at=at("12:30")),))
    story = [heard(at("12:10"), Strap(open=True))]
    assert told(judged(off, story, at("14:00"))[1]) == [("W03", "12:00"), ("B01", "12:10"), ("W03", "12:30")]


def test_a_flagged_finding_and_an_unflagged_one_are_two() -> None:
    story = [heard(at("12:10"), Strap(open=True))]
    with_work, without = judged(who(), story)[1], judged(supervision(), story)[1]
    assert not set(ids(with_work)) & set(ids(without))


def test_an_unfitted_device_changes_nothing_and_one_fitted_later_is_judged_from_then() -> None:
    unfitted = supervision(fittings=())
    story = [heard(at("12:10"), Strap(open=True)), heard(at("12:50"), Strap(open=True))]
    assert judged(unfitted, story, at("14:00"))[1] == ()
    later = supervision(fittings=(fitting(from_at=at("12:30")),))
    assert told(judged(later, story, at("14:00"))[1]) == [("B01", "12:50")]


def test_two_devices_of_one_kind_are_each_judged_for_themselves() -> None:
    both = supervision(devices=(device(), device(OTHER)), fittings=(fitting(), fitting(OTHER)))
    story = [heard(at("12:10"), Strap(open=True)), heard(at("12:11"), Strap(open=False), device_id=OTHER)]
    _, (finding,) = judged(both, story)
    assert (finding.code.value, str(finding.subject)) == ("B01", str(TRACKER))


def test_a_kind_of_device_that_does_not_speak_by_itself_is_never_silent() -> None:
    bracelet = supervision(devices=(device(silence_limit_s=60, kind=DeviceKind.BRACELET),))
    assert judged(bracelet, [], at("23:00"))[1] == ()


def test_work_on_another_persons_equipment_is_none_here() -> None:
    theirs = msgspec.structs.replace(at_work(at("12:00"), at("13:00")), person_id=PersonId("person-2"))
    story = [heard(at("12:10"), Strap(open=True))]
    assert told(judged(supervision(maintenances=(theirs,)), story, at("14:00"))[1]) == [("B01", "12:10")]
