"""A lost link is the wearer's to mend first: for how long follows from what is prescribed for them just then."""

import pytest

from baqylau.domain.findings import Finding
from baqylau.domain.ids import RestrictionId
from baqylau.domain.observations import (
    Body,
    Enclosure,
    Farewell,
    FarewellReason,
    Grade,
    Interference,
    InterferenceKind,
    LinkEvent,
    LinkHealth,
    Strap,
)
from baqylau.domain.orders import Restriction
from tests.unit.rules.stories import (
    asked_after_s,
    at,
    device,
    exclusion,
    heard,
    judged,
    nightly,
    permission,
    presence,
    required_place,
    supervision,
    territory,
)
from tests.unit.rules.test_contact import no_contact

PING = LinkHealth(event=LinkEvent.PING)
LIMIT_S = 1800


def silence_of(clock: str, *prescribed: Restriction, said: Body = PING, **more: object) -> Finding:
    """Give what is found of a device that was last heard half an hour before a time of the day."""
    who = supervision(*prescribed, devices=(device(silence_limit_s=LIMIT_S),), **more)
    hours, minutes = divmod(int(clock[:2]) * 60 + int(clock[3:]) - LIMIT_S // 60, 60)
    found = judged(who, [heard(at(f"{hours:02}:{minutes:02}"), said)], at(clock))[1]
    return next(one for one in found if one.at == at(clock) and one.rule == "silence")


def left_min(clock: str, *prescribed: Restriction, said: Body = PING, **more: object) -> float | None:
    """Give for how many minutes a link found lost at a time of the day is left to the wearer."""
    after_s = asked_after_s(silence_of(clock, *prescribed, said=said, **more))
    return None if after_s is None else after_s / 60


def test_where_nobody_has_to_be_anywhere_the_wearer_has_half_an_hour() -> None:
    assert left_min("12:30") == 30
    assert left_min("12:30", presence()) == 30
    assert left_min("12:30", exclusion(), territory()) == 30


def test_in_the_hours_of_presence_the_wearer_has_ten_minutes() -> None:
    assert left_min("23:00", presence()) == 10
    assert left_min("22:00", presence()) == 10
    assert left_min("12:00", required_place()) == 10


@pytest.mark.parametrize(
    ("clock", "minutes"), [("21:59", 11), ("21:50", 20), ("21:41", 29), ("21:40", 30), ("21:31", 30), ("21:30", 30)]
)
def test_hours_that_begin_meanwhile_leave_ten_minutes_from_their_beginning(clock: str, minutes: float) -> None:
    assert left_min(clock, presence()) == minutes


def test_of_several_restrictions_the_first_hours_count() -> None:
    later = presence(schedule=nightly("21:58", "06:00"))
    assert left_min("21:50", later, required_place(schedule=nightly("21:55", "22:30"))) == 15
    assert left_min("21:50", required_place(schedule=nightly("21:55", "22:30")), later) == 15


def test_hours_that_are_over_do_not_count() -> None:
    assert left_min("06:00", presence()) == 30


def test_who_may_be_away_has_until_ten_minutes_after_the_permission_ends() -> None:
    whole_night = permission(at("20:00"), at("06:00", 1))
    assert left_min("23:00", presence(), permissions=(whole_night,)) == 30
    ends = permission(at("20:00"), at("23:05"))
    assert left_min("23:00", presence(), permissions=(ends,)) == 15


def test_a_restriction_that_comes_into_force_meanwhile_counts_from_then_and_one_that_ended_not_at_all() -> None:
    assert left_min("23:00", presence(from_at=at("23:04"))) == 14
    assert left_min("23:00", presence(until_at=at("23:00"))) == 30
    assert left_min("21:50", presence(until_at=at("22:00"))) == 30


def test_where_a_distance_to_a_person_is_prescribed_somebody_is_asked_at_once() -> None:
    assert left_min("12:30", no_contact()) is None
    assert left_min("12:30", no_contact(), presence()) is None
    assert left_min("12:30", no_contact(until_at=at("12:30"))) == 30


@pytest.mark.parametrize(
    "said",
    [
        Strap(open=True),
        Enclosure(open=True),
        Interference(kind=InterferenceKind.CELL_JAM, grade=Grade.SUSPECTED),
        Farewell(reason=FarewellReason.SWITCHED_OFF),
    ],
)
def test_after_suspicious_last_words_somebody_is_asked_at_once(said: Body) -> None:
    assert left_min("12:30", said=said) is None


def test_the_finding_stands_from_its_own_instant_whatever_the_wearer_is_left() -> None:
    assert silence_of("23:00", presence()).at == at("23:00")
    assert silence_of("23:00", presence(id=RestrictionId("other"))).id == silence_of("23:00", presence()).id
    assert silence_of("23:00", presence()).id != silence_of("23:00").id, "an id never stands for two different findings"
