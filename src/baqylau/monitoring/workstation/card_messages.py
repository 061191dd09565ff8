"""What the page of a person shows of their case beside what is prescribed."""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.case_facts import Met
from baqylau.domain.ids import RestrictionId
from baqylau.domain.papers import PaperKind


class CardPermission(Struct, frozen=True, kw_only=True):
    """A permission that runs, comes, or ended not long ago."""

    from_at: datetime
    until_at: datetime
    reason: str
    granted_by: str
    restriction_id: RestrictionId | None
    """None excuses from every restriction."""


class CardVisit(Struct, frozen=True, kw_only=True):
    """A visit that is to come, or what became of it."""

    at: datetime
    place: str
    purpose: str
    met: Met | None
    overdue: bool
    """Its time is over, and nobody recorded what became of it."""


class CardPaper(Struct, frozen=True, kw_only=True):
    """A numbered paper that was made about the person."""

    number: str
    kind: PaperKind
    made_at: datetime
