"""What the console's pages and its program say to each other; the types of the pages are made from it."""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.field import FieldKind, FieldRefusal, FieldState, Stage
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import DeviceKind, Language
from baqylau.domain.verdicts import Compliance
from baqylau.monitoring.console.prescribed import Prescribed
from baqylau.monitoring.console.trend import Direction
from baqylau.protocols.batch.records import WalkTest
from baqylau.rules.spans import Duty


class ConsoleNear(Struct, frozen=True, kw_only=True):
    """One of the officer's own people who is heard now."""

    person_id: PersonId
    name: str
    device_id: DeviceId
    device_kind: DeviceKind
    compliance: Compliance
    """How the person stood last, where something is due now."""
    duty: Duty
    place: str
    level_dbm: float
    age_s: float


class ConsoleState(Struct, frozen=True, kw_only=True):
    """The bar of every page, and what is heard now."""

    device_id: DeviceId
    locked: bool
    officer: str
    language: Language | None
    timezone: str
    at: datetime
    """Put right by what the server and the satellites told."""
    ahead_s: float
    """How far the console's own clock is wrong."""
    online: bool
    synced_at: datetime | None
    left_s: float | None
    """For how long the package still serves; None where there is none."""
    unsent: int
    wiped: str
    """Why there is nothing: `expired` or `revoked`; empty while all is well."""
    hears: bool
    """Anything at all was heard within the last minute and a half."""
    accuracy_m: float | None
    """Of the console's own place; None where it has none."""
    cases: int
    working: PersonId | None
    """On whose devices the officer is at work."""
    walking: PersonId | None
    refused: int
    """Acts that the server did not take over."""
    near: tuple[ConsoleNear, ...]
    others: int
    """Transmitters of other people. Nothing else is ever said of them."""


class ConsoleDevice(Struct, frozen=True, kw_only=True):
    """What a person wears, and what it said of itself when it was heard here."""

    id: DeviceId
    kind: DeviceKind
    level_dbm: float | None = None
    heard_at: datetime | None = None
    strap_open: bool | None = None
    case_open: bool | None = None
    off_body: bool | None = None
    battery_percent: float | None = None
    takes_orders: bool = False
    number: str = ""


class ConsoleSpot(Struct, frozen=True, kw_only=True):
    """Where a tracker was, as the server last said."""

    latitude_deg: float
    longitude_deg: float
    accuracy_m: float
    at: datetime
    away_m: float | None
    """From here; None where the console has no place."""


class ConsoleNow(Struct, frozen=True, kw_only=True):
    """How somebody stands at the server: when the package was made, or since then while there was a network."""

    at: datetime
    compliance: Compliance
    since: datetime | None
    heard_at: datetime | None
    battery_percent: float | None
    spot: ConsoleSpot | None
    walk: WalkTest | None
    walk_at: datetime | None


class ConsoleJob(Struct, frozen=True, kw_only=True):
    """One act on equipment: work on devices, an order, a walk test; and what became of it."""

    act_id: str
    stage: Stage
    kind: FieldKind
    person_id: PersonId
    name: str
    off: DeviceId
    on: DeviceId
    order: str
    reason: str
    at: datetime
    sent: bool
    state: FieldState
    refusal: FieldRefusal | None
    command: str
    """How far an order has come; empty while that is not known."""
    test: WalkTest | None


class ConsoleWork(Struct, frozen=True, kw_only=True):
    """What may be fitted on a person, and the work that goes on."""

    person_id: PersonId
    name: str
    worn: tuple[ConsoleDevice, ...]
    spares: tuple[ConsoleDevice, ...]
    running: ConsoleJob | None
    rests_until: datetime | None
    """Until when alarms about the devices rest."""
    jobs: tuple[ConsoleJob, ...]
    """Of this person, newest first."""
    rooms: tuple[str, ...]
    """Rooms that were walked last; none where none were."""
    home_unit: bool
    walkable: bool
    """The person wears a bracelet that can be carried around."""


class ConsoleWalk(Struct, frozen=True, kw_only=True):
    """A walk test under way on this console."""

    person_id: PersonId
    name: str
    rooms: tuple[str, ...]
    room: int
    left_s: float
    """In this room."""
    frames: int
    """Heard in this room."""
    level_dbm: float | None


class ConsoleVisit(Struct, frozen=True, kw_only=True):
    """One person of the caseload, in the order in which a round goes."""

    person_id: PersonId
    name: str
    address: str
    phone: str
    compliance: Compliance
    duty: Duty
    place: str
    until_at: datetime | None
    heard_at: datetime | None
    """By anybody, as the package says."""
    open_alarms: int
    near_dbm: float | None
    away_m: float | None
    """From here to where the person has to be; None where either is unknown."""
    checked: int
    """Checks of the day."""
    photo: str
    """Data address of the picture; empty where there is none."""
    done: bool
    """Checked, or worked for, today."""


class ConsoleCheckRow(Struct, frozen=True, kw_only=True):
    """One check of the day."""

    check_id: str
    person_id: PersonId
    name: str
    at: datetime
    heard: bool
    level_dbm: float | None
    sent: bool
    """The server keeps it."""
    note: str
    explanation: str
    photo: bool


class ConsolePerson(Struct, frozen=True, kw_only=True):
    """One person: who, what is prescribed now, what they wear, what was checked."""

    visit: ConsoleVisit
    prescribed: tuple[Prescribed, ...]
    devices: tuple[ConsoleDevice, ...]
    checks: tuple[ConsoleCheckRow, ...]
    now: ConsoleNow
    jobs: tuple[ConsoleJob, ...]
    known_at: datetime
    """When the package was made."""
    since: datetime | None


class ConsolePoint(Struct, frozen=True, array_like=True):
    """One frame on the finder's chart."""

    age_s: float
    dbm: float


class ConsoleFinder(Struct, frozen=True, kw_only=True):
    """What the finder shows."""

    person_id: PersonId
    name: str
    photo: str
    """Data address of the picture; empty where there is none."""
    device: ConsoleDevice | None
    direction: Direction
    level_dbm: float | None
    change_db: float | None
    span_s: int
    """How long each of the two spans is that are compared."""
    tone_hz: int | None
    points: tuple[ConsolePoint, ...]
    line: tuple[ConsolePoint, ...]


class ConsoleScan(Struct, frozen=True, kw_only=True):
    """A check under way."""

    check_id: str
    person_id: PersonId
    name: str
    listened_s: float
    enough_s: float
    """After so long not hearing says something."""
    frames: int
    level_dbm: float | None
    others: int
    accuracy_m: float | None
    device: ConsoleDevice | None


class ConsoleUnlock(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An officer begins; with a login the server is asked for a package."""

    password: str
    login: str = ""


class ConsoleBegin(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a check is about."""

    person_id: PersonId


class ConsoleFinish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the officer adds to a check before it is written down."""

    note: str = ""
    explanation: str = ""
    photo: str = ""
    """JPEG in base 64."""


class ConsoleBeginWork(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which device comes off, which comes on; either may be empty."""

    person_id: PersonId
    off: DeviceId = DeviceId("")
    on: DeviceId = DeviceId("")
    reason: str


class ConsoleEndWork(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the work ended."""

    done: bool


class ConsoleOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked of a device: `locate` or `report`."""

    person_id: PersonId
    device_id: DeviceId
    order: str


class ConsoleBeginWalk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rooms are walked, and who listens."""

    person_id: PersonId
    rooms: tuple[str, ...]
    seconds: int
    by_unit: bool = False
