"""What is carried: charged every day, with its own card, not left behind, and not in two places."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, ObservationId, SubjectId
from baqylau.domain.observations import Body, Heard, Motion, Observation, Power, SimCard
from baqylau.domain.people import DeviceKind, Supervision
from baqylau.domain.schedules import Schedule
from baqylau.rules.equipment import docking, not_carried
from baqylau.rules.explaining import explain
from baqylau.rules.finding import Author
from baqylau.rules.fold import fold
from tests.unit.rules.stories import (
    HOME,
    PERSON,
    at,
    circle,
    codes,
    deaf,
    device,
    fitting,
    heard,
    judged,
    nightly,
    north,
    supervision,
    told,
    wearing,
)

MOBILE, BRACELET, NEAR, FAR = (DeviceId(name) for name in ("mobile_unit", "bracelet", "unit-near", "unit-far"))
CARRIED = wearing(DeviceKind.MOBILE_UNIT)
BOTH = wearing(DeviceKind.MOBILE_UNIT, DeviceKind.BRACELET)


def unit(clock: str, *bodies: Body, day: int = 0) -> Observation:
    return heard(at(clock, day), *bodies, device_id=MOBILE)


def charger(clock: str, *, on: bool, day: int = 0) -> Observation:
    return unit(clock, Power(external=on), day=day)


def charging(story: list[Observation], day: int, clock: str) -> list[tuple[str, str]]:
    _, findings = judged(CARRIED, story, at(clock, day))
    return [one for one in told(findings) if one[0] == "T05"]


def test_a_unit_not_charged_for_an_hour_within_a_day_is_found_once() -> None:
    story = [charger("12:00", on=False), charger("20:00", on=True), charger("20:59", on=False)]
    assert charging(story, 1, "11:59") == []
    assert charging(story, 3, "12:00") == [("T05", "12:00")]


def test_a_tick_for_something_else_does_not_end_the_day() -> None:
    who = wearing(DeviceKind.MOBILE_UNIT, silence_limit_s=600)
    assert codes(judged(who, [charger("12:00", on=False)], at("13:00"))[1]) == ["C01", "C02", "C01"]


def test_a_charge_of_an_hour_begins_a_new_day() -> None:
    story = [charger("12:00", on=False), charger("20:00", on=True), charger("21:00", on=False)]
    assert charging(story, 1, "20:59") == []
    assert charging(story, 1, "21:00") == [("T05", "21:00")]


def test_a_unit_that_stays_on_its_charger_is_charged() -> None:
    assert charging([charger("12:00", on=True)], 5, "12:00") == []


def test_a_charge_that_begins_an_hour_before_the_end_is_just_in_time() -> None:
    assert charging([charger("12:00", on=False), charger("11:00", on=True, day=1)], 2, "12:00") == []


def test_a_charge_that_begins_too_late_does_not_help() -> None:
    story = [charger("12:00", on=False), charger("11:30", on=True, day=1)]
    assert charging(story, 2, "12:00") == [("T05", "12:00")]


def charged(story: list[Observation], day: int, clock: str) -> list[tuple[str, str]]:
    _, findings = judged(CARRIED, story, at(clock, day))
    return [one for one in told(findings) if one[0] in {"T05", "T08"}]


def test_an_hour_on_the_charger_ends_that_it_was_not_charged_and_less_does_not() -> None:
    missed = [charger("12:00", on=False), charger("13:00", on=True, day=1), charger("13:30", on=False, day=1)]
    assert charged(missed, 1, "23:00") == [("T05", "12:00")]
    for_good = [*missed, charger("20:00", on=True, day=1)]
    assert charged(for_good, 1, "20:59") == [("T05", "12:00")]
    assert charged(for_good, 5, "20:59") == [("T05", "12:00"), ("T08", "21:00")]
    taken_off = [*for_good, charger("21:00", on=False, day=1)]
    assert charged(taken_off, 2, "20:59") == [("T05", "12:00"), ("T08", "21:00")]
    _, findings = judged(CARRIED, taken_off, at("21:00", 2))
    first, end, second = (one for one in findings if one.rule == "charging_duty")
    assert (end.ends, second.since) == (first.id, at("21:00", 1))


EVENINGS = replace(device(MOBILE, kind=DeviceKind.MOBILE_UNIT), charge_schedule=nightly("21:00", "23:00"))
AGREED = wearing(DeviceKind.MOBILE_UNIT, devices=(EVENINGS,))


def undocked(story: list[Observation], day: int, clock: str, who: Supervision = AGREED) -> list[tuple[str, str]]:
    _, findings = judged(who, story, at(clock, day))
    return [one for one in told(findings) if one[0] == "M04"]


def test_a_unit_that_is_not_on_its_charger_half_an_hour_into_the_agreed_hours_is_found_each_evening() -> None:
    story = [charger("12:00", on=False)]
    assert undocked(story, 0, "21:29") == []
    assert undocked(story, 1, "21:29") == [("M04", "21:30")]
    assert undocked(story, 2, "21:29") == [("M04", "21:30"), ("M04", "21:30")]
    assert undocked(story, 1, "21:29", CARRIED) == []


@pytest.mark.parametrize(
    "story",
    [
        [charger("20:00", on=True)],
        [charger("20:00", on=True), charger("21:05", on=False)],
        [charger("12:00", on=False), charger("21:30", on=True)],
        [charger("22:10", on=False), charger("22:20", on=True), charger("22:30", on=False)],
        [charger("12:00", on=False), deaf(at("21:00"), at("22:45"))],
        [unit("12:00", Motion(moving=True))],
    ],
    ids=["there before", "there at first", "just in time", "worn in between", "we were deaf", "never told of it"],
)
def test_a_unit_that_was_on_its_charger_within_the_hours_or_of_which_nobody_knows_is_not_found(
    story: list[Observation],
) -> None:
    assert undocked(story, 1, "20:59") == []


def test_what_is_found_rests_on_the_last_word_about_the_charger() -> None:
    story = [charger("12:00", on=False), charger("20:00", on=False)]
    _, findings = judged(AGREED, story, at("22:00"))
    assert [one.because for one in findings if one.code == "M04"] == [(story[1].id,)]


def test_hours_that_are_agreed_no_more_ask_for_nothing() -> None:
    state, _ = judged(AGREED, [charger("12:00", on=False)], at("20:00"))
    _, findings = fold(CARRIED, state, (), at("22:00"))
    assert findings == ()
    earlier = replace(EVENINGS, charge_schedule=nightly("18:00", "20:00"))
    _, findings = fold(wearing(DeviceKind.MOBILE_UNIT, devices=(earlier,)), state, (), at("20:00", 1))
    assert [one for one in told(findings) if one[0] == "M04"] == [("M04", "18:30")]


def test_the_next_charge_ends_that_a_unit_was_not_docked_and_the_minute_says_what_is_missing() -> None:
    state, findings = judged(AGREED, [charger("12:00", on=False)], at("21:29"))
    [account] = [one for one in explain(AGREED, state, at("21:29")).devices[0].accounts if one.rule == "docking"]
    assert [(need.key, need.met, need.at) for need in account.needs] == [
        ("off_charger", True, None),
        ("docking_missed", False, at("21:30")),
    ]
    assert Code.NOT_DOCKED in EVENTS[Code.CHARGING].clears
    assert Code.NO_CHARGE_DAY in EVENTS[Code.CHARGED].clears
    assert Code.NO_CHARGE_DAY not in EVENTS[Code.CHARGING].clears
    assert findings == ()


def test_a_unit_that_never_spoke_of_its_charger_owes_no_charge() -> None:
    assert charging([unit("12:00", Motion(moving=True))], 5, "12:00") == []


def test_our_own_deafness_lengthens_the_day() -> None:
    story = [charger("12:00", on=False), deaf(at("13:00"), at("15:00"))]
    assert charging(story, 1, "14:59") == [("T05", "14:00")]


def test_another_card_or_modem_is_found_with_both_words_it_rests_on() -> None:
    first, same = unit("12:00", SimCard(card="a", modem="m")), unit("12:01", SimCard(card="a", modem="m"))
    other, back = unit("12:02", SimCard(card="b", modem="m")), unit("12:03", SimCard(card="a", modem="m"))
    _, findings = judged(CARRIED, [first, same, other, back])
    assert told(findings) == [("C04", "12:02"), ("C04", "12:03")]
    assert findings[0].because == (first.id, other.id)


def test_the_first_pair_after_a_fitting_is_learned() -> None:
    times = (fitting(MOBILE, until_at=at("12:05")), fitting(MOBILE, from_at=at("13:00")))
    story = [unit("12:00", SimCard(card="a", modem="m")), unit("13:01", SimCard(card="b", modem="m"))]
    assert codes(judged(wearing(DeviceKind.MOBILE_UNIT, fittings=times), story)[1]) == []


def moves(minute: int, *, unit_moves: bool, bracelet_moves: bool = True) -> list[Observation]:
    when = at("12:00") + timedelta(minutes=minute)
    return [
        heard(when, Motion(moving=unit_moves), device_id=MOBILE),
        heard(when + timedelta(seconds=1), Motion(moving=bracelet_moves), device_id=BRACELET),
    ]


def carrying(story: list[Observation]) -> list[tuple[str, str]]:
    return [one for one in told(judged(BOTH, story, at("15:00"))[1]) if one[0] == "M03"]


def test_a_unit_that_lies_still_while_its_bracelet_moves_is_found_after_ten_minutes() -> None:
    story = [one for minute in range(15) for one in moves(minute, unit_moves=False)]
    assert carrying(story) == [("M03", "12:10:01")]


@pytest.mark.parametrize("at_minute", [3, 9])
def test_a_unit_that_moves_meanwhile_is_carried(at_minute: int) -> None:
    story = [one for minute in range(12) for one in moves(minute, unit_moves=minute == at_minute)]
    assert carrying(story) == []


def test_a_bracelet_at_rest_accuses_nobody() -> None:
    story = [one for minute in range(15) for one in moves(minute, unit_moves=False, bracelet_moves=False)]
    assert carrying(story) == []


def test_a_word_that_has_grown_old_says_nothing_of_now() -> None:
    story = [*moves(0, unit_moves=False), *moves(12, unit_moves=False), *moves(18, unit_moves=False)]
    assert carrying(story) == []


@pytest.mark.parametrize(("old_s", "fresh"), [(300, True), (301, False)])
def test_what_was_said_within_five_minutes_is_fresh(old_s: int, *, fresh: bool) -> None:
    author = Author(rule="not_carried", rule_version="1", person_id=PERSON, subject=SubjectId(MOBILE))
    old = not_carried.Said(moving=False, at=at("12:00") - timedelta(seconds=old_s), id=ObservationId("old"))
    new = not_carried.Said(moving=True, at=at("12:00"), id=ObservationId("new"))
    apart, _ = not_carried.step(author, None, at("12:00"), old, new)
    assert (apart is not None) is fresh


def test_a_time_in_which_we_did_not_listen_does_not_count() -> None:
    story = [one for minute in (*range(5), *range(9, 20)) for one in moves(minute, unit_moves=False)]
    gap = deaf(at("12:05"), at("12:09"))
    assert carrying([*story, gap]) == [("M03", "12:14:01")]


def two_homes(far_m: float) -> Supervision:
    places = ((NEAR, circle("Home", HOME)), (FAR, circle("Second home", north(far_m))))
    units = tuple(device(name, kind=DeviceKind.HOME_UNIT, place=place) for name, place in places)
    devices = (device(BRACELET, kind=DeviceKind.BRACELET), *units)
    return supervision(devices=devices, fittings=tuple(fitting(one.id) for one in devices))


def heard_by(receiver: DeviceId, clock: str) -> Observation:
    return heard(at(clock), Heard(receiver_id=receiver, rssi_dbm=-70.0), device_id=BRACELET)


def test_a_bracelet_heard_at_two_places_faster_than_anybody_travels_is_found() -> None:
    story = [heard_by(NEAR, "12:00"), heard_by(FAR, "12:01"), heard_by(NEAR, "12:02"), heard_by(FAR, "13:03")]
    _, findings = judged(two_homes(40_000), story)
    assert told(findings) == [("B09", "12:01")]
    assert findings[0].because == (story[0].id, story[1].id)


def test_a_bracelet_that_had_the_time_to_travel_is_one_bracelet() -> None:
    assert codes(judged(two_homes(40_000), [heard_by(NEAR, "12:00"), heard_by(FAR, "12:30")])[1]) == []


def test_two_receivers_of_one_neighbourhood_prove_nothing() -> None:
    assert codes(judged(two_homes(900), [heard_by(NEAR, "12:00"), heard_by(FAR, "12:00:01")])[1]) == []


def test_receivers_of_unknown_place_prove_nothing() -> None:
    assert codes(judged(BOTH, [heard_by(NEAR, "12:00"), heard_by(FAR, "12:00:01")])[1]) == []


def test_who_was_never_on_the_charger_still_has_to_come_to_it() -> None:
    hours = nightly("21:00", "23:00")
    begun = docking.step(hours, None, at("20:00"), ObservationId("one"), external=False)
    again = docking.step(hours, begun, at("21:05"), ObservationId("two"), external=False)
    assert (again.from_at, again.due_at) == (begun.from_at, begun.due_at)
    taken_off = docking.step(hours, replace(begun, external=True), at("21:05"), ObservationId("two"), external=False)
    assert taken_off.from_at == at("21:00", day=1)


def test_the_time_in_which_we_did_not_listen_is_not_time_off_the_charger() -> None:
    begun = docking.step(nightly("21:00", "23:00"), None, at("20:00"), ObservationId("one"), external=False)
    gap = timedelta(minutes=7)
    assert docking.blinded(begun, gap) == replace(begun, due_at=begun.due_at + gap)


@pytest.mark.parametrize(
    ("clock", "external", "next_day"),
    [("20:59:59", True, 0), ("21:00", True, 1), ("21:05", True, 1), ("21:05", False, 0)],
)
def test_the_hours_are_kept_by_whoever_is_on_the_charger_within_them(
    clock: str, next_day: int, *, external: bool
) -> None:
    hours = nightly("21:00", "23:00")
    begun = docking.step(hours, None, at("20:00"), ObservationId("one"), external=False)
    after = docking.step(hours, begun, at(clock), ObservationId("two"), external=external)
    assert after.from_at == at("21:00", day=next_day)


def test_hours_shorter_than_the_time_to_come_are_missed_at_their_end() -> None:
    hours = nightly("21:00", "21:10")
    begun = docking.step(hours, None, at("20:00"), ObservationId("one"), external=False)
    author = Author(rule=docking.NAME, rule_version=docking.VERSION, person_id=PERSON, subject=SubjectId("mobile_unit"))
    after, (missed,) = docking.tick(author, hours, begun, at("21:10"))
    assert (missed.code, missed.at) == (Code.NOT_DOCKED, at("21:10"))
    assert after.from_at == at("21:00", day=1)


def test_hours_that_never_come_are_asked_for_again_in_a_week() -> None:
    never = Schedule(timezone="Asia/Almaty", windows=())
    assert docking.step(never, None, at("12:00"), ObservationId("one"), external=False).from_at == at("12:00", day=7)


@pytest.mark.parametrize(("newer_moves", "found"), [(True, ["M03"]), (False, [])])
def test_of_two_bracelets_the_one_that_spoke_last_says_whether_the_person_moves(
    *, newer_moves: bool, found: list[str]
) -> None:
    second = DeviceId("bracelet-2")
    devices = (*BOTH.devices, device(second, kind=DeviceKind.BRACELET))
    who = replace(BOTH, devices=devices, fittings=tuple(fitting(one.id) for one in devices))
    story = [heard(at("12:00"), Motion(moving=not newer_moves), device_id=BRACELET)]
    story += [
        heard(at("12:01") + timedelta(minutes=minute, seconds=seconds), Motion(moving=moving), device_id=name)
        for minute in range(15)
        for seconds, name, moving in ((0, second, newer_moves), (1, MOBILE, False))
    ]
    assert [code for code in codes(judged(who, story)[1]) if code == "M03"] == found


@pytest.mark.parametrize(("limit_s", "wake"), [(600, at("12:10")), (86_400 * 5, at("12:00", day=1))])
def test_whichever_comes_first_silence_or_the_duty_to_charge_is_when_time_has_to_speak(
    limit_s: int, wake: datetime
) -> None:
    state, _ = judged(wearing(DeviceKind.MOBILE_UNIT, silence_limit_s=limit_s), [charger("12:00", on=False)])
    assert state.wake_at == wake
