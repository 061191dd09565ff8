"""One person at one minute, as a page shows it: why there was a finding, and why there was none."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from baqylau.domain.findings import Finding
from baqylau.domain.ids import AlarmId, PersonId
from baqylau.monitoring.workstation.messages import Heard, Segment, ZoneShape
from baqylau.rules.explanation import Explanation


class Begun(StrEnum):
    """From where the minute was folded."""

    SNAPSHOT = "snapshot"
    BEGINNING = "beginning"
    STRETCH = "stretch"
    """From nothing, a bounded time before: what went on since before that is not seen."""


class OpenFinding(Struct, frozen=True, kw_only=True):
    """A finding whose condition went on at the minute."""

    finding: Finding
    alarm_id: AlarmId | None
    """The alarm that it stands under; None when it opened none, or was never said."""
    raised_at: datetime | None
    """When we said it; None when we never did."""
    superseded_at: datetime | None
    """When late data took it away."""


class Minute(Struct, frozen=True, kw_only=True):
    """Why and why not. What is received later than `known_at` counts for nothing in it."""

    person_id: PersonId
    person_name: str
    at: datetime
    known_at: datetime | None
    """As known then: with what was received and recorded by this instant. None: as known now."""
    explanation: Explanation
    findings: tuple[OpenFinding, ...]
    heard: tuple[Heard, ...]
    """What was observed around the minute, oldest first; `decided` where an open finding rests on it."""
    zones: tuple[ZoneShape, ...]
    timeline: tuple[Segment, ...]
    """Around the minute."""
    begun: Begun
    begun_at: datetime | None
    """None for the beginning."""
    folded: int
    """Observations that were folded for this answer."""
