"""Visits, warnings, hours of labour and places of life as officers recorded them."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, insert, select, text

from baqylau.domain.case_facts import (
    Fact,
    KeptFact,
    LifePlace,
    LifePlaceLeft,
    TakenBack,
    VisitDue,
    VisitEnded,
    places_now,
    standing,
    visits,
)
from baqylau.domain.ids import PersonId
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.registers.case_fact_tables import case_fact

_OF_VISITS = ("visit_due", "visit_ended", "taken_back")
CASE_FACT_LOCK = 0x6261_7181


class UnknownFactError(Exception):
    """What a fact speaks of is not there, or not any more, or was ended already."""


class CaseFacts:
    """Keeps them."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock

    def record(self, person_id: PersonId, fact: Fact, by: str) -> KeptFact:
        """Write a fact down. `UnknownFactError` when it is about an earlier one of which there is none that stands."""
        at = self._clock()
        with transaction(self._engine) as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CASE_FACT_LOCK})
            _possible(fact, _of(connection, person_id))
            row = {"person_id": person_id, "by": by, "at": at, "fact": msgspec.to_builtins(fact)}
            made = connection.execute(insert(case_fact).values(**row).returning(case_fact)).one()
            what, purpose = f"case.{fact.__struct_config__.tag}", f"fact/{made.number}"
            audit.record(connection, who=by, what=what, about=f"person/{person_id}", purpose=purpose, at=at)
        return msgspec.convert(made, KeptFact, from_attributes=True)

    def of(self, person_id: PersonId) -> tuple[KeptFact, ...]:
        """Give everything that was recorded about a person, the oldest first."""
        with transaction(self._engine) as connection:
            return _of(connection, person_id)

    def visits_due(self, until_at: datetime) -> list[tuple[KeptFact, VisitDue]]:
        """Give the visits of everybody that nobody ended and that are due before an instant, the earliest first."""
        wanted = select(case_fact).where(case_fact.c.fact["type"].astext.in_(_OF_VISITS)).order_by(case_fact.c.number)
        with transaction(self._engine) as connection:
            rows = tuple(msgspec.convert(row, KeptFact, from_attributes=True) for row in connection.execute(wanted))
        return [(one.kept, one.due) for one in visits(rows) if one.ended is None and one.due.at < until_at]


def _of(connection: Connection, person_id: PersonId) -> tuple[KeptFact, ...]:
    wanted = select(case_fact).where(case_fact.c.person_id == person_id).order_by(case_fact.c.number)
    return tuple(msgspec.convert(row, KeptFact, from_attributes=True) for row in connection.execute(wanted))


def _possible(fact: Fact, facts: tuple[KeptFact, ...]) -> None:
    stand = {one.number: one.fact for one in standing(facts)}
    match fact:
        case VisitEnded(visit=number):
            ended = any(isinstance(one, VisitEnded) and one.visit == number for one in stand.values())
            if ended or not isinstance(stand.get(number), VisitDue):
                raise UnknownFactError(number)
        case LifePlace(instead_of=int(number)) | LifePlaceLeft(place=number):
            if number not in {one.kept.number for one in places_now(facts)}:
                raise UnknownFactError(number)
        case TakenBack(fact=number):
            if number not in stand:
                raise UnknownFactError(number)
        case _:
            pass
