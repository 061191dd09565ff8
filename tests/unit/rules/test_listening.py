"""What the receivers of one person say together, to the second."""

from datetime import datetime, timedelta

import pytest

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Battery, Body, Distrust, DistrustReason, Motion, ReceiverHealth
from baqylau.rules.plan import plan_of
from baqylau.rules.presence.listening import Gap, Listening, speaks_of_receivers
from baqylau.rules.presence.radio import Presence, Word
from tests.unit.rules.radio_stories import (
    BRACELET,
    MINUTE,
    MOBILE,
    SECOND_UNIT,
    UNIT,
    equipment,
    hears,
    wearer,
    well,
)
from tests.unit.rules.stories import ORDER_FROM, ORDER_UNTIL, at, heard

SECOND = timedelta(seconds=1)
NOON = at("12:00")
EQUIPMENT = [equipment(one) for one in (BRACELET, UNIT, SECOND_UNIT, MOBILE)]
WHO = wearer(*EQUIPMENT)
PLAN = plan_of(WHO).radio


def listening(*story: tuple[timedelta, DeviceId]) -> Listening:
    """Let receivers hear the bracelet."""
    assert PLAN is not None
    one = Listening(PLAN, {})
    for after, unit in story:
        one.hear(hears(NOON + after, unit), NOON + after, None)
    return one


def alive(one: Listening, when: datetime, *units: DeviceId) -> None:
    for unit in units:
        one.hear(well(when, unit), when, None)


@pytest.mark.parametrize(
    ("pause", "is_gap"),
    [(2 * MINUTE, False), (2 * MINUTE + SECOND, True), (6 * MINUTE - SECOND, True), (6 * MINUTE, False)],
)
def test_a_gap_is_longer_than_weak_and_shorter_than_gone(pause: timedelta, *, is_gap: bool) -> None:
    one, when = listening((timedelta(), UNIT)), NOON + pause
    back = hears(when, SECOND_UNIT)
    gap = one.hear(back, when, None)
    assert gap == (Gap(SECOND_UNIT, NOON, (hears(NOON).id, back.id)) if is_gap else None)


def test_a_gap_counts_from_the_last_reception_at_any_home_unit_that_still_listens() -> None:
    one, when = listening((timedelta(), UNIT), (MINUTE, SECOND_UNIT)), NOON + 4 * MINUTE
    gap = one.hear(hears(when), when, None)
    assert gap is not None
    assert gap.since == NOON + MINUTE
    deaf = listening((timedelta(), UNIT), (MINUTE, SECOND_UNIT))
    broken = well(NOON + 2 * MINUTE, SECOND_UNIT, working=False)
    deaf.hear(broken, NOON + 2 * MINUTE, None)
    assert deaf.hear(hears(when), when, None) == Gap(UNIT, NOON, (hears(NOON).id, hears(when).id))
    carried = listening((timedelta(), UNIT))
    assert carried.hear(hears(when, MOBILE), when, None) is None
    assert listening().hear(hears(when), when, None) is None


def test_one_word_may_tell_of_two_receivers_and_still_ends_a_gap() -> None:
    one, when = listening((timedelta(), UNIT)), NOON + 4 * MINUTE
    both = heard(when, *hears(when).bodies, *hears(when, MOBILE).bodies, device_id=BRACELET)
    gap = one.hear(both, when, None)
    assert gap == Gap(UNIT, NOON, (hears(NOON).id, both.id))


def test_a_receiver_that_is_no_more_on_the_register_is_forgotten() -> None:
    assert PLAN is not None
    before = listening((timedelta(), UNIT)).receivers
    one = Listening(PLAN, {DeviceId("unit-9"): before[UNIT]})
    one.tick(NOON)
    assert one.receivers == {}


def test_only_receivers_of_the_person_count_while_they_are_the_persons() -> None:
    assert listening((timedelta(), DeviceId("unit-9"))).receivers == {}
    assert listening((ORDER_UNTIL - NOON, UNIT)).receivers == {}
    one = listening((timedelta(), UNIT))
    one.tick(ORDER_UNTIL - SECOND)
    assert list(one.receivers) == [UNIT]
    one.tick(ORDER_UNTIL)
    assert one.receivers == {}


def test_a_receiver_is_taken_to_listen_from_the_end_of_our_own_deafness() -> None:
    one, until = listening(), NOON + 3 * MINUTE
    one.hear(hears(NOON), NOON, until)
    assert one.receivers[UNIT].quiet_from == until
    one.hear(hears(NOON + 4 * MINUTE), NOON + 4 * MINUTE, until)
    assert one.receivers[UNIT].quiet_from == NOON + 4 * MINUTE
    one.blinded(MINUTE)
    assert one.receivers[UNIT].quiet_from == NOON + 5 * MINUTE


def test_a_home_unit_has_to_hear_its_anchor_and_a_carried_one_has_none() -> None:
    one = listening()
    for unit in (UNIT, MOBILE):
        one.hear(well(NOON, unit, frames=0), NOON, None)
    assert list(one.receivers) == [MOBILE]


def said(one: Listening, posts: tuple[tuple[DeviceId, ...], ...], after: timedelta) -> Word | None:
    return one.at_places(posts, NOON + after)


def test_heard_at_one_place_is_heard_and_gone_is_gone_from_all() -> None:
    places = ((UNIT,), (SECOND_UNIT,))
    one = listening((timedelta(), UNIT), (MINUTE, SECOND_UNIT))
    alive(one, NOON + 6 * MINUTE, UNIT, SECOND_UNIT)
    here, gone = said(one, places, 5 * MINUTE), said(one, places, 7 * MINUTE)
    assert here is not None
    assert gone is not None
    assert (here.presence, here.zone) == (Presence.WEAK, 1)
    assert (gone.presence, gone.zone, gone.since) == (Presence.ABSENT_CONFIRMED, 1, NOON + MINUTE)


def test_a_place_without_a_unit_knows_nothing() -> None:
    one = listening((timedelta(), UNIT))
    alive(one, NOON + 6 * MINUTE, UNIT)
    unsure = said(one, ((UNIT,), ()), 7 * MINUTE)
    assert unsure is not None
    assert (unsure.presence, unsure.zone) == (Presence.UNKNOWN, 1)
    assert said(one, ((), ()), 7 * MINUTE) is said(one, (), 7 * MINUTE) is None


def test_before_the_bracelet_is_on_the_person_no_receiver_says_anything() -> None:
    one, before = listening((timedelta(), UNIT), (timedelta(), MOBILE)), ORDER_FROM - SECOND
    assert one.at_places(((UNIT,),), before) is one.near(MOBILE, before) is one.together(MOBILE, before) is None
    assert list(one.edges(before)) == []
    assert one.believes(MOBILE, before)


def test_a_carried_unit_is_believed_until_it_misses_the_bracelet() -> None:
    one = listening((timedelta(), MOBILE))
    alive(one, NOON + 4 * MINUTE, MOBILE)
    assert one.believes(MOBILE, NOON + 5 * MINUTE - SECOND)
    assert not one.believes(MOBILE, NOON + 5 * MINUTE)
    assert one.believes(DeviceId("tracker-1"), NOON + 5 * MINUTE)


def test_heard_at_home_the_bracelet_is_not_away_from_its_unit() -> None:
    one = listening((timedelta(), MOBILE), (2 * MINUTE, UNIT))
    alive(one, NOON + 8 * MINUTE, MOBILE, UNIT)
    home, after = one.together(MOBILE, NOON + 7 * MINUTE - SECOND), one.together(MOBILE, NOON + 8 * MINUTE)
    assert home is not None
    assert after is not None
    assert (home.presence, home.because) == (Presence.WEAK, (hears(NOON + 2 * MINUTE).id,))
    assert (after.presence, after.since) == (Presence.ABSENT_CONFIRMED, NOON + 2 * MINUTE)


def test_time_alone_is_asked_for_the_carried_unit_together_with_the_homes() -> None:
    assert list(listening().edges(NOON)) == []
    one = listening((timedelta(), MOBILE), (MINUTE, UNIT))
    assert {NOON + 6 * MINUTE, NOON + 7 * MINUTE, NOON + 10 * MINUTE, NOON + 11 * MINUTE} <= set(one.edges(NOON))
    assert NOON + 5 * MINUTE in set(one.edges(NOON))


def test_where_no_place_is_prescribed_the_homes_still_say_when_to_ask_for_the_carried_unit() -> None:
    one = listening((timedelta(), MOBILE), (3 * MINUTE, UNIT))
    assert {NOON + 8 * MINUTE, NOON + 9 * MINUTE} <= set(one.edges(NOON))


STILL = Motion(moving=False)


@pytest.mark.parametrize(
    ("name", "bodies", "still"),
    [
        (BRACELET, (Battery(level_percent=80), Distrust(reason=DistrustReason.REPLAY)), False),
        (BRACELET, (Battery(level_percent=80),), True),
        (UNIT, (Distrust(reason=DistrustReason.BAD_CERTIFICATE),), True),
    ],
)
def test_only_doubt_about_the_bracelet_takes_back_that_it_lay_still(
    name: DeviceId, bodies: tuple[Body, ...], *, still: bool
) -> None:
    one = listening()
    one.hear(hears(NOON, UNIT, -60.0, 6, STILL), NOON, None)
    one.hear(heard(NOON + MINUTE, *bodies, device_id=name), NOON + MINUTE, None)
    last = one.receivers[UNIT].last
    assert last is not None
    assert last.still is still


@pytest.mark.parametrize(
    ("bodies", "speaks"),
    [((Battery(level_percent=80),), False), ((Battery(level_percent=80), ReceiverHealth(working=True)), True)],
)
def test_most_words_say_nothing_of_receivers(bodies: tuple[Body, ...], *, speaks: bool) -> None:
    word = heard(NOON, *bodies, device_id=UNIT)
    assert speaks_of_receivers(word) is speaks
    assert not speaks_of_receivers(heard(NOON + timedelta(days=2), *bodies, device_id=UNIT, received_at=NOON))
