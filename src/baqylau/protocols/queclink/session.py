"""The server's side: bytes to events, outcomes to answers (spec Q2, Q6, Q8). No socket, no clock."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from baqylau.domain.commands import CommandState, Order
from baqylau.protocols.queclink import commands
from baqylau.protocols.queclink.frames import ENDS, MARK, Frame, first
from baqylau.protocols.queclink.messages import QUIET, FlawError, told
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Reading, Rejected
from baqylau.protocols.stream import Broken, Stream, read_alone, refused

_ACK = "ACK"
_HEARTBEAT = "HBD"
_SERIAL = -3
_COUNT_DIGITS = 4


class QueclinkSession:
    """One connection. Every frame names its device: the first one stands for a sign-in, unless it is `introduced`."""

    def __init__(self, *, introduced: bool = False) -> None:
        self._introduced = introduced
        self._number: str | None = None
        self._family = ""
        self._stream = Stream[Frame | Broken](first, MARK)
        self._tickets = 0
        self._replies: dict[int, bytes] = {}
        self._ordered: dict[str, int] = {}
        """Orders on the way, by their serial number."""

    @property
    def undecided(self) -> bytes:
        """Give the bytes that are no whole frame yet."""
        return self._stream.rest

    def receive(self, data: bytes) -> Sequence[Event]:
        """Take bytes as they come, in any cut, and give what they complete. Never raises."""
        return tuple(self._events(data))

    def answer(self, event: Event, outcomes: Sequence[Outcome]) -> bytes:
        """Give the bytes to send for an event: a message is confirmed when all of it is kept, and not before."""
        match event:
            case Keep(ticket=ticket):
                reply = self._replies.pop(ticket, b"")
                return reply if set(outcomes) == {Outcome.ACCEPTED} else b""
            case Ping(raw=raw) | Rejected(raw=raw, fault=Fault.UNSUPPORTED):
                return _reply(first(raw))
            case Login() | Rejected() | Hangup() | Carried():
                return b""
            case _:
                assert_never(event)

    def order(self, number: int, order: Order) -> bytes | None:
        """Give the words that order something, None when the model has none that we know (spec Q8)."""
        words = commands.words(order, self._family, number)
        if words is not None:
            self._ordered = {commands.serial(number): number}
        return words

    def _events(self, data: bytes) -> Iterator[Event]:
        for found in self._stream.feed(data):
            if isinstance(found, Frame):
                yield from self._introduction(found)
                yield self._told(found)
            elif found.raw.strip(b"\r\n\x00 $"):
                self._stream.closed = found.fatal
                yield refused(found)

    def _introduction(self, found: Frame) -> Iterator[Event]:
        self._family = found.words[0][:2]
        if not self._introduced and found.number != self._number:
            self._number = found.number
            yield Login(number=found.number, password="", raw=found.raw)

    def _told(self, found: Frame) -> Event:
        if found.talk == _ACK:
            return self._acknowledged(found)
        try:
            said = told(found)
        except FlawError as flaw:
            return Rejected(fault=flaw.fault, raw=found.raw, detail=flaw.detail)
        if said:
            self._tickets += 1
            self._replies[self._tickets] = _reply(found)
            content = found.kind.encode() + found.content
            return Keep(
                readings=tuple(
                    Reading(
                        number=found.number,
                        observed_at=one.at,
                        bodies=one.bodies,
                        raw=found.raw,
                        identity=content + b"#%d" % index,
                    )
                    for index, one in enumerate(said)
                ),
                ticket=self._tickets,
            )
        if found.kind in QUIET:
            return Ping(raw=found.raw)
        return Rejected(fault=Fault.UNSUPPORTED, raw=found.raw, detail=f"message {found.kind}")

    def _acknowledged(self, found: Frame) -> Event:
        serial = found.words[_SERIAL]
        number = None if found.kind == _HEARTBEAT else self._ordered.pop(serial, None)
        if number is None:
            return Ping(raw=found.raw)
        return Carried(number=number, state=CommandState.ACKNOWLEDGED, detail=found.kind, raw=found.raw)


def _reply(found: Frame | Broken | None) -> bytes:
    """Confirm a message by its running number; what carries none cannot be confirmed."""
    if not isinstance(found, Frame) or len(found.count) != _COUNT_DIGITS or not found.count.isalnum():
        return b""
    if found.talk != _ACK:
        return f"+SACK:{found.count}$".encode()
    return f"+SACK:GTHBD,{found.words[0]},{found.count}$".encode() if found.kind == _HEARTBEAT else b""


def decode_frame(raw: bytes) -> tuple[Event, ...]:
    """Read frames without a conversation before them; the last one may come without its end."""
    ended = raw[:1] != b"+" or b":" not in raw[:6] or raw[-1:] in {bytes([end]) for end in ENDS}
    return read_alone(QueclinkSession(introduced=True), raw if ended else raw + b"\n")
