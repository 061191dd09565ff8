"""Orders that a person gives to one of our devices, and how far each has come."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from baqylau.domain.calls import LASTS_S, RING_S, IceServer
from baqylau.domain.checks import CheckKind
from baqylau.domain.ids import CallId, CheckId, DeviceId, PersonId
from baqylau.domain.people import Language


class CommandState(StrEnum):
    """Where a command stands."""

    QUEUED = "queued"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


class TellPerson(Struct, frozen=True, kw_only=True, tag="tell", gc=False):
    """Say something to the person by voice, text or vibration, and report when it was taken note of."""

    message_id: str
    text: str
    language: Language
    urgent: bool = False


class ReportNow(Struct, frozen=True, kw_only=True, tag="report", gc=False):
    """Say at once how everything is."""


class WalkNow(Struct, frozen=True, kw_only=True, tag="walk", gc=False):
    """Begin a walk test of the home with this transmitter; a technician is there."""

    transmitter_id: DeviceId
    rooms: tuple[str, ...]
    seconds_a_room: int = 60
    by: str


class ClearLatches(Struct, frozen=True, kw_only=True, tag="clear", gc=False):
    """A person has looked at the device: what it latched is confirmed."""


class Restart(Struct, frozen=True, kw_only=True, tag="restart", gc=False):
    """Restart the device's program."""


class SetRate(Struct, frozen=True, kw_only=True, tag="rate", gc=False):
    """Take a place this often."""

    fix_every_s: int
    for_s: int = 0
    """Afterwards the device goes by its own plan again; 0: until it is ordered otherwise."""


class LocateMode(Struct, frozen=True, kw_only=True, tag="locate", gc=False):
    """Find the place by every means and tell it as often as the device can."""

    for_s: int


class BeginCheck(Struct, frozen=True, kw_only=True, tag="check", gc=False):
    """Ask the person for a check, remind them, and take it once they begin. The steps follow from the nonce."""

    check_id: CheckId
    kind: CheckKind
    person_id: PersonId
    nonce: bytes
    due_at: datetime
    remind_at: datetime
    expires_at: datetime
    language: Language
    aloud: bool = True
    """Whether the unit may speak up by itself; False in quiet hours unless it is urgent."""


class WithdrawCheck(Struct, frozen=True, kw_only=True, tag="withdraw", gc=False):
    """The check is not asked for any more."""

    check_id: CheckId


class RingCall(Struct, frozen=True, kw_only=True, tag="call", gc=False):
    """Ring, and put the duty room through if the person answers."""

    call_id: CallId
    person_id: PersonId
    description: str
    """The caller's session description (SDP)."""
    language: Language
    ring_s: int = RING_S
    lasts_s: int = LASTS_S
    servers: tuple[IceServer, ...] = ()
    recorded: bool = False
    """The order says that calls are recorded: the unit tells the person before they answer, and records."""


class EndCall(Struct, frozen=True, kw_only=True, tag="end_call", gc=False):
    """The duty room hung up."""

    call_id: CallId


Order = (
    TellPerson
    | ReportNow
    | WalkNow
    | ClearLatches
    | Restart
    | SetRate
    | LocateMode
    | BeginCheck
    | WithdrawCheck
    | RingCall
    | EndCall
)
ForOwnDevices = WalkNow | ClearLatches | BeginCheck | WithdrawCheck | RingCall | EndCall
"""What only our own devices carry out: no fleet protocol has words for it."""


class Command(Struct, frozen=True, kw_only=True, gc=False):
    """One numbered order to one device. Devices carry out no number twice and none after its end."""

    device_id: DeviceId
    number: int
    issued_at: datetime
    expires_at: datetime
    order: Order
