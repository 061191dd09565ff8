"""What a supervised person's own page and its doors say to each other, and what the service sees of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from baqylau.domain.acts import Words
from baqylau.domain.ids import AlarmId
from baqylau.domain.labour import Forecast
from baqylau.domain.people import DeviceKind, Language
from baqylau.storage.people.own_access import EndWhy
from baqylau.storage.people.own_requests import RequestState

PATH: Final = "/my"
"""Address of the page; below it alone browsers bring its cookies."""
CODE_DIGITS: Final = 16
Digits = Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Meta(min_length=1, max_length=2_000, pattern=r"^[^\x00]*\S[^\x00]*$")]
"""Some words; blanks alone are none."""


Instant = Annotated[datetime, Meta(tz=True)]
Minute = Annotated[int, Meta(ge=0, lt=1_440)]


class AskedWindow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours of some days of the week; 0 is Monday. An end not after the start means the next day."""

    start_min: Minute
    end_min: Minute
    weekdays: Annotated[tuple[Annotated[int, Meta(ge=0, le=6)], ...], Meta(min_length=1, max_length=7)]


class OwnStanding(StrEnum):
    """How far somebody has come at the door of their own page."""

    STRANGER = "stranger"
    """This browser is not known: a code is needed."""
    PHONE = "phone"
    """The code was used here before: the PIN is needed."""
    OPEN = "open"


class OwnDoorway(Struct, frozen=True, kw_only=True):
    """What the page needs before anything of anybody is shown."""

    standing: OwnStanding
    installation: str
    timezone: str
    csrf: str
    """Empty unless the page is open."""
    access: int
    """Which code this phone was opened by, 0 for none: by it two pages are told apart, and not whose they are."""


class OwnCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Use of the code that was handed over; the PIN is chosen with it."""

    code: Digits
    pin: Digits


class OwnPin(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The PIN that was chosen on this phone."""

    pin: Digits


class OwnOrder(Struct, frozen=True, kw_only=True):
    """The court act."""

    court: str
    act: str
    until_at: datetime
    calls_recorded: str
    """The act's words by which calls to the unit are recorded; empty: none is."""


class OwnRule(Struct, frozen=True, kw_only=True):
    """One restriction in plain words, with the act's own."""

    said: str
    clause: str


class OwnDuty(Struct, frozen=True, kw_only=True):
    """What has to be done from an instant until another; it has begun where `from_at` is past."""

    said: str
    from_at: datetime
    until_at: datetime


class OwnDevice(Struct, frozen=True, kw_only=True):
    """A device that the person wears or that stands in their home."""

    kind: DeviceKind
    heard_at: datetime | None
    battery_percent: float | None
    battery_low: bool


class OwnNote(Struct, frozen=True, kw_only=True):
    """Something that the service wrote."""

    number: int
    at: datetime
    role: str
    """Of who wrote, in the language of the page."""
    text: str
    read_at: datetime | None


class OwnSaid(Struct, frozen=True, kw_only=True):
    """What the person said of an alarm, here or to an officer who wrote it down."""

    at: datetime
    contests: bool
    text: str


class OwnAttached(Struct, frozen=True, kw_only=True):
    """A photograph or a voice note."""

    number: int
    at: datetime
    media_type: str
    length_bytes: int


class OwnAlarm(Struct, frozen=True, kw_only=True):
    """An alarm about the person, once it is told."""

    number: AlarmId
    at: datetime
    title: str
    closed: bool
    outcome: str
    """What it was found to be, in words; empty while it is being looked at."""
    decision: str
    said: tuple[OwnSaid, ...]
    files: tuple[OwnAttached, ...]


class OwnLook(Struct, frozen=True, kw_only=True):
    """Somebody looked at the person's data."""

    at: datetime
    role: str
    what: str


class OwnVisit(Struct, frozen=True, kw_only=True):
    """A visit that is to come, or one of which nobody recorded yet what became of it."""

    at: datetime
    place: str
    purpose: str
    overdue: bool


class OwnLabour(Struct, frozen=True, kw_only=True):
    """Hours of labour done, of those that the court set."""

    set_h: float
    done_h: float
    ahead: Forecast | None
    """What they come to by the day that the court set; None where it set none."""


class OwnPermission(Struct, frozen=True, kw_only=True):
    """A time in which nothing is held against the person, or one restriction is not."""

    said: str
    """The restriction that it excuses from, in plain words; empty: from every one."""
    from_at: datetime
    until_at: datetime
    reason: str


class OwnAsked(Struct, frozen=True, kw_only=True):
    """A permission that the person asked for, and what became of it."""

    number: int
    at: datetime
    from_at: datetime
    until_at: datetime
    hours: str
    """Of each week, in words; empty: all the time."""
    reason: str
    state: RequestState
    answer: str


class OwnAsking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person asks for a permission."""

    from_at: Instant
    until_at: Instant
    weekly: Annotated[tuple[AskedWindow, ...], Meta(min_length=1, max_length=7)] | None
    reason: Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"^[^\x00]*\S[^\x00]*$")]


class OwnPage(Struct, frozen=True, kw_only=True):
    """Everything on a person's own page. Sentences are in the language that was asked for."""

    at: datetime
    access: int
    """As the doorway says it: another one is another person's page, or begun anew."""
    name: str
    language: Language
    """In which the service writes to the person."""
    orders: tuple[OwnOrder, ...]
    rules: tuple[OwnRule, ...]
    now: tuple[OwnDuty, ...]
    """What applies at this moment."""
    next: tuple[OwnDuty, ...]
    """What comes, the soonest first."""
    permissions: tuple[OwnPermission, ...]
    """Those that run or come within two weeks, the soonest first."""
    asked: tuple[OwnAsked, ...]
    """Permissions asked for, the newest first."""
    visits: tuple[OwnVisit, ...]
    labour: OwnLabour | None
    devices: tuple[OwnDevice, ...]
    notes: tuple[OwnNote, ...]
    alarms: tuple[OwnAlarm, ...]
    looks: tuple[OwnLook, ...]


class OwnSaying(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person explains what an alarm is about, or says that it is not so."""

    type: Literal["explain", "contest"]
    text: Words


class OwnAccessRow(Struct, frozen=True, kw_only=True):
    """A code that was handed over, as the service sees it."""

    given_by: str
    given_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    used_at: datetime | None
    ended_at: datetime | None
    ended_why: EndWhy | None


class OwnWritten(Struct, frozen=True, kw_only=True):
    """A message to the person, as the service sees it."""

    number: int
    by: str
    at: datetime
    text: str
    read_at: datetime | None
    """When the person said to have read it."""


class OwnDispute(Struct, frozen=True, kw_only=True):
    """What the person said or attached on their own page about one alarm."""

    alarm: AlarmId
    title_code: str
    """Code of the alarm's event."""
    closed: bool
    said: tuple[OwnSaid, ...]
    files: tuple[OwnAttached, ...]


class OwnPageState(Struct, frozen=True, kw_only=True):
    """What the service knows of a person's own page."""

    at: datetime
    access: tuple[OwnAccessRow, ...]
    """The newest first; the first may be the one in force."""
    messages: tuple[OwnWritten, ...]
    disputes: tuple[OwnDispute, ...]
    may_give: bool
    may_write: bool


class OwnCodeGiven(Struct, frozen=True, kw_only=True):
    """A code to hand over. It is shown this once."""

    code: str
    path: str
    """Address of the page with the code in it, for whoever opens it on the person's phone."""
    expires_at: datetime


class OwnWriting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message to the person."""

    text: Text
