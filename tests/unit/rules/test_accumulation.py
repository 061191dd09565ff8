"""Unexcused absence, added up."""

from datetime import UTC, date, datetime, timedelta

from baqylau.rules.presence.accumulation import Limit, Over, Tally, begun, ended, over, said, total_s
from tests.unit.rules.radio_stories import at_home, listens, wearer
from tests.unit.rules.stories import at, deaf, every, fix, judged, north, permission, presence, supervision, told

ALMATY = "Asia/Almaty"
AWAY = north(1500)
MONDAY = date(2025, 3, 10).toordinal()
HOUR_S = 3600.0


def test_an_absence_over_midnight_belongs_to_both_days_and_to_the_week() -> None:
    tally = ended(begun(Tally(), at("22:30")), at("01:00", 1), ALMATY)
    assert total_s(tally, Limit.PER_DAY, MONDAY) == 1.5 * HOUR_S
    assert total_s(tally, Limit.PER_DAY, MONDAY + 1) == HOUR_S
    assert total_s(tally, Limit.PER_WEEK, MONDAY) == 2.5 * HOUR_S


def test_a_week_begins_on_monday() -> None:
    tally = ended(begun(Tally(), at("23:00", 6)), at("01:00", 7), ALMATY)
    assert total_s(tally, Limit.PER_WEEK, MONDAY) == HOUR_S
    assert total_s(tally, Limit.PER_WEEK, MONDAY + 7) == HOUR_S


def test_the_hour_that_showed_twice_counts_twice() -> None:
    """Almaty put its clock back at midnight on 2024-03-01: the last of February had 25 hours."""
    from_at = datetime(2024, 2, 28, 18, tzinfo=UTC)
    tally = ended(begun(Tally(), from_at), from_at + timedelta(hours=26), ALMATY)
    assert [seconds / HOUR_S for _, seconds in tally.days] == [25.0, 1.0]


def test_ending_before_the_beginning_adds_nothing() -> None:
    assert ended(begun(Tally(), at("22:30")), at("22:00"), ALMATY).days == ()


def test_a_limit_is_passed_at_its_instant_and_said_once_a_day() -> None:
    limits = {Limit.PER_DAY: 2 * HOUR_S}
    tally = begun(ended(begun(Tally(), at("12:00")), at("13:00"), ALMATY), at("20:00"))
    found = over(tally, limits, at("12:00", 3), ALMATY)
    assert found is not None
    assert (found.at, found.limit, found.day) == (at("21:00"), Limit.PER_DAY, MONDAY)
    assert over(tally, limits, at("20:59"), ALMATY) is None
    again = over(said(tally, found), limits, at("12:00", 3), ALMATY)
    assert again is not None
    assert again.at == at("02:00", 1)


def test_no_limit_is_never_passed() -> None:
    assert over(begun(Tally(), at("20:00")), {}, at("12:00", 3), ALMATY) is None


def test_too_much_absence_in_a_day_is_found_at_its_instant() -> None:
    who = supervision(presence(absence_limit_s_per_day=3600))
    _, findings = judged(who, every(60, at("21:00"), at("23:30"), AWAY), at("23:30"))
    assert told(findings) == [("P02", "22:05"), ("P08", "23:00")]
    assert findings[1].since == at("22:00")


def test_while_we_did_not_listen_no_absence_adds_up() -> None:
    who = supervision(presence(absence_limit_s_per_day=3000))
    away = [*every(60, at("21:00"), at("22:30"), AWAY), *every(60, at("23:30"), at("23:59"), AWAY)]
    _, findings = judged(who, [*away, deaf(at("22:30"), at("23:30"))], at("23:59"))
    assert [one for one in told(findings) if one[0] == "P08"] == [("P08", "23:50")]


def test_absences_of_several_days_add_up_to_the_week() -> None:
    who = wearer(restrictions=(presence(absence_limit_s_per_week=5400),))
    story = []
    for day in range(3):
        story += [*listens(at("21:00", day), at("22:40", day)), *at_home(at("22:40", day), at("05:59", day + 1))]
    findings = judged(who, story, at("07:00", 3))[1]
    over_at = [finding.at for finding in findings if finding.code.value == "P08"]
    assert over_at == [at("22:10", 2)]


def test_a_permission_entered_afterwards_takes_the_excess_back() -> None:
    story = every(60, at("21:00"), at("23:30"), AWAY)
    regime = presence(absence_limit_s_per_day=3600)
    excused = supervision(regime, permissions=(permission(at("22:00"), at("22:40")),))
    assert "P08" in [code for code, _ in told(judged(supervision(regime), story, at("23:30"))[1])]
    assert told(judged(excused, story, at("23:30"))[1]) == [("P09", "22:00"), ("P09", "22:40"), ("P02", "22:45")]


def test_time_in_which_nothing_is_known_is_not_absence() -> None:
    who = supervision(presence(absence_limit_s_per_day=3600))
    story = [*every(60, at("21:00"), at("22:31"), AWAY), *every(60, at("23:10"), at("23:59"), AWAY)]
    over_at = [clock for code, clock in told(judged(who, story, at("23:59"))[1]) if code == "P08"]
    assert over_at == ["23:40"]


def test_a_limit_that_passes_unseen_waits_for_the_next_word() -> None:
    who = supervision(presence(absence_limit_s_per_day=3600))
    story = [*every(60, at("21:00"), at("22:51"), AWAY), *every(60, at("23:02"), at("23:10"), AWAY)]
    assert told(judged(who, story, at("23:10"))[1]) == [("P02", "22:05"), ("P08", "23:02")]


def test_who_is_not_seen_again_is_not_said_to_be_over_the_limit() -> None:
    who = supervision(presence(absence_limit_s_per_day=3600))
    assert told(judged(who, every(60, at("21:00"), at("22:51"), AWAY), at("23:59"))[1]) == [("P02", "22:05")]


def test_coming_back_just_before_the_limit_is_not_over_it() -> None:
    who = supervision(presence(absence_limit_s_per_day=3600))
    story = [*every(60, at("21:00"), at("22:59"), AWAY), *every(60, at("22:59"), at("23:30"))]
    assert "P08" not in [code for code, _ in told(judged(who, story, at("23:30"))[1])]


def test_out_in_all_of_the_hours_by_fixes_is_found_at_their_end() -> None:
    story = every(60, at("21:00"), at("06:30", 1), AWAY)
    _, findings = judged(supervision(presence()), story, at("06:30", 1))
    assert told(findings) == [("P02", "22:05"), ("P07", "06:00")]


def test_one_poor_fix_in_the_night_changes_nothing_but_an_unseen_hour_does() -> None:
    night = every(60, at("21:00"), at("06:30", 1), AWAY)
    blurred = [fix(at("01:00", 1), AWAY, 5000.0)]
    poor = [one for one in night if one.observed_at != at("01:00", 1)] + blurred
    assert ("P07", "06:00") in told(judged(supervision(presence()), poor, at("06:30", 1))[1])
    unseen = [one for one in night if not at("01:00", 1) <= one.observed_at < at("02:00", 1)]
    assert "P07" not in [code for code, _ in told(judged(supervision(presence()), unseen, at("06:30", 1))[1])]


def test_a_day_without_a_limit_that_is_passed_counts_towards_the_next() -> None:
    tally = begun(Tally(), at("22:00"))
    found = over(tally, {Limit.PER_WEEK: 3 * HOUR_S}, at("12:00", 3), ALMATY)
    assert found is not None
    assert (found.at, found.limit, found.day) == (at("01:00", 1), Limit.PER_WEEK, MONDAY)


def test_more_than_a_week_is_kept_and_no_more() -> None:
    tally = Tally()
    for day in range(10):
        tally = ended(begun(tally, at("10:00", day)), at("11:00", day), ALMATY)
    assert [day for day, _ in tally.days] == [MONDAY + day for day in range(2, 10)]


def test_counting_begins_once_and_ends_once() -> None:
    tally = begun(Tally(), at("10:00"))
    assert begun(tally, at("11:00")) is tally
    done = ended(tally, at("12:00"), ALMATY)
    assert (done.from_at, ended(done, at("13:00"), ALMATY)) == (None, done)
    assert over(done, {Limit.PER_DAY: 0.0}, at("13:00"), ALMATY) is None


def test_a_limit_that_was_passed_before_is_passed_at_once_and_the_day_before_the_week() -> None:
    tally = begun(ended(begun(Tally(), at("08:00")), at("12:00"), ALMATY), at("20:00"))
    found = over(tally, {Limit.PER_DAY: HOUR_S, Limit.PER_WEEK: HOUR_S}, at("20:00:01"), ALMATY)
    assert found is not None
    assert (found.at, found.limit) == (at("20:00"), Limit.PER_DAY)


def test_what_was_said_is_remembered_for_as_many_days_as_are_kept() -> None:
    tally = Tally()
    for day in range(20):
        tally = said(tally, Over(at("12:00", day), Limit.PER_DAY, MONDAY + day))
    assert tally.said == tuple((Limit.PER_DAY, MONDAY + day) for day in range(4, 20))
