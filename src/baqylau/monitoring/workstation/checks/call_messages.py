"""What the pages and their API say to each other of live calls."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.calls import CallEnding, IceServer
from baqylau.domain.ids import CallId, PersonId
from baqylau.monitoring.workstation.checks.messages import Keeping, MediaGone, MediaItem

Description = Annotated[str, Meta(min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]
Purpose = Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"^[^\x00]*\S[^\x00]*$")]


class CallState(StrEnum):
    """How far a call is, in the catalogues' words (`call.state.<state>`)."""

    ASKED = "asked"
    """On its way to the unit."""
    RINGS = "rings"
    ANSWERED = "answered"
    ENDED = "ended"
    NOT_REACHED = "not_reached"
    """Its time is over, and the unit has said nothing of it."""


class AskCall(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Have the unit of a person ring."""

    purpose: Purpose
    description: Description
    """The caller's session description (SDP) with all its addresses."""


class CallRow(Struct, frozen=True, kw_only=True):
    """One call."""

    id: CallId
    person_id: PersonId
    state: CallState
    how: CallEnding | None
    by: str
    purpose: str
    recorded: bool
    """The order had it recorded; who did not answer is on no recording."""
    asked_at: datetime
    rang_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    description: str = ""
    """The unit's session description; for the caller alone, while the call lasts."""


class CallList(Struct, frozen=True, kw_only=True):
    """The last calls to a person, and whether they can be called."""

    at: datetime
    rows: tuple[CallRow, ...]
    may_call: bool
    recorded: bool
    """A call now would be recorded: an order in force says so."""
    recorded_why: str
    """Its words; empty where none does."""
    may_play: bool
    servers: tuple[IceServer, ...]
    """By which both sides find each other; for who may call."""


class CallRecording(Struct, frozen=True, kw_only=True):
    """What was recorded of one call."""

    call: CallRow
    media: tuple[MediaItem, ...]
    """Content at `/api/calls/{id}/media/{index}`."""
    media_gone: MediaGone | None
    """Why it cannot be read; None where it can."""
    keeping: Keeping | None
    """None where nothing has come, or nothing is left."""
