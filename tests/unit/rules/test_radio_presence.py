"""Being at home by radio: what a bracelet that is not heard says, and what it does not say."""

from datetime import UTC, datetime, timedelta

import pytest

from baqylau.domain.findings import Check
from baqylau.domain.observations import (
    Battery,
    Distrust,
    DistrustReason,
    Grade,
    Interference,
    InterferenceKind,
    Motion,
    Observation,
    Strap,
)
from baqylau.domain.people import Supervision
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules.fold import standing
from tests.unit.rules.radio_stories import (
    BRACELET,
    MINUTE,
    SECOND_UNIT,
    UNIT,
    at_home,
    equipment,
    hears,
    listens,
    wearer,
    well,
)
from tests.unit.rules.stories import (
    HOME,
    TRACKER,
    at,
    circle,
    deaf,
    every,
    fitting,
    heard,
    judged,
    nightly,
    north,
    order,
    permission,
    presence,
    told,
)

WHO = wearer()
FLAT = wearer(equipment(BRACELET), equipment(UNIT), equipment(SECOND_UNIT))
WITH_TRACKER = wearer(equipment(BRACELET), equipment(UNIT), equipment(TRACKER))
AWAY = north(1500)
TOMORROW = at("06:30", 1)


def shown(who: Supervision, story: list[Observation], now: datetime) -> tuple[Compliance, Blindness | None]:
    state, _ = judged(who, story, now)
    live = standing(who, state, now)
    return live.compliance, live.blindness


def test_a_bracelet_heard_all_night_is_at_home() -> None:
    story = at_home(at("21:00"), TOMORROW)
    assert told(judged(WHO, story, TOMORROW)[1]) == [("P05", "22:00")]
    assert shown(WHO, at_home(at("21:00"), at("23:00")), at("23:00")) == (Compliance.AS_PRESCRIBED, None)


@pytest.mark.parametrize(
    ("moving", "unheard_min", "found"),
    [(False, 9, []), (False, 30, [("P03", "23:10")]), (True, 9, [("P03", "23:05")]), (True, 30, [("P03", "23:05")])],
)
def test_somebody_who_lay_still_when_last_heard_did_not_leave_but_hides_the_bracelet(
    unheard_min: int, found: list[tuple[str, str]], *, moving: bool
) -> None:
    until = at("23:00") + MINUTE * unheard_min
    last = hears(at("22:59"), UNIT, -60.0, 1, Motion(moving=moving))
    story = [*at_home(at("21:00"), at("22:59")), last, *listens(at("22:59"), until), *at_home(until, at("23:59"))]
    assert [one for one in told(judged(WHO, story, at("23:59"))[1]) if one[0] == "P03"] == found


def test_a_recording_played_in_its_name_ends_the_longer_wait_for_one_that_lay_still() -> None:
    last = hears(at("22:59"), UNIT, -60.0, 1, Motion(moving=False))
    played = heard(at("23:01"), Distrust(reason=DistrustReason.REPLAY), device_id=BRACELET)
    story = [*at_home(at("21:00"), at("22:59")), last, played, *listens(at("22:59"), at("23:59"))]
    assert ("P03", "23:05") in told(judged(WHO, story, at("23:59"))[1])


@pytest.mark.parametrize(("grace_s", "found"), [(60, "23:05"), (0, "23:04"), (600, "23:14"), (61, "23:05:01")])
def test_a_bracelet_is_gone_five_minutes_and_the_grace_after_its_last_reception_to_the_tick(
    grace_s: int, found: str
) -> None:
    who = wearer(equipment(BRACELET, grace_s=grace_s), equipment(UNIT))
    story = [*at_home(at("21:00"), at("23:00")), *listens(at("23:00"), at("23:30"))]
    _, findings = judged(who, story, at("23:30"))
    assert told(findings) == [("P05", "22:00"), ("P03", found)]
    assert findings[1].since == at("22:59")
    assert findings[1].place == "Home"
    assert Check.RECEIVER_ALIVE in findings[1].checks


def test_nothing_is_found_a_tick_before() -> None:
    story = [*at_home(at("21:00"), at("23:00")), *listens(at("23:00"), at("23:04:59"))]
    assert told(judged(WHO, story, at("23:04:59"))[1]) == [("P05", "22:00")]


def test_a_bracelet_heard_at_the_very_tick_is_not_gone() -> None:
    story = [*at_home(at("21:00"), at("23:00")), *listens(at("23:00"), at("23:06")), hears(at("23:05"))]
    assert "P03" not in [code for code, _ in told(judged(WHO, story, at("23:05"))[1])]


def test_coming_back_ends_it_and_says_how_long_it_was() -> None:
    story = [*at_home(at("21:00"), at("23:00")), *listens(at("23:00"), at("23:30")), *at_home(at("23:30"), at("23:59"))]
    _, (_, left, back) = judged(WHO, story, at("23:59"))
    assert told([left, back]) == [("P03", "23:05"), ("P04", "23:30")]
    assert (back.ends, back.since) == (left.id, at("22:59"))


def test_a_single_frame_is_not_being_back_but_two_within_a_minute_are() -> None:
    gone = [*at_home(at("21:00"), at("23:00")), *listens(at("23:00"), at("23:22"))]
    lone = [hears(at("23:20"), frames=1)]
    assert told(judged(WHO, [*gone, *lone], at("23:22"))[1])[1:] == [("P03", "23:05")]
    pair = [*lone, hears(at("23:21"), frames=1)]
    assert told(judged(WHO, [*gone, *pair], at("23:22"))[1])[1:] == [("P03", "23:05"), ("P04", "23:21")]


def test_who_is_not_back_when_the_grace_is_over_is_late() -> None:
    story = [*at_home(at("20:00"), at("21:00")), *listens(at("21:00"), at("22:30"))]
    _, (late,) = judged(WHO, story, at("22:30"))
    assert told([late]) == [("P02", "22:05")]
    assert late.since == at("22:00")


def test_who_is_not_heard_since_the_unit_began_to_listen_in_the_night_is_not_at_home() -> None:
    assert told(judged(WHO, listens(at("23:10"), at("23:30")), at("23:30"))[1]) == [("P01", "23:16")]


def test_a_bracelet_put_on_in_the_night_has_its_five_minutes() -> None:
    who = wearer(fittings=(fitting(BRACELET, at("23:00")), fitting(UNIT)))
    assert told(judged(who, listens(at("20:00"), at("23:30")), at("23:30"))[1]) == [("P01", "23:06")]


def test_without_a_bracelet_on_the_person_no_unit_says_anything() -> None:
    who = wearer(fittings=(fitting(BRACELET, until_at=at("22:30")), fitting(UNIT)))
    story = [*at_home(at("21:00"), at("22:30")), *listens(at("22:30"), at("23:30"))]
    assert told(judged(who, story, at("23:30"))[1]) == [("P05", "22:00")]


def test_a_unit_that_falls_silent_proves_nothing() -> None:
    story = [*at_home(at("21:00"), at("23:00")), *listens(at("23:00"), at("23:02"))]
    assert told(judged(WHO, story, at("23:59"))[1]) == [("P05", "22:00")]
    assert shown(WHO, story, at("23:59")) == (Compliance.UNKNOWN, Blindness.RECEIVER_SILENT)


def test_a_unit_that_says_it_is_faulty_proves_nothing() -> None:
    broken = [well(at("23:00") + MINUTE * number, working=False) for number in range(30)]
    story = [*at_home(at("21:00"), at("23:00")), *broken]
    assert told(judged(WHO, story, at("23:30"))[1])[1:2] != [("P03", "23:05")]
    assert not {"P01", "P02", "P03"} & {code for code, _ in told(judged(WHO, story, at("23:30"))[1])}
    assert shown(WHO, story, at("23:30")) == (Compliance.UNKNOWN, Blindness.RECEIVER_FAULT)


def test_a_unit_that_hears_not_even_its_anchor_proves_nothing() -> None:
    mute = [well(at("23:00") + MINUTE * number, frames=0) for number in range(30)]
    story = [*at_home(at("21:00"), at("23:00")), *mute]
    assert not {"P01", "P02", "P03"} & {code for code, _ in told(judged(WHO, story, at("23:30"))[1])}


@pytest.mark.parametrize("grade", [Grade.SUSPECTED, Grade.CERTAIN])
def test_under_a_jammer_nobody_is_absent(grade: Grade) -> None:
    jam = Interference(kind=InterferenceKind.RADIO_JAM, grade=grade)
    over = Interference(kind=InterferenceKind.RADIO_JAM, grade=Grade.NONE)
    story = [
        *at_home(at("21:00"), at("23:00")),
        *listens(at("23:00"), at("23:59")),
        heard(at("23:01"), jam, device_id=UNIT),
    ]
    assert not {"P01", "P02", "P03"} & {code for code, _ in told(judged(WHO, story, at("23:30"))[1])}
    assert shown(WHO, story, at("23:30")) == (Compliance.UNKNOWN, Blindness.RECEIVER_FAULT)
    story.append(heard(at("23:30"), over, device_id=UNIT))
    assert ("P03", "23:36") in told(judged(WHO, story, at("23:40"))[1])


def test_our_own_deafness_moves_the_deadline() -> None:
    story = [*at_home(at("21:00"), at("23:00")), *listens(at("23:00"), at("23:30")), deaf(at("23:02"), at("23:10"))]
    assert told(judged(WHO, story, at("23:30"))[1]) == [("P05", "22:00"), ("P03", "23:13")]


def test_a_unit_that_comes_back_without_its_backlog_begins_to_listen_anew() -> None:
    story = [*at_home(at("21:00"), at("23:00")), *listens(at("23:20"), at("23:40"))]
    assert told(judged(WHO, story, at("23:40"))[1]) == [("P05", "22:00"), ("P03", "23:26")]


def test_another_beacon_that_a_unit_hears_proves_that_it_listens() -> None:
    who = wearer(equipment(BRACELET), equipment(UNIT), equipment(TRACKER))
    others = [
        heard(at("23:00") + MINUTE * number, hears(at("23:00")).bodies[0], device_id=TRACKER) for number in range(10)
    ]
    story = [*at_home(at("21:00"), at("23:00")), *others]
    assert told(judged(who, story, at("23:10"))[1]) == [("P05", "22:00"), ("P03", "23:05")]


def test_whichever_of_two_units_hears_is_enough() -> None:
    story = [
        *at_home(at("21:00"), at("22:30")),
        *listens(at("22:30"), at("23:30")),
        *listens(at("21:00"), at("22:30"), SECOND_UNIT),
        *at_home(at("22:30"), at("23:30"), SECOND_UNIT),
    ]
    assert told(judged(FLAT, story, at("23:30"))[1]) == [("P05", "22:00")]


def test_gone_is_counted_from_the_last_reception_at_either_unit() -> None:
    story = [
        *at_home(at("21:00"), at("22:30")),
        *listens(at("22:30"), at("23:30")),
        *at_home(at("21:00"), at("22:58"), SECOND_UNIT),
        *listens(at("22:58"), at("23:30"), SECOND_UNIT),
    ]
    assert told(judged(FLAT, story, at("23:30"))[1]) == [("P05", "22:00"), ("P03", "23:03")]


def test_one_unit_that_never_spoke_leaves_the_other_to_decide() -> None:
    story = [*at_home(at("21:00"), at("23:00")), *listens(at("23:00"), at("23:30"))]
    assert told(judged(FLAT, story, at("23:30"))[1]) == [("P05", "22:00"), ("P03", "23:05")]


def test_the_unit_that_heard_last_has_to_be_alive() -> None:
    """The bracelet is in the room that only the unit hears whose plug was pulled."""
    story = [*at_home(at("21:00"), at("23:00")), *listens(at("21:00"), at("23:30"), SECOND_UNIT)]
    assert told(judged(FLAT, story, at("23:30"))[1]) == [("P05", "22:00")]
    assert shown(FLAT, story, at("23:30")) == (Compliance.UNKNOWN, Blindness.RECEIVER_SILENT)


def test_a_backlog_of_the_unit_gives_what_live_would_have_given() -> None:
    night = [*at_home(at("21:00"), at("23:00")), *listens(at("23:00"), at("23:40")), *at_home(at("23:40"), TOMORROW)]
    assert told(judged(WHO, night, TOMORROW)[1]) == [("P05", "22:00"), ("P03", "23:05"), ("P04", "23:40")]


def test_short_gaps_in_the_hours_are_recorded_and_frequent_ones_looked_at() -> None:
    minutes = [minute for minute in range(120) if minute % 10 < 6]
    story = [*listens(at("22:00"), at("23:59"))]
    story += [hears(at("22:00") + MINUTE * minute) for minute in minutes]
    findings = judged(WHO, story, at("23:56"))[1]
    gaps = [clock for code, clock in told(findings) if code == "P06"]
    assert gaps[:3] == ["22:10", "22:20", "22:30"]
    assert len(gaps) == 11
    assert [clock for code, clock in told(findings) if code == "P11"] == ["23:00"]


def test_gaps_by_day_are_nobodys_business() -> None:
    story = [*listens(at("12:00"), at("13:00")), *(hears(at("12:00") + MINUTE * 4 * number) for number in range(15))]
    assert told(judged(WHO, story, at("13:00"))[1]) == []


def test_radio_beats_a_fix_that_drifts() -> None:
    story = [*at_home(at("21:00"), at("23:30")), *every(60, at("21:00"), at("23:30"), AWAY)]
    assert told(judged(WITH_TRACKER, story, at("23:30"))[1]) == [("P05", "22:00")]


def test_without_a_unit_that_listens_fixes_decide() -> None:
    story = [*at_home(at("21:00"), at("22:10")), *every(60, at("22:10"), at("22:50"), AWAY)]
    assert told(judged(WITH_TRACKER, story, at("22:50"))[1]) == [("P05", "22:00"), ("P03", "22:20")]


def test_not_heard_and_yet_seen_at_home_accuses_nobody_and_asks_for_a_look() -> None:
    story = [
        *at_home(at("21:00"), at("23:00")),
        *listens(at("23:00"), at("23:30")),
        *every(60, at("21:00"), at("23:30"), HOME),
    ]
    assert told(judged(WITH_TRACKER, story, at("23:30"))[1]) == [("P05", "22:00"), ("P12", "23:05")]
    assert shown(WITH_TRACKER, story, at("23:30")) == (Compliance.UNKNOWN, Blindness.SOURCES_DISAGREE)


def test_not_heard_and_seen_outside_is_gone() -> None:
    story = [
        *at_home(at("21:00"), at("23:00")),
        *listens(at("23:00"), at("23:30")),
        *every(60, at("23:00"), at("23:30"), AWAY),
    ]
    assert told(judged(WITH_TRACKER, story, at("23:30"))[1]) == [("P05", "22:00"), ("P03", "23:05")]


def test_of_several_homes_the_one_without_a_unit_leaves_it_open() -> None:
    homes = presence(places=(circle("Home"), circle("Mother", AWAY)))
    who = wearer(equipment(BRACELET), equipment(UNIT, circle("Home")), restrictions=(homes,))
    story = [*at_home(at("21:00"), at("23:00")), *listens(at("23:00"), at("23:30"))]
    assert told(judged(who, story, at("23:30"))[1]) == [("P05", "22:00")]


def test_of_several_homes_with_units_any_that_hears_is_home() -> None:
    homes = presence(places=(circle("Home"), circle("Mother", AWAY)))
    who = wearer(
        equipment(BRACELET),
        equipment(UNIT, circle("Home")),
        equipment(SECOND_UNIT, circle("Mother", AWAY)),
        restrictions=(homes,),
    )
    story = [
        *at_home(at("20:00"), at("21:00")),
        *listens(at("21:00"), TOMORROW),
        *listens(at("20:00"), at("21:20"), SECOND_UNIT),
        *at_home(at("21:20"), at("23:00"), SECOND_UNIT),
        *listens(at("23:00"), TOMORROW, SECOND_UNIT),
    ]
    _, findings = judged(who, story, at("23:30"))
    assert told(findings) == [("P05", "22:00"), ("P03", "23:05")]
    assert [finding.place for finding in findings] == ["Mother", "Mother"]


def test_a_unit_that_stands_elsewhere_says_nothing_of_home() -> None:
    who = wearer(equipment(BRACELET), equipment(UNIT, circle("Work", north(9000))))
    assert told(judged(who, at_home(at("20:00"), at("23:30")), at("23:30"))[1]) == []


def test_who_was_out_in_all_of_the_hours_is_found_at_their_end() -> None:
    story = [*at_home(at("20:00"), at("21:57")), *listens(at("21:57"), TOMORROW)]
    _, findings = judged(WHO, story, TOMORROW)
    assert told(findings) == [("P02", "22:05"), ("P07", "06:00")]
    assert findings[1].since == at("22:00")


def test_an_hour_without_a_unit_that_listens_is_not_the_whole_of_the_hours() -> None:
    story = [*listens(at("20:00"), at("02:00", 1)), *listens(at("03:00", 1), TOMORROW)]
    assert "P07" not in [code for code, _ in told(judged(WHO, story, TOMORROW)[1])]


def test_a_permission_in_the_middle_excuses_and_does_not_cut_the_hours() -> None:
    who = wearer(permissions=(permission(at("23:00"), at("01:00", 1)),))
    story = listens(at("20:00"), TOMORROW)
    assert told(judged(who, story, TOMORROW)[1]) == [
        ("P02", "22:05"),
        ("P09", "23:00"),
        ("P09", "01:00"),
        ("P02", "01:05"),
        ("P07", "06:00"),
    ]


def test_two_curfews_a_day_are_judged_each_for_itself() -> None:
    noon = presence(id="noon", schedule=nightly("12:00", "14:00"))
    who = wearer(restrictions=(presence(), noon))
    story = [*listens(at("11:00"), at("21:00")), *at_home(at("21:00"), at("23:00"))]
    assert told(judged(who, story, at("23:00"))[1]) == [("P02", "12:05"), ("P07", "14:00"), ("P05", "22:00")]


def test_what_else_a_beacon_carries_is_judged_as_the_bracelets_own() -> None:
    story = [hears(at("23:00"), UNIT, -60.0, 6, Strap(open=True), Battery(level_percent=80))]
    assert ("B01", "23:00") in told(judged(WHO, story, at("23:00"))[1])


def test_a_reception_with_an_impossible_clock_is_no_reception() -> None:
    story = [*at_home(at("21:00"), at("23:00")), *listens(at("23:00"), at("23:30"))]
    wrong = heard(at("23:04", -800), hears(at("23:00")).bodies[0], device_id=BRACELET, received_at=at("23:04"))
    assert ("P03", "23:05") in told(judged(WHO, [*story, wrong], at("23:30"))[1])


def test_a_weak_bracelet_is_at_home() -> None:
    story = [*listens(at("21:00"), at("22:55"))]
    story += [hears(at("21:00") + timedelta(seconds=290) * number, rssi_dbm=-93.0, frames=1) for number in range(24)]
    assert not {"P01", "P02", "P03"} & {code for code, _ in told(judged(WHO, story, at("22:55"))[1])}


def test_when_the_order_ends_in_the_middle_of_an_absence_so_does_the_absence() -> None:
    who = wearer(orders=(order(until_at=at("23:30")),))
    story = [*at_home(at("21:00"), at("23:00")), *listens(at("23:00"), TOMORROW)]
    state, findings = judged(who, story, TOMORROW)
    assert told(findings) == [("P05", "22:00"), ("P03", "23:05")]
    assert (state.keepings, state.curfews, state.receivers) == ({}, {}, {})


def test_the_night_the_clock_was_put_back_is_an_hour_longer() -> None:
    """Almaty, 2024-02-29: 22:00 at UTC+6 to 06:00 at UTC+5."""
    begin_at = datetime(2024, 2, 29, 12, tzinfo=UTC)
    who = wearer(
        restrictions=(presence(from_at=begin_at),),
        orders=(order(from_at=begin_at),),
        fittings=(fitting(BRACELET, begin_at), fitting(UNIT, begin_at)),
    )
    _, findings = judged(who, listens(begin_at, begin_at + timedelta(hours=14)), begin_at + timedelta(hours=14))
    assert [(one.code.value, one.at) for one in findings] == [
        ("P02", datetime(2024, 2, 29, 16, 5, tzinfo=UTC)),
        ("P07", datetime(2024, 3, 1, 1, tzinfo=UTC)),
    ]
