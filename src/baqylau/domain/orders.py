"""What a court prescribed, for whom and for how long.

Without an order in force nothing is collected. A restriction names the clause of the order it rests on and is
versioned: a change is a new version with its own start, and the old one stays for every instant it applied to.
"""

from datetime import date, datetime

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.domain.ids import ConsentId, DeviceId, FittingId, OrderId, PermissionId, PersonId, RestrictionId
from baqylau.domain.schedules import Schedule
from baqylau.domain.zones import Zone


class Suspension(Struct, frozen=True, kw_only=True):
    """For some time the order is not executed: nothing that it restricts is asked, nor counts."""

    from_at: datetime
    until_at: datetime | None = None
    """None: until somebody resumes it, or the order ends."""
    act: str
    """The decision by which it was suspended, such as its court and number."""
    reason: str


class Revocation(Struct, frozen=True, kw_only=True):
    """The order ended before its time."""

    at: datetime
    act: str
    """The decision by which it was revoked."""
    reason: str


class Order(Struct, frozen=True, kw_only=True):
    """A court act that restricts one person's freedom from one instant to another."""

    id: OrderId
    person_id: PersonId
    court: str
    act_number: str
    act_date: date
    from_at: datetime
    until_at: datetime
    suspensions: tuple[Suspension, ...] = ()
    revoked: Revocation | None = None
    """The end of the order is that of its revocation then."""
    calls_recorded: str = ""
    """The order's own words by which calls to the person's unit are recorded. Empty: none ever is."""

    def records_calls(self, at: datetime) -> bool:
        """Whether calls are recorded at an instant: while the order is in force, not suspended, and says so."""
        paused = any(one.from_at <= at < (one.until_at or self.until_at) for one in self.suspensions)
        return bool(self.calls_recorded.strip()) and self.from_at <= at < self.until_at and not paused


class _Restriction(Struct, frozen=True, kw_only=True):
    id: RestrictionId
    order_id: OrderId
    version: int
    clause: str
    """The order's own words, short."""
    from_at: datetime
    until_at: datetime | None = None


class PresenceRegime(_Restriction, frozen=True, tag="presence", kw_only=True):
    """Be at one of the places during the hours of the schedule."""

    places: tuple[Zone, ...]
    schedule: Schedule
    grace_s: int = 300
    absence_limit_s_per_day: int | None = None
    """Unexcused absence, added up over a local day, that is too much (catalogue P08). None: any is only recorded."""
    absence_limit_s_per_week: int | None = None
    """The same over a local week from Monday."""


class ExclusionZone(_Restriction, frozen=True, tag="exclusion", kw_only=True):
    """Stay out of the zone, always or in the hours of the schedule."""

    zone: Zone
    schedule: Schedule | None = None
    warning_m: float = 0.0
    """Width of the ring around the zone in which the person is warned."""
    dwell_s: int = 0
    """How long a passage through the zone may take: a shorter one is only recorded. 0 allows none."""
    loiter_s: int = 0
    """How long the person may stay near the edge of the zone before somebody looks at it. 0 asks for nothing."""


class RequiredPlace(_Restriction, frozen=True, tag="required_place", kw_only=True):
    """Come to the place in the given hours and stay: until they end, or as long as `stay_s` says."""

    zone: Zone
    schedule: Schedule
    grace_s: int = 900
    stay_s: int = 0
    """How long to stay, at any time within the hours. 0: from their beginning, with the grace, to their end."""


class Territory(_Restriction, frozen=True, tag="territory", kw_only=True):
    """Do not leave the territory."""

    zone: Zone


class TimedPlace(_Restriction, frozen=True, tag="timed_place", kw_only=True):
    """Be in the zone only in the hours of the schedule."""

    zone: Zone
    schedule: Schedule


class Route(_Restriction, frozen=True, tag="route", kw_only=True):
    """Keep to the corridor, such as the way to work, in the hours of the schedule."""

    zone: Zone
    schedule: Schedule


class NoContact(_Restriction, frozen=True, tag="no_contact", kw_only=True):
    """Do not come nearer to another person than `distance_m`."""

    other_id: PersonId
    distance_m: float
    protected: bool = False
    """The other is protected from this person, not under supervision: watched with their consent alone."""


class _Checked(_Restriction, frozen=True, kw_only=True):
    """Be checked: at fixed moments, at moments that nobody knows beforehand, and after what raises a question."""

    schedule: Schedule
    """A check is due at the beginning of each of its windows. None at all where only random ones are meant."""
    random_per_day: int = 0
    """At moments of the local day drawn at random, outside the quiet hours."""
    min_gap_s: int = 3600
    """Between a random check and any other."""
    answer_s: int = 900
    """Within this time after it is due, the check has to be begun."""
    remind_s: int = 300
    """After this time the unit reminds."""
    most_per_day: int = 8
    """Of fixed and random ones and those after an event; repetitions and confirmations come on top."""
    quiet_from_min: int | None = None
    quiet_until_min: int | None = None
    """Minutes after local midnight between which nothing is drawn, and nothing is said aloud that is not urgent."""
    after: tuple[Code, ...] = ()
    """What raises the question who wears the device: a check follows each such finding."""
    urgent: bool = False
    """Asked for aloud at every hour."""


class Identification(_Checked, frozen=True, tag="identification", kw_only=True):
    """Show at the audio-visual unit who you are."""


class Sobriety(_Checked, frozen=True, tag="sobriety", kw_only=True):
    """Breathe into the breath unit, and have no more alcohol in the breath than the order allows."""

    limit_mg_l: float
    """Of the order. The software knows no limit of its own."""


Checked = Identification | Sobriety
"""Restrictions that are watched by checks."""
Restriction = PresenceRegime | ExclusionZone | RequiredPlace | Territory | TimedPlace | Route | NoContact | Checked
Placed = PresenceRegime | ExclusionZone | RequiredPlace | Territory | TimedPlace | Route
"""Restrictions about places of the map."""


class Consent(Struct, frozen=True, kw_only=True):
    """A protected person agrees that their own place is collected. Withdrawing it is a row with an end."""

    id: ConsentId
    person_id: PersonId
    from_at: datetime
    until_at: datetime | None = None
    form: str
    """The paper on which it was given, such as its number and date."""


class Permission(Struct, frozen=True, kw_only=True):
    """An exception that an inspector granted: while it runs, the restriction finds nothing."""

    id: PermissionId
    person_id: PersonId
    restriction_id: RestrictionId | None
    """None excuses from every restriction."""
    from_at: datetime
    until_at: datetime
    reason: str
    granted_by: str


class Fitting(Struct, frozen=True, kw_only=True):
    """Which device is on which person, from when to when. Devices are used again; histories never mix.

    A home unit and a relay may serve several people of one flat at once, each by a fitting of their own.
    """

    id: FittingId
    device_id: DeviceId
    person_id: PersonId
    from_at: datetime
    until_at: datetime | None = None
