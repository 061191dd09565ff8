"""Looking back at one person: how a restriction was kept, any hours again, and what a month was like."""

from datetime import date, datetime

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, DeviceId, FindingId, ObservationId, PersonId, RestrictionId
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.monitoring.workstation.messages import Segment, ZoneShape
from baqylau.rules.looking_back.kept_time import Shares
from baqylau.rules.looking_back.patterns import Patterns


class Watched(Struct, frozen=True, kw_only=True):
    """A restriction about places, by its latest version."""

    restriction_id: RestrictionId
    kind: str
    clause: str
    place: str
    """Name of its first zone."""


class Otherwise(Struct, frozen=True, kw_only=True):
    """What was otherwise on a day."""

    kind: Compliance
    seconds: float
    late: bool = False
    """It was so from the very beginning of the hours."""
    blindness: Blindness | None = None
    """What hid most of it."""
    reason: str = ""
    """Of the permission."""


class KeptDay(Struct, frozen=True, kw_only=True):
    """A night, or a day: from one local evening, or midnight, to the next."""

    day: date
    """On which it begins."""
    from_at: datetime
    until_at: datetime
    hours: tuple[tuple[datetime, datetime], ...]
    """Those that the restriction asks for, those to come too."""
    shares: Shares
    stretches: tuple[Segment, ...]
    """None for ranges that are given by their shares alone."""
    exceptions: tuple[Otherwise, ...]


class KeptPage(Struct, frozen=True, kw_only=True):
    """How one restriction was kept."""

    person_id: PersonId
    restrictions: tuple[Watched, ...]
    """All that there are to choose from."""
    restriction_id: RestrictionId | None
    """Which this is about; None where there is none."""
    nights: bool
    """Rows go from evening to evening, and nothing is asked between 10:00 and 18:00."""
    known_until: datetime | None
    """The last instant that is told of."""
    kept_from: datetime | None
    """The first instant of which a verdict is kept; before it everything is unknown. None: there is none at all."""
    total: Shares
    rows: tuple[KeptDay, ...]


class Reception(Struct, frozen=True, kw_only=True):
    """Something that was heard: a position, no position, or the bracelet by a receiver."""

    id: ObservationId
    at: datetime
    received_at: datetime
    device_id: DeviceId
    source: str
    """`gnss`, `relay`, `cell`, `wifi`, `no_fix` or `heard`."""
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    accuracy_m: float | None = None
    """Radius that holds the true place in 95 of 100 cases."""
    satellites: int | None = None
    speed_m_s: float | None = None
    receiver_id: DeviceId | None = None
    rssi_dbm: float | None = None


class Smoothed(Struct, frozen=True, kw_only=True):
    """A place that nobody measured: a line to see by, never evidence."""

    at: datetime
    latitude_deg: float
    longitude_deg: float


class ReplayFinding(Struct, frozen=True, kw_only=True):
    """Something that was found."""

    id: FindingId
    at: datetime
    since: datetime | None
    code: Code
    priority: int
    alarm_id: AlarmId | None


class VerdictLane(Struct, frozen=True, kw_only=True):
    """What one version of a restriction gave."""

    restriction_id: RestrictionId
    version: int
    kind: str
    clause: str
    place: str
    segments: tuple[Segment, ...]


class ZoneTime(Struct, frozen=True, kw_only=True):
    """A zone in one version, and when it was in force."""

    shape: ZoneShape
    version: int
    from_at: datetime
    until_at: datetime


class Replay(Struct, frozen=True, kw_only=True):
    """Some hours of one person, as known now or as known at an instant."""

    person_id: PersonId
    person_name: str
    from_at: datetime
    until_at: datetime
    known_at: datetime | None
    receptions: tuple[Reception, ...]
    """In judging order."""
    thinned: int
    """So many radio receptions are left out, because there were more than a page draws. No position ever is."""
    smoothed: tuple[Smoothed, ...]
    findings: tuple[ReplayFinding, ...]
    timeline: tuple[Segment, ...]
    lanes: tuple[VerdictLane, ...]
    zones: tuple[ZoneTime, ...]


class PatternsPage(Struct, frozen=True, kw_only=True):
    """What a month was like, as description. It says nothing of what a person is like."""

    person_id: PersonId
    person_name: str
    from_at: datetime
    until_at: datetime
    patterns: Patterns
    names: tuple[str, ...]
    """For each usual place the prescribed zone that it lies in, or nothing."""
