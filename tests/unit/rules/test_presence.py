"""Being at home in the hours."""

from datetime import date, timedelta

from baqylau.domain.findings import Check
from baqylau.domain.observations import FixSource
from baqylau.domain.schedules import DayException
from tests.unit.rules.stories import (
    HOME,
    at,
    circle,
    codes,
    deaf,
    every,
    fix,
    judged,
    nightly,
    no_fix,
    north,
    order,
    permission,
    presence,
    supervision,
    told,
)

WHO = supervision(presence())
AWAY = north(1500)


def test_who_is_not_back_when_the_grace_is_over_is_late() -> None:
    story = every(60, at("21:00"), at("22:30"), AWAY)
    _, (late,) = judged(WHO, story, at("22:30"))
    assert told([late]) == [("P02", "22:05")]
    assert late.since == at("22:00")
    assert late.place == "Home"
    assert Check.WE_LISTENED in late.checks
    assert Check.CONFIRMED_BY_SEVERAL in late.checks


def test_who_comes_back_within_the_grace_is_not_late() -> None:
    story = [*every(60, at("21:00"), at("22:04"), AWAY), *every(60, at("22:04"), at("23:00"))]
    assert codes(judged(WHO, story, at("23:00"))[1]) == []


def test_coming_back_ends_being_late() -> None:
    story = [*every(60, at("21:00"), at("22:30"), AWAY), *every(60, at("22:30"), at("23:00"))]
    _, (late, back) = judged(WHO, story, at("23:00"))
    assert told([late, back]) == [("P02", "22:05"), ("P04", "22:31")]
    assert back.ends == late.id
    assert back.since == late.since == at("22:00"), "from it to being back is how long it was"


def test_one_fix_at_home_ends_it_after_a_minute_when_nothing_more_is_heard() -> None:
    story = [*every(60, at("21:00"), at("22:30"), AWAY), fix(at("22:30"))]
    assert told(judged(WHO, story, at("23:00"))[1]) == [("P02", "22:05"), ("P04", "22:31")]


def test_leaving_in_the_night_is_leaving_early() -> None:
    story = [*every(60, at("21:30"), at("23:00")), *every(60, at("23:00"), at("23:20"), AWAY)]
    _, (left,) = judged(WHO, story, at("23:30"))
    assert told([left]) == [("P03", "23:01")]
    assert left.since == at("23:00")


def test_every_leaving_is_a_finding_of_its_own() -> None:
    story = [
        *every(60, at("21:30"), at("23:00")),
        *every(60, at("23:00"), at("23:20"), AWAY),
        *every(60, at("23:20"), at("23:40")),
        *every(60, at("23:40"), at("23:50"), AWAY),
    ]
    _, findings = judged(WHO, story, at("23:50"))
    assert codes(findings) == ["P03", "P04", "P03"]
    assert len({finding.id for finding in findings}) == 3


def test_who_leaves_within_the_grace_and_stays_away_left_when_the_grace_is_over() -> None:
    story = [*every(60, at("21:30"), at("22:02")), *every(60, at("22:02"), at("22:20"), AWAY)]
    assert told(judged(WHO, story, at("22:20"))[1]) == [("P03", "22:05")]


def test_who_is_first_heard_of_in_the_middle_of_the_night_outside_is_not_at_home() -> None:
    story = every(60, at("23:10"), at("23:20"), AWAY)
    assert told(judged(WHO, story, at("23:20"))[1]) == [("P01", "23:11")]


def test_unknown_at_the_beginning_of_the_hours_is_never_a_finding() -> None:
    assert codes(judged(WHO, every(60, at("20:00"), at("21:40"), AWAY), at("23:59"))[1]) == []


def test_a_lost_fix_before_the_grace_is_over_is_not_absence() -> None:
    story = [
        *every(60, at("21:00"), at("22:04"), AWAY),
        *[no_fix(at("22:04") + timedelta(minutes=n)) for n in range(9)],
    ]
    assert codes(judged(WHO, story, at("22:13"))[1]) == []


def test_the_end_of_the_grace_needs_no_fix_of_its_own() -> None:
    story = every(120, at("21:01"), at("22:05"), AWAY)
    assert told(judged(WHO, story, at("22:30"))[1]) == [("P02", "22:05")]


def test_a_fix_older_than_three_minutes_is_too_old_for_the_end_of_the_grace() -> None:
    story = [*every(60, at("21:00"), at("22:01"), AWAY), fix(at("22:01:59"), AWAY)]
    assert codes(judged(WHO, story, at("22:30"))[1]) == []


def test_who_is_seen_outside_again_after_a_lost_fix_is_late_then() -> None:
    lost = [no_fix(at("22:04") + timedelta(minutes=n)) for n in range(5)]
    story = [*every(60, at("21:00"), at("22:04"), AWAY), *lost, *every(60, at("22:09"), at("22:20"), AWAY)]
    assert told(judged(WHO, story, at("22:20"))[1]) == [("P02", "22:09")]


def test_a_watch_blurred_for_long_is_begun_anew() -> None:
    blurred = every(60, at("21:30"), at("22:20"), AWAY, accuracy_m=5000)
    story = [*every(60, at("21:00"), at("21:30"), AWAY), *blurred, *every(60, at("22:20"), at("22:30"), AWAY)]
    assert told(judged(WHO, story, at("22:30"))[1]) == [("P01", "22:21")]


def test_a_watch_blurred_for_a_while_goes_on() -> None:
    blurred = every(60, at("21:58"), at("22:10"), AWAY, accuracy_m=5000)
    story = [*every(60, at("21:00"), at("21:58"), AWAY), *blurred, *every(60, at("22:10"), at("22:30"), AWAY)]
    assert told(judged(WHO, story, at("22:30"))[1]) == [("P02", "22:10")]


def test_being_late_goes_on_through_a_blurred_hour() -> None:
    blurred = every(60, at("22:30"), at("23:30"), AWAY, accuracy_m=5000)
    story = [*every(60, at("21:00"), at("22:30"), AWAY), *blurred, *every(60, at("23:30"), at("23:40"))]
    assert told(judged(WHO, story, at("23:40"))[1]) == [("P02", "22:05"), ("P04", "23:31")]


def test_who_was_first_seen_at_home_in_the_middle_of_the_night_and_goes_has_left() -> None:
    story = [*every(60, at("22:30"), at("23:00")), *every(60, at("23:00"), at("23:10"), AWAY)]
    assert told(judged(WHO, story, at("23:10"))[1]) == [("P03", "23:01")]


def test_a_blurred_fix_is_not_being_seen_at_home() -> None:
    story = [*every(60, at("22:30"), at("23:00"), accuracy_m=5000), *every(60, at("23:00"), at("23:10"), AWAY)]
    assert told(judged(WHO, story, at("23:10"))[1]) == [("P01", "23:01")]


def test_our_deafness_at_the_end_of_the_grace_is_not_absence() -> None:
    story = [*every(60, at("21:00"), at("22:03"), AWAY), deaf(at("22:02:30"), at("22:40"))]
    assert codes(judged(WHO, story, at("22:50"))[1]) == []


def test_a_lonely_fix_outside_decides_nothing_while_we_are_deaf() -> None:
    story = [*every(60, at("21:30"), at("22:20")), deaf(at("22:20"), at("23:00")), fix(at("22:30"), AWAY)]
    assert codes(judged(WHO, story, at("23:30"))[1]) == []


def test_a_buffered_walk_during_our_deafness_is_judged_when_it_arrives() -> None:
    away = every(60, at("22:30"), at("22:50"), AWAY)
    story = [*every(60, at("21:30"), at("22:20")), deaf(at("22:20"), at("23:00")), *away]
    assert told(judged(WHO, story, at("23:30"))[1]) == [("P03", "22:31")]


def test_two_buffered_fixes_far_apart_during_our_deafness_are_enough_when_nothing_contradicts_them() -> None:
    away = every(300, at("22:30"), at("22:41"), AWAY)
    story = [*every(60, at("21:30"), at("22:20")), deaf(at("22:20"), at("23:00")), *away]
    assert told(judged(WHO, story, at("23:30"))[1]) == [("P03", "22:35")]


def test_when_the_hours_end_the_condition_ends_without_a_finding() -> None:
    story = every(60, at("05:00", day=1), at("06:30", day=1), AWAY)
    state, findings = judged(WHO, story, at("06:30", day=1))
    assert codes(findings) == ["P01"]
    assert state.keepings["presence-1/1"].finding is None


def test_when_the_order_ends_its_conditions_end_without_a_finding() -> None:
    who = supervision(presence(), orders=(order(until_at=at("23:00")),))
    state, findings = judged(who, every(60, at("21:00"), at("23:30"), AWAY), at("23:59"))
    assert told(findings) == [("P02", "22:05")]
    assert state.keepings == {}
    assert state.devices == {}


def test_a_new_version_of_the_restriction_applies_from_its_start() -> None:
    moved = presence(version=2, from_at=at("23:00"), places=(circle("New home", AWAY),))
    who = supervision(presence(until_at=at("23:00")), moved)
    _, findings = judged(who, every(60, at("21:00"), at("23:59"), AWAY), at("23:59"))
    assert [(finding.code.value, finding.restriction_version) for finding in findings] == [("P02", 1)]


def test_any_of_several_homes_is_home() -> None:
    who = supervision(presence(places=(circle("Home"), circle("Mother", AWAY))))
    story = [*every(60, at("21:30"), at("23:00")), *every(60, at("23:00"), at("23:59"), AWAY)]
    assert codes(judged(who, story, at("23:59"))[1]) == []


def test_outside_of_several_homes_names_the_nearest() -> None:
    who = supervision(presence(places=(circle("Home"), circle("Mother", AWAY))))
    _, (finding,) = judged(who, every(60, at("23:00"), at("23:10"), north(1300)), at("23:10"))
    assert finding.place == "Mother"


def test_a_permission_excuses_and_gives_its_grace_when_it_ends() -> None:
    who = supervision(presence(), permissions=(permission(at("21:00"), at("23:00")),))
    _, (begins, ends, late) = judged(who, every(60, at("21:00"), at("23:30"), AWAY), at("23:30"))
    assert told([begins, ends, late]) == [("P09", "22:00"), ("P09", "23:00"), ("P02", "23:05")]
    assert ends.ends == begins.id


def test_a_day_without_duty_finds_nothing() -> None:
    free = DayException(day=date(2025, 3, 10))
    who = supervision(presence(schedule=nightly(exceptions=(free,))))
    assert codes(judged(who, every(60, at("21:00"), at("23:59"), AWAY), at("23:59"))[1]) == []


def test_a_cell_towers_place_proves_nothing() -> None:
    story = [fix(at("23:00") + timedelta(minutes=n), AWAY, source=FixSource.CELL) for n in range(9)]
    assert codes(judged(WHO, story, at("23:30"))[1]) == []


def test_a_relay_of_known_place_counts_without_satellites() -> None:
    story = [fix(at("23:00") + timedelta(minutes=n), AWAY, source=FixSource.RELAY, satellites=0) for n in range(3)]
    assert told(judged(WHO, story, at("23:05"))[1]) == [("P01", "23:01")]


def test_one_fix_at_home_between_fixes_outside_ends_nothing() -> None:
    story = [
        *every(60, at("21:00"), at("22:30"), AWAY),
        fix(at("22:29:30")),
        *every(20, at("22:30"), at("23:00"), AWAY),
    ]
    assert told(judged(WHO, story, at("23:00"))[1]) == [("P02", "22:05")]


def test_too_few_satellites_or_bad_geometry_prove_nothing() -> None:
    few = [fix(at("23:00") + timedelta(minutes=n), AWAY, satellites=3) for n in range(9)]
    flat = [fix(at("23:10") + timedelta(minutes=n), AWAY, None, hdop=9.0) for n in range(9)]
    assert codes(judged(WHO, [*few, *flat], at("23:30"))[1]) == []


def test_an_impossible_clock_decides_about_no_zone() -> None:
    story = [fix(at("23:00", day=-8000) + timedelta(minutes=n), AWAY) for n in range(9)]
    late = [
        type(one)(
            id=one.id,
            device_id=one.device_id,
            observed_at=one.observed_at,
            received_at=at("23:00") + timedelta(minutes=n),
            bodies=one.bodies,
        )
        for n, one in enumerate(story)
    ]
    assert codes(judged(WHO, late, at("23:30"))[1]) == ["C05"]


def test_a_receiver_that_wanders_at_home_accuses_nobody() -> None:
    story = [fix(at("21:00") + timedelta(minutes=n), north(60 if n % 3 else 140), 45.0) for n in range(8 * 60)]
    assert codes(judged(WHO, story, at("05:00", day=1))[1]) == []


def test_an_outlier_among_fixes_at_home_accuses_nobody() -> None:
    story = [fix(at("21:00") + timedelta(minutes=n), north(300) if n % 7 == 0 else HOME) for n in range(300)]
    assert codes(judged(WHO, story, at("02:00", day=1))[1]) == []


def test_breaks_in_the_watch_are_not_filled_with_absence() -> None:
    """Seen outside, then unseen for an hour across the beginning of the hours, then outside: where one was is open."""
    story = [*every(60, at("20:00"), at("21:30"), AWAY), *every(60, at("22:30"), at("22:40"), AWAY)]
    assert told(judged(WHO, story, at("22:40"))[1]) == [("P01", "22:31")]
