"""What the pages and their API say to each other of papers, tables and tracks."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.papers import PaperKind, TableFormat, TableKind
from baqylau.domain.people import Language

Words = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*$")]
"""Some words; blanks alone are none."""
Words0 = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*$")]
"""Some words or none."""
Instant = Annotated[datetime, Meta(tz=True)]


class PaperWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A paper about a person and a period."""

    kind: PaperKind
    from_at: Instant
    until_at: Instant
    language: Language
    purpose: Words
    recipient: Words0 = ""
    """Whom it is given to outside the service: that is on the person's record. Empty where it stays."""


class AlarmPaperWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The report on an alarm."""

    language: Language
    purpose: Words
    recipient: Words0 = ""


class StatisticsWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The statistics of a period."""

    from_at: Instant
    until_at: Instant
    language: Language


class TableWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table or a track about a person and a period, as a file."""

    kind: TableKind
    format: TableFormat
    from_at: Instant
    until_at: Instant
    language: Language
    purpose: Words
    recipient: Words0 = ""
