"""The words of the mobile console: what it asks for, what it is given, what it brings back (`spec/console.md`)."""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.commands import Order
from baqylau.domain.field import FieldRefusal, FieldState, Stage
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import Device, Language, Person, Supervision
from baqylau.domain.verdicts import Compliance
from baqylau.protocols.batch.commands import DelegatedKey
from baqylau.protocols.batch.records import WalkTest


class Ask(Struct, frozen=True, kw_only=True, gc=False):
    """The console asks for the package of the day. With a password it is an officer who begins to use it."""

    device_id: DeviceId
    count: int
    """Grows with each: one that does not is a recording."""
    at: datetime
    """By the console's clock, right or wrong."""
    monotonic_ms: int
    """By the clock that counts since the machine was started, sleep included."""
    boot: str
    """Names that start."""
    box_key: bytes
    """To which public key of the console a package is sealed."""
    wants: bool = True
    """False: only how the clocks go, and that the console is there."""
    news: bool = False
    """What became of the officer's acts, while one uses it."""
    about: tuple[PersonId, ...] = ()
    """Whose page is open: with the news, how they stand now. Each is in the audit."""
    officer: str = ""
    password: str = ""
    officer_key: bytes = b""
    """The public key that follows from the officer's secret on this console."""


class Given(Struct, frozen=True, kw_only=True, gc=False):
    """What the server says to it."""

    device_id: DeviceId
    count: int
    at: datetime
    server_key: bytes
    """To which public key whatever is written on the console is sealed."""
    refused: str = ""
    """`not_assigned`, `wrong_password`, `too_often` or `no_officer`; nothing where all is well."""
    package: bytes | None = None
    """Sealed to the console and the officer together."""
    news: bytes | None = None
    """Sealed in the same way."""


class Spot(Struct, frozen=True, kw_only=True):
    """Where somebody was."""

    latitude_deg: float
    longitude_deg: float
    accuracy_m: float
    at: datetime


class Case(Struct, frozen=True, kw_only=True):
    """One person of the officer's own caseload."""

    person: Person
    supervision: Supervision
    compliance: Compliance
    since: datetime | None = None
    heard_at: datetime | None = None
    battery_percent: float | None = None
    open_alarms: int = 0
    photo: bytes = b""
    """JPEG, where there is one."""


class Package(Struct, frozen=True, kw_only=True):
    """Everything that an officer needs on the way, for two days at the most."""

    console_id: DeviceId
    officer: str
    officer_name: str
    language: Language
    timezone: str
    issued_at: datetime
    expires_at: datetime
    cases: tuple[Case, ...] = ()
    keys: tuple[DelegatedKey, ...] = ()
    spares: tuple[Device, ...] = ()
    """On nobody: the officer carries them, to fit them on the way."""


class Now(Struct, frozen=True, kw_only=True):
    """How somebody of the caseload stands at the server now."""

    person_id: PersonId
    compliance: Compliance
    since: datetime | None
    heard_at: datetime | None
    battery_percent: float | None
    open_alarms: int
    spot: Spot | None = None
    """The last place that was believed, of whoever carries a tracker."""
    walk: WalkTest | None = None
    walk_at: datetime | None = None
    """The last walk test of the home unit."""


class Settled(Struct, frozen=True, kw_only=True):
    """What became of one act of the officer."""

    act_id: str
    stage: Stage
    state: FieldState
    refusal: FieldRefusal | None
    at: datetime
    """When the server kept it, or was done with it."""
    command: str = ""
    """How far the order has come that it gave, by the names of `CommandState`."""


class News(Struct, frozen=True, kw_only=True):
    """What the server says while an officer uses the console."""

    at: datetime
    people: tuple[Now, ...] = ()
    acts: tuple[Settled, ...] = ()


class Checked(Struct, frozen=True, kw_only=True, tag="checked"):
    """A check, as it was written on the console."""

    check_id: str
    person_id: PersonId
    transmitter_id: DeviceId
    officer: str
    at: datetime
    """By the console's clock."""
    monotonic_ms: int
    boot: str
    gnss_at: datetime | None
    """By the satellites, where they were heard."""
    listened_s: float
    frames: int
    rssi_dbm: float | None
    frame: bytes
    """The last one that was heard, so that the server can judge it again; nothing where none was."""
    frame_at: datetime | None
    others: int
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    accuracy_m: float | None = None
    note: str = ""
    explanation: str = ""
    photo: bytes = b""


class Looked(Struct, frozen=True, kw_only=True, tag="looked"):
    """Somebody looked at a person's page on the console."""

    officer: str
    person_id: PersonId
    what: str
    """`person` or `finder`."""
    at: datetime
    monotonic_ms: int
    boot: str


class Fitted(Struct, frozen=True, kw_only=True, tag="fitted"):
    """An officer puts a device on a person, takes one off, or does both; written when it begins and when it ends."""

    act_id: str
    officer: str
    person_id: PersonId
    stage: Stage
    off: DeviceId
    on: DeviceId
    """Either may be empty, not both."""
    reason: str
    minutes: int
    """How long alarms about both may rest from the beginning on."""
    at: datetime
    """By the console's clock."""
    monotonic_ms: int
    boot: str
    gnss_at: datetime | None


class Wanted(Struct, frozen=True, kw_only=True, tag="wanted"):
    """An officer asks something of a device that takes orders."""

    act_id: str
    officer: str
    person_id: PersonId
    device_id: DeviceId
    order: Order
    at: datetime
    monotonic_ms: int
    boot: str
    gnss_at: datetime | None


class Walked(Struct, frozen=True, kw_only=True, tag="walked"):
    """A home was walked through with the console at the place where a receiver is to stand."""

    act_id: str
    officer: str
    person_id: PersonId
    test: WalkTest
    at: datetime
    monotonic_ms: int
    boot: str
    gnss_at: datetime | None


Act = Fitted | Wanted | Walked
Brought = Checked | Looked | Act
