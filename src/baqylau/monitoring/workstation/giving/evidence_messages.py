"""What the pages and their API say to each other of evidence: what is to be given out, to whom and by what right."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.ids import AlarmId
from baqylau.domain.people import Language

Words = Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"^[^\x00]*\S[^\x00]*$")]
"""Some words; blanks alone are none."""


class EvidenceWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bundle about a person: of a time, or of the time around one of their alarms."""

    purpose: Words
    basis: Words
    recipient: Words
    from_at: datetime | None = None
    until_at: datetime | None = None
    alarm: AlarmId | None = None
    third_parties: bool = False
    recordings: bool = False
    language: Language = Language.RU
    """Of the report in it."""
