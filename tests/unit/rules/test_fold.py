"""The fold as the judge uses it: late data, changed orders, what the screen shows."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Battery, Blind, Observation, Strap
from baqylau.domain.people import DeviceKind, Supervision
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules.clock import instant, order_key, plausible
from baqylau.rules.fold import Stretch, Turn, begin, fold, follow, standing, trace, trace_each
from baqylau.rules.refold import complete, difference, late, refold, serves
from tests.unit.rules.stories import (
    DAY,
    ORDER_FROM,
    PERSON,
    TRACKER,
    at,
    codes,
    deaf,
    device,
    every,
    exclusion,
    fix,
    heard,
    judged,
    no_fix,
    north,
    order,
    permission,
    presence,
    supervision,
    told,
    wearing,
)

AWAY = north(1500)


@pytest.mark.parametrize(
    ("ahead_s", "believed"),
    [(120, True), (121, False), (0, True), (-40 * 86_400, True), (-40 * 86_400 - 1, False)],
)
def test_a_devices_clock_is_believed_within_its_limits(ahead_s: int, believed: bool) -> None:  # noqa: FBT001
    one = heard(DAY + timedelta(seconds=ahead_s), received_at=DAY)
    assert plausible(one) is believed
    assert instant(one) == (one.observed_at if believed else DAY)
    assert order_key(one) == (instant(one), one.id)


def test_our_deafness_counts_from_its_beginning_and_after_all_else_of_that_instant() -> None:
    gap = deaf(at("12:00"), at("13:00"))
    assert isinstance(gap.bodies[0], Blind)
    assert instant(gap) == at("12:00")
    state, _ = fold(supervision(), begin(), (), at("12:00"))
    assert not late(state, gap)
    assert late(state, heard(at("12:00")))
    assert not late(state, heard(at("12:00:01")))


def test_nothing_is_late_before_anything_was_folded() -> None:
    assert not late(begin(), heard(at("12:00")))
    assert serves(begin(), heard(at("12:00")))


def test_a_snapshot_serves_only_what_comes_after_its_instant() -> None:
    state, _ = fold(supervision(), begin(), [heard(at("12:00"))], None)
    assert not serves(state, heard(at("12:00")))
    assert serves(state, heard(at("12:00:01")))


def test_a_late_record_takes_a_silence_back() -> None:
    who = supervision(devices=(device(silence_limit_s=1800),))
    first, buffered = fix(at("05:10")), fix(at("05:30"))
    _, before = judged(who, [first], at("05:50"))
    _, after = refold(who, begin(), [buffered, first, buffered], at("05:50"))
    change = difference([one.id for one in before], after)
    assert codes(before) == ["C01"]
    assert change.raised == ()
    assert change.superseded == (before[0].id,)


def test_a_late_walk_is_found_late() -> None:
    home, walk = every(60, at("22:00"), at("23:30")), every(60, at("23:30"), at("23:40"), AWAY)
    _, before = judged(supervision(presence()), home, at("23:50"))
    _, after = refold(supervision(presence()), begin(), [*home, *walk], at("23:50"))
    change = difference([one.id for one in before], after)
    assert codes(change.raised) == ["P03"]
    assert change.superseded == ()


def test_a_changed_order_counts_from_the_state_before_the_change() -> None:
    before, now = supervision(presence()), supervision(presence(), exclusion(from_at=at("12:00")))
    story = every(60, at("11:00"), at("13:00"), north(2000))
    state, none = fold(before, begin(), story[:50], None)
    _, found = fold(now, state, story[50:], at("14:00"))
    assert codes(none) == []
    assert told(found) == [("Z01", "12:01")]
    assert found == judged(now, story, at("14:00"))[1]


def test_what_is_no_longer_prescribed_is_forgotten() -> None:
    state, _ = judged(supervision(presence(), exclusion()), every(60, at("11:00"), at("11:10")))
    after, _ = fold(supervision(presence()), state, (), at("12:00"))
    assert set(after.keepings) == {"presence-1/1"}


def test_a_device_that_left_the_register_is_forgotten_and_the_others_are_not() -> None:
    state, _ = judged(wearing(DeviceKind.TRACKER, DeviceKind.BRACELET), [], at("12:00"))
    assert set(state.devices) == {"tracker", "bracelet"}
    after, _ = fold(wearing(DeviceKind.BRACELET), state, (), at("12:00"))
    assert set(after.devices) == {"bracelet"}


def test_a_restriction_without_its_order_is_not_in_force() -> None:
    who = supervision(exclusion(order_id="another order"))
    assert codes(judged(who, every(60, at("11:00"), at("11:10"), north(2000)), at("12:00"))[1]) == []


def test_a_restriction_that_ends_before_its_order_begins_is_never_in_force() -> None:
    who = supervision(exclusion(until_at=ORDER_FROM), orders=(order(from_at=ORDER_FROM),))
    assert codes(judged(who, every(60, at("11:00"), at("11:10"), north(2000)), at("12:00"))[1]) == []


def shown(
    *story: Observation, now: str, who: Supervision | None = None
) -> tuple[Compliance, Blindness | None, str | None]:
    person = who or supervision(presence())
    state, _ = judged(person, story)
    seen = standing(person, state, at(now))
    since = (seen.since + timedelta(hours=5)).strftime("%H:%M") if seen.since is not None else None
    return seen.compliance, seen.blindness, since


def test_the_screen_shows_what_is_known() -> None:
    home, away = every(60, at("21:30"), at("23:00")), every(60, at("23:00"), at("23:10"), AWAY)
    assert shown(*home, now="23:00") == (Compliance.AS_PRESCRIBED, None, "22:00")
    assert shown(*home, *away, now="23:10") == (Compliance.NOT_AS_PRESCRIBED, None, "23:01")
    assert shown(*home[:20], now="21:50") == (Compliance.FREE, None, "06:00")
    excused = supervision(presence(), permissions=(permission(at("22:10"), at("23:30")),))
    assert shown(*home, *away, now="23:10", who=excused) == (Compliance.EXCUSED, None, "22:10")


def test_the_screen_shows_also_of_whom_nothing_has_been_folded_yet_and_of_whom_nothing_more_is_asked() -> None:
    seen = standing(supervision(presence()), begin(), at("22:30"))
    assert (seen.compliance, seen.blindness) == (Compliance.UNKNOWN, Blindness.NO_OBSERVATION_YET)
    nothing = Supervision(person_id=PERSON)
    assert standing(nothing, begin(), at("22:30")).compliance is Compliance.FREE
    over, _ = judged(supervision(presence()), every(60, at("21:30"), at("21:40")), at("12:00", 60))
    assert over.wake_at is None
    assert standing(supervision(presence()), over, at("13:00", 60)).compliance is Compliance.FREE


def test_the_screen_says_why_something_is_unknown() -> None:
    home = every(60, at("21:30"), at("23:00"))
    lost = [no_fix(at("23:00") + timedelta(minutes=n)) for n in range(20)]
    unknown = Compliance.UNKNOWN
    assert shown(now="22:30") == (unknown, Blindness.NO_OBSERVATION_YET, "22:00")
    assert shown(heard(at("22:10")), now="22:11") == (unknown, Blindness.NO_FIX, "22:10")
    assert shown(*home, now="23:13") == (Compliance.AS_PRESCRIBED, None, "22:00")
    assert shown(*home, now="23:14") == (unknown, Blindness.DEVICE_SILENT, "23:14")
    assert shown(*home, now="23:30") == (unknown, Blindness.DEVICE_SILENT, "23:14")
    assert shown(*home, *lost, now="23:19") == (unknown, Blindness.NO_FIX, "23:14")
    assert shown(*home, deaf(at("23:00"), at("23:20")), now="23:20") == (unknown, Blindness.OURSELVES, "23:00")
    assert shown(*home, fix(at("23:00"), accuracy_m=500), now="23:01") == (unknown, Blindness.POOR_FIX, "23:00")


def test_outside_within_the_grace_is_free_and_not_yet_sure_is_unknown() -> None:
    away = every(60, at("21:30"), at("22:03"), AWAY)
    assert shown(*away, now="22:03") == (Compliance.FREE, None, "06:00")
    assert shown(fix(at("22:30"), AWAY), now="22:31")[:2] == (Compliance.UNKNOWN, Blindness.POOR_FIX)


def test_the_screen_shows_the_last_place_and_the_battery() -> None:
    last = fix(at("22:10"), AWAY, None, hdop=2.0)
    state, _ = judged(supervision(), [last, heard(at("22:11"), Battery(level_percent=41))])
    seen = standing(supervision(), state, at("22:11"))
    assert seen.last_fix is not None
    assert seen.last_fix.accuracy_m == pytest.approx(17.3)
    assert (seen.last_fix.at, seen.last_fix.observation_id) == (at("22:10"), last.id)
    assert (seen.heard_at, seen.battery_percent) == (at("22:11"), 41)


def test_the_timeline_tells_the_night() -> None:
    story = [*every(60, at("21:30"), at("23:00")), *every(60, at("23:00"), at("23:10"), AWAY)]
    night = trace(supervision(presence()), begin(), story, at("21:00"), at("23:30"))
    assert [(one.compliance, one.from_at) for one in night] == [
        (Compliance.FREE, at("21:00")),
        (Compliance.AS_PRESCRIBED, at("22:00")),
        (Compliance.UNKNOWN, at("23:00")),
        (Compliance.NOT_AS_PRESCRIBED, at("23:01")),
        (Compliance.UNKNOWN, at("23:24")),
    ]
    assert night[-1] == Stretch(
        from_at=at("23:24"),
        until_at=at("23:30"),
        compliance=Compliance.UNKNOWN,
        blindness=Blindness.DEVICE_SILENT,
    )


def test_a_fix_that_is_no_place_on_the_globe_hurts_nothing() -> None:
    broken = fix(at("22:10"))
    body = replace(broken.bodies[0], latitude_deg=float("nan"))
    state, findings = judged(supervision(presence()), [replace(broken, bodies=(body,))], at("22:20"))
    assert findings == ()
    assert state.position is None


def test_a_coarse_fix_after_a_precise_one_is_weighed_by_its_own_clearance() -> None:
    """It lies further off the zone than its R95, and nearer than twice that: it does not say that the zone is kept."""
    who = supervision(exclusion())
    story = [fix(at("12:00")), fix(at("12:01")), fix(at("12:02"), accuracy_m=1000.0)]
    (keeping,) = judged(who, story)[0].keepings.values()
    assert keeping.against is None


def test_a_state_is_a_snapshot_when_the_ticks_of_its_instant_are_folded() -> None:
    """The order begins with the very observation: the tick that begins it comes after everything of that instant."""
    who, first = supervision(presence()), fix(ORDER_FROM)
    assert not complete(begin())
    assert not complete(fold(who, begin(), [first], None)[0])
    assert complete(fold(who, begin(), [first], ORDER_FROM)[0])
    assert complete(fold(who, begin(), [first, fix(ORDER_FROM + timedelta(seconds=1))], None)[0])


def turns(told: Iterable[Turn]) -> list[tuple[str, str, str]]:
    """Give restriction and version, Almaty's wall clock and what is said from then on."""
    local = timedelta(hours=5)
    return [(f"{one.restriction_id}/{one.version}", f"{one.at + local:%H:%M}", one.compliance.name) for one in told]


def test_each_restriction_is_told_from_when_on_and_from_the_middle_of_the_night_as_well() -> None:
    who = supervision(presence(), exclusion(version=3))
    story = [*every(60, at("21:30"), at("23:00")), *every(60, at("23:00"), at("23:10"), AWAY)]
    whole = follow(who, begin(), story, at("23:12"))
    assert (whole.state, whole.findings) == judged(who, story, at("23:12"))
    at_last = [
        ("presence-1/1", "22:00", "AS_PRESCRIBED"),
        ("presence-1/1", "23:00", "UNKNOWN"),
        ("presence-1/1", "23:01", "NOT_AS_PRESCRIBED"),
    ]
    assert turns(whole.turns)[-4:] == [("exclusion-1/3", "21:30", "AS_PRESCRIBED"), *at_last]
    assert whole.turns[-2].blindness is Blindness.POOR_FIX
    middle, _ = fold(who, begin(), story[:60], None)
    assert turns(trace_each(who, middle, story[60:], at("23:12"))) == [
        ("presence-1/1", "22:29", "AS_PRESCRIBED"),
        ("exclusion-1/3", "22:29", "AS_PRESCRIBED"),
        *at_last[1:],
    ]
    assert trace_each(who, begin(), story, at("23:12")) == whole.turns


def test_what_a_device_says_that_is_none_of_the_persons_is_passed_over() -> None:
    stranger = heard(at("12:01"), Strap(open=True), device_id=DeviceId("somebody-elses"))
    state, found = judged(supervision(), [fix(at("12:00")), stranger])
    assert (codes(found), state.heard_at, set(state.devices)) == ([], at("12:00"), {TRACKER})
