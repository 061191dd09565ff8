"""What one device says of itself, and whether it lasts."""

from datetime import datetime

import msgspec
import pytest

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import (
    Battery,
    Body,
    CallAsked,
    Cell,
    Displaced,
    Distrust,
    DistrustReason,
    Enclosure,
    Farewell,
    FarewellReason,
    Fix,
    FixSource,
    Grade,
    Interference,
    InterferenceKind,
    LinkEvent,
    LinkHealth,
    Observation,
    Panic,
    Power,
    ReceiverHealth,
    SelfTest,
    Skin,
    Strain,
    Strap,
    Surroundings,
)
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions import low_accuracy, table
from baqylau.rules.conditions.condition import Word
from baqylau.rules.fold import PersonState, begin, fold
from baqylau.rules.settings import LOW_ACCURACY_R95_M, SHOCK_G, TEMPERATURE_C
from tests.unit.rules.stories import at, codes, deaf, fix, heard, judged, noted, supervision, told, wearing

BRACELET, HOME_UNIT = DeviceId("bracelet"), DeviceId("home_unit")
WORN, HOME = wearing(DeviceKind.BRACELET), wearing(DeviceKind.HOME_UNIT)
JAM = InterferenceKind.GNSS_JAM


def worn(clock: str, *bodies: Body) -> Observation:
    return heard(at(clock), *bodies, device_id=BRACELET)


def unit(clock: str, *bodies: Body, name: str = "home_unit") -> Observation:
    return heard(at(clock), *bodies, device_id=DeviceId(name))


@pytest.mark.parametrize(
    ("so", "not_so", "code"),
    [
        (Strain(beyond=True), Strain(beyond=False), "B03"),
        (Surroundings(shock_g=80.0), Surroundings(shock_g=1.0), "B08"),
        (Surroundings(temperature_c=85.0), Surroundings(temperature_c=20.0), "B08"),
        (SelfTest(passed=False, part="strap"), SelfTest(passed=True), "B11"),
    ],
)
def test_what_a_bracelet_says_of_itself_is_found_once_each_time_it_begins(so: Body, not_so: Body, code: str) -> None:
    story = [worn("12:00", not_so), worn("12:01", so), worn("12:02", so), worn("12:03", not_so), worn("12:04", so)]
    _, findings = judged(WORN, story)
    assert told(findings) == [(code, "12:01"), (code, "12:04")]
    assert findings[0].because == (story[1].id,)


COLDEST_C, HOTTEST_C = TEMPERATURE_C


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (Surroundings(shock_g=SHOCK_G), ["B08"]),
        (Surroundings(shock_g=SHOCK_G - 0.1), []),
        (Surroundings(temperature_c=COLDEST_C), []),
        (Surroundings(temperature_c=COLDEST_C - 0.1), ["B08"]),
        (Surroundings(temperature_c=HOTTEST_C), []),
        (Surroundings(temperature_c=HOTTEST_C + 0.1), ["B08"]),
    ],
)
def test_a_limit_of_the_surroundings_is_reached_or_passed(body: Body, found: list[str]) -> None:
    assert codes(judged(WORN, [worn("12:00", body)])[1]) == found


def test_a_fix_as_coarse_as_the_limit_is_not_coarse() -> None:
    at_limit, beyond = (Fix(latitude_deg=0, longitude_deg=0, accuracy_m=LOW_ACCURACY_R95_M + more) for more in (0, 1))
    assert [low_accuracy.KIND.says(one) for one in (at_limit, beyond)] == [Word.ENDED, Word.HOLDS]


def test_a_skin_not_felt_for_ten_minutes_is_found_although_nothing_more_is_said() -> None:
    lost = worn("12:00", Skin(contact=False))
    _, (finding,) = judged(WORN, [lost], at("12:10"))
    assert told([finding]) == [("B05", "12:10")]
    assert (finding.because, finding.since) == ((lost.id,), at("12:00"))


def test_a_skin_felt_again_in_time_is_nothing_and_later_ends_what_was_found() -> None:
    lost = worn("12:00", Skin(contact=False))
    assert codes(judged(WORN, [lost, worn("12:09", Skin(contact=True))], at("13:00"))[1]) == []
    _, (found, felt) = judged(WORN, [lost, worn("12:20", Skin(contact=True))], at("13:00"))
    assert (felt.code.value, felt.ends) == ("B12", found.id)


def test_a_skin_lost_with_the_strap_open_adds_nothing_to_the_strap() -> None:
    story = [worn("12:00", Strap(open=True), Skin(contact=False))]
    assert told(judged(WORN, story, at("13:00"))[1]) == [("B01", "12:00")]


def test_our_own_deafness_does_not_make_anything_last() -> None:
    story = [worn("12:00", Skin(contact=False)), deaf(at("12:05"), at("13:05"))]
    assert codes(judged(WORN, story, at("13:09:59"))[1]) == []
    assert told(judged(WORN, story, at("13:10"))[1]) == [("B05", "13:10")]


def test_what_begins_within_our_deafness_lasts_from_its_end() -> None:
    story = [deaf(at("12:00"), at("13:00")), worn("12:30", Skin(contact=False))]
    assert told(judged(WORN, story, at("14:00"))[1]) == [("B05", "13:10")]


def test_a_condition_half_way_survives_being_kept() -> None:
    state, _ = fold(WORN, begin(), [worn("12:00", Skin(contact=False), Strain(beyond=True))], at("12:05"))
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=PersonState)
    assert kept == state
    assert told(fold(WORN, kept, [], at("12:30"))[1]) == [("B05", "12:10")]


def test_a_home_unit_without_mains_is_found_and_ends_with_the_mains() -> None:
    story = [unit("12:00", Power(external=True)), unit("12:10", Power(external=False))]
    _, (lost, back) = judged(HOME, [*story, unit("13:00", Power(external=True))])
    assert told([lost, back]) == [("S01", "12:10"), ("S06", "13:00")]
    assert back.ends == lost.id


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        (DeviceKind.HOME_UNIT, Displaced(moved=True), "S03"),
        (DeviceKind.RELAY, Displaced(moved=True), "L08"),
        (DeviceKind.HOME_UNIT, Enclosure(open=True), "S04"),
        (DeviceKind.RELAY, Enclosure(open=True), "S04"),
        (DeviceKind.BREATH_UNIT, Enclosure(open=True), "E12"),
        (DeviceKind.MOBILE_UNIT, Enclosure(open=True), "B04"),
        (DeviceKind.HOME_UNIT, Battery(level_percent=20), "S02"),
        (DeviceKind.BRACELET, Battery(level_percent=20), "B06"),
        (DeviceKind.BRACELET, Battery(level_percent=5), "B07"),
        (DeviceKind.TRACKER, Battery(level_percent=5), "T02"),
        (DeviceKind.TRACKER, Farewell(reason=FarewellReason.SWITCHED_OFF), "T06"),
        (DeviceKind.MOBILE_UNIT, Farewell(reason=FarewellReason.BATTERY_EMPTY), "T03"),
        (DeviceKind.TRACKER, Panic(), "V03"),
        (DeviceKind.MOBILE_UNIT, CallAsked(), "V07"),
    ],
)
def test_the_same_word_has_the_name_of_its_kind_of_device(kind: DeviceKind, body: Body, code: str) -> None:
    story = [unit("12:00", body, name=kind.value)]
    assert told(judged(wearing(kind), story, at("12:05"))[1]) == [(code, "12:00")]


def test_a_home_units_battery_is_found_once_on_its_way_down() -> None:
    story = [unit(f"12:{n:02}", Battery(level_percent=percent)) for n, percent in enumerate((40, 20, 8, 3))]
    assert told(judged(HOME, story)[1]) == [("S02", "12:01")]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (InterferenceKind.GNSS_JAM, "L05"),
        (InterferenceKind.GNSS_SPOOF, "L11"),
        (InterferenceKind.CELL_JAM, "C03"),
        (InterferenceKind.RADIO_JAM, "S07"),
    ],
)
def test_certain_interference_is_found_at_once_with_the_cell_it_was_in_and_ends(
    kind: InterferenceKind, code: str
) -> None:
    story = [
        unit("12:00", Cell(registered=True, id="401-01-7"), Interference(kind=kind, grade=Grade.CERTAIN)),
        unit("12:30", Interference(kind=kind, grade=Grade.NONE)),
    ]
    _, (found, ended) = judged(HOME, story)
    assert told([found, ended]) == [(code, "12:00"), ("L10", "12:30")]
    assert (found.area, ended.ends) == ("401-01-7", found.id)


def test_suspected_interference_has_to_last() -> None:
    suspected = unit("12:00", Interference(kind=JAM, grade=Grade.SUSPECTED))
    passed = unit("12:00:50", Interference(kind=JAM, grade=Grade.NONE))
    assert codes(judged(HOME, [suspected, passed], at("13:00"))[1]) == []
    assert told(judged(HOME, [suspected], at("13:00"))[1]) == [("L05", "12:01")]


def test_suspicion_that_becomes_certain_is_found_then_and_rests_on_both() -> None:
    story = [
        unit("12:00", Interference(kind=JAM, grade=Grade.SUSPECTED)),
        unit("12:00:30", Interference(kind=JAM, grade=Grade.CERTAIN)),
    ]
    _, (found,) = judged(HOME, story, at("13:00"))
    assert told([found]) == [("L05", "12:00:30")]
    assert found.because == (story[0].id, story[1].id)


def test_one_kind_of_interference_does_not_end_another() -> None:
    story = [
        unit("12:00", Interference(kind=JAM, grade=Grade.CERTAIN)),
        unit("12:01", Interference(kind=InterferenceKind.CELL_JAM, grade=Grade.NONE)),
    ]
    assert codes(judged(HOME, story)[1]) == ["L05"]


@pytest.mark.parametrize("dead", [ReceiverHealth(working=False, frames=3), ReceiverHealth(working=True, frames=0)])
def test_a_receiver_that_hears_nothing_at_all_is_at_fault_after_ninety_seconds(dead: ReceiverHealth) -> None:
    story = [unit("12:00", dead), unit("12:01", dead), unit("12:05", ReceiverHealth(working=True, frames=9))]
    _, (fault, works) = judged(HOME, story)
    assert told([fault, works]) == [("S09", "12:01:30"), ("S06", "12:05")]
    assert works.ends == fault.id


def test_a_device_that_said_farewell_is_there_again_with_its_next_word() -> None:
    who = supervision()
    story = [
        heard(at("12:00"), Farewell(reason=FarewellReason.SWITCHED_OFF)),
        heard(at("12:05"), LinkHealth(event=LinkEvent.LOGIN)),
    ]
    _, (gone, back) = judged(who, story)
    assert told([gone, back]) == [("T06", "12:00"), ("C02", "12:05")]
    assert back.ends == gone.id


def test_calls_for_help_within_a_minute_are_one() -> None:
    story = [heard(at(clock), Panic()) for clock in ("12:00:00", "12:00:20", "12:00:59", "12:01:00")]
    assert told(judged(supervision(), story)[1]) == [("V03", "12:00"), ("V03", "12:01")]


def test_a_charger_is_on_record_when_it_is_used() -> None:
    story = [heard(at("12:00"), Power(external=True)), heard(at("12:09"), Power(external=False))]
    assert told(judged(supervision(), story)[1]) == [("T04", "12:00"), ("T07", "12:09")]


def test_coarse_fixes_and_fixes_by_relay_are_on_record_once_for_each_stretch() -> None:
    story = [
        fix(at("12:00"), accuracy_m=300.0),
        fix(at("12:01"), accuracy_m=300.0),
        fix(at("12:02")),
        fix(at("12:03"), source=FixSource.RELAY),
        fix(at("12:04"), source=FixSource.RELAY),
        fix(at("12:05"), accuracy_m=300.0),
    ]
    assert noted(judged(supervision(), story)[1]) == ["L03", "L07", "L03"]


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (DistrustReason.REPLAY, "B09"),
        (DistrustReason.CLONE, "B09"),
        (DistrustReason.RELAYED, "B09"),
        (DistrustReason.BAD_CODE, "C06"),
        (DistrustReason.BAD_CERTIFICATE, "C06"),
        (DistrustReason.SEQUENCE_CONFLICT, "C06"),
        (DistrustReason.FOREIGN_TAG, "P10"),
    ],
)
def test_bytes_that_are_not_believed_are_found_by_their_reason(reason: DistrustReason, code: str) -> None:
    assert told(judged(WORN, [worn("12:00", Distrust(reason=reason))])[1]) == [(code, "12:00")]


def test_a_flood_of_bad_bytes_is_one_finding_an_hour() -> None:
    flood = [worn(f"{10 + n // 60}:{n % 60:02}", Distrust(reason=DistrustReason.BAD_CODE)) for n in range(150)]
    assert told(judged(WORN, flood)[1]) == [("C06", "10:00"), ("C06", "11:00"), ("C06", "12:00")]


def test_bytes_that_are_not_believed_are_no_sign_of_life() -> None:
    who = wearing(DeviceKind.TRACKER, silence_limit_s=1800)
    forged: list[datetime] = [at("12:10"), at("12:20"), at("12:29")]
    story = [heard(when, Distrust(reason=DistrustReason.BAD_CODE), device_id=DeviceId("tracker")) for when in forged]
    last = heard(at("12:00"), LinkHealth(event=LinkEvent.PING), device_id=DeviceId("tracker"))
    state, findings = judged(who, [last, *story], at("12:30"))
    assert told(findings)[-2:] == [("C06", "12:10"), ("C01", "12:30")]
    assert state.heard_at == at("12:00")


@pytest.mark.parametrize(
    ("accuracy_m", "source", "can"),
    [
        (None, FixSource.GNSS, False),
        (LOW_ACCURACY_R95_M, FixSource.GNSS, False),
        (LOW_ACCURACY_R95_M + 1, FixSource.GNSS, True),
        (1.0, FixSource.CELL, True),
    ],
)
def test_only_a_weak_or_a_borrowed_fix_can_begin_a_condition(
    accuracy_m: float | None, source: FixSource, *, can: bool
) -> None:
    told_of = Fix(latitude_deg=43.2, longitude_deg=76.9, accuracy_m=accuracy_m, source=source)
    assert table.remarkable(told_of) is can
