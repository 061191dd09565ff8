"""What every fleet protocol offers to a gateway and to a device: a conversation without a socket.

Bytes go in, events come out; for each event the gateway says what became of it and gets the bytes to answer with. So
one test can hold a whole conversation in memory, cut anywhere, and the gateway needs to know no protocol.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from msgspec import Struct

from baqylau.domain.commands import CommandState, Order
from baqylau.domain.observations import Body


class Sighting(Struct, frozen=True, kw_only=True, gc=False):
    """A bought radio beacon that a device heard. It speaks in the clear: anybody can repeat it."""

    number: str
    """What it calls itself, in small hexadecimal digits: UUID, major, minor; namespace, instance; or its address."""
    rssi_dbm: float | None = None


class Reading(Struct, frozen=True, kw_only=True, gc=False):
    """One record of one device as the wire tells it, before it is known whose it is."""

    number: str
    """The device's number on the wire."""
    observed_at: datetime | None
    bodies: tuple[Body, ...]
    since_new_year: timedelta | None = None
    """For a record that tells its time and not its year; then `observed_at` is None."""
    raw: bytes
    """Exactly the bytes of this record."""
    identity: bytes
    """What makes two records the same fact: equal for a record sent again, whatever frame carries it."""
    sightings: tuple[Sighting, ...] = ()
    """Beacons that the device heard at that instant, whosever they are."""


class Fault(StrEnum):
    """Named reasons for which bytes are not taken. The peer's fault, kept as evidence."""

    CHECKSUM_WRONG = "checksum_wrong"
    TOO_LONG = "too_long"
    TRUNCATED = "truncated"
    NOT_THIS_PROTOCOL = "not_this_protocol"
    UNKNOWN_KIND = "unknown_kind"
    FIELD_MISSING = "field_missing"
    FIELD_WRONG = "field_wrong"
    TIME_WRONG = "time_wrong"
    PLACE_OUT_OF_RANGE = "place_out_of_range"
    NOT_SIGNED_IN = "not_signed_in"
    UNSUPPORTED = "unsupported"


class Rejected(Struct, frozen=True, kw_only=True):
    """Bytes that could not be taken, and why. `detail` names the field and holds no more of the content than needed."""

    fault: Fault
    raw: bytes
    detail: str = ""


class Login(Struct, frozen=True, kw_only=True):
    """A device says who it is."""

    number: str
    password: str
    raw: bytes


class Ping(Struct, frozen=True, kw_only=True):
    """A sign of life without content."""

    raw: bytes


class Keep(Struct, frozen=True, kw_only=True):
    """Records that wait to be kept. The device may forget them once it is answered."""

    readings: tuple[Reading, ...]
    rejected: tuple[Rejected, ...] = ()
    """Parts of the same frame that could not be taken."""
    ticket: int = 0
    """By which the session finds again what it has to answer."""


class Hangup(Struct, frozen=True, kw_only=True):
    """The conversation cannot go on; close the line after sending what `answer` gives."""

    rejected: Rejected


class Carried(Struct, frozen=True, kw_only=True):
    """A device says what became of an order: a sign of life too. There is nothing to decide about it."""

    number: int
    """The number that `TakesOrders.order` was given."""
    state: CommandState
    """Acknowledged, done or failed."""
    detail: str = ""
    """The device's own words, cut."""
    raw: bytes


Event = Login | Ping | Keep | Rejected | Hangup | Carried


class Outcome(StrEnum):
    """What became of a login or of one reading."""

    ACCEPTED = "accepted"
    """Known device; the reading is committed (or was before)."""
    UNKNOWN_DEVICE = "unknown_device"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105
    NOT_KEPT = "not_kept"
    """We could not keep it now; the device must send it again later."""


class Session(Protocol):
    """The server's side of one connection. Never raises, whatever the bytes."""

    @property
    def undecided(self) -> bytes:
        """Bytes of a frame that is not whole yet; what is left of it when the line ends."""
        ...

    def receive(self, data: bytes) -> Sequence[Event]:
        """Take bytes as they come, in any cut, and give what they complete."""
        ...

    def answer(self, event: Event, outcomes: Sequence[Outcome]) -> bytes:
        """Give the bytes to send for an event. Outcomes: one for a login, one for each reading, none for the rest."""
        ...


@runtime_checkable
class TakesOrders(Protocol):
    """The part of a session whose protocol carries orders to the device. Sessions of others just have it not."""

    def order(self, number: int, order: Order) -> bytes | None:
        """Give the bytes that order a signed-in device something, or None when the protocol has no words for it.

        A session on which nobody signed in yet says by the same None what cannot be said.
        What the device answers comes as `Carried` with the same number. The gateway has one order on the way at a
        time, so that an answer without a number belongs to the newest; a device that never answers is its own case.
        """
        ...


class Confirmed(Struct, frozen=True, kw_only=True):
    """The server has kept the first `count` records of the oldest unanswered frame."""

    count: int


class Refused(Struct, frozen=True, kw_only=True):
    """The server did not take the sign-in (`count` 0) or the oldest unanswered frame; `code` is the protocol's own."""

    code: str
    again: bool
    """Whether to send the same again later."""


class Welcomed(Struct, frozen=True):
    """The server took the sign-in."""


Reply = Confirmed | Refused | Welcomed


class DeviceSide(Protocol):
    """The device's side of one connection, as the simulator speaks it."""

    def hello(self) -> bytes:
        """Bytes to send first. Empty when the protocol needs no sign-in."""
        ...

    def report(self, reports: Sequence[tuple[datetime, tuple[Body, ...]]]) -> bytes:
        """One frame with these records: a single report for one, the protocol's batch form for several."""
        ...

    def receive(self, data: bytes) -> Sequence[Reply]:
        """Take bytes from the server, in any cut."""
        ...
