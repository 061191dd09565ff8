"""What the page of enrolment and its API say to each other."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from baqylau.monitoring.workstation.checks.messages import Enrolled, Reason
from baqylau.storage.checks.enrolment_drafts import Objected
from baqylau.storage.checks.enrolment_sheets import Material
from baqylau.storage.checks.templates import Kind


class TemplateRow(Struct, frozen=True, kw_only=True):
    """One template in use."""

    kind: Kind
    model: str
    version: int
    made_at: datetime
    made_by: str


class SheetRow(Struct, frozen=True, kw_only=True):
    """What was enrolled last, and who answers for it."""

    version: int
    made_at: datetime
    made_by: str
    digest: str
    """SHA-256 of the sheet, hexadecimal."""
    key: str | None
    """SHA-256 of the key that signed it; None: done by name alone."""


class PieceRow(Struct, frozen=True, kw_only=True):
    """A photograph or a sound that was brought, without its content."""

    id: int
    kind: Material
    digit: int | None
    bytes: int
    taken: bool | None
    """None: nobody looked at it yet."""


class DraftRow(Struct, frozen=True, kw_only=True):
    """An enrolment under way."""

    begun_at: datetime
    begun_by: str
    pieces: tuple[PieceRow, ...]
    asked_at: datetime | None
    """Since when the audio-visual server is to look at it."""
    looked: bool
    objections: tuple[Objected, ...]
    ready: bool
    """It is enough for an enrolment."""
    face_alone: bool


class EnrolmentPage(Struct, frozen=True, kw_only=True):
    """Who somebody is compared with, and what is under way."""

    at: datetime
    person_name: str
    templates: tuple[TemplateRow, ...]
    photos: tuple[Enrolled, ...]
    utterances: int
    digits: int
    """Takes, of all ten digits."""
    sheet: SheetRow | None
    draft: DraftRow | None
    may_enrol: bool
    passkeys: int
    """Of who asks."""
    av_alive: bool
    """The audio-visual server is there and looks at what is brought."""


class EnrolmentSigned(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The officer's word for an enrolment: what their key proved; None of who has no key."""

    credential: dict[str, Any] | None


class ForgetAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Delete all templates of a person and what they were made of."""

    reason: Reason
