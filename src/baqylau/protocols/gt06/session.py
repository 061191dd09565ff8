"""The server's side: bytes to events, outcomes to answers (spec G2, G3, G7). No socket, no clock."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from baqylau.domain.commands import CommandState, Order
from baqylau.protocols.gt06 import commands
from baqylau.protocols.gt06.frames import MARK, Frame, first, frame
from baqylau.protocols.gt06.messages import ALARMS, STATES, FlawError, Kind, Told, cells, tells_cells, tells_place, told
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Reading, Rejected
from baqylau.protocols.stream import Broken, Stream, read_alone, refused

_NUMBER_BYTES = 8


class Gt06Session:
    """One connection of a device. `number`: who it is, when that is known without a sign-in."""

    def __init__(self, number: str | None = None) -> None:
        self._number = number
        self._stream = Stream[Frame | Broken](first, MARK)
        self._tickets = 0
        self._replies: dict[int, bytes] = {}
        self._ordered: set[int] = set()
        """Numbers of orders whose answers are awaited."""

    @property
    def undecided(self) -> bytes:
        """Give the bytes that are no whole frame yet."""
        return self._stream.rest

    def receive(self, data: bytes) -> Sequence[Event]:
        """Take bytes as they come, in any cut, and give what they complete. Never raises."""
        return tuple(self._events(data))

    def answer(self, event: Event, outcomes: Sequence[Outcome]) -> bytes:
        """Give the bytes to send for an event. The protocol cannot say that a place was not kept: it stays silent."""
        match event:
            case Login(raw=raw):
                if tuple(outcomes) == (Outcome.ACCEPTED,):
                    return _reply(first(raw))
                self._number = None
                return b""
            case Keep(ticket=ticket):
                reply = self._replies.pop(ticket, b"")
                return b"" if Outcome.NOT_KEPT in outcomes else reply
            case Ping(raw=raw):
                return _reply(first(raw))
            case Rejected() | Hangup() | Carried():
                return b""
            case _:
                assert_never(event)

    def order(self, number: int, order: Order) -> bytes | None:
        """Give the frame that orders something, None when the device has no words for it (spec G9)."""
        words = commands.words(order)
        if words is None:
            return None
        self._ordered.add(number)
        return frame(commands.ASK, commands.asked(number, words), number)

    def _events(self, data: bytes) -> Iterator[Event]:
        for found in self._stream.feed(data):
            yield self._event(found)

    def _event(self, found: Frame | Broken) -> Event:
        if isinstance(found, Broken):
            self._stream.closed = found.fatal
            return refused(found)
        if found.kind == Kind.LOGIN:
            return self._login(found)
        if self._number is None:
            self._stream.closed = True
            return Hangup(rejected=Rejected(fault=Fault.NOT_SIGNED_IN, raw=found.raw, detail="before a sign-in"))
        return self._told(found, self._number)

    def _login(self, found: Frame) -> Event:
        digits = found.content[:_NUMBER_BYTES].hex()
        if len(digits) < 2 * _NUMBER_BYTES or not digits.isdecimal():
            return Rejected(fault=Fault.FIELD_WRONG, raw=found.raw, detail="number of the device")
        self._number = digits.lstrip("0")
        return Login(number=self._number, password="", raw=found.raw)

    def _told(self, found: Frame, number: str) -> Event:
        if found.kind in STATES:
            return Ping(raw=found.raw)
        answer = commands.answered(found.kind, found.content) if found.kind in commands.ANSWERS else None
        if answer is not None and answer[0] in self._ordered:
            self._ordered.discard(answer[0])
            return Carried(number=answer[0], state=CommandState.DONE, detail=answer[1], raw=found.raw)
        try:
            said = _said(found)
        except FlawError as flaw:
            return Rejected(fault=flaw.fault, raw=found.raw, detail=flaw.detail)
        if said is None:
            return Rejected(fault=Fault.UNSUPPORTED, raw=found.raw, detail=f"frame {found.kind:#04x}")
        unknown = Rejected(fault=Fault.UNKNOWN_KIND, raw=found.raw, detail=said.unknown)
        reading = Reading(
            number=number,
            observed_at=said.at,
            bodies=said.bodies,
            raw=found.raw,
            identity=bytes([found.kind]) + found.content,
        )
        self._tickets += 1
        self._replies[self._tickets] = _reply(found) if found.kind in ALARMS else b""
        return Keep(readings=(reading,), rejected=(unknown,) if said.unknown else (), ticket=self._tickets)


def _said(found: Frame) -> Told | None:
    """Give what a frame says, None when it is of a kind that nobody here knows."""
    if tells_place(found.kind, found.content):
        return told(found.kind, found.content)
    return cells(found.kind, found.content) if tells_cells(found.kind) else None


def _reply(found: Frame | Broken | None) -> bytes:
    """Answer a frame with its own kind and serial number."""
    return frame(found.kind, b"", found.serial, long=found.long) if isinstance(found, Frame) else b""


def decode_frame(raw: bytes) -> tuple[Event, ...]:
    """Read frames without a conversation before them."""
    return read_alone(Gt06Session(number=""), raw)
