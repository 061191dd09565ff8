"""What a fold spares itself, and when time has to speak: nothing of it may be seen in what is found or shown."""

from datetime import timedelta

import pytest

from baqylau.domain.checks import Likely, Likeness, LikenessReason
from baqylau.domain.findings import Finding
from baqylau.domain.ids import RestrictionId
from baqylau.domain.observations import Distrust, DistrustReason, Fix, Observation
from baqylau.domain.people import DeviceKind
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules.clock import order_key
from baqylau.rules.fold import PersonState, begin, fold, trace
from baqylau.rules.refold import late
from baqylau.rules.settings import VOID_WITHIN_S
from tests.unit.rules.checked import SECOND, asked, begun, checked, ended, fact
from tests.unit.rules.radio_stories import (
    BRACELET,
    MOBILE,
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
    codes,
    deaf,
    device,
    every,
    exclusion,
    fitting,
    fix,
    heard,
    judged,
    nightly,
    north,
    permission,
    presence,
    required_place,
    supervision,
    told,
)
from tests.unit.rules.test_contact import no_contact, walk

HERE = Fix(latitude_deg=HOME.latitude_deg, longitude_deg=HOME.longitude_deg, accuracy_m=8.0)


def test_a_zone_that_is_added_where_somebody_stands_still_is_seen_with_the_next_positions() -> None:
    story = every(60, at("11:00"), at("13:00"), north(2000))
    state, _ = fold(supervision(presence()), begin(), story[:60], None)
    assert told(fold(supervision(presence(), exclusion()), state, story[60:], None)[1]) == [("Z01", "12:01")]


def test_a_permission_that_is_taken_back_lets_time_speak_at_the_end_of_the_grace() -> None:
    allowed = supervision(presence(), permissions=(permission(at("21:00"), at("23:59")),))
    state, _ = fold(allowed, begin(), every(60, at("21:30"), at("22:04"), north(1500)), None)
    assert ("P02", "22:05") in told(fold(supervision(presence()), state, (), at("22:10"))[1])


def test_a_silence_whose_limit_comes_before_our_own_deafness_or_with_it_is_found() -> None:
    who = supervision(devices=(device(silence_limit_s=600),))
    for deaf_from in ("05:15", "05:18"):
        story = [heard(at("05:05")), deaf(at(deaf_from), at("05:30"))]
        assert told(judged(who, story, at("05:40"))[1]) == [("C01", "05:15")]


def test_a_restriction_counts_from_its_first_instant_and_no_more_at_its_last() -> None:
    zone = exclusion(from_at=at("12:00"), until_at=at("13:00"))
    assert told(judged(supervision(zone), every(60, at("12:00"), at("12:02"), north(2000)))[1]) == [("Z01", "12:01")]
    last = every(60, at("12:59"), at("13:02"), north(2000))
    assert told(judged(supervision(zone), last, at("14:00"))[1]) == []


def test_of_two_gaps_of_ours_that_overlap_each_second_moves_a_limit_once() -> None:
    who = supervision(devices=(device(silence_limit_s=600),))
    story = [heard(at("05:05")), deaf(at("05:06"), at("05:16")), deaf(at("05:10"), at("05:20"))]
    assert told(judged(who, story, at("05:40"))[1]) == [("C01", "05:29")]


def test_a_gap_of_ours_within_another_one_takes_back_nothing_that_was_heard() -> None:
    story = [deaf(at("05:06"), at("05:16")), fix(at("05:08")), deaf(at("05:10"), at("05:16"))]
    assert not judged(supervision(), story)[0].unheard
    longer, _ = judged(supervision(), [*story, deaf(at("05:10"), at("05:17"))])
    assert longer.unheard
    assert not longer.holds


def test_who_speaks_at_the_very_limit_of_silence_was_not_silent() -> None:
    who = supervision(devices=(device(silence_limit_s=600),))
    story = [fix(at("05:05")), fix(at("05:10")), fix(at("05:20"))]
    assert told(judged(who, story, at("05:29"))[1]) == []
    assert told(judged(who, story, at("05:30"))[1]) == [("C01", "05:30")]


def test_a_tick_that_asks_for_itself_again_is_a_loud_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baqylau.rules.judging.keeping.wake_at", lambda *asked: asked[-1])
    with pytest.raises(RuntimeError, match="time does not go on"):
        judged(supervision(presence()), [fix(at("12:00"))], at("13:00"))


def test_what_one_restriction_comes_to_is_shown_at_once_though_another_one_cannot_tell() -> None:
    """The place lies on the edge of the zone: of the zone nothing is known, of the home that somebody left it."""
    who = supervision(presence(), exclusion(zone=circle("Park", north(1600))))
    story = [*every(60, at("22:30"), at("23:00")), *every(60, at("23:00"), at("23:10"), north(1500))]
    state, found = judged(who, story)
    assert told(found)[-1] == ("P03", "23:01")
    assert (state.compliance, state.since) == (Compliance.NOT_AS_PRESCRIBED, at("23:01"))


def test_a_warning_from_before_the_entry_ends_with_its_own_end() -> None:
    """At 12:18, with both open, something else begins and time has to speak."""
    who = supervision(exclusion(warning_m=500.0), presence(from_at=at("12:18")))
    way = [2000.0, 1300.0, 400.0, 0.0, 400.0, 1300.0, 2000.0]
    story = [one for step, away in enumerate(way) for one in _minutes(step, 2000 - away)]
    assert told(judged(who, story)[1]) == [
        ("Z02", "12:11"),
        ("Z01", "12:16"),
        ("Z07", "12:21"),
        ("Z07", "12:26"),
    ]


def _minutes(step: int, metres: float) -> list[Observation]:
    """Give five minutes at a place."""
    begin_at = at("12:00") + timedelta(minutes=5 * step)
    return every(60, begin_at, begin_at + timedelta(minutes=5), north(metres))


@pytest.mark.parametrize("deaf_until", ["11:30", "12:20"])
def test_a_single_position_decides_by_time_also_after_our_own_deafness(deaf_until: str) -> None:
    story = [deaf(at("11:00"), at(deaf_until)), fix(at("12:20"), north(2000))]
    assert codes(judged(supervision(exclusion()), story, at("13:00"))[1]) == ["Z01"]


def test_what_came_late_out_of_our_own_deafness_decides_nothing_by_time() -> None:
    story = [deaf(at("11:00"), at("12:21")), fix(at("12:20"), north(2000))]
    assert codes(judged(supervision(exclusion()), story, at("13:00"))[1]) == []


def test_who_stays_where_nothing_changes_need_not_be_looked_at_each_time() -> None:
    assert judged(supervision(presence(), exclusion()), every(60, at("12:00"), at("12:05")))[0].calm is not None


def test_the_first_word_after_nothing_or_after_silence_shows_that_only_the_place_is_missing() -> None:
    who = supervision(presence(), devices=(device(silence_limit_s=600),))
    first, _ = judged(who, [heard(at("23:00"))])
    assert (first.blindness, first.since) == (Blindness.NO_FIX, at("23:00"))
    silent = [fix(at("22:30")), *(heard(at("22:31") + timedelta(minutes=one)) for one in range(3))]
    again, _ = judged(who, [*silent, heard(at("23:20"))])
    assert (again.blindness, again.since) == (Blindness.NO_FIX, at("23:20"))
    after_us, _ = judged(who, [*silent, deaf(at("22:34"), at("23:19")), heard(at("23:20"))])
    assert (after_us.blindness, after_us.since) == (Blindness.NO_FIX, at("23:20"))
    soon, _ = judged(who, [*silent, deaf(at("22:34"), at("22:36")), heard(at("22:37"))])
    assert (soon.blindness, soon.since) == (Blindness.POOR_FIX, at("22:37"))


def test_a_permission_to_meet_ends_at_its_first_instant_what_is_shown_of_a_meeting() -> None:
    who = supervision(no_contact(distance_m=100.0), permissions=(permission(at("12:30"), at("13:30")),))
    story = walk(at("12:00"), 900, 60, 50)
    assert judged(who, story, at("12:29"))[0].compliance is Compliance.NOT_AS_PRESCRIBED
    after, _ = judged(who, story, at("12:31"))
    assert (after.compliance, after.since) == (Compliance.FREE, at("12:30"))


def test_what_is_over_is_forgotten_with_its_hours() -> None:
    zone = exclusion(until_at=at("12:30"))
    state, _ = judged(supervision(zone, presence()), every(60, at("12:00"), at("12:10"), north(2000)), at("13:00"))
    assert set(state.keepings) == {"presence-1/1"}


def test_what_a_receiver_hears_is_shown_at_that_instant() -> None:
    back = hears(at("23:30"))
    state, _ = judged(wearer(), [*at_home(at("21:30"), at("22:30")), back])
    assert (state.compliance, state.since) == (Compliance.AS_PRESCRIBED, at("23:30"))


def test_a_place_grown_old_takes_nothing_from_what_receivers_know() -> None:
    who = wearer(equipment(BRACELET), equipment(UNIT), equipment(TRACKER))
    story = [*at_home(at("21:30"), at("23:00")), fix(at("22:10"))]
    night = trace(who, begin(), sorted(story, key=order_key), at("22:05"), at("22:50"))
    assert [one.compliance for one in night] == [Compliance.AS_PRESCRIBED]


def test_our_own_deafness_moves_what_receivers_would_have_said() -> None:
    gone = [*at_home(at("21:30"), at("22:30")), *listens(at("22:30"), at("23:00"))]
    assert told(judged(wearer(), gone, at("23:00"))[1])[-1] == ("P03", "22:35")
    deafness = deaf(at("22:30:30"), at("22:40:30"))
    assert told(judged(wearer(), [*gone, deafness], at("23:00"))[1])[-1] == ("P03", "22:45")


def test_who_is_heard_at_the_very_instant_of_being_gone_is_not_gone_whatever_is_said_first() -> None:
    who = wearer(equipment(BRACELET), equipment(UNIT), equipment(TRACKER))
    back = hears(at("22:35"))
    words = [fix(at("22:35"), north(1500 + metres)) for metres in range(20)]
    health = [well(at("22:35"), frames=frames) for frames in range(1, 20)]
    gone = [*at_home(at("21:30"), at("22:30")), *listens(at("22:30"), at("22:35"))]
    for first in (words, health):
        said = next(one for one in first if one.id < back.id)
        assert told(judged(who, [*gone, said, back], at("22:36"))[1]) == [("P05", "22:00")]
        assert told(judged(who, [*gone, said], at("22:36"))[1])[-1] == ("P03", "22:35")


def test_who_is_heard_at_home_at_the_very_end_of_the_grace_is_not_late_whatever_is_said_first() -> None:
    who = wearer(equipment(BRACELET), equipment(UNIT), equipment(TRACKER))
    back = hears(at("22:05"))
    words = [fix(at("22:05"), north(1500 + metres)) for metres in range(20)]
    health = [well(at("22:05"), frames=frames) for frames in range(1, 20)]
    gone = [*at_home(at("20:00"), at("21:00")), *listens(at("21:00"), at("22:05"))]
    for first in (words, health):
        said = next(one for one in first if one.id < back.id)
        assert told(judged(who, [*gone, said, back], at("22:06"))[1]) == [("P05", "22:05")]
        assert told(judged(who, [*gone, said], at("22:06"))[1]) == [("P02", "22:05")]


def test_a_word_of_a_unit_left_behind_lets_time_alone_decide_nothing_until_the_next_position() -> None:
    who = wearer(equipment(BRACELET), equipment(MOBILE), equipment(TRACKER))
    units = [*at_home(at("21:00"), at("21:30"), MOBILE), *listens(at("21:30"), at("22:20"), MOBILE)]
    away = every(60, at("21:00"), at("22:05"), north(1500))
    lying = heard(at("22:04:30"), HERE, device_id=MOBILE)

    def late(*more: Observation) -> list[str]:
        found = told(judged(who, [*units, *away, *more], at("22:10"))[1])
        return [clock for code, clock in found if code == "P02"]

    assert late() == ["22:05"]
    assert late(lying) == []
    assert late(lying, fix(at("22:07"), north(1500))) == ["22:07"]


def test_the_records_of_the_hours_go_with_them() -> None:
    who = supervision(presence(until_at=at("12:00", 1)))
    night = every(60, at("21:30"), at("22:30"))
    assert set(judged(who, night, at("11:59", 1))[0].curfews) == {"presence-1/1"}
    after, _ = judged(who, night, at("12:00", 1))
    assert (after.curfews, after.keepings) == ({}, {})


def test_time_speaks_at_the_same_instants_however_the_story_is_cut() -> None:
    """A night with everything in it, asked about at every half minute, at once and word by word."""
    ring = exclusion(zone=circle("School", north(2000)), warning_m=500.0, dwell_s=60)
    work = required_place(zone=circle("Work", north(2000)), schedule=nightly("22:20", "23:40"), stay_s=1200)
    units = (equipment(BRACELET), equipment(UNIT), equipment(MOBILE), device(TRACKER, silence_limit_s=480))
    who = wearer(*units, restrictions=(presence(absence_limit_s_per_day=600), ring, work))
    story = [
        *at_home(at("21:50"), at("22:12")),
        *listens(at("22:12"), at("22:31")),
        *at_home(at("21:50"), at("22:24"), MOBILE),
        *listens(at("22:24"), at("22:50"), MOBILE),
        *every(60, at("21:55"), at("22:14")),
        *(
            one
            for step in range(3)
            for one in every(60, at("22:14"), at("22:26"), north(1300 + 300 * step))[4 * step :][:4]
        ),
        *every(60, at("22:26"), at("22:29"), north(2000)),
        fix(at("22:33"), north(1300)),
        deaf(at("22:29:30"), at("22:32")),
        deaf(at("22:36:30"), at("22:43")),
        *at_home(at("22:50"), at("22:52")),
    ]
    ordered = sorted(story, key=order_key)
    steps: list[tuple[PersonState, tuple[Finding, ...]]] = [(begin(), ())]
    for number in range(100):
        until = at("22:10:15") + timedelta(seconds=30 * number)
        known = [one for one in ordered if order_key(one)[0] <= until]
        while len(steps) <= len(known):
            steps.append(fold(who, steps[-1][0], known[len(steps) - 1 : len(steps)], None))
        state, last = fold(who, steps[len(known)][0], (), until)
        found = [one for _, more in steps[: len(known) + 1] for one in more]
        assert (state, (*found, *last)) == fold(who, begin(), known, until)
    codes_found = {one.code.value for _, more in steps for one in more}
    assert codes_found >= {"P05", "P03", "P08", "Z02", "Z01", "M01", "C01"}


def test_what_our_own_deafness_moved_is_looked_at_when_it_comes_again() -> None:
    """The bracelet is gone at 23:05; two minutes of deafness later nobody knows until 23:07."""
    story = [
        *at_home(at("21:30"), at("23:00")),
        *listens(at("23:00"), at("23:06")),
        deaf(at("23:05:10"), at("23:07:10")),
    ]
    asked = [judged(wearer(), story, at(clock))[0].ticked_at for clock in ("23:05:30", "23:06:30", "23:07:30")]
    assert asked == [at("23:05"), at("23:06"), at("23:07")]


def test_an_absence_that_receivers_found_goes_on_when_the_last_position_grows_old() -> None:
    units = (equipment(BRACELET), equipment(UNIT), equipment(TRACKER))
    who = wearer(*units, restrictions=(presence(absence_limit_s_per_day=1230),))
    gone = [*at_home(at("21:30"), at("22:30")), *listens(at("22:30"), at("23:10"))]
    for seen in ([], [fix(at("22:20"))], [fix(at("22:28"))]):
        found = told(judged(who, [*gone, *seen], at("23:00"))[1])
        assert [one for one in found if one[0] in {"P03", "P08"}] == [("P03", "22:35"), ("P08", "22:49:30")]


def test_who_falls_silent_twice_is_found_twice_each_time_at_the_limit() -> None:
    unit = device(UNIT, 600, DeviceKind.HOME_UNIT)
    who = supervision(devices=(unit,), fittings=(fitting(UNIT),))
    words = [heard(at(clock), device_id=UNIT) for clock in ("05:05", "05:30")]
    assert told(judged(who, words, at("05:41"))[1]) == [("S05", "05:15"), ("S06", "05:30"), ("S05", "05:40")]


def test_what_we_say_ourselves_comes_after_all_that_time_says_at_its_instant() -> None:
    who = supervision(no_contact(distance_m=100.0), devices=(device(silence_limit_s=480),))
    assert told(judged(who, walk(at("05:06"), 900, 60, 50))[1]) == [("C01", "05:08"), ("V05", "05:08")]
    missed_at = at("10:15") + timedelta(seconds=VOID_WITHIN_S)
    unlike = Likeness(check_id=SECOND, outcome=Likely.NO_MATCH, reasons=(LikenessReason.FACE_DIFFERS,))
    second = [asked("10:05", SECOND), begun("10:06", SECOND), ended("10:07", check=SECOND)]
    found = judged(checked(), [asked("10:00"), *second, fact(missed_at, unlike, ours=True)])[1]
    assert codes(found)[-2:] == ["A05", "A02"]


def test_hours_that_are_added_afterwards_are_shown_with_the_next_word_whatever_it_says() -> None:
    zone = exclusion(from_at=at("22:50"))
    home = sorted(at_home(at("22:30"), at("23:00")), key=order_key)
    state, _ = fold(wearer(restrictions=(zone,)), begin(), home, None)
    copied = heard(at("23:00:30"), Distrust(reason=DistrustReason.REPLAY), device_id=BRACELET)
    after, _ = fold(wearer(restrictions=(presence(), zone)), state, [copied], None)
    assert after.said["presence-1/1"] == (Compliance.AS_PRESCRIBED, None)


def test_of_a_regime_that_is_over_what_receivers_go_on_to_say_leaves_nothing() -> None:
    who = wearer(restrictions=(presence(until_at=at("23:00")),))
    gone = [*at_home(at("21:30"), at("23:10")), *listens(at("23:10"), at("23:40"))]
    state, found = judged(who, gone, at("23:40"))
    assert told(found) == [("P05", "22:00")]
    assert (state.keepings, state.curfews) == ({}, {})


def test_of_a_regime_that_is_not_in_force_yet_nothing_is_kept_either() -> None:
    who = wearer(restrictions=(presence(from_at=at("23:00")),))
    state, _ = judged(who, at_home(at("21:30"), at("22:40")))
    assert (state.keepings, state.curfews) == ({}, {})


def test_while_we_did_not_listen_nobody_is_known_to_be_at_home() -> None:
    before, _ = judged(wearer(), at_home(at("21:30"), at("22:30")))
    after, _ = judged(wearer(), [*at_home(at("21:30"), at("22:30")), deaf(at("22:30:30"), at("22:40"))])
    assert (before.at_home(), after.at_home()) == (True, False)
    assert (after.compliance, after.since) == (Compliance.UNKNOWN, at("22:30:30"))


def test_who_is_heard_at_home_in_free_hours_is_at_home_at_once() -> None:
    state, _ = judged(wearer(), [hears(at("12:00"))])
    assert (state.at_home(), state.compliance) == (True, Compliance.FREE)


def test_of_two_homes_each_is_shown_at_once_by_what_its_own_receiver_hears() -> None:
    homes = (equipment(UNIT, circle("Home")), equipment(SECOND_UNIT, circle("Mother", north(2000))))
    mother = presence(id=RestrictionId("presence-2"), places=(circle("Mother", north(2000)),))
    both = [*listens(at("22:30"), at("23:31")), *listens(at("22:30"), at("23:31"), SECOND_UNIT)]
    elsewhere = fix(at("23:25"), north(5000))
    for restrictions in ((presence(), mother), (mother, presence())):
        who = wearer(equipment(BRACELET), equipment(TRACKER), *homes, restrictions=restrictions)
        state, _ = judged(who, [*both, elsewhere, hears(at("23:30:30"), UNIT)])
        said = {key: compliance for key, (compliance, _) in state.said.items()}
        assert said == {
            "presence-1/1": Compliance.AS_PRESCRIBED,
            "presence-2/1": Compliance.NOT_AS_PRESCRIBED,
        }


def test_our_own_deafness_says_nothing_of_what_is_not_in_force_yet() -> None:
    who = supervision(presence(), exclusion(from_at=at("23:00")))
    state, found = judged(who, [fix(at("12:00")), deaf(at("12:30"), at("12:40"))], at("13:00"))
    assert (set(state.keepings), codes(found)) == ({"presence-1/1"}, [])


def test_a_receivers_word_does_not_bring_back_the_warning_of_what_is_open_already() -> None:
    units = (equipment(BRACELET), equipment(UNIT), equipment(TRACKER))
    who = wearer(*units, restrictions=(presence(), exclusion(warning_m=500.0)))
    story = [*listens(at("11:50"), at("12:10")), *every(60, at("12:00:30"), at("12:05"), north(2000))]
    assert told(judged(who, story)[1]) == [("Z01", "12:01:30")]


def test_what_is_found_at_the_first_instant_of_hours_waits_until_all_of_that_instant_is_said() -> None:
    home = sorted([*at_home(at("21:30"), at("22:00")), hears(at("22:00"))], key=order_key)
    state, found = fold(wearer(), begin(), home, None)
    assert told(found) == []
    assert told(fold(wearer(), state, [], at("22:00"))[1]) == [("P05", "22:00")]


def test_a_fold_stands_where_time_was_told_to_speak_and_never_goes_back() -> None:
    state, _ = judged(supervision(), [fix(at("12:00"))], at("12:05"))
    assert late(state, fix(at("12:04")))
    again, _ = fold(supervision(), state, [], at("12:02"))
    assert again == state
