"""Satellites lost on the way and satellites lost under a roof are not the same."""

from datetime import timedelta

from baqylau.domain.ids import ObservationId, SubjectId
from baqylau.domain.observations import Motion, NoFix, Observation
from baqylau.rules import no_fix
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
