"""Many silences with one cause are one incident, whatever the order in which they are told."""

import random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baqylau.domain.alarms import NOBODY, Alarm, AlarmState
from baqylau.domain.correlation import Silence, explained, holding, incident, needed, outage, together
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, FindingId, ObservationId, PersonId
from tests.unit.domain.test_acts import NOON, after, alarm


def silence(number: int, minutes: float, person: str = "") -> Silence:
    return Silence(
        alarm_id=AlarmId(number),
        person_id=PersonId(person or f"person-{number}"),
        since=after(minutes),
        because=(ObservationId(f"{number:032x}"),),
    )


def begun(count: int = 5) -> Alarm:
    said = outage(FindingId("f"), "cell-7", [silence(number, number) for number in range(count)], 5)
    return incident(AlarmId(99), said, after(40))


def test_the_devices_of_five_people_within_ten_minutes_are_together() -> None:
    assert len(together([silence(number, number * 2.5) for number in range(5)], 5)) == 5
    assert together([silence(number, number * 2.6) for number in range(5)], 5) == ()
    assert together([silence(number, 0) for number in range(4)], 5) == ()


def test_one_household_is_no_area_however_many_devices_it_has() -> None:
    assert together([silence(number, 0, person="aigul") for number in range(9)], 5) == ()


def test_who_fell_silent_at_another_time_is_not_among_them() -> None:
    crowd = [silence(number, 30) for number in range(6)]
    assert {one.alarm_id for one in together([silence(9, 0), *crowd, silence(10, 55)], 5)} == set(range(6))


def test_of_a_district_a_fifth_of_its_people_must_be_silent() -> None:
    assert (needed(), needed(10), needed(26), needed(500)) == (5, 5, 6, 100)


def test_while_an_incident_lasts_it_explains_whoever_falls_silent_there() -> None:
    one = begun()
    assert explained(one, [silence(50, 200)], 5) == (silence(50, 200),)
    assert explained(one, [silence(51, -11)], 5) == ()
    assert explained(replace(one, cleared_at=after(60)), [silence(50, 200)], 5) == ()


def test_an_incident_names_its_place_and_rests_on_what_its_alarms_rest_on() -> None:
    one = begun()
    assert (one.person_id, one.code, one.subject, one.priority) == (NOBODY, Code.AREA_OUTAGE, "cell-7", 2)
    said = outage(FindingId("f"), "cell-7", [silence(number, number) for number in range(30)], 5)
    assert (said.since, said.at, len(said.because)) == (NOON, after(29), 20)


def test_an_incident_is_over_when_most_of_it_is_and_counts_what_it_holds() -> None:
    children = [alarm(Code.NO_COMMS, began_at=after(number), last_at=after(number)) for number in range(10)]
    lasting = holding(begun(), children)
    assert (lasting.count, lasting.last_at, lasting.cleared_at) == (10, after(9), None)
    restored = [replace(one, cleared_at=after(30 + number)) for number, one in enumerate(children[:7])]
    assert holding(lasting, [*restored, *children[7:]]).cleared_at is None
    withdrawn = replace(children[7], superseded_at=after(50))
    assert holding(lasting, [*restored, withdrawn, *children[8:]]).cleared_at == after(50)
    assert holding(replace(lasting, state=AlarmState.CLOSED), restored).cleared_at is None


def test_an_incident_of_which_late_data_took_away_everything_says_so() -> None:
    children = [alarm(Code.NO_COMMS, superseded_at=after(number)) for number in range(5)]
    assert holding(begun(), children).superseded_at == after(4)
    assert holding(begun(), [*children, alarm(Code.NO_COMMS)]).superseded_at is None


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)), max_size=40),
    st.randoms(use_true_random=False),
)
def test_what_is_together_does_not_depend_on_the_order(told: list[tuple[int, int]], chance: random.Random) -> None:
    silences = [silence(number, at, person=f"p-{who}") for number, (at, who) in enumerate(told)]
    shuffled = list(silences)
    chance.shuffle(shuffled)
    found = together(silences, 5)
    assert together(shuffled, 5) == found
    by_hand = {
        one.alarm_id
        for first in silences
        for window in [[one for one in silences if 0 <= (one.since - first.since).total_seconds() <= 600]]
        if len({one.person_id for one in window}) >= 5
        for one in window
    }
    assert {one.alarm_id for one in found} == by_hand
