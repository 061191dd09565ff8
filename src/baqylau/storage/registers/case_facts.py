"""Visits, warnings, hours of labour and places of life as officers recorded them."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import groupby

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    cast,
    exists,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP

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
)
from baqylau.domain.ids import PersonId
from baqylau.domain.labour import Labour, labour
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.registers.case_fact_rows import Facts, facts_of
from baqylau.storage.registers.case_fact_tables import case_fact

_OF_LABOUR = ("labour_set", "labour_done", "taken_back")
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
            _possible(fact, _of(connection, person_id).known)
            row = {"person_id": person_id, "by": by, "at": at, "fact": msgspec.to_builtins(fact)}
            made = connection.execute(insert(case_fact).values(**row).returning(case_fact)).one()
            what, purpose = f"case.{fact.__struct_config__.tag}", f"fact/{made.number}"
            audit.record(connection, who=by, what=what, about=f"person/{person_id}", purpose=purpose, at=at)
        return msgspec.convert(made, KeptFact, from_attributes=True)

    def of(self, person_id: PersonId) -> Facts:
        """Give everything that was recorded about a person."""
        with transaction(self._engine) as connection:
            return _of(connection, person_id)

    def newest(self) -> int:
        """Give the number of the last fact of anybody: whoever read until there has read all."""
        with transaction(self._engine) as connection:
            return connection.scalar(select(func.coalesce(func.max(case_fact.c.number), 0))) or 0

    def visits_due(self, until_at: datetime) -> list[tuple[KeptFact, VisitDue]]:
        """Give the visits of everybody that nobody ended and that are due before an instant, the earliest first.

        One that this version cannot read is not among them; the page of its case says that there is one.
        """
        due, ending = case_fact.alias("due"), case_fact.alias("ending")
        at = cast(due.c.fact["at"].astext, TIMESTAMP(timezone=True))
        ended = exists().where(
            _kind(ending) == "visit_ended", _about(ending, "visit") == due.c.number, ~_taken_back(ending)
        )
        wanted = select(due).where(_kind(due) == "visit_due", at < until_at, ~ended, ~_taken_back(due))
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted.order_by(at, due.c.number)).all()
        return [(one, one.fact) for one in facts_of(rows).known if isinstance(one.fact, VisitDue)]


def labour_until(connection: Connection, from_day: date, until_day: date) -> Iterator[tuple[PersonId, Labour]]:
    """Give the hours of labour of everybody for whom they are set until a day between two, both among them."""
    day = case_fact.c.fact["until"].astext
    near = select(case_fact.c.person_id).where(
        _kind(case_fact) == "labour_set", day >= from_day.isoformat(), day <= until_day.isoformat()
    )
    wanted = select(case_fact).where(_kind(case_fact).in_(_OF_LABOUR), case_fact.c.person_id.in_(near))
    rows = connection.execute(wanted.order_by(case_fact.c.person_id, case_fact.c.number))
    for person_id, facts in groupby(facts_of(rows).known, key=lambda one: one.person_id):
        hours = labour(tuple(facts))
        if hours.until is not None and from_day <= hours.until <= until_day:
            yield person_id, hours


def _kind(of: FromClause) -> ColumnElement[str]:
    kind: ColumnElement[str] = of.c.fact["type"].astext
    return kind


def _about(of: FromClause, name: str) -> ColumnElement[int]:
    return cast(of.c.fact[name].astext, BigInteger)


def _taken_back(of: FromClause) -> ColumnElement[bool]:
    back = case_fact.alias()
    return exists().where(_kind(back) == "taken_back", _about(back, "fact") == of.c.number)


def _of(connection: Connection, person_id: PersonId) -> Facts:
    wanted = select(case_fact).where(case_fact.c.person_id == person_id).order_by(case_fact.c.number)
    return facts_of(connection.execute(wanted))


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
