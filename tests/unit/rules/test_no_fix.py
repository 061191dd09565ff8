"""Satellites lost on the way and satellites lost under a roof are not the same."""

from datetime import datetime, timedelta

from baqylau.domain.findings import Finding
from baqylau.domain.ids import ObservationId, SubjectId
from baqylau.domain.observations import Motion, NoFix, Observation
from baqylau.rules.equipment import no_fix
from baqylau.rules.finding import Author
from tests.unit.rules.stories import PERSON, TRACKER, at, deaf, fix, heard, judged, supervision, told

WHO = supervision()
NOON = at("12:00")


def minute(number: float, *, moving: bool | None) -> Observation:
    said = (NoFix(),) if moving is None else (NoFix(), Motion(moving=moving))
    return heard(NOON + timedelta(minutes=number), *said)


def lost(*moving: bool | None, since: int = 1) -> list[Observation]:
    return [minute(since + number, moving=one) for number, one in enumerate(moving)]


def found(*stories: Observation) -> list[tuple[str, str]]:
    return told(judged(WHO, [fix(NOON), *stories])[1])


def test_at_rest_nobody_is_asked_to_go_outside() -> None:
    assert found(*lost(*[False] * 600)) == []


def test_ten_minutes_of_motion_are_found_and_ten_more_are_graver() -> None:
    assert found(*lost(*[True] * 30)) == [("L01", "12:11"), ("L09", "12:21")]


def test_motion_counts_from_the_record_that_tells_of_it() -> None:
    assert found(*lost(*[False] * 20, *[True] * 11)) == [("L01", "12:31")]
    assert found(*lost(*[False] * 20, *[True] * 10)) == []


def test_motion_and_rest_by_turns_are_added_up_within_an_hour() -> None:
    by_turns = [number % 6 < 2 for number in range(60)]
    assert found(*lost(*by_turns)) == [("L01", "12:27"), ("L09", "12:57")]


def test_motion_longer_ago_than_an_hour_counts_no_more() -> None:
    five, rest = [True] * 5, [False] * 58
    assert found(*lost(*five, *rest, *five, *[False] * 10)) == []


def test_a_device_that_never_tells_of_motion_is_lost_after_ten_minutes() -> None:
    assert found(*lost(*[None] * 25)) == [("L01", "12:10"), ("L09", "12:20")]


def test_motion_told_with_the_last_place_counts() -> None:
    before = heard(NOON + timedelta(seconds=30), *fix(NOON).bodies, Motion(moving=True))
    silent_about_it = [minute(number, moving=None) for number in range(1, 12)]
    assert found(before, *silent_about_it) == [("L01", "12:11")]


def test_a_place_begins_the_count_anew() -> None:
    again = fix(NOON + timedelta(minutes=9, seconds=30))
    assert found(*lost(*[True] * 9), again, *lost(*[True] * 9, since=10)) == []


def test_the_time_in_which_we_did_not_listen_does_not_count() -> None:
    gap = deaf(NOON + timedelta(minutes=5), NOON + timedelta(minutes=12))
    assert found(*lost(*[True] * 5), gap, *lost(*[True] * 5, since=12)) == []
    assert found(*lost(*[None] * 5), gap, *lost(*[None] * 5, since=12)) == []
    later = lost(*[None] * 9, since=12)
    assert found(*lost(*[None] * 5), gap, *later) == [("L01", "12:17")]


def test_a_loss_that_a_late_word_counts_otherwise_is_another_finding() -> None:
    """By the same records, but of a tracker that told of motion before: what was said then does not stand any more."""
    author = Author(rule=no_fix.NAME, rule_version=no_fix.VERSION, person_id=PERSON, subject=SubjectId(TRACKER))
    found_of = [
        no_fix.unplaced(
            author,
            no_fix.Loss(NOON, NOON, moving=moving),
            NOON + timedelta(minutes=10),
            ObservationId("one"),
            dead_spot=False,
            moving=None,
        )[1]
        for moving in (None, True)
    ]
    untold, told_of = (found for (found,) in found_of)
    assert (untold.at, untold.because) == (told_of.at, told_of.because)
    assert untold.id != told_of.id


AUTHOR = Author(rule=no_fix.NAME, rule_version=no_fix.VERSION, person_id=PERSON, subject=SubjectId(TRACKER))
MINUTE = timedelta(minutes=1)
ONE, TWO = ObservationId("one"), ObservationId("two")


def unplaced(state: no_fix.Loss, when: datetime, *, moving: bool | None) -> tuple[no_fix.Loss, tuple[Finding, ...]]:
    return no_fix.unplaced(AUTHOR, state, when, TWO, dead_spot=False, moving=moving)


def test_two_records_of_one_instant_are_no_time_in_motion() -> None:
    state, _ = unplaced(no_fix.Loss(NOON, NOON, moving=True), NOON, moving=True)
    assert state.ways == ()
    state, _ = unplaced(state, NOON + MINUTE, moving=True)
    assert state.ways == ((NOON, NOON + MINUTE),)


def test_ways_that_ended_an_hour_ago_are_forgotten() -> None:
    old = no_fix.Loss(NOON, NOON, moving=False, told_at=NOON + 2 * MINUTE, ways=((NOON, NOON + MINUTE),))
    assert unplaced(old, NOON + 61 * MINUTE - timedelta(seconds=1), moving=False)[0].ways == old.ways
    assert unplaced(old, NOON + 61 * MINUTE, moving=False)[0].ways == ()


def test_a_place_keeps_what_was_told_of_motion_until_something_else_is_told() -> None:
    lost_moving = no_fix.Loss(NOON, NOON, moving=True)
    for told_of, kept in ((None, True), (False, False)):
        assert no_fix.placed(AUTHOR, lost_moving, NOON, ONE, moving=told_of)[0].moving is kept


def test_what_was_counted_stands_beside_what_was_found() -> None:
    still, motion = ("no_fix_after_s",), ("no_fix_after_s", "no_fix_within_s")
    for moving, names in ((None, still), (True, motion)):
        state = no_fix.Loss(NOON, NOON, fix_id=ONE, moving=moving)
        state, (found_first,) = unplaced(state, NOON + 10 * MINUTE, moving=None)
        assert tuple(one.name for one in found_first.thresholds) == names
        _, (graver,) = unplaced(state, NOON + 20 * MINUTE, moving=None)
        assert {one.name for one in graver.thresholds} == {*names, "no_fix_persists_s"}


def test_losses_after_different_places_are_different_findings() -> None:
    after = [no_fix.Loss(NOON, NOON, fix_id=one) for one in (ONE, TWO)]
    first, second = (unplaced(state, NOON + 10 * MINUTE, moving=None)[1][0] for state in after)
    assert first.id != second.id


def test_after_work_of_ours_only_what_was_found_since_is_found_again() -> None:
    none_yet = no_fix.Loss(NOON, NOON)
    assert no_fix.again(none_yet, NOON) is none_yet
    found_at_noon, _ = unplaced(none_yet, NOON + 10 * MINUTE, moving=None)
    since = found_at_noon.found_at
    assert since == NOON + 10 * MINUTE
    assert no_fix.again(found_at_noon, since + MINUTE) is found_at_noon
    assert no_fix.again(found_at_noon, since).finding is None
