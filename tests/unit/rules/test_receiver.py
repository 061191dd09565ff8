"""What a receiver that hears nothing is worth: faulty, jammed, or only left alone."""

from datetime import timedelta

import pytest

from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Cell, Observation, ReceiverHealth
from baqylau.domain.people import Device, DeviceKind
from tests.unit.rules.stories import at, fitting, heard, judged, supervision, told

NOON = at("12:00")
UNIT = DeviceId("unit-1")


def story(kind: DeviceKind, *said: ReceiverHealth) -> list[tuple[str, str]]:
    unit = Device(id=UNIT, kind=kind, protocol="native", number="1", silence_limit_s=86_400)
    who = supervision(devices=(unit,), fittings=(fitting(UNIT),))
    findings = judged(who, list(_minutes(*said)), NOON + timedelta(hours=1))[1]
    return [one for one in told(findings) if not one[0].startswith("L0")]


def _minutes(*said: ReceiverHealth) -> list[Observation]:
    return [heard(NOON + timedelta(minutes=number), body, device_id=UNIT) for number, body in enumerate(said)]


def health(frames: int, noise_dbm: float | None = -105.0, *, working: bool = True) -> ReceiverHealth:
    return ReceiverHealth(working=working, frames=frames, noise_dbm=noise_dbm)


def test_a_unit_that_does_not_hear_its_own_anchor_is_faulty() -> None:
    said = story(DeviceKind.HOME_UNIT, health(6), *[health(0)] * 4, health(6))
    assert said == [("S09", "12:02:30"), ("S06", "12:05")]


def test_one_report_without_a_frame_is_no_fault() -> None:
    assert story(DeviceKind.HOME_UNIT, health(6), health(0), health(6)) == []


@pytest.mark.parametrize("kind", [DeviceKind.HOME_UNIT, DeviceKind.MOBILE_UNIT])
def test_a_receiver_that_says_so_is_faulty(kind: DeviceKind) -> None:
    assert story(kind, *[health(3, working=False)] * 3) == [("S09", "12:01:30")]


def test_a_carried_unit_has_no_anchor_and_hearing_nothing_is_no_fault_of_it() -> None:
    assert story(DeviceKind.MOBILE_UNIT, health(6), *[health(0)] * 10) == []


@pytest.mark.parametrize("kind", [DeviceKind.HOME_UNIT, DeviceKind.MOBILE_UNIT])
def test_nothing_at_all_in_a_loud_band_is_jamming_and_no_fault(kind: DeviceKind) -> None:
    said = story(kind, health(6), *[health(0, -85.0)] * 4, health(6))
    assert said == [("S07", "12:02:30"), ("L10", "12:05")]


def test_a_jam_names_the_place_whose_other_receivers_may_hear_it_too() -> None:
    unit = Device(id=UNIT, kind=DeviceKind.HOME_UNIT, protocol="native", number="1", silence_limit_s=86_400)
    who = supervision(devices=(unit,), fittings=(fitting(UNIT),))
    standing = heard(NOON, Cell(id="401-01-1-1", registered=True), device_id=UNIT)
    findings = judged(who, [standing, *_minutes(*[health(0, -60.0)] * 4)], NOON + timedelta(hours=1))[1]
    assert [one.area for one in findings if one.code is Code.RADIO_JAM] == ["401-01-1-1"]


def test_a_band_a_little_less_loud_hides_nothing() -> None:
    assert story(DeviceKind.HOME_UNIT, *[health(0, -85.1)] * 3) == [("S09", "12:01:30")]


def test_a_loud_band_through_which_frames_come_is_not_jammed() -> None:
    assert story(DeviceKind.HOME_UNIT, *[health(2, -60.0)] * 5) == []


def test_a_receiver_without_a_word_about_noise_that_hears_nothing_is_faulty() -> None:
    assert story(DeviceKind.HOME_UNIT, *[health(0, None)] * 3) == [("S09", "12:01:30")]
