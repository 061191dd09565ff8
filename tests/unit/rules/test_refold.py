"""Two judgements of the same time are set side by side, and each event is told once."""

from datetime import datetime, timedelta

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId, ObservationId, SubjectId
from baqylau.rules.fold import begin, fold
from baqylau.rules.refold import Comparison, Moved, compared, complete, difference, in_order, late
from tests.unit.rules.stories import PERSON, at, heard, supervision

NOON = at("12:00")
HOUR = timedelta(hours=1)


def found(name: str, when: datetime = NOON, code: Code = Code.NO_COMMS, subject: str = "tracker-1") -> Finding:
    return Finding(
        id=FindingId(name),
        rule="silence",
        rule_version="1",
        code=code,
        person_id=PERSON,
        subject=SubjectId(subject),
        at=when,
        because=(ObservationId("o"),),
    )


def names(one: Comparison) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    return (
        [gained.id for gained in one.gained],
        [lost.id for lost in one.lost],
        [(moved.was.id, moved.now.id) for moved in one.changed],
    )


def test_what_is_found_alike_is_left_out_and_the_rest_is_gained_or_lost() -> None:
    same, lost, gained = found("same"), found("lost"), found("gained", code=Code.NO_FIX)
    assert names(compared([same, lost], [same, gained])) == (["gained"], ["lost"], [])
    assert names(compared([same], [same])) == ([], [], [])


def test_the_same_event_that_began_otherwise_is_one_that_moved() -> None:
    was, now = found("was"), found("now", NOON + HOUR)
    assert compared([was], [now]) == Comparison(gained=(), lost=(), changed=(Moved(was=was, now=now),))


def test_another_event_or_one_of_another_device_is_not_the_same() -> None:
    for other in (found("now", code=Code.NO_FIX), found("now", subject="tracker-2")):
        assert names(compared([found("was")], [other])) == (["now"], ["was"], [])


def test_two_that_lie_farther_apart_than_six_hours_are_two_whichever_is_first() -> None:
    for turn in (1, -1):
        near, far = found("now", NOON + turn * 6 * HOUR), found("now", NOON + turn * (6 * HOUR + timedelta(seconds=1)))
        assert names(compared([found("was")], [near])) == ([], [], [("was", "now")])
        assert names(compared([found("was")], [far])) == (["now"], ["was"], [])


def test_of_several_the_nearest_belong_together_and_each_once() -> None:
    first, second = found("first"), found("second", NOON + 2 * HOUR)
    early, late = found("early", NOON + HOUR / 2), found("late", NOON + 3 * HOUR)
    assert sorted(names(compared([first, second], [early, late]))[2]) == [("first", "early"), ("second", "late")]
    assert names(compared([first, second], [late])) == ([], ["first"], [("second", "late")])
    assert names(compared([second], [early, late])) == (["early"], [], [("second", "late")])


def test_a_refold_raises_what_is_new_and_takes_back_what_is_found_no_more() -> None:
    change = difference([FindingId("same"), FindingId("gone")], [found("same"), found("new")])
    assert ([one.id for one in change.raised], change.superseded) == (["new"], ("gone",))


def test_what_came_twice_is_folded_once_and_in_the_order_of_time() -> None:
    early, late = heard(NOON), heard(NOON + HOUR)
    assert in_order([late, early, late]) == [early, late]


def test_the_last_observation_again_is_late_and_a_state_that_waits_for_nothing_is_a_snapshot() -> None:
    one = heard(NOON)
    state, _ = fold(supervision(), begin(), [one], None)
    assert late(state, one)
    over, _ = fold(supervision(), begin(), [], at("12:00", 60))
    assert over.wake_at is None
    assert complete(over)
    assert not complete(begin())
