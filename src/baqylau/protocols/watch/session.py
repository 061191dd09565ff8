"""The server's side: bytes to events, outcomes to answers (spec H2, H5). No socket, no clock."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from baqylau.domain.commands import CommandState, Order
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Reading, Rejected
from baqylau.protocols.stream import Broken, Stream, read_alone, refused
from baqylau.protocols.watch import commands
from baqylau.protocols.watch.frames import MARK, Frame, first, frame
from baqylau.protocols.watch.messages import FlawError, told

_ALIVE = {"LK": "LK", "TKQ": "TKQ", "TKQ2": "TKQ2", "INIT": "INIT,1", "heart": "heart"}
"""Signs of life, and what answers them."""


class WatchSession:
    """One connection of a watch. Every frame names its device, so that there is no sign-in."""

    def __init__(self) -> None:
        self._stream = Stream[Frame | Broken](first, MARK)
        self._tickets = 0
        self._replies: dict[int, bytes] = {}
        self._from = Frame("3G", "0000000000", "", (), b"")
        """The last frame: to whom orders go, and in whose manner."""
        self._ordered: tuple[int, str] | None = None
        """The order whose answer is awaited, and the word by which it comes."""

    @property
    def undecided(self) -> bytes:
        """Give the bytes that are no whole frame yet."""
        return self._stream.rest

    def receive(self, data: bytes) -> Sequence[Event]:
        """Take bytes as they come, in any cut, and give what they complete. Never raises."""
        return tuple(self._events(data))

    def answer(self, event: Event, outcomes: Sequence[Outcome]) -> bytes:
        """Give the bytes to send for an event. Only alarms and signs of life are answered in this protocol."""
        match event:
            case Keep(ticket=ticket):
                reply = self._replies.pop(ticket, b"")
                return b"" if Outcome.NOT_KEPT in outcomes else reply
            case Ping(raw=raw):
                return _alive(first(raw))
            case Login() | Rejected() | Hangup() | Carried():
                return b""
            case _:
                assert_never(event)

    def order(self, number: int, order: Order) -> bytes | None:
        """Give the frame that orders something, None when a watch has no words for it (spec H7)."""
        words = commands.words(order)
        if words is None:
            return None
        self._ordered = number, words.partition(",")[0]
        return _answer(self._from, words)

    def _events(self, data: bytes) -> Iterator[Event]:
        for found in self._stream.feed(data):
            if isinstance(found, Frame):
                yield self._told(found)
            elif found.raw.strip():
                self._stream.closed = found.fatal
                yield refused(found)

    def _told(self, found: Frame) -> Event:
        kind, *words = found.words
        self._from = found
        if self._ordered is not None and kind == self._ordered[1]:
            number, self._ordered = self._ordered[0], None
            return Carried(number=number, state=CommandState.DONE, raw=found.raw)
        if kind in _ALIVE:
            return Ping(raw=found.raw)
        if not kind.startswith(("UD", "AL")):
            return Rejected(fault=Fault.UNSUPPORTED, raw=found.raw, detail="kind of frame")
        try:
            said = told(words)
        except FlawError as flaw:
            return Rejected(fault=flaw.fault, raw=found.raw, detail=flaw.detail)
        reading = Reading(
            number=found.number,
            observed_at=said.at,
            bodies=said.bodies,
            raw=found.raw,
            identity=",".join(found.words).encode(),
        )
        self._tickets += 1
        self._replies[self._tickets] = _answer(found, kind) if kind.startswith("AL") else b""
        return Keep(readings=(reading,), ticket=self._tickets)


def _alive(found: Frame | Broken | None) -> bytes:
    return _answer(found, _ALIVE[found.words[0]]) if isinstance(found, Frame) else b""


def _answer(found: Frame, content: str) -> bytes:
    return frame(found.maker, found.number, found.index, content)


def decode_frame(raw: bytes) -> tuple[Event, ...]:
    """Read frames without a conversation before them."""
    return read_alone(WatchSession(), raw)
