"""What pages and their API say to each other of permissions that people asked for."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.ids import PersonId
from baqylau.domain.schedules import Window


class RequestRow(Struct, frozen=True, kw_only=True):
    """A permission that somebody asked for on their own page, and nobody answered yet."""

    number: int
    person_id: PersonId
    person_name: str
    at: datetime
    from_at: datetime
    until_at: datetime
    weekly: tuple[Window, ...] | None
    """In these hours alone, week after week; None: all the time."""
    reason: str


class RequestPage(Struct, frozen=True, kw_only=True):
    """Those that wait, within the bounds, the oldest first."""

    at: datetime
    rows: tuple[RequestRow, ...]
    next: str | None
    """Ask with `after` this for what follows; None at the end."""


class Refusing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a permission is not granted, in words that the person reads."""

    text: Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"^[^\x00]*\S[^\x00]*$")]
