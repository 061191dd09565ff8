"""What a rule about checks comes to, before it is a finding: the code, and what the finding has to name."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.rules.checks.case import Case
from baqylau.rules.finding import Author

_LISTENED: Final = (Check.WE_LISTENED,)


class Ruling(Struct, frozen=True):
    """One thing that a check comes to."""

    code: Code
    ends: FindingId | None = None
    thresholds: dict[str, float] = {}
    also: tuple[ObservationId, ...] = ()
    """What it rests on beside the check's own facts."""
    since: datetime | None = None
    """Of a second test: when the first one was given. None: when the check was due."""
    listened: bool = False
    """It follows from a silence, in which we listened."""


def finding(author: Author, case: Case, ruling: Ruling, *, at: datetime) -> Finding:
    """Give the finding of a ruling. One check has at most one of each code and ending."""
    asked = case.asked
    check_id = asked.check_id if asked is not None else ""
    return author.finds(
        ruling.code,
        check_id,
        at=at,
        because=(*ruling.also, *case.because),
        since=ruling.since or case.due_at,
        thresholds=ruling.thresholds,
        checks=_LISTENED if ruling.listened else (),
        ends=ruling.ends,
    )
