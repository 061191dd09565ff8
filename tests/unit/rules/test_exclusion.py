"""Keeping out of a place."""

import pytest

from baqylau.rules.places.watch import watches
from tests.unit.rules.stories import (
    at,
    codes,
    deaf,
    every,
    exclusion,
    fix,
    judged,
    no_fix,
    north,
    permission,
    supervision,
    told,
)

WHO = supervision(exclusion())
SCHOOL = north(2000)


def test_two_fixes_a_minute_apart_inside_are_an_entry() -> None:
    story = [fix(at("12:00")), fix(at("12:05"), SCHOOL), fix(at("12:06"), SCHOOL)]
    _, (finding,) = judged(WHO, story, at("12:10"))
    assert told([finding]) == [("Z01", "12:06")]
    assert finding.because == (story[1].id, story[2].id)
    assert finding.since == at("12:05")
    assert finding.place == "School"
    assert finding.restriction_version == 1
    assert finding.verdict is not None
    assert 95 < finding.verdict.margin_m <= 100


def test_one_fix_inside_is_an_entry_after_three_minutes_if_nothing_contradicts_it() -> None:
    story = [fix(at("12:00")), fix(at("12:05"), SCHOOL), no_fix(at("12:06"))]
    assert told(judged(WHO, story, at("12:10"))[1]) == [("Z01", "12:08")]


def test_one_fix_inside_among_fixes_outside_is_nothing() -> None:
    story = [*every(60, at("12:00"), at("12:05")), fix(at("12:05"), SCHOOL), *every(60, at("12:06"), at("12:20"))]
    assert codes(judged(WHO, story, at("12:30"))[1]) == []


EDGE = north(1880)
"""Outside by less than a jump."""


@pytest.mark.parametrize(
    ("every_s", "found_at", "fixes"), [(1, "12:01:27", 4), (10, "12:01:30", 4), (15, "12:01:30", 3)]
)
def test_fast_fixes_need_three_of_five_that_reach_over_half_a_minute(every_s: int, found_at: str, fixes: int) -> None:
    before = every(every_s, at("12:00"), at("12:01"), EDGE)
    story = [*before, *every(every_s, at("12:01"), at("12:02"), north(1920))]
    _, (entry,) = judged(WHO, story, at("12:02"))
    assert told([entry]) == [("Z01", found_at)]
    assert len(entry.because) == fixes


def test_a_burst_of_fixes_inside_among_fixes_outside_is_nothing() -> None:
    burst = every(1, at("12:01"), at("12:01:25"), north(1920))
    story = [*every(1, at("12:00"), at("12:01"), EDGE), *burst, *every(1, at("12:01:25"), at("12:02"), EDGE)]
    assert codes(judged(WHO, story, at("12:30"))[1]) == []


def test_somebody_inside_is_found_however_often_we_did_not_listen_meanwhile() -> None:
    """Fixes that devices kept for us are as good as any. Each gap would have begun the half minute anew."""
    gaps = [deaf(at(f"12:01:{second:02}"), at(f"12:01:{second + 4:02}")) for second in (3, 14, 25, 38, 50)]
    inside = every(1, at("12:01"), at("12:02"), SCHOOL)
    assert told(judged(WHO, [fix(at("12:00")), *inside, *gaps], at("12:30"))[1]) == [("Z01", "12:01:27")]


def test_time_alone_counts_from_when_we_listened_again() -> None:
    story = [fix(at("12:00")), fix(at("12:01"), SCHOOL), deaf(at("12:01:02"), at("12:01:10"))]
    assert codes(judged(WHO, story, at("12:30"))[1]) == []
    assert told(judged(WHO, [*story, fix(at("12:01:12"), SCHOOL)], at("12:30"))[1]) == [("Z01", "12:04:10")]


def test_a_fix_that_contradicts_confirms_nothing() -> None:
    story = [*every(15, at("12:00"), at("12:00:30"), SCHOOL), fix(at("12:01:20")), fix(at("12:02"))]
    assert codes(judged(WHO, story, at("12:30"))[1]) == []


def test_fixes_three_quarters_of_a_minute_apart_are_slow_and_two_are_enough() -> None:
    assert told(judged(WHO, every(45, at("12:00"), at("12:02"), SCHOOL), at("12:02"))[1]) == [("Z01", "12:00:45")]
    assert told(judged(WHO, every(44, at("12:00"), at("12:02"), SCHOOL)[:2], at("12:02"))[1]) == []


def test_a_contradicted_fix_counts_for_three_minutes() -> None:
    contradicted = [fix(at("12:00"), SCHOOL), fix(at("12:01"))]
    in_time = [*contradicted, fix(at("12:03"), SCHOOL)]
    too_late = [*contradicted, fix(at("12:03:01"), SCHOOL)]
    assert told(judged(WHO, in_time, at("12:30"))[1]) == [("Z01", "12:03")]
    assert told(judged(WHO, too_late, at("12:30"))[1]) == [("Z01", "12:06:01")]


def test_the_second_fast_fix_outside_ends_the_entry() -> None:
    story = [*every(60, at("12:00"), at("12:05"), SCHOOL), fix(at("12:05:40")), fix(at("12:06"))]
    assert told(judged(WHO, story, at("12:30"))[1]) == [("Z01", "12:01"), ("Z07", "12:06")]


def test_a_burst_of_fixes_outside_ends_no_entry() -> None:
    inside = [*every(1, at("12:00"), at("12:01"), north(1920)), *every(1, at("12:01:09"), at("12:02"), north(1920))]
    burst = every(1, at("12:01"), at("12:01:09"), EDGE)
    assert told(judged(WHO, [*inside, *burst], at("12:02"))[1]) == [("Z01", "12:00:27")]


def test_leaving_ends_the_entry_with_the_second_fix_outside() -> None:
    story = [
        *every(60, at("12:00"), at("12:05"), SCHOOL),
        *every(60, at("12:05"), at("12:10")),
    ]
    _, (entry, left) = judged(WHO, story, at("12:30"))
    assert told([entry, left]) == [("Z01", "12:01"), ("Z07", "12:06")]
    assert left.ends == entry.id


def test_a_disc_that_crosses_the_edge_proves_nothing() -> None:
    story = every(60, at("12:00"), at("12:10"), SCHOOL, accuracy_m=150)
    assert codes(judged(WHO, story, at("12:30"))[1]) == []


def test_a_permission_excuses() -> None:
    who = supervision(exclusion(), permissions=(permission(at("12:00"), at("13:00")),))
    story = every(60, at("12:05"), at("12:55"), SCHOOL)
    assert codes(judged(who, story, at("14:00"))[1]) == []


def test_who_is_still_inside_when_the_permission_ends_is_found_then() -> None:
    who = supervision(exclusion(), permissions=(permission(at("12:00"), at("13:00")),))
    story = every(60, at("12:05"), at("13:10"), SCHOOL)
    assert told(judged(who, story, at("14:00"))[1]) == [("Z01", "13:00")]


def test_a_ring_or_a_stay_however_small_is_watched_and_none_is_not() -> None:
    assert [one.kind.name for one in watches(exclusion())] == ["exclusion"]
    assert [one.kind.name for one in watches(exclusion(warning_m=0.5))] == ["exclusion", "warning_ring"]
    assert [one.kind.name for one in watches(exclusion(loiter_s=1))] == ["exclusion", "loitering"]
