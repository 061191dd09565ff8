"""What each receiver by itself said of a bracelet, drawn over time."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.rules.clock import order_key
from baqylau.rules.plan import plan_of
from baqylau.rules.presence.radio import Presence
from baqylau.rules.presence.radio_trace import Spell, trace
from tests.unit.rules.radio_stories import (
    BRACELET,
    MINUTE,
    SECOND_UNIT,
    UNIT,
    at_home,
    equipment,
    hears,
    listens,
    wearer,
)
from tests.unit.rules.stories import at, deaf, fitting

BOTH = wearer(equipment(BRACELET), equipment(UNIT), equipment(SECOND_UNIT))
NIGHT = at("22:00")
LATER = NIGHT + 30 * MINUTE


def drawn(*told: Observation, until_at: datetime = LATER) -> dict[str, list[tuple[Presence, float]]]:
    """Each receiver's presence with its length in minutes."""
    plan = plan_of(BOTH).radio
    assert plan is not None
    spells = trace(plan, sorted(told, key=order_key), NIGHT, until_at)
    return {str(unit): [(one.presence, _minutes(one)) for one in line] for unit, line in spells.items()}


def _minutes(spell: Spell) -> float:
    return round((spell.until_at - spell.from_at) / MINUTE, 1)


def test_who_leaves_is_weak_then_suspected_then_confirmed_at_the_receiver_that_goes_on_listening() -> None:
    told = [*at_home(NIGHT - MINUTE, NIGHT + 10 * MINUTE), *listens(NIGHT + 10 * MINUTE, LATER)]
    assert drawn(*told)[str(UNIT)] == [
        (Presence.PRESENT, 11.0),
        (Presence.WEAK, 3.0),
        (Presence.ABSENT_SUSPECTED, 1.0),
        (Presence.ABSENT_CONFIRMED, 15.0),
    ]


def test_a_receiver_of_which_nothing_is_known_says_nothing_while_the_other_hears() -> None:
    lines = drawn(*at_home(NIGHT - MINUTE, LATER))
    assert lines[str(UNIT)] == [(Presence.PRESENT, 30.0)]
    assert lines[str(SECOND_UNIT)] == [(Presence.UNKNOWN, 30.0)]


def test_a_receiver_that_falls_silent_ends_in_unknown_and_never_in_absence() -> None:
    line = drawn(*at_home(NIGHT - MINUTE, NIGHT + MINUTE))[str(UNIT)]
    assert line[-1][0] is Presence.UNKNOWN
    assert Presence.ABSENT_CONFIRMED not in {presence for presence, _ in line}


def test_while_we_did_not_listen_ourselves_nothing_is_known_and_no_silence_counts() -> None:
    gap = deaf(NIGHT + 5 * MINUTE, NIGHT + 15 * MINUTE)
    told = [*at_home(NIGHT - MINUTE, NIGHT + 5 * MINUTE), gap, *at_home(NIGHT + 16 * MINUTE, LATER)]
    line = drawn(*told)[str(UNIT)]
    assert line == [(Presence.PRESENT, 5.0), (Presence.UNKNOWN, 10.0), (Presence.PRESENT, 15.0)]


def test_time_alone_turns_a_line_also_where_nothing_more_is_said() -> None:
    line = drawn(hears(NIGHT))[str(UNIT)]
    assert line[:2] == [(Presence.PRESENT, 2.0), (Presence.WEAK, 3.0)]


def test_of_two_times_that_we_did_not_listen_one_within_the_other_counts_once() -> None:
    long, short = deaf(NIGHT + 5 * MINUTE, NIGHT + 15 * MINUTE), deaf(NIGHT + 6 * MINUTE, NIGHT + 14 * MINUTE)
    heard_till = at_home(NIGHT - MINUTE, NIGHT + 5 * MINUTE)
    after = listens(NIGHT + 15 * MINUTE, LATER)
    once = drawn(*heard_till, long, *after)
    assert once[str(UNIT)][-1] == (Presence.ABSENT_CONFIRMED, 10.0)
    assert drawn(*heard_till, long, short, *after) == once
    late = deaf(NIGHT + 10 * MINUTE, NIGHT + 18 * MINUTE)
    whole = deaf(NIGHT + 5 * MINUTE, NIGHT + 18 * MINUTE)
    assert drawn(*heard_till, long, late, *after) == drawn(*heard_till, whole, *after)


def test_when_the_bracelet_is_taken_off_by_the_officer_nothing_is_known_any_more() -> None:
    devices = (equipment(BRACELET), equipment(UNIT))
    off_at = NIGHT + 10 * MINUTE
    who = wearer(*devices, fittings=(fitting(BRACELET, until_at=off_at), fitting(UNIT)))
    radio = plan_of(who).radio
    assert radio is not None
    told = at_home(NIGHT - MINUTE, LATER)
    line = trace(radio, sorted(told, key=order_key), NIGHT, LATER)[UNIT]
    assert [(one.presence, _minutes(one)) for one in line] == [(Presence.PRESENT, 10.0), (Presence.UNKNOWN, 20.0)]


@given(st.lists(st.tuples(st.integers(-20, 40), st.sampled_from([UNIT, SECOND_UNIT]), st.booleans()), max_size=40))
def test_every_line_is_whole_and_no_two_parts_of_it_are_the_same(told: list[tuple[int, DeviceId, bool]]) -> None:
    plan = plan_of(BOTH).radio
    assert plan is not None
    made = {
        one.id: one
        for minute, unit, hearing in told
        for one in (
            [hears(NIGHT + timedelta(minutes=minute), unit)]
            if hearing
            else listens(NIGHT + timedelta(minutes=minute), NIGHT + timedelta(minutes=minute + 1), unit)
        )
    }
    lines = trace(plan, sorted(made.values(), key=order_key), NIGHT, LATER)
    for line in lines.values():
        assert (line[0].from_at, line[-1].until_at) == (NIGHT, LATER)
        assert all(one.from_at < one.until_at for one in line)
        assert all(a.until_at == b.from_at and a.presence is not b.presence for a, b in pairwise(line))
