"""The judgement that the rules about places share, step by step and to the second."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.findings import Check
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.domain.observations import Fix
from baqylau.domain.orders import Restriction
from baqylau.rules.places import keeping
from baqylau.rules.places.confirmation import NOTHING, Confirmation, Mark
from baqylau.rules.places.keeping import BEGUN, Keeping, Sight
from baqylau.rules.places.position import Position, position
from baqylau.rules.places.stay import Stay
from baqylau.rules.plan import RestrictionPlan, plan_of
from tests.unit.rules.stories import (
    HOME,
    at,
    circle,
    exclusion,
    nightly,
    north,
    permission,
    presence,
    required_place,
    supervision,
    told,
)

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
BEGIN, NIGHT, END = at("22:00"), at("23:00"), at("06:00", 1)
ONE, TWO = ObservationId("one"), ObservationId("two")
OPEN = FindingId("open")


def planned(restriction: Restriction, **more: object) -> RestrictionPlan:
    return plan_of(supervision(restriction, **more)).restrictions[0]


HOMES = planned(presence(places=(circle("Home"), circle("Mother", north(2000)))))
ZONE = planned(exclusion())
PASSAGE = planned(exclusion(dwell_s=600))


def placed(when: datetime, metres: float = 500, name: ObservationId = TWO, accuracy_m: float = 10.0) -> Position:
    place = north(metres, HOME)
    fix = Fix(latitude_deg=place.latitude_deg, longitude_deg=place.longitude_deg, accuracy_m=accuracy_m)
    found = position(name, when, fix)
    assert found is not None
    return found


def sight(when: datetime = NIGHT, last: Position | None = None, *, holds: bool = True, may_wait: bool = True) -> Sight:
    return Sight(when, last, holds, may_wait)


def sure(since: datetime | None = BEGIN - MINUTE) -> Confirmation:
    return Confirmation(confirmed=True, since=since, because=(ONE,))


AWAY = Keeping(sure(), against=True, due_from=BEGIN)
KEPT = Keeping(Confirmation(since=BEGIN, because=(ONE,)), against=False, due_from=BEGIN, kept=True)


def test_a_fix_that_says_the_same_again_changes_nothing() -> None:
    noon = at("12:00")
    assert keeping.calm(HOMES, KEPT, NIGHT, against=False) is True
    assert keeping.calm(HOMES, AWAY, noon, against=True) is True
    assert keeping.calm(HOMES, replace(AWAY, finding=OPEN), NIGHT, against=True) is True


@pytest.mark.parametrize(
    ("state", "against"),
    [
        (KEPT, None),
        (KEPT, True),
        (AWAY, False),
        (AWAY, True),
        (replace(AWAY, against=None, finding=OPEN), True),
        (replace(AWAY, confirmation=NOTHING, finding=OPEN), True),
        (replace(KEPT, confirmation=Confirmation(marks=(Mark(NIGHT, ONE, against=True),))), False),
    ],
)
def test_a_fix_that_may_change_something_is_judged(state: Keeping, *, against: bool | None) -> None:
    assert keeping.calm(HOMES, state, NIGHT, against=against) is False


def test_a_fix_that_says_nothing_is_doubt_and_doubt_counts_from_its_beginning() -> None:
    doubted, found = keeping.fix(HOMES, KEPT, sight(last=placed(NIGHT)), against=None)
    assert (doubted, found) == (replace(KEPT, against=None, doubt_from=NIGHT), ())
    assert keeping.doubted(doubted, NIGHT + MINUTE) is doubted
    assert keeping.doubted(BEGUN, NIGHT).doubt_from == NIGHT
    assert keeping.doubted(replace(KEPT, doubt_from=BEGIN), NIGHT).doubt_from == NIGHT
    assert keeping.fix(HOMES, KEPT, sight(), against=True) == (doubted, ())


def test_what_was_half_seen_is_forgotten_and_what_is_open_stays() -> None:
    half = Confirmation(
        confirmed=True, since=BEGIN, because=(ONE,), marks=(Mark(NIGHT, TWO, against=False),), decide_at=NIGHT
    )
    state = replace(AWAY, confirmation=half)
    assert keeping.forgotten(state, NIGHT).confirmation == NOTHING
    open_ = keeping.forgotten(replace(state, finding=OPEN), NIGHT)
    assert (open_.confirmation, open_.against, open_.doubt_from) == (sure(BEGIN), None, NIGHT)


@pytest.mark.parametrize(("doubt_s", "fresh", "found"), [(900, True, 1), (901, True, 0), (901, False, 1)])
def test_a_breach_that_nobody_saw_for_a_quarter_of_an_hour_is_not_carried_on(
    doubt_s: int, found: int, *, fresh: bool
) -> None:
    state = replace(AWAY, against=None, doubt_from=NIGHT - doubt_s * SECOND if fresh else None)
    after, findings = keeping.fix(HOMES, state, sight(last=placed(NIGHT)), against=True)
    assert len(findings) == found
    assert after.doubt_from is None
    kept_open = replace(state, finding=OPEN)
    assert keeping.fix(HOMES, kept_open, sight(last=placed(NIGHT)), against=True)[0].confirmation.confirmed


def test_a_fix_at_home_in_the_hours_is_having_kept_them() -> None:
    begun = Keeping(due_from=BEGIN)
    inside = placed(NIGHT, 0)
    assert keeping.fix(HOMES, begun, sight(last=inside), against=False)[0].kept
    assert not keeping.fix(HOMES, begun, sight(last=placed(NIGHT)), against=True)[0].kept
    assert not keeping.fix(HOMES, BEGUN, sight(at("12:00"), inside), against=False)[0].kept
    assert keeping.fix(HOMES, KEPT, sight(last=placed(NIGHT)), against=True)[0].kept
    seen = keeping.fix(HOMES, begun, sight(last=placed(NIGHT)), against=True)[0]
    assert seen.witness == placed(NIGHT)
    assert keeping.fix(HOMES, seen, sight(last=inside), against=False)[0].witness == placed(NIGHT)


def test_hours_begin_as_kept_for_who_is_seen_at_home() -> None:
    for state, kept in (
        (replace(KEPT, due_from=None), True),
        (replace(BEGUN), False),
        (replace(AWAY, kept=True, due_from=None), False),
    ):
        after, _ = keeping.judged(HOMES, state, sight(BEGIN))
        assert (after.due_from, after.kept, after.stay) == (BEGIN, kept, Stay(BEGIN if kept else None))
    ended, found = keeping.judged(HOMES, replace(KEPT, finding=OPEN, since=BEGIN), sight(END))
    assert (ended.due_from, ended.kept, ended.finding, ended.since, found) == (None, False, None, None, ())


def test_what_is_open_ends_when_it_is_confirmed_no_longer() -> None:
    open_ = replace(AWAY, finding=OPEN, since=BEGIN)
    assert keeping.judged(HOMES, open_, sight()) == (open_, ())
    after, (back,) = keeping.judged(HOMES, replace(KEPT, finding=OPEN, since=BEGIN), sight())
    assert (after.finding, after.since) == (None, None)
    assert (back.code.value, back.ends, back.since, back.because) == ("P04", OPEN, BEGIN, (ONE,))
    assert {one.name: one.value for one in back.thresholds} == {"return_fixes": 2, "return_within_s": 60}
    _, (radio,) = keeping.judged(HOMES, replace(KEPT, finding=OPEN, by_radio=True), sight())
    assert {one.name: one.value for one in radio.thresholds} == {"return_frames": 2, "return_within_s": 60}
    assert (radio.since, Check.RECEIVER_ALIVE in radio.checks) == (BEGIN, True)


@pytest.mark.parametrize(("age_s", "holds", "found"), [(180, True, 1), (181, True, 0), (0, False, 0)])
def test_a_tick_rests_on_a_fix_that_holds(age_s: int, found: int, *, holds: bool) -> None:
    last = placed(NIGHT - age_s * SECOND)
    assert len(keeping.tick(HOMES, AWAY, sight(last=last, holds=holds))[1]) == found
    assert keeping.tick(HOMES, AWAY, sight())[1] == ()
    assert keeping.tick(HOMES, replace(AWAY, against=None), sight(last=last))[1] == ()


def test_a_breach_that_began_when_it_matters_needs_no_fix_now() -> None:
    over = BEGIN + 5 * MINUTE
    for since, found in ((over, 1), (over - SECOND, 0)):
        state = replace(AWAY, confirmation=sure(since))
        assert len(keeping.judged(HOMES, state, sight())[1]) == found
    assert keeping.judged(HOMES, replace(AWAY, confirmation=sure(over)), sight(over - SECOND))[1] == ()
    assert len(keeping.judged(HOMES, replace(AWAY, confirmation=sure(over)), sight(over))[1]) == 1


def test_what_receivers_say_is_known_while_they_say_it() -> None:
    state = replace(AWAY, by_radio=True, confirmation=sure(NIGHT))
    assert len(keeping.judged(HOMES, state, sight())[1]) == 1
    assert keeping.judged(HOMES, replace(state, against=None), sight())[1] == ()


def test_late_left_and_seen_away_are_told_apart_to_the_second() -> None:
    over = BEGIN + 5 * MINUTE
    said = {}
    for name, state in {
        "late": replace(AWAY, confirmation=sure(over)),
        "seen": replace(AWAY, confirmation=sure(over + SECOND)),
        "left": replace(AWAY, confirmation=sure(over), kept=True),
    }.items():
        after, (finding,) = keeping.judged(HOMES, state, sight(last=placed(NIGHT)))
        said[name] = (finding.code.value, finding.since)
        assert (after.finding, after.since) == (finding.id, finding.since)
    assert said == {"late": ("P02", over), "seen": ("P01", over + SECOND), "left": ("P03", over)}


def test_a_finding_says_what_it_rests_on() -> None:
    state = replace(AWAY, witness=placed(BEGIN, name=ONE))
    _, (finding,) = keeping.judged(HOMES, state, sight(last=placed(NIGHT, 1500)))
    assert (finding.because, finding.since, finding.place) == ((ONE, TWO), BEGIN, "Mother")
    assert finding.verdict is not None
    assert Check.CONFIRMED_BY_SEVERAL in finding.checks
    figures = {one.name: one.value for one in finding.thresholds}
    assert figures == {"confirming_fixes": 2, "confirm_within_s": 180, "fixes_span_s": 27, "grace_s": 300}
    doubted = replace(state, against=None, confirmation=sure(BEGIN + 5 * MINUTE))
    _, (rests,) = keeping.judged(HOMES, doubted, sight(last=placed(NIGHT, 1500)))
    assert (rests.because, rests.place) == ((ONE,), "Home")
    assert "fixes_span_s" not in {one.name for one in rests.thresholds}, "one fix spans nothing"
    assert Check.CONFIRMED_BY_SEVERAL not in rests.checks
    _, (radio,) = keeping.judged(HOMES, replace(state, by_radio=True, zone=1), sight(last=placed(NIGHT)))
    assert (radio.because, radio.verdict, radio.place) == ((ONE,), None, "Mother")
    assert {one.name: one.value for one in radio.thresholds} == {
        "gone_after_s": 300,
        "gone_grace_s": 0,
        "grace_s": 300,
    }


def test_leaving_twice_in_one_night_are_two_findings() -> None:
    names = set()
    for because in (ONE, TWO):
        state = replace(AWAY, kept=True, confirmation=replace(sure(NIGHT), because=(because,)))
        _, (finding,) = keeping.judged(HOMES, state, sight())
        names.add(finding.id)
    assert len(names) == 2


def test_a_single_fix_decides_at_its_instant_and_not_before() -> None:
    waiting = Keeping(
        Confirmation(marks=(Mark(NIGHT, ONE, against=True),), decide_at=NIGHT + MINUTE), against=True, due_from=BEGIN
    )
    assert keeping.tick(HOMES, waiting, sight(NIGHT + MINUTE - SECOND)) == (waiting, ())
    after, found = keeping.tick(HOMES, waiting, sight(NIGHT + MINUTE))
    assert (told(found), after.confirmation.since) == ([("P01", "23:01")], NIGHT)


def test_time_changes_something_at_the_end_of_hours_of_grace_and_of_waiting() -> None:
    for when, state, wake in (
        (at("12:00"), AWAY, BEGIN),
        (BEGIN, AWAY, BEGIN + 5 * MINUTE),
        (BEGIN + 5 * MINUTE, AWAY, END),
        (BEGIN, replace(AWAY, confirmation=Confirmation(decide_at=BEGIN + MINUTE)), BEGIN + MINUTE),
        (BEGIN, replace(AWAY, confirmation=Confirmation(decide_at=NIGHT)), BEGIN + 5 * MINUTE),
    ):
        assert keeping.wake_at(HOMES, state, HOMES.span(when), when) == wake


def test_a_passage_is_found_when_it_lasts_too_long_and_recorded_otherwise() -> None:
    entered = NIGHT - 10 * MINUTE
    inside = Keeping(sure(entered), against=True, due_from=PASSAGE.span(NIGHT).from_at)
    last = placed(NIGHT, 2000)
    assert keeping.judged(PASSAGE, inside, sight(NIGHT - SECOND, last))[1] == ()
    _, (found,) = keeping.judged(PASSAGE, inside, sight(NIGHT, last))
    assert {one.name: one.value for one in found.thresholds}["dwell_s"] == 600
    assert keeping.wake_at(PASSAGE, inside, PASSAGE.span(NIGHT), NIGHT - SECOND) == NIGHT
    leaving = replace(
        inside, confirmation=replace(inside.confirmation, marks=(Mark(NIGHT, ONE, against=False),), decide_at=NIGHT)
    )
    after, (passed,) = keeping.tick(PASSAGE, replace(leaving, against=False), sight(NIGHT))
    assert (passed.code.value, passed.ends, passed.since, after.confirmation.confirmed) == ("Z07", None, NIGHT, False)
    assert keeping.tick(ZONE, replace(leaving, against=False), sight(NIGHT))[1] == ()
    (ended,) = keeping.tick(PASSAGE, replace(leaving, against=False, finding=OPEN), sight(NIGHT))[1]
    assert ended.ends == OPEN


def test_a_passage_counts_from_the_beginning_of_the_hours_at_the_earliest() -> None:
    nights = planned(exclusion(dwell_s=600, schedule=nightly()))
    inside = Keeping(sure(BEGIN - MINUTE), against=True, due_from=BEGIN)
    for since, found in ((BEGIN - MINUTE, 0), (BEGIN, 0)):
        state = replace(inside, confirmation=sure(since))
        when = BEGIN + 10 * MINUTE - SECOND
        assert len(keeping.judged(nights, state, sight(when, placed(when, 2000)))[1]) == found
        when += SECOND
        assert len(keeping.judged(nights, state, sight(when, placed(when, 2000)))[1]) == 1


def test_a_permission_suspends_judgement() -> None:
    excused = planned(presence(), permissions=(permission(NIGHT, NIGHT + MINUTE),))
    assert keeping.judged(excused, AWAY, sight(last=placed(NIGHT)))[0].due_from is None


def test_a_stay_counts_from_the_first_fix_there_within_the_hours_until_the_first_elsewhere() -> None:
    work = planned(required_place(stay_s=3600))
    begin, noon = at("09:00"), at("12:00")
    there = replace(KEPT, due_from=begin)
    for since, from_at in ((noon - MINUTE, noon - MINUTE), (begin - MINUTE, begin)):
        seen = replace(there, confirmation=Confirmation(since=since, because=(ONE,)))
        assert keeping.judged(work, seen, sight(noon))[0].stay == Stay(from_at)
    elsewhere = replace(there, confirmation=sure(noon), against=True, stay=Stay(begin))
    assert keeping.judged(work, elsewhere, sight(noon + MINUTE))[0].stay == Stay(None, 3 * 3600.0)
