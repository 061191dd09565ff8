"""The words of the mobile console: what it asks for, what it is given, what it brings back (`spec/console.md`)."""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import Language, Person, Supervision
from baqylau.domain.verdicts import Compliance
from baqylau.protocols.batch.commands import DelegatedKey


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


Brought = Checked | Looked
