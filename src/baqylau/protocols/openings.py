"""Which protocol a line speaks, told from its first bytes: for the door that all fleet protocols share.

| protocol | how a line begins |
|---|---|
| wialon | `#`, one or two capital letters, `#` |
| egts | 01, and a header of 11 or 16 bytes whose checksum holds |
| galileosky | 01, and no such header |
| teltonika | 00 0F and a digit: the sign-in of an IMEI |
| gt06 | 78 78 or 79 79 |
| navtelecom | `@NTC` |
| watch | `[`, two letters or digits, `*` |
| osmand | `GET`, `POST` or `PUT` and a space |
| queclink | `+RESP:`, `+BUFF:`, `+ACK:`, or the head of a binary form |
| h02 | `*`, two letters, a comma; or `$` or `X`, a number in digits, a time and a date |

No two of them begin alike. A line whose first 64 bytes are none of these is closed. The link of our own devices is TLS
and has a door of its own.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from baqylau.domain.commands import Order
from baqylau.protocols.crc8 import crc8
from baqylau.protocols.h02.frames import begins as h02_begins
from baqylau.protocols.session import Event, Fault, Hangup, Outcome, Rejected, Session, TakesOrders

UNKNOWN = "any"
"""What a line is called that has not said yet what it speaks."""
DECIDED_BYTES = 64
_EGTS_VERSION, _EGTS_LENGTH_AT, _EGTS_LENGTHS = b"\x01", 3, (11, 16)

Opening = Callable[[bytes], bool | None]
"""Says whether a line begins like this, None while too little has come to say it. Never asked without a byte."""


def _one_of(*heads: bytes) -> Opening:
    """Begin with one of these."""

    def begins(buffer: bytes) -> bool | None:
        if buffer.startswith(heads):
            return True
        return None if any(head.startswith(buffer) for head in heads) else False

    return begins


def _like(pattern: bytes, least: int) -> Opening:
    """Begin like this; a shorter beginning than `least` bytes is not looked at."""
    whole = re.compile(pattern, re.DOTALL)

    def begins(buffer: bytes) -> bool | None:
        if buffer[:1] != pattern.lstrip(b"\\")[:1]:
            return False
        return None if len(buffer) < least else whole.match(buffer) is not None

    return begins


def _egts(buffer: bytes) -> bool | None:
    if buffer[:1] != _EGTS_VERSION:
        return False
    if len(buffer) <= _EGTS_LENGTH_AT:
        return None
    length = buffer[_EGTS_LENGTH_AT]
    if length not in _EGTS_LENGTHS:
        return False
    return None if len(buffer) < length else crc8(buffer[: length - 1]) == buffer[length - 1]


def _galileosky(buffer: bytes) -> bool | None:
    if buffer[:1] != _EGTS_VERSION:
        return False
    egts = _egts(buffer)
    return None if egts is None else not egts


def _teltonika(buffer: bytes) -> bool | None:
    head = b"\x00\x0f"
    if len(buffer) <= len(head):
        return None if head.startswith(buffer) else False
    return buffer.startswith(head) and buffer[len(head) : len(head) + 1].isdigit()


OPENINGS: Mapping[str, Opening] = {
    "wialon": _like(rb"#[A-Z]{1,2}#", 4),
    "egts": _egts,
    "galileosky": _galileosky,
    "teltonika": _teltonika,
    "gt06": _one_of(b"\x78\x78", b"\x79\x79"),
    "navtelecom": _one_of(b"@NTC"),
    "watch": _like(rb"\[\w\w\*", 4),
    "osmand": _one_of(b"GET ", b"POST ", b"PUT "),
    "queclink": _one_of(b"+RESP:", b"+BUFF:", b"+ACK:", b"+RSP", b"+BSP", b"+EVT", b"+BVT", b"+INF", b"+BNF", b"+\x00"),
    "h02": h02_begins,
}
"""By protocol. Those that a gateway does not speak are not looked for."""


def spoken(buffer: bytes, protocols: Sequence[str]) -> str | None:
    """Give the protocol that bytes begin like, an empty string when it is none, None while that is open."""
    if not buffer:
        return None
    found = {name: OPENINGS[name](buffer) for name in protocols}
    named = next((name for name, begins in found.items() if begins), None)
    return named or (None if None in found.values() and len(buffer) < DECIDED_BYTES else "")


class AnySession:
    """A conversation whose protocol its first bytes tell. From then on it is a conversation in that protocol."""

    def __init__(self, sessions: Mapping[str, Callable[[], Session]]) -> None:
        """Choose among these."""
        self._sessions = sessions
        self._session: Session | None = None
        self._buffer = b""
        self._over = False
        self.protocol = UNKNOWN

    @property
    def undecided(self) -> bytes:
        """Give the bytes that are no whole frame yet."""
        return self._session.undecided if self._session is not None else self._buffer

    def receive(self, data: bytes) -> Sequence[Event]:
        """Take bytes as they come, in any cut, and give what they complete. Never raises."""
        if self._session is not None:
            return self._session.receive(data)
        if self._over:
            return ()
        self._buffer = (self._buffer + data).lstrip(b"\r\n")
        name = spoken(self._buffer, tuple(self._sessions))
        return () if name is None else self._begin(name)

    def _begin(self, name: str) -> Sequence[Event]:
        """Go on in a protocol; a line that speaks none is closed."""
        if not name:
            self._over = True
            refused = Rejected(fault=Fault.NOT_THIS_PROTOCOL, raw=self._buffer[:DECIDED_BYTES], detail="no protocol")
            self._buffer = b""
            return (Hangup(rejected=refused),)
        session = self._sessions[name]()
        self.protocol, self._session = name, session
        return session.receive(self._buffer)

    def answer(self, event: Event, outcomes: Sequence[Outcome]) -> bytes:
        """Give the bytes to send for an event."""
        return self._session.answer(event, outcomes) if self._session is not None else b""

    def order(self, number: int, order: Order) -> bytes | None:
        """Give the bytes that order something, None when the protocol has no words for it."""
        session: object = self._session
        return session.order(number, order) if isinstance(session, TakesOrders) else None
