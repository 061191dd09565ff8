"""What is recorded of the hours of a regime, step by step and to the second."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.findings import Check, Finding
from baqylau.domain.ids import DeviceId, FindingId, ObservationId
from baqylau.domain.observations import Fix
from baqylau.domain.orders import PresenceRegime
from baqylau.domain.verdicts import Blindness
from baqylau.rules.places.confirmation import Confirmation
from baqylau.rules.places.keeping import BEGUN, Keeping, Sight
from baqylau.rules.places.position import Position, position
from baqylau.rules.plan import RestrictionPlan, plan_of
from baqylau.rules.presence import curfew
from baqylau.rules.presence.accumulation import Limit, Tally
from baqylau.rules.presence.curfew import Curfew, Gaps, Moment
from baqylau.rules.presence.listening import Gap
from baqylau.rules.presence.radio import FRESH, Presence, Word
from baqylau.rules.settings import GAPS_PER_DAY
from tests.unit.rules.radio_stories import at_home, hears, listens, wearer, well
from tests.unit.rules.stories import HOME, at, exclusion, judged, permission, presence, supervision, told

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
BEGIN, END = at("22:00"), at("06:00", 1)
NIGHT = at("23:00")
ONE, TWO, THREE = ObservationId("one"), ObservationId("two"), ObservationId("three")
OPEN = FindingId("open")
HOURS = Curfew(hours=(BEGIN, END), covered=BEGIN)
LIMITED = presence(absence_limit_s_per_day=7200)


def planned(regime: PresenceRegime = LIMITED, **more: object) -> RestrictionPlan:
    return plan_of(wearer(restrictions=(regime,), **more)).restrictions[0]


PLAN = planned()
EXCUSING = planned(permissions=(permission(BEGIN + HOUR, BEGIN + 2 * HOUR),))


def away(since: datetime = BEGIN, **more: object) -> Keeping:
    """Give what is known of somebody who is away, with a finding that is open."""
    sure = Confirmation(confirmed=True, since=since, because=(ONE,))
    fields: dict[str, object] = {
        "confirmation": sure,
        "against": True,
        "due_from": BEGIN,
        "finding": OPEN,
        "since": since,
    }
    return replace(BEGUN, **(fields | more))


def back(since: datetime) -> Keeping:
    return Keeping(Confirmation(since=since, because=(TWO,)), against=False, due_from=BEGIN)


def placed(when: datetime) -> Position | None:
    return position(TWO, when, Fix(latitude_deg=HOME.latitude_deg, longitude_deg=HOME.longitude_deg, accuracy_m=10.0))


def stepped(  # noqa: PLR0913 (what one step is told, all by name)
    state: Curfew,
    when: datetime,
    after: Keeping,
    before: Keeping | None = None,
    *,
    word: Word | None = None,
    last: Position | None = None,
    holds: bool = True,
    gap: Gap | None = None,
    plan: RestrictionPlan = PLAN,
    ticking: bool = True,
) -> tuple[Curfew, tuple[Finding, ...]]:
    regime = plan.restriction
    assert isinstance(regime, PresenceRegime)
    sight = Sight(when, last, holds, may_wait=True)
    return curfew.step(plan, regime, state, Moment(sight, before or after, after, word, gap, ticking))


def test_a_pause_ends_counting_and_covering() -> None:
    zone = "Asia/Almaty"
    assert curfew.paused(curfew.BEGUN, NIGHT, zone) is curfew.BEGUN
    paused = curfew.paused(replace(HOURS, tally=Tally(from_at=BEGIN), waits=True), NIGHT, zone)
    assert (paused.covered, paused.waits, paused.tally.from_at) == (None, False, None)
    assert [seconds for _, seconds in paused.tally.days] == [3600.0]
    assert curfew.paused(HOURS, NIGHT, zone).covered is None
    assert curfew.paused(Curfew(tally=Tally(from_at=BEGIN)), NIGHT, zone).tally.from_at is None


def test_a_tick_is_asked_for_when_a_limit_would_be_passed_and_not_for_one_that_is() -> None:
    counting = Curfew(tally=Tally(from_at=BEGIN))
    assert list(curfew.wake_at(PLAN, counting, BEGIN)) == [BEGIN + 2 * HOUR]
    assert list(curfew.wake_at(PLAN, counting, BEGIN + 2 * HOUR - SECOND)) == [BEGIN + 2 * HOUR]
    assert list(curfew.wake_at(PLAN, counting, BEGIN + 2 * HOUR)) == []
    assert list(curfew.wake_at(PLAN, curfew.BEGUN, BEGIN)) == []
    assert list(curfew.wake_at(plan_of(supervision(exclusion())).restrictions[0], counting, BEGIN)) == []


def test_only_limits_that_an_order_names_are_limits() -> None:
    assert curfew.limits_of(LIMITED) == {Limit.PER_DAY: 7200.0}
    assert curfew.limits_of(presence(absence_limit_s_per_week=0)) == {Limit.PER_WEEK: 0.0}
    assert curfew.limits_of(presence()) == {}


def test_hours_begin_with_duty_and_are_covered_from_their_beginning() -> None:
    assert stepped(curfew.BEGUN, BEGIN - SECOND, BEGUN)[0] == curfew.BEGUN
    assert stepped(curfew.BEGUN, NIGHT, BEGUN)[0] == HOURS


@pytest.mark.parametrize(("since", "covered"), [(BEGIN, NIGHT), (BEGIN + SECOND, BEGIN)])
def test_absence_covers_the_hours_when_it_began_before_them(since: datetime, covered: datetime) -> None:
    state, _ = stepped(HOURS, NIGHT, away(since))
    assert state.covered == covered
    assert state.because == ((ONE,) if covered == NIGHT else ())


@pytest.mark.parametrize(("silent_s", "covered"), [(900, NIGHT), (901, None)])
def test_a_quarter_of_an_hour_without_knowing_breaks_it(silent_s: int, covered: datetime | None) -> None:
    before = away(against=None, doubt_from=NIGHT - silent_s * SECOND)
    assert stepped(HOURS, NIGHT, away(), before)[0].covered == covered
    assert stepped(HOURS, NIGHT, away(), replace(before, by_radio=True))[0].covered == NIGHT


def test_what_nobody_knows_does_not_cover_and_what_is_broken_stays_so() -> None:
    assert stepped(HOURS, NIGHT, away(against=None))[0].covered == BEGIN
    assert stepped(HOURS, NIGHT, away(confirmation=Confirmation()))[0].covered == BEGIN
    assert stepped(replace(HOURS, covered=None), NIGHT, away())[0].covered is None


def test_absent_in_all_of_the_hours_is_said_at_their_end_and_not_before() -> None:
    state, found = stepped(HOURS, END - SECOND, away())
    assert "P07" not in dict(told(found))
    state, found = stepped(state, END, away())
    (whole,) = [one for one in found if one.code.value == "P07"]
    assert (whole.since, whole.because, whole.place) == (BEGIN, (ONE,), "Home")
    assert whole.checks == (Check.WE_LISTENED, Check.NO_PERMISSION)
    assert (state.hours, state.covered, state.because) == (None, None, ())


def test_hours_that_were_covered_in_part_or_only_by_a_permission_are_not_said() -> None:
    for state in (replace(HOURS, covered=NIGHT, because=(ONE,)), replace(HOURS, covered=END)):
        assert "P07" not in dict(told(stepped(state, END, BEGUN)[1]))


def test_what_is_excused_covers_from_where_it_began() -> None:
    inside = BEGIN + HOUR + HOUR / 2
    excused = replace(HOURS, covered=BEGIN + HOUR, because=(ONE,), excused_from=BEGIN + HOUR)
    assert stepped(excused, inside, BEGUN, plan=EXCUSING)[0].covered == inside
    behind = replace(excused, covered=BEGIN + HOUR - SECOND)
    assert stepped(behind, inside, BEGUN, plan=EXCUSING)[0].covered == BEGIN + HOUR - SECOND
    assert stepped(HOURS, BEGIN + HOUR, BEGUN, plan=EXCUSING)[0].excused_from == BEGIN + HOUR
    assert stepped(excused, inside, BEGUN, plan=EXCUSING)[0].excused_from == BEGIN + HOUR
    assert stepped(excused, BEGIN + 2 * HOUR, BEGUN, plan=EXCUSING)[0].excused_from is None


def test_absence_counts_from_its_beginning_and_from_now_on_when_it_goes_on() -> None:
    last = placed(NIGHT)
    assert stepped(HOURS, NIGHT, away(), BEGUN, last=last)[0].tally.from_at == BEGIN
    assert stepped(HOURS, NIGHT, replace(away(), since=None), BEGUN, last=last)[0].tally.from_at == NIGHT
    assert stepped(HOURS, NIGHT, away(), away(), last=last)[0].tally.from_at == NIGHT
    assert stepped(HOURS, NIGHT, away(against=None), BEGUN)[0].tally.from_at is None
    assert stepped(HOURS, NIGHT, away(finding=None), BEGUN)[0].tally.from_at is None


def counted_s(after: Keeping, before: Keeping, **seen: object) -> float:
    """Give what is counted of an absence since 22:00 that ends at 23:00 in some way."""
    state, found = stepped(replace(HOURS, tally=Tally(from_at=BEGIN), waits=True), NIGHT, after, before, **seen)  # type: ignore[arg-type]
    assert (state.tally.from_at, state.waits, found) == (None, False, ())
    return sum(seconds for _, seconds in state.tally.days)


def test_absence_ends_with_what_was_known_last() -> None:
    unknown, minute = away(against=None), timedelta(minutes=1)
    word = Word(presence=Presence.UNKNOWN, proved_at=NIGHT - 2 * minute)
    last = placed(NIGHT - minute)
    assert counted_s(back(NIGHT - 5 * minute), away()) == 3300
    assert counted_s(back(NIGHT + minute), away()) == 3600
    assert counted_s(unknown, away(), last=last, word=word) == 3540
    assert counted_s(unknown, away(by_radio=True), last=last, word=word) == 3480
    assert counted_s(unknown, away(), word=word) == 3480
    assert counted_s(unknown, away(), word=replace(word, proved_at=None)) == 3600
    assert counted_s(unknown, away(by_radio=True)) == 3600
    assert counted_s(away(finding=None), away(), last=last, word=word) == 3600
    assert counted_s(unknown, away(), last=placed(NIGHT + minute)) == 3600
    assert counted_s(unknown, away(), word=replace(word, proved_at=NIGHT + minute)) == 3600
    assert counted_s(back(BEGIN - minute), away()) == 0
    assert counted_s(away(against=False), away()) == 3600
    assert counted_s(replace(back(BEGIN), confirmation=Confirmation()), away()) == 3600


OVER = replace(HOURS, tally=Tally(from_at=BEGIN))
AT_LIMIT = BEGIN + 2 * HOUR - timedelta(hours=1, minutes=30)
HALF = planned(presence(absence_limit_s_per_day=1800))


@pytest.mark.parametrize(("age_s", "holds", "said"), [(180, True, True), (181, True, False), (0, False, False)])
def test_a_limit_is_said_while_a_fix_holds_and_waits_otherwise(age_s: int, *, holds: bool, said: bool) -> None:
    last = placed(AT_LIMIT - age_s * SECOND)
    state, found = stepped(OVER, AT_LIMIT, away(), last=last, holds=holds, plan=HALF)
    assert (told(found), state.waits) == (([("P08", "22:30")], False) if said else ([], True))
    assert stepped(OVER, AT_LIMIT - SECOND, away(), last=last, plan=HALF)[1] == ()


@pytest.mark.parametrize(("age", "said"), [(FRESH, True), (FRESH + SECOND, False), (None, False)])
def test_a_limit_is_said_while_the_receiver_is_proved_to_listen(age: timedelta | None, *, said: bool) -> None:
    word = Word(presence=Presence.ABSENT_CONFIRMED, proved_at=None if age is None else AT_LIMIT - age)
    last = placed(AT_LIMIT)
    _, found = stepped(OVER, AT_LIMIT, away(by_radio=True), word=word, last=last, plan=HALF)
    assert bool(found) is said
    assert stepped(OVER, AT_LIMIT, away(by_radio=True), last=last, plan=HALF)[1] == ()
    assert stepped(OVER, AT_LIMIT, away(), word=word, plan=HALF)[1] == ()


def test_a_limit_names_its_figure_and_is_said_once_with_the_absence_before() -> None:
    before = away(confirmation=Confirmation(confirmed=True, since=BEGIN, because=(THREE,)))
    state, (over,) = stepped(OVER, AT_LIMIT, back(AT_LIMIT), before, plan=HALF)
    assert (over.because, over.since, over.checks) == ((THREE,), BEGIN, (Check.WE_LISTENED, Check.NO_PERMISSION))
    assert [(one.name, one.value) for one in over.thresholds] == [("absence_limit_s_per_day", 1800.0)]
    assert [limit for limit, _ in state.tally.said] == [Limit.PER_DAY]
    _, (first,) = stepped(HOURS, AT_LIMIT, away(), BEGUN, last=placed(AT_LIMIT), plan=HALF)
    assert first.because == (ONE,)


def test_two_limits_that_pass_together_are_both_said() -> None:
    both = planned(presence(absence_limit_s_per_day=1800, absence_limit_s_per_week=1800))
    assert len(stepped(OVER, AT_LIMIT, away(), last=placed(AT_LIMIT), plan=both)[1]) == 2


def test_an_absence_that_a_permission_covers_is_on_record_from_begin_to_end() -> None:
    begin = BEGIN + HOUR
    gone = replace(away(), finding=None, since=None)
    state, (begins,) = stepped(HOURS, begin, gone, plan=EXCUSING)
    assert (told([begins]), begins.since, begins.because) == ([("P09", "23:00")], BEGIN, (ONE,))
    assert (state.leave, state.leave_since, state.leave_because) == (begins.id, BEGIN, (ONE,))
    assert stepped(state, begin + SECOND, gone, plan=EXCUSING)[1] == ()
    assert stepped(state, begin + SECOND, replace(gone, against=None), plan=EXCUSING)[1] == ()
    after, (ends,) = stepped(state, begin + SECOND, back(begin), plan=EXCUSING)
    assert (ends.ends, ends.since, ends.because) == (begins.id, BEGIN, (TWO,))
    assert (after.leave, after.leave_since, after.leave_because) == (None, None, ())
    over, (ended,) = stepped(state, begin + HOUR, replace(gone, confirmation=Confirmation()), plan=EXCUSING)
    assert (over.leave, ended.because) == (None, (ONE,))
    for unsure in (replace(gone, against=None), replace(gone, confirmation=Confirmation()), back(BEGIN)):
        assert stepped(HOURS, begin, unsure, plan=EXCUSING)[1] == ()
    assert stepped(HOURS, begin - SECOND, gone, plan=EXCUSING)[1] == ()


def test_at_the_first_instant_of_a_permission_an_absence_is_recorded_by_time_and_by_no_single_word() -> None:
    begin, gone = BEGIN + HOUR, replace(away(), finding=None, since=None)
    state, said = stepped(HOURS, begin, gone, plan=EXCUSING, ticking=False)
    assert said == ()
    assert told(stepped(state, begin, gone, plan=EXCUSING)[1]) == [("P09", "23:00")]
    assert told(stepped(state, begin + SECOND, gone, plan=EXCUSING, ticking=False)[1]) == [("P09", "23:00:01")]


def here(proved_at: datetime | None = BEGIN, presence_: Presence = Presence.WEAK) -> Word:
    return Word(presence=presence_, since=BEGIN - HOUR, because=(TWO,), proved_at=proved_at)


def test_being_heard_at_home_is_recorded_once_in_each_stretch() -> None:
    state, (present,) = stepped(HOURS, NIGHT, back(BEGIN), word=here())
    assert (present.code.value, present.because, present.since) == ("P05", (TWO,), BEGIN - HOUR)
    assert state.present_in == BEGIN
    assert stepped(state, NIGHT, back(BEGIN), word=here())[1] == ()
    assert stepped(replace(state, present_in=BEGIN - HOUR), NIGHT, back(BEGIN), word=here())[1] != ()


@pytest.mark.parametrize(
    ("after", "word"),
    [
        (back(BEGIN), None),
        (back(BEGIN), here(BEGIN - SECOND)),
        (back(BEGIN), here(None)),
        (back(BEGIN), here(presence_=Presence.ABSENT_SUSPECTED)),
        (replace(back(BEGIN), against=None), here()),
        (replace(back(BEGIN), due_from=None), here()),
    ],
)
def test_what_was_not_heard_within_the_hours_or_is_in_doubt_is_no_presence(after: Keeping, word: Word | None) -> None:
    assert stepped(HOURS, NIGHT, after, word=word)[1] == ()


def test_receivers_and_a_fix_that_disagree_are_on_record_once() -> None:
    puzzled = Keeping(due_from=BEGIN, by_radio=True, why=Blindness.SOURCES_DISAGREE)
    word = Word(presence=Presence.ABSENT_CONFIRMED, since=BEGIN, because=(ONE,))
    state, (found,) = stepped(HOURS, NIGHT, puzzled, word=word, last=placed(NIGHT))
    assert (found.code.value, found.because, found.since) == ("P12", (ONE, TWO), BEGIN)
    assert found.checks == (Check.RECEIVER_ALIVE, Check.FIX_PRECISE)
    assert state.puzzled_in == BEGIN
    assert stepped(state, NIGHT, puzzled, word=word, last=placed(NIGHT))[1] == ()
    for after, said, last in (
        (puzzled, word, None),
        (puzzled, None, placed(NIGHT)),
        (replace(puzzled, by_radio=False), word, placed(NIGHT)),
        (replace(puzzled, why=Blindness.DEVICE_SILENT), word, placed(NIGHT)),
    ):
        assert stepped(HOURS, NIGHT, after, word=said, last=last)[1] == ()


def gap_at(number: int) -> Gap:
    names = (ObservationId(f"last-{number}"), ObservationId(f"next-{number}"))
    return Gap(device_id=DeviceId("unit-1"), since=NIGHT + (number * 10 - 3) * timedelta(minutes=1), because=names)


def test_gaps_are_recorded_each_and_found_once_when_they_are_more_than_normal() -> None:
    state, said = HOURS, []
    for number in range(GAPS_PER_DAY + 2):
        when = NIGHT + number * timedelta(minutes=10)
        state, found = stepped(state, when, back(BEGIN), gap=gap_at(number))
        said.append([one.code.value for one in found])
        if number == GAPS_PER_DAY:
            brief, frequent = found
            assert [(one.name, one.value) for one in brief.thresholds] == [("gap_s", 180.0)]
            assert (brief.since, brief.because) == (gap_at(number).since, gap_at(number).because)
            assert frequent.because == tuple(gap_at(one).because[1] for one in range(number + 1))
            assert frequent.since == gap_at(0).since
            figures = [("gaps", GAPS_PER_DAY + 1.0), ("gaps_per_day", float(GAPS_PER_DAY))]
            assert [(one.name, one.value) for one in frequent.thresholds] == figures
    assert said == [["P06"]] * GAPS_PER_DAY + [["P06", "P11"], ["P06"]]


def test_the_gaps_of_another_day_begin_anew_and_those_of_an_absence_are_none() -> None:
    full = Gaps(BEGIN.date().toordinal() - 1, tuple(ObservationId(str(one)) for one in range(GAPS_PER_DAY)), BEGIN)
    state, found = stepped(replace(HOURS, gaps=full), NIGHT, back(BEGIN), gap=gap_at(0))
    assert [one.code.value for one in found] == ["P06"]
    assert state.gaps == Gaps(BEGIN.date().toordinal(), (gap_at(0).because[1],), gap_at(0).since)
    assert "P06" not in dict(told(stepped(HOURS, NIGHT, back(BEGIN), away(), gap=gap_at(0))[1]))
    assert "P06" not in dict(told(stepped(HOURS, BEGIN - SECOND, back(BEGIN), gap=gap_at(0))[1]))


def test_who_is_home_at_the_very_instant_of_a_permission_did_not_use_it_whatever_is_said_first() -> None:
    who, back_at = wearer(permissions=(permission(at("23:00"), at("23:59")),)), at("23:00")
    back = hears(back_at)
    said = next(one for frames in range(1, 20) if (one := well(back_at, frames=frames)).id < back.id)
    gone = [*at_home(at("21:30"), at("22:30")), *listens(at("22:30"), back_at)]
    assert told(judged(who, [*gone, said, back], at("23:30"))[1]) == [("P05", "22:00"), ("P03", "22:35")]
    found = told(judged(who, [*gone, said], back_at)[1])
    assert found == [("P05", "22:00"), ("P03", "22:35"), ("P09", "23:00")]
