"""The server's side: bytes to events, outcomes to answers (spec B2, B3, B7, B8). No socket, no clock."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from baqylau.domain.commands import CommandState, Order
from baqylau.protocols.h02 import commands
from baqylau.protocols.h02.frames import MARK, Found, Record, Splitter, Words, frame
from baqylau.protocols.h02.messages import ALIVE, FlawError, Told, told
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Reading, Rejected
from baqylau.protocols.stream import Broken, Stream, read_alone, refused

_CONFIRMATION = "V4"
_CONFIRMED_KINDS = frozenset({"V1", "NBR", "LINK"})


class H02Session:
    """One connection. Every frame names its device: the first one stands for a sign-in, unless it is `introduced`."""

    def __init__(self, *, introduced: bool = False) -> None:
        self._introduced = introduced
        self._number: str | None = None
        self._maker = "HQ"
        self._stream = Stream[Found](Splitter().first, MARK)
        self._tickets = 0
        self._replies: dict[int, bytes] = {}
        self._ordered: dict[str, int] = {}
        """The order on the way, by the token that its answer repeats."""

    @property
    def undecided(self) -> bytes:
        """Give the bytes that are no whole frame yet."""
        return self._stream.rest

    def receive(self, data: bytes) -> Sequence[Event]:
        """Take bytes as they come, in any cut, and give what they complete. Never raises."""
        return tuple(self._events(data))

    def answer(self, event: Event, outcomes: Sequence[Outcome]) -> bytes:
        """Give the bytes to send for an event. A frame that was not kept is not confirmed."""
        match event:
            case Keep(ticket=ticket):
                reply = self._replies.pop(ticket, b"")
                return reply if tuple(outcomes) == (Outcome.ACCEPTED,) else b""
            case Ping(raw=raw):
                return _alive(raw)
            case Login() | Rejected() | Hangup() | Carried():
                return b""
            case _:
                assert_never(event)

    def order(self, number: int, order: Order) -> bytes | None:
        """Give the words that order something, None when the protocol has none (spec B8)."""
        words = commands.words(order, number)
        if words is None or self._number is None:
            return None
        self._ordered = {commands.token(number): number}
        return frame(self._maker, self._number, words)

    def _events(self, data: bytes) -> Iterator[Event]:
        for found in self._stream.feed(data):
            if isinstance(found, Words | Record):
                yield from self._introduction(found)
                yield from self._told(found)
            elif isinstance(found, Broken) and found.raw.strip(b"\r\n\x00 "):
                self._stream.closed = found.fatal
                yield refused(found)

    def _introduction(self, found: Words | Record) -> Iterator[Event]:
        if isinstance(found, Words):
            self._maker = found.maker
        if found.number != self._number:
            self._number = found.number
            if not self._introduced:
                yield Login(number=found.number, password="", raw=found.raw)

    def _told(self, found: Words | Record) -> Iterator[Event]:
        if isinstance(found, Words) and found.kind == _CONFIRMATION:
            yield from self._confirmed(found)
        try:
            said = told(found)
        except FlawError as flaw:
            yield Rejected(fault=flaw.fault, raw=found.raw, detail=flaw.detail)
            return
        if said is not None and said.bodies:
            yield self._keep(found, said)
        elif isinstance(found, Words) and found.kind in ALIVE:
            yield Ping(raw=found.raw)
        else:
            yield Rejected(fault=Fault.UNSUPPORTED, raw=found.raw, detail="kind of frame")

    def _keep(self, found: Words | Record, said: Told) -> Keep:
        self._tickets += 1
        self._replies[self._tickets] = _reply(found, said)
        identity = found.content if isinstance(found, Words) else b"$" + found.content
        reading = Reading(
            number=found.number, observed_at=said.at, bodies=said.bodies, raw=found.raw, identity=identity
        )
        return Keep(readings=(reading,), ticket=self._tickets)

    def _confirmed(self, found: Words) -> Iterator[Event]:
        """Tell of an order whose token an answer repeats."""
        for word in found.words[:-1]:
            number = self._ordered.pop(word, None)
            if number is not None:
                yield Carried(number=number, state=CommandState.DONE, detail=found.words[0], raw=found.raw)


def _reply(found: Words | Record, said: Told) -> bytes:
    """Confirm a frame of text by its kind and its own time: the session has no clock (spec B7)."""
    if isinstance(found, Record) or found.kind not in _CONFIRMED_KINDS or said.at is None:
        return _alive(found.raw) if isinstance(found, Words) and found.kind == "HTBT" else b""
    return frame(found.maker, found.number, f"{_CONFIRMATION},{found.kind},{said.at:%Y%m%d%H%M%S}")


def _alive(raw: bytes) -> bytes:
    """Answer a sign of life with its own kind."""
    found = Splitter().first(raw)
    return frame(found.maker, found.number, found.kind) if isinstance(found, Words) else b""


def decode_frame(raw: bytes) -> tuple[Event, ...]:
    """Read frames without a conversation before them."""
    return read_alone(H02Session(introduced=True), raw)
