"""What is shown of a person goes on without a break that nobody made, and is right at once."""

import pytest

from baqylau.domain.ids import RestrictionId
from baqylau.domain.observations import Observation
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules.clock import order_key
from baqylau.rules.fold import begin, fold
from tests.unit.rules.radio_stories import (
    BRACELET,
    MOBILE,
    UNIT,
    at_home,
    equipment,
    hears,
    listens,
    wearer,
    well,
)
from tests.unit.rules.stories import (
    ORDER_FROM,
    TRACKER,
    at,
    deaf,
    every,
    exclusion,
    fix,
    heard,
    judged,
    nightly,
    north,
    presence,
    supervision,
    told,
)
from tests.unit.rules.test_judging import HERE

TRACKED = (equipment(BRACELET), equipment(UNIT), equipment(TRACKER))
EIGHT = at("20:00")


@pytest.mark.parametrize("word", [heard(EIGHT), well(EIGHT)], ids=["a sign of life", "a receiver that is well"])
def test_who_stays_where_one_order_forbids_it_until_another_does_is_in_breach_all_along(word: Observation) -> None:
    """At 20:00 the hours of the one end and those of the other begin, and somebody speaks at that very instant."""
    zones = (
        exclusion(schedule=nightly("18:00", "20:00")),
        exclusion(id=RestrictionId("exclusion-2"), schedule=nightly("20:00", "22:00")),
    )
    who = wearer(*TRACKED, restrictions=(presence(), *zones))
    story = [*every(60, at("19:30:30"), EIGHT, north(2000)), *listens(at("19:30"), EIGHT)]
    for said in ([], [word]):
        state, found = judged(who, [*story, *said], EIGHT)
        assert told(found) == [("Z01", "19:31:30"), ("Z01", "20:00")]
        assert (state.compliance, state.since) == (Compliance.NOT_AS_PRESCRIBED, at("19:31:30"))


def test_who_is_at_home_is_so_all_along_when_a_new_version_of_the_regime_begins() -> None:
    """At 23:00 it does, and the unit that was left behind tells of a place at that very instant."""
    versions = (presence(until_at=at("23:00")), presence(version=2, from_at=at("23:00")))
    who = wearer(*TRACKED, equipment(MOBILE), restrictions=versions)
    story = [
        *at_home(at("21:30"), at("23:00")),
        *at_home(at("21:30"), at("21:40"), MOBILE),
        *listens(at("21:40"), at("23:00"), MOBILE),
        fix(at("22:55:30")),
    ]
    for said in ([], [heard(at("23:00"), HERE, device_id=MOBILE)]):
        state, _ = judged(who, [*story, *said], at("23:00"))
        assert (state.compliance, state.since) == (Compliance.AS_PRESCRIBED, at("22:00"))


def test_a_place_grown_old_is_shown_unknown_at_that_instant_though_nothing_else_happens() -> None:
    state, _ = judged(supervision(presence()), [fix(at("22:30"))], at("22:50"))
    assert (state.compliance, state.since) == (Compliance.UNKNOWN, at("22:45"))


def test_who_is_asked_for_nothing_is_free_from_the_first_instant_of_the_order() -> None:
    state, _ = judged(supervision(), [heard(at("12:00"))])
    assert (state.compliance, state.since) == (Compliance.FREE, ORDER_FROM)


def test_when_we_listen_again_a_place_that_decides_nothing_is_all_that_is_missing() -> None:
    story = [*every(60, at("22:30"), at("22:40")), deaf(at("22:40"), at("22:45")), fix(at("22:46"), north(100))]
    state, _ = judged(supervision(presence()), story)
    assert (state.compliance, state.blindness, state.since) == (Compliance.UNKNOWN, Blindness.POOR_FIX, at("22:46"))


def test_hours_that_are_added_afterwards_are_shown_with_the_next_position_though_it_is_elsewhere() -> None:
    zone = exclusion(from_at=at("22:50"))
    home = sorted([*at_home(at("22:30"), at("23:00"))], key=order_key)
    state, _ = fold(wearer(*TRACKED, restrictions=(zone,)), begin(), home, None)
    after, _ = fold(wearer(*TRACKED, restrictions=(presence(), zone)), state, [fix(at("23:00:30"), north(300))], None)
    assert after.said["presence-1/1"] == (Compliance.AS_PRESCRIBED, None)


def test_a_receiver_that_fails_leaves_the_place_to_the_very_next_position() -> None:
    """Nothing asks for a tick in between, and the position is where all of them were."""
    story = [*every(60, at("22:10:30"), at("22:32")), hears(at("22:30")), well(at("22:30:20"), working=False)]
    state, _ = judged(wearer(*TRACKED), story)
    assert (state.ticked_at, state.compliance, state.since) == (at("22:05"), Compliance.AS_PRESCRIBED, at("22:30:30"))


def test_what_the_first_instant_of_hours_changes_is_shown_when_all_of_that_instant_is_said() -> None:
    story = every(60, at("21:50"), at("22:01"))
    before, _ = judged(supervision(presence()), story)
    assert (before.compliance, before.ticked_at) == (Compliance.FREE, at("06:00"))
    after, _ = judged(supervision(presence()), story, at("22:00"))
    assert (after.compliance, after.since) == (Compliance.AS_PRESCRIBED, at("22:00"))
