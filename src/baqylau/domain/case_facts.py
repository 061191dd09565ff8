"""Facts of a case beside what is prescribed: visits, warnings, hours of labour, places of life.

Each is recorded by somebody; no rule ever records one. What was recorded wrongly is taken back with a reason, and stays
readable.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.ids import PersonId
from baqylau.domain.zones import Zone

Line = Annotated[str, Meta(max_length=256, pattern=r"^[^\x00]*$")]
Lines = Annotated[str, Meta(max_length=2_000, pattern=r"^[^\x00]*$")]
Hours = Annotated[float, Meta(ge=0, le=10_000)]


class Met(StrEnum):
    """How a visit ended."""

    MET = "met"
    NOT_MET = "not_met"
    PUT_OFF = "put_off"


class Received(StrEnum):
    """How the person took a warning."""

    SIGNED = "signed"
    REFUSED = "refused"


class VisitDue(Struct, frozen=True, tag="visit_due", kw_only=True, forbid_unknown_fields=True):
    """The person is visited, or comes, at an instant."""

    at: Annotated[datetime, Meta(tz=True)]
    place: Line
    purpose: Line


class VisitEnded(Struct, frozen=True, tag="visit_ended", kw_only=True, forbid_unknown_fields=True):
    """What became of a visit."""

    visit: int
    met: Met
    text: Lines


class WarningGiven(Struct, frozen=True, tag="warning_given", kw_only=True, forbid_unknown_fields=True):
    """An officer warned the person."""

    at: Annotated[datetime, Meta(tz=True)]
    grounds: Lines
    received: Received
    alarm: int | None = None


class LabourSet(Struct, frozen=True, tag="labour_set", kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many hours of labour the court set. A later one stands in place of an earlier one."""

    hours: Hours
    act: Line
    until: date | None = None
    """The last day for them. None, and not written down: the act names none."""


class LabourDone(Struct, frozen=True, tag="labour_done", kw_only=True, forbid_unknown_fields=True):
    """Hours of labour that were done on a day."""

    day: date
    hours: Annotated[float, Meta(gt=0, le=24)]
    place: Line
    confirmed_by: Line


class LifeKind(StrEnum):
    """What the person goes to a place for."""

    HOME = "home"
    WORK = "work"
    STUDY = "study"
    TREATMENT = "treatment"
    FAMILY = "family"
    """Children, parents, whoever the person cares for."""
    OTHER = "other"


class LifePlace(Struct, frozen=True, tag="life_place", kw_only=True, forbid_unknown_fields=True):
    """The person lives, works, studies or is treated somewhere. It prescribes nothing, and nobody is judged by it: who
    draws a forbidden zone over it is warned."""

    kind: LifeKind
    zone: Zone
    """Its ground; the name is the address in words."""
    instead_of: int | None = None
    """The earlier fact of the same place that this one corrects. None: one more place."""


class LifePlaceLeft(Struct, frozen=True, tag="life_place_left", kw_only=True, forbid_unknown_fields=True):
    """The person does not go there any more."""

    place: int
    text: Lines


class TakenBack(Struct, frozen=True, tag="taken_back", kw_only=True, forbid_unknown_fields=True):
    """An earlier fact was recorded wrongly."""

    fact: int
    why: Lines


Fact = VisitDue | VisitEnded | WarningGiven | LabourSet | LabourDone | LifePlace | LifePlaceLeft | TakenBack


class EndedVisit(Struct, frozen=True, kw_only=True):
    """A visit and what became of it."""

    kept: "KeptFact"
    due: VisitDue
    ended: VisitEnded | None

    def overdue(self, now: datetime) -> bool:
        """Whether its time is over and nobody recorded what became of it."""
        return self.ended is None and self.due.at < now


class KeptPlace(Struct, frozen=True, kw_only=True):
    """A version of a place of the person's life, and what ended it."""

    kept: "KeptFact"
    place: LifePlace
    ended: "KeptFact | None"
    """A later version, or word that the person left it. None: it is known so now."""


class KeptFact(Struct, frozen=True, kw_only=True):
    """A fact as somebody recorded it."""

    number: int
    person_id: PersonId
    by: str
    at: datetime
    fact: Fact


def standing(facts: tuple[KeptFact, ...]) -> tuple[KeptFact, ...]:
    """Give the facts that were not taken back, nor take back."""
    gone = {one.fact.fact for one in facts if isinstance(one.fact, TakenBack)}
    return tuple(one for one in facts if one.number not in gone and not isinstance(one.fact, TakenBack))


def visits(facts: tuple[KeptFact, ...]) -> tuple[EndedVisit, ...]:
    """Give the visits that stand, the earliest first, each with what became of it."""
    stand = standing(facts)
    ended = {one.fact.visit: one.fact for one in stand if isinstance(one.fact, VisitEnded)}
    found = [
        EndedVisit(kept=one, due=one.fact, ended=ended.get(one.number))
        for one in stand
        if isinstance(one.fact, VisitDue)
    ]
    return tuple(sorted(found, key=lambda visit: visit.due.at))


def life_places(facts: tuple[KeptFact, ...]) -> tuple[KeptPlace, ...]:
    """Give every version of the places of the person's life that stands, the oldest first."""
    stand = standing(facts)
    ended: dict[int, KeptFact] = {}
    for one in stand:
        match one.fact:
            case LifePlace(instead_of=int(number)) | LifePlaceLeft(place=number):
                ended[number] = one
            case _:
                pass
    return tuple(
        KeptPlace(kept=one, place=one.fact, ended=ended.get(one.number))
        for one in stand
        if isinstance(one.fact, LifePlace)
    )


def places_now(facts: tuple[KeptFact, ...]) -> tuple[KeptPlace, ...]:
    """Give the places of the person's life as they are known now."""
    return tuple(one for one in life_places(facts) if one.ended is None)
