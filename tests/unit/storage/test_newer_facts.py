"""While programs of two versions work, what only the newer one knows is named and never guessed, and nothing fails."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, insert

from baqylau.domain.case_facts import LabourDone, LabourSet, TakenBack, VisitDue
from baqylau.storage.registers.case_fact_tables import case_fact
from baqylau.storage.registers.case_facts import CaseFacts, UnknownFactError
from tests.unit.storage.kept import AIGUL, NOON, House

VISIT = VisitDue(at=NOON - timedelta(hours=1), place="at home", purpose="talk")


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def facts_in(house: House) -> CaseFacts:
    return CaseFacts(house.engine, house.clock)


def written(house: House, fact: dict[str, Any]) -> None:
    """Write a row as a program of another version would."""
    with house.engine.begin() as connection:
        connection.execute(insert(case_fact).values(person_id=AIGUL, by="dana", at=house.now, fact=fact))


def test_a_fact_of_an_unknown_kind_stands_apart_and_the_others_are_read_as_ever(house: House) -> None:
    facts = facts_in(house)
    facts.record(AIGUL, VISIT, "aliya")
    unknown = {"type": "visit_moved", "visit": 1, "to": "2027-01-01"}
    written(house, unknown)
    facts.record(AIGUL, LabourSet(hours=10, act="1-26"), "aliya")
    found = facts.of(AIGUL)
    assert [one.number for one in found.known] == [1, 3]
    (newer,) = found.newer
    assert (newer.number, newer.by, newer.at, newer.fact) == (2, "dana", NOON, unknown)


@pytest.mark.parametrize(
    "newer",
    [
        {"type": "labour_set", "hours": 10, "act": "1-26", "a_week_h": 4},
        {"type": "visit_ended", "visit": 1, "met": "by_telephone", "text": "spoke"},
    ],
)
def test_a_known_kind_with_a_field_or_a_word_that_we_do_not_know_is_not_read_by_half(
    house: House, newer: dict[str, Any]
) -> None:
    written(house, newer)
    assert facts_in(house).of(AIGUL).known == ()
    assert len(facts_in(house).of(AIGUL).newer) == 1


def test_nothing_can_be_said_about_what_we_cannot_read(house: House) -> None:
    written(house, {"type": "visit_moved", "visit": 1})
    with pytest.raises(UnknownFactError):
        facts_in(house).record(AIGUL, TakenBack(fact=1, why="a mistake"), "aliya")


def test_a_newer_row_among_the_visits_of_everybody_hides_none_of_them(house: House) -> None:
    facts_in(house).record(AIGUL, VISIT, "aliya")
    written(house, {**msgspec.to_builtins(VISIT), "with": "interpreter"})
    assert [kept.number for kept, _ in facts_in(house).visits_due(NOON)] == [1]


@pytest.mark.parametrize(
    "damaged",
    [
        {"type": "labour_done", "hours": "many"},
        {"type": "visit_due", "at": "soon", "place": "at home", "purpose": "talk"},
    ],
)
def test_a_row_that_is_damaged_is_no_newer_version_and_is_loud(house: House, damaged: dict[str, Any]) -> None:
    written(house, damaged)
    with pytest.raises(msgspec.ValidationError):
        facts_in(house).of(AIGUL)


def test_every_kind_that_this_version_writes_is_read_back_by_it(house: House) -> None:
    facts = facts_in(house)
    facts.record(AIGUL, VISIT, "aliya")
    facts.record(AIGUL, LabourSet(hours=10, act="1-26", until=NOON.date()), "aliya")
    facts.record(AIGUL, LabourDone(day=NOON.date(), hours=2, place="park", confirmed_by="akimat"), "aliya")
    facts.record(AIGUL, TakenBack(fact=3, why="another person's day"), "aliya")
    assert (len(facts.of(AIGUL).known), facts.of(AIGUL).newer) == (4, ())
