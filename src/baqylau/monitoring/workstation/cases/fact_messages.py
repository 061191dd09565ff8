"""What the pages and their API say to each other of a case's visits, warnings, hours of labour and places of life."""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.case_facts import Fact, LabourDone, LifePlace, VisitDue, VisitEnded, WarningGiven
from baqylau.domain.ids import PersonId
from baqylau.domain.labour import Forecast
from baqylau.monitoring.workstation.cases.messages import Sentence


class Recorded(Struct, frozen=True, kw_only=True):
    """Who recorded something, and when."""

    number: int
    by: str
    at: datetime


class VisitRow(Struct, frozen=True, kw_only=True):
    """A visit, and what became of it."""

    recorded: Recorded
    due: VisitDue
    ended: VisitEnded | None
    overdue: bool


class WarningRow(Struct, frozen=True, kw_only=True):
    """A warning that an officer gave."""

    recorded: Recorded
    warning: WarningGiven


class LabourRow(Struct, frozen=True, kw_only=True):
    """Hours of one day."""

    recorded: Recorded
    done: LabourDone


class PlaceRow(Struct, frozen=True, kw_only=True):
    """A place of the person's life in one of its versions."""

    recorded: Recorded
    place: LifePlace
    against: tuple[Sentence, ...] = ()
    """What is prescribed and takes this place, or leaves it out."""
    ended: Recorded | None = None
    """Who corrected it, or recorded that the person left it. None: it is known so now."""
    left: str = ""
    """What was said when the person left it."""


class TakenBackRow(Struct, frozen=True, kw_only=True):
    """A fact that was recorded wrongly, and why it does not count."""

    recorded: Recorded
    """Who took it back."""
    fact: Fact
    why: str


class CaseFactsPage(Struct, frozen=True, kw_only=True):
    """Visits, warnings, hours of labour and places of life of one person."""

    at: datetime
    visits: tuple[VisitRow, ...]
    """The earliest first."""
    warnings: tuple[WarningRow, ...]
    labour: tuple[LabourRow, ...]
    labour_set_h: float | None
    """What the court set; None where it set nothing."""
    labour_act: str
    labour_done_h: float
    labour_ahead: Forecast | None
    """What they come to by the day that the court set; None where it set none."""
    places: tuple[PlaceRow, ...]
    """As they are known now."""
    earlier_places: tuple[PlaceRow, ...]
    """Every earlier version, the latest first."""
    taken_back: tuple[TakenBackRow, ...]
    newer: tuple[Recorded, ...]
    """What a newer version recorded and this one cannot show; no figure above counts it."""
    may_record: bool


class Recording(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact to record."""

    fact: Fact


class DueVisit(Struct, frozen=True, kw_only=True):
    """A visit that nobody ended, in the list of all."""

    person_id: PersonId
    person_name: str
    number: int
    due: VisitDue
    overdue: bool


class DueVisits(Struct, frozen=True, kw_only=True):
    """Visits of the coming week, and those that are overdue."""

    at: datetime
    rows: tuple[DueVisit, ...]
    next: str | None
    """Ask with `after` this for what follows; None at the end."""
    overdue: int
    """How many of all of them are overdue."""
