"""Conditions of a device: what holds, lasts and ends, to the second."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import ObservationId, SubjectId
from baqylau.domain.observations import Motion
from baqylau.rules.conditions import condition
from baqylau.rules.conditions.condition import Condition, Evidence, Kind, Word
from baqylau.rules.finding import Author
from tests.unit.rules.stories import PERSON, at, told

SECOND = timedelta(seconds=1)
NOON = at("12:00")
AUTHOR = Author(rule="still", rule_version="1", person_id=PERSON, subject=SubjectId("tracker-1"))

Step = tuple[Condition | None, tuple[Finding, ...]]


def says(body: Motion) -> Word:
    return condition.word(holds=not body.moving)


STILL: Kind[Motion] = Kind(name="still", begins=Code.BODY_LOST, ends=Code.BODY_FELT, body=Motion, says=says)
LASTING = replace(STILL, after_s=60, checks=(Check.NO_DEAD_SPOT,))
MOMENT = replace(STILL, moment_s=60)


def evidence(when: datetime = NOON, name: str = "one", blind_until: datetime | None = None) -> Evidence:
    return Evidence(when, ObservationId(name), blind_until, "cell-1", tampered=False)


def held(kind: Kind[Motion], state: Condition | None, seen: Evidence, said: Word | None = Word.HOLDS) -> Step:
    return condition.held(kind, AUTHOR, state, seen, said)


def ticked(kind: Kind[Motion], state: Condition | None, when: datetime, *, strap_open: bool = False) -> Step:
    assert state is not None
    return condition.tick(kind, AUTHOR, state, when, "cell-2", strap_open=strap_open)


def test_what_need_not_last_is_found_at_once_and_ends_with_its_reason() -> None:
    state, found = held(STILL, None, evidence())
    assert state is not None
    assert (told(found), found[0].because, found[0].area, found[0].thresholds) == (
        [("B05", "12:00")],
        (ObservationId("one"),),
        "",
        (),
    )
    assert held(STILL, state, evidence(NOON + SECOND, "two")) == (state, ())
    gone, ended = held(STILL, state, evidence(NOON + SECOND, "two"), Word.ENDED)
    assert (gone, told(ended), ended[0].ends, ended[0].since) == (None, [("B12", "12:00:01")], state.finding, NOON)
    assert held(STILL, None, evidence(), None) == (None, ())


def test_what_was_not_found_ends_unsaid_and_so_does_what_has_no_end() -> None:
    waiting, _ = held(LASTING, None, evidence())
    assert held(LASTING, waiting, evidence(NOON + SECOND), Word.ENDED) == (None, ())
    endless = replace(STILL, ends=None)
    state, _ = held(endless, None, evidence())
    assert held(endless, state, evidence(NOON + SECOND), Word.ENDED) == (None, ())


def test_a_tick_finds_what_lasted_to_the_second() -> None:
    state, found = held(LASTING, None, evidence())
    assert (found, state and state.due_at) == ((), NOON + 60 * SECOND)
    assert ticked(LASTING, state, NOON + 59 * SECOND) == (state, ())
    after, found = ticked(LASTING, state, NOON + 60 * SECOND)
    assert (told(found), found[0].since) == ([("B05", "12:01")], NOON)
    assert found[0].checks == (Check.WE_LISTENED, Check.NO_DEAD_SPOT)
    assert [(one.name, one.value) for one in found[0].thresholds] == [("still_after_s", 60)]
    assert ticked(LASTING, after, NOON + 61 * SECOND) == (after, ())
    assert after is not None
    assert (condition.wake_at(after), state and condition.wake_at(state)) == (None, NOON + 60 * SECOND)


def test_what_lasts_does_not_wait_when_it_is_certain_and_rests_on_both_words() -> None:
    state, _ = held(LASTING, None, evidence())
    _, found = held(LASTING, state, evidence(NOON + SECOND, "two"), Word.CERTAIN)
    assert found[0].because == (ObservationId("one"), ObservationId("two"))
    assert held(STILL, None, evidence())[1][0].checks == ()


def test_time_in_which_we_were_deaf_does_not_count() -> None:
    deaf, _ = held(LASTING, None, evidence(blind_until=NOON + 5 * SECOND))
    before, _ = held(LASTING, None, evidence(blind_until=NOON - 5 * SECOND))
    assert deaf is not None
    assert before is not None
    assert (deaf.due_at, before.due_at) == (NOON + 65 * SECOND, NOON + 60 * SECOND)
    assert condition.blinded(before, SECOND).due_at == NOON + 61 * SECOND
    found, _ = ticked(LASTING, before, NOON + 60 * SECOND)
    assert found is not None
    assert condition.blinded(found, SECOND) is found


def test_moments_within_a_minute_are_one_and_the_next_is_another() -> None:
    state, _ = held(MOMENT, None, evidence())
    assert held(MOMENT, state, evidence(NOON + 59 * SECOND, "two")) == (state, ())
    _, found = held(MOMENT, state, evidence(NOON + 60 * SECOND, "two"))
    assert (told(found), found[0].because) == ([("B05", "12:01")], (ObservationId("two"),))


def test_an_open_strap_says_it_already() -> None:
    strapped = replace(LASTING, strap_closed=True)
    state, _ = held(strapped, None, evidence())
    assert ticked(strapped, state, NOON + 60 * SECOND, strap_open=True) == (None, ())
    assert told(ticked(strapped, state, NOON + 60 * SECOND)[1]) == [("B05", "12:01")]
    assert told(ticked(LASTING, state, NOON + 60 * SECOND, strap_open=True)[1]) == [("B05", "12:01")]


def test_what_may_have_its_cause_in_the_place_names_the_place() -> None:
    located = replace(LASTING, located=True)
    state, _ = held(located, None, evidence())
    after, found = ticked(located, state, NOON + 60 * SECOND)
    _, ended = held(located, after, evidence(NOON + 61 * SECOND, "two"), Word.ENDED)
    assert [one.area for one in (*found, *ended)] == ["cell-2", "cell-1"]
    after, _ = ticked(LASTING, state, NOON + 60 * SECOND)
    assert [one.area for one in held(LASTING, after, evidence(NOON + 61 * SECOND), Word.ENDED)[1]] == [""]


def test_what_work_of_ours_hid_is_found_again_when_it_still_holds() -> None:
    waiting, _ = held(LASTING, None, evidence())
    found, _ = held(STILL, None, evidence())
    assert waiting is not None
    assert found is not None
    end = NOON + 60 * SECOND
    assert condition.again(LASTING, AUTHOR, waiting, NOON, end, "") == (waiting, ())
    assert condition.again(STILL, AUTHOR, found, NOON + SECOND, end, "") == (found, ())
    state, again = condition.again(STILL, AUTHOR, found, NOON, end, "")
    assert (told(again), state.found_at) == ([("B05", "12:01")], end)


def test_what_is_said_again_is_believed_sooner_and_names_the_limit_that_decided() -> None:
    told_again = replace(LASTING, told_after_s=20)
    state, _ = held(told_again, None, evidence())
    assert held(told_again, state, evidence(NOON + 19 * SECOND, "two")) == (state, ())
    _, sooner = held(told_again, state, evidence(NOON + 20 * SECOND, "two"))
    _, later = ticked(told_again, state, NOON + 60 * SECOND)
    _, certain = held(told_again, state, evidence(NOON + SECOND, "two"), Word.CERTAIN)
    limits = [one.thresholds[0].value for found in (sooner, later, certain) for one in found]
    assert (told(sooner), told(later), limits) == ([("B05", "12:00:20")], [("B05", "12:01")], [20, 60, 60])
