"""What the pages and their API say to each other of restrictions that are written once for many people."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.case_facts import Line
from baqylau.domain.ids import PersonId, RestrictionId
from baqylau.domain.orders import Restriction
from baqylau.domain.proposals import ProposalState
from baqylau.monitoring.workstation.cases.messages import CaseWarning, FieldFault, Grounds, Sentence

MOST_BOUND = 200
"""As many people are bound at once."""
Clause = Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"^[^\x00]*\S[^\x00]*$")]


class TemplateRow(Struct, frozen=True, kw_only=True):
    """A restriction that names nobody."""

    number: int
    name: str
    body: Restriction
    """Its ids, its order and its beginning are empty of meaning."""
    made_by: str
    made_at: datetime


class TemplateList(Struct, frozen=True, kw_only=True):
    """Those in use, by name."""

    at: datetime
    templates: tuple[TemplateRow, ...]


class TemplateMaking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Make one from a restriction of a case: what names the person is left out."""

    name: Line
    person_id: PersonId
    restriction_id: RestrictionId


class Binding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Propose a template's restriction for each of these people, or only look what that would come to."""

    people: Annotated[tuple[PersonId, ...], Meta(min_length=1, max_length=MOST_BOUND)]
    from_at: Annotated[datetime, Meta(tz=True)]
    clause: Clause
    """Words of the acts: nothing is watched that was not decided."""
    grounds: Grounds
    propose: bool
    """False: nothing is saved."""


class BoundRow(Struct, frozen=True, kw_only=True):
    """What becomes of it for one person."""

    person_id: PersonId
    person_name: str
    act: str
    """Of the order under which it would stand."""
    stricter: tuple[Sentence, ...]
    warnings: tuple[CaseWarning, ...]
    """What it takes of this person's everyday life."""
    faults: tuple[FieldFault, ...]
    refusal: Sentence | None
    """Why nothing is possible for this person."""
    proposal: int | None
    state: ProposalState | None


class Bound(Struct, frozen=True, kw_only=True):
    """What becomes of it for everybody who was named."""

    at: datetime
    rows: tuple[BoundRow, ...]
