"""What the pages and their API say to each other of what ends soon."""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.ids import PersonId
from baqylau.domain.labour import Forecast
from baqylau.domain.terms import Ahead, TermKind


class TermRow(Struct, frozen=True, kw_only=True):
    """Something of somebody's case that ends soon."""

    person_id: PersonId
    person_name: str
    kind: TermKind
    until_at: datetime
    said: str
    """By what people know it: the act of the court or of the suspension, the reason, the paper."""
    labour_ahead: Forecast | None
    """Of hours of labour: what they come to by then."""


class TermPage(Struct, frozen=True, kw_only=True):
    """What ends soon, the nearest first, within the bounds."""

    at: datetime
    rows: tuple[TermRow, ...]
    next: str | None
    """Ask with `after` this for what follows; None at the end."""
    ahead: Ahead
    """How many days ahead counts as soon here."""
