"""What the workstation's pages and its API say to each other. The TypeScript types are generated from here."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.acts import Act, Doable, Word
from baqylau.domain.alarms import Alarm
from baqylau.domain.findings import Finding
from baqylau.domain.ids import AlarmId, DeviceId, FindingId, ObservationId, PersonId, RestrictionId
from baqylau.domain.notices import Notice
from baqylau.domain.observations import Authentication, Body
from baqylau.domain.orders import Restriction
from baqylau.domain.people import DeviceKind, Language
from baqylau.domain.reactions import Step
from baqylau.domain.rights import Role
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.domain.zones import Zone
from baqylau.monitoring.workstation.card_messages import CardPaper, CardPermission, CardVisit
from baqylau.monitoring.workstation.checks.messages import CheckRow
from baqylau.monitoring.workstation.crowd_messages import CrowdCounts, MapCell
from baqylau.monitoring.workstation.equipment.messages import ReceiverPresence

LARGEST_NUMBER = 10**18
"""Of what the database counts."""
MOST_AT_ONCE = 200
"""How many alarms one act may be about."""


class Credentials(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sign-in."""

    login: Word
    password: Word
    code: Word = ""
    """Of the authenticator, or a recovery code, where the account has them."""


class Invitation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Use of a one-time link: the first administrator chooses a name and a password."""

    token: Word
    login: Word
    name: Word
    password: Word


class LanguageChoice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which language somebody wants to read."""

    language: Language


class Me(Struct, frozen=True, kw_only=True):
    """Who is signed in, and the token that every change must carry in `X-CSRF-Token`."""

    login: str
    name: str
    csrf: str
    language: Language
    role: Role
    may: tuple[str, ...]
    """What the role may do, by the words of `domain.rights.Action`: the pages offer nothing else."""
    locked: bool
    """The page is to be covered."""
    lock_after_s: int
    """After so long without a hand on keys or pointer the page is to be covered."""
    timezone: str
    """Of the installation: every time on the pages is local there, wherever the reader sits."""


class Colleague(Struct, frozen=True, kw_only=True):
    """Somebody who may sign in, and to whom an alarm may be handed over."""

    login: str
    name: str
    role: Role


class Refusal(Struct, frozen=True, kw_only=True):
    """Why something was not done: a key of the catalogues, and what it names."""

    key: str
    params: dict[str, str | int | float] = {}


class LastFix(Struct, frozen=True, kw_only=True):
    """Where somebody was last heard to be."""

    latitude_deg: float
    longitude_deg: float
    accuracy_m: float
    at: datetime
    speed_m_s: float | None = None


class LivePerson(Struct, frozen=True, kw_only=True):
    """A person on the live screen."""

    id: PersonId
    name: str
    address: str
    phone: str
    compliance: Compliance
    blindness: Blindness | None
    last_fix: LastFix | None
    heard_at: datetime | None
    since: datetime | None
    """Since when the compliance is what it is."""
    battery_percent: float | None = None
    district: str = ""


class PeopleFound(Struct, frozen=True, kw_only=True):
    """People who were looked for, the best fit first."""

    people: tuple[LivePerson, ...]
    count: int
    """How many fit in all."""
    next: str | None
    """Ask with `after` this for those that follow; None at the end."""


class AlarmRow(Struct, frozen=True, kw_only=True):
    """An alarm in the queue, with what its sentence needs."""

    alarm: Alarm
    person_name: str
    person_address: str
    finding: Finding
    """The latest finding under the alarm."""
    take_until: datetime | None
    """When it climbs a level unless somebody takes it, or works on it who has it; None when nobody is asked now."""
    wearer_first: bool
    """The wearer has to be tried before others are told."""
    person_district: str = ""


class ZoneShape(Struct, frozen=True, kw_only=True):
    """A zone to draw, and whose restriction it is."""

    restriction_id: RestrictionId
    person_id: PersonId
    kind: str
    """`presence`, `exclusion`, `required_place` or `territory`."""
    zone: Zone
    warning_m: float = 0.0


class Health(Struct, frozen=True, kw_only=True):
    """The way of an observation with its delays, and whether we are blind."""

    at: datetime
    devices_connected: int
    gateway_alive_at: datetime | None
    judge_alive_at: datetime | None
    keep_ms: float | None
    """Median time from receipt to commit over the last minute."""
    judge_ms: float | None
    """Median time from commit to judgement over the last minute."""
    behind: int
    """Entries kept and not yet judged."""
    blind: bool
    quarantined_today: int


class Program(Struct, frozen=True, kw_only=True):
    """A program of ours and its last sign of life."""

    role: str
    """Kind and, of several of one kind, name: `gateway/south`."""
    alive_at: datetime
    well: bool


class Way(Struct, frozen=True, kw_only=True):
    """Each link between a device and the screens, and every program behind it."""

    health: Health
    programs: tuple[Program, ...]
    """By name; those that gave no sign for long first."""
    alarms_open: int
    untold: int
    """Rows of the feed that this server has not told its screens yet."""
    screens: int
    """How many follow the feed of this server."""


class Installation(Struct, frozen=True, kw_only=True):
    """What a page needs to know once."""

    name: str
    timezone: str
    center: tuple[float, float]
    """Longitude, latitude: where the map opens."""
    zoom: float
    basemap: str
    """Address of a PMTiles file or of a GeoJSON town, or empty for the built-in world outline."""


class LiveView(Struct, frozen=True, kw_only=True):
    """What a map shows of very many people: each where they are few, cells where they are not."""

    at: datetime
    counts: CrowdCounts
    cells: tuple[MapCell, ...]
    people: tuple[LivePerson, ...]
    """Those in the window where they are few, those with an open alarm, and whom the screen is about."""
    zones: tuple[ZoneShape, ...]
    """Of those with an open alarm, and of whom the screen is about."""


class LiveSnapshot(Struct, frozen=True, kw_only=True):
    """Everything on the live screen at one instant; the feed goes on after `cursor`."""

    at: datetime
    cursor: int
    installation: Installation
    people: tuple[LivePerson, ...]
    alarms: tuple[AlarmRow, ...]
    """All that are not closed and that no incident holds."""
    zones: tuple[ZoneShape, ...]
    health: Health
    crowd: CrowdCounts | None = None
    """Where people are too many to be told each: how many stand where. People and zones are then those of open alarms
    alone, the feed tells of no moves, and the rest is asked for by `/live/view`."""


class FeedAlarm(Struct, frozen=True, tag="alarm", kw_only=True):
    """An alarm is new or changed. Server-sent event `alarm`, its id is the cursor."""

    cursor: int
    row: AlarmRow


class FeedPeople(Struct, frozen=True, tag="people", kw_only=True):
    """People whose state changed, at most once a second. Server-sent event `people`, without an id.

    Who has just begun to listen gets those of the last half minute first.
    """

    at: datetime
    people: tuple[LivePerson, ...]


class FeedBeat(Struct, frozen=True, tag="beat", kw_only=True):
    """Every two seconds: the line lives. Server-sent event `beat`, without an id."""

    health: Health


class Segment(Struct, frozen=True, kw_only=True):
    """A stretch of the timeline."""

    from_at: datetime
    until_at: datetime
    compliance: Compliance
    blindness: Blindness | None = None


class Heard(Struct, frozen=True, kw_only=True):
    """One observation, as the page of an alarm lists it."""

    id: ObservationId
    device_id: DeviceId
    observed_at: datetime
    received_at: datetime
    bodies: tuple[Body, ...]
    authentication: Authentication
    via: str
    decided: bool
    """The finding rests on it."""


class HeardRaw(Struct, frozen=True, kw_only=True):
    """One observation as we understood it, and exactly the bytes that were heard."""

    heard: Heard
    person_id: PersonId | None
    raw: str
    """Hexadecimal."""
    photo: bytes | None = None
    """What an officer photographed at a check by hand, drawn anew; the record holds the file as it was taken."""


class PersonDevice(Struct, frozen=True, kw_only=True):
    """A device on a person and how it is."""

    id: DeviceId
    kind: DeviceKind
    protocol: str
    heard_at: datetime | None


class PersonCard(Struct, frozen=True, kw_only=True):
    """One person with what is prescribed."""

    person: LivePerson
    language: Language
    district: str
    order_court: str
    order_act: str
    order_from: datetime | None
    order_until: datetime | None
    restrictions: tuple[Restriction, ...]
    unwatched: tuple[RestrictionId, ...]
    """Those in force that are not judged: the protected person whom they name gives no consent."""
    devices: tuple[PersonDevice, ...]
    presence: tuple[ReceiverPresence, ...] = ()
    """What each receiver says of the bracelet, over the last 24 hours."""
    day: tuple[Segment, ...]
    """The last 24 hours."""
    alarms: tuple[AlarmRow, ...]
    """The last fifty, closed ones too."""
    permissions: tuple[CardPermission, ...] = ()
    """Of the last month and those to come, at most twelve, the soonest first."""
    visits: tuple[CardVisit, ...] = ()
    """The last of those that were, and those to come, at most twelve."""
    papers: tuple[CardPaper, ...] = ()
    """The newest first, for whoever may look at papers."""


class ActEntry(Struct, frozen=True, kw_only=True):
    """Something that was done about an alarm; `by` is a login, or `rule/<name>`."""

    at: datetime
    by: str
    act: Act


class TakenAway(Struct, frozen=True, kw_only=True):
    """A finding that does not stand any more."""

    finding_id: FindingId
    raised_at: datetime
    superseded_at: datetime
    late: tuple[ObservationId, ...]
    """What arrived in between and happened no later than the finding; none where registers or rules were changed."""


class HeldCount(Struct, frozen=True, kw_only=True):
    """How many alarms an incident holds or was closed with."""

    all: int
    open: int


class AlarmPage(Struct, frozen=True, kw_only=True):
    """Why: everything that one alarm rests on."""

    row: AlarmRow
    findings: tuple[Finding, ...]
    """All under the alarm, oldest first, superseded ones too."""
    superseded: tuple[TakenAway, ...]
    """Those of them that do not stand any more, and by what."""
    person: PersonCard | None
    """None where the alarm is about an area or about ourselves."""
    restriction: Restriction | None
    heard: tuple[Heard, ...]
    """What was observed around the alarm, oldest first."""
    timeline: tuple[Segment, ...]
    zones: tuple[ZoneShape, ...]
    acts: tuple[ActEntry, ...]
    steps: tuple[Step, ...]
    """What the catalogue says to do, in this order."""
    children: tuple[AlarmRow, ...]
    """What an incident holds or was closed with, what is open first; of very many the first ones."""
    held: HeldCount
    """How many those are in all."""
    checks: tuple[CheckRow, ...]
    """Those that the latest finding rests on."""
    notices: tuple[Notice, ...]
    """Who was told of it, by which way and how far that has come."""


class BulkActs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same act about several alarms. Each is done or refused for itself."""

    numbers: Annotated[
        tuple[Annotated[AlarmId, Meta(ge=1, le=LARGEST_NUMBER)], ...], Meta(min_length=1, max_length=MOST_AT_ONCE)
    ]
    act: Doable


class BulkResult(Struct, frozen=True, kw_only=True):
    """What became of it for one alarm: either the alarm as it is now or why not."""

    number: AlarmId
    row: AlarmRow | None
    refusal: Refusal | None
