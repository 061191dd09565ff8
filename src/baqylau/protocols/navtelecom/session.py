"""The server's side: bytes to events, outcomes to answers (spec N1 to N3, N7). No socket, no clock."""

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from msgspec import Struct

from baqylau.domain.commands import CommandState, Order
from baqylau.protocols.navtelecom import commands, fields, flex, ntcb
from baqylau.protocols.navtelecom.facts import reading_of
from baqylau.protocols.navtelecom.fields import Layout, Record, layout
from baqylau.protocols.navtelecom.formats import additional, old_records
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Reading, Rejected
from baqylau.protocols.stream import Broken, Stream, read_alone, refused

HELLO, AGREE, ONE, MANY = b"*>S:", b"*>FLEX", b"*>T", b"*>A"
AGREED_BYTES = 10
VERSIONS = bytes([0x0A, 0x14, 0x1E])
"""FLEX 1.0, 2.0 and 3.0."""


class Alive(Struct, frozen=True, gc=False):
    """One byte that only says that the line lives."""

    raw: bytes


Found = Alive | ntcb.Message | flex.Telemetry | Broken


class NavtelecomSession:
    """One connection of a device. `number`: who it is, when that is known without a sign-in."""

    def __init__(self, number: str | None = None) -> None:
        self._number = number
        self._stream = Stream[Found](self._first)
        self._layout: Layout | None = None
        self._line = ntcb.Line(1, 0)
        self._tickets = 0
        self._replies: dict[int, bytes] = {}
        self._ordered: int | None = None
        """The order whose answer is awaited: answers carry no number."""

    @property
    def undecided(self) -> bytes:
        """Give the bytes that are no whole message yet."""
        return self._stream.rest

    def receive(self, data: bytes) -> Sequence[Event]:
        """Take bytes as they come, in any cut, and give what they complete. Never raises."""
        return tuple(self._events(data))

    def answer(self, event: Event, outcomes: Sequence[Outcome]) -> bytes:
        """Give the bytes to send for an event; nothing for what could not be kept, so that it comes again."""
        match event:
            case Login(raw=raw):
                if tuple(outcomes) == (Outcome.ACCEPTED,):
                    return self._said(raw, b"*<S")
                self._number = None
                return b""
            case Keep(ticket=ticket):
                reply = self._replies.pop(ticket, b"")
                return b"" if Outcome.NOT_KEPT in outcomes else reply
            case Ping(raw=raw):
                return self._agreed(raw)
            case Rejected() | Hangup() | Carried():
                return b""
            case _:
                assert_never(event)

    def order(self, number: int, order: Order) -> bytes | None:
        """Give the packet that orders something, None when the device has no words for it (spec N7)."""
        words = commands.words(order)
        if words is None:
            return None
        self._ordered = number
        return ntcb.message(ntcb.back(self._line), words)

    def _first(self, buffer: bytes) -> Found | None:
        """Give what the buffer begins with: how long telemetry is depends on what was agreed."""
        if buffer[0] == flex.ALIVE:
            return Alive(buffer[:1])
        return flex.first(buffer, self._layout) if buffer[0] == flex.MARK else ntcb.first(buffer)

    def _events(self, data: bytes) -> Iterator[Event]:
        for found in self._stream.feed(data):
            yield self._event(found)

    def _event(self, found: Found) -> Event:
        if isinstance(found, Broken):
            self._stream.closed = found.fatal
            return refused(found)
        if isinstance(found, Alive):
            return Ping(raw=found.raw)
        if isinstance(found, ntcb.Message):
            self._line = found.line
            if found.body.startswith(HELLO):
                return self._login(found)
        if self._number is None:
            self._stream.closed = True
            return Hangup(rejected=Rejected(fault=Fault.NOT_SIGNED_IN, raw=found.raw, detail="before a sign-in"))
        return self._said_by_known(found, self._number)

    def _login(self, found: ntcb.Message) -> Event:
        digits = found.body[len(HELLO) :].strip(b"\0 ")
        if not digits.isdigit():
            return Rejected(fault=Fault.FIELD_WRONG, raw=found.raw, detail="number of the device")
        self._number = digits.decode().lstrip("0")
        return Login(number=self._number, password="", raw=found.raw)

    def _said_by_known(self, found: ntcb.Message | flex.Telemetry, number: str) -> Event:
        if isinstance(found, flex.Telemetry):
            return self._keep(self._records(found), number, flex.message(found.head))
        body = found.body
        if body.startswith(AGREE):
            return self._agree(found)
        if body.startswith(MANY):
            count = body[len(MANY) : len(MANY) + 1]
            records = old_records(body[len(MANY) + 1 :], count[0] if count else 0)
            return self._keep(records, number, self._said(found.raw, b"*<A" + count))
        if body.startswith(ONE):
            index = body[len(ONE) + 1 : len(ONE) + 5]
            return self._keep(old_records(body[len(ONE) :], 1), number, self._said(found.raw, b"*<T" + index))
        if not body or body.startswith(commands.ANSWERS):
            return self._answered(found)
        return Rejected(fault=Fault.UNSUPPORTED, raw=found.raw, detail="kind of message")

    def _agree(self, found: ntcb.Message) -> Event:
        """Take the fields of the records to come. A version that we do not know is answered with one that we do."""
        head, mask = found.body[:AGREED_BYTES], found.body[AGREED_BYTES:]
        if len(head) < AGREED_BYTES:
            return Rejected(fault=Fault.TRUNCATED, raw=found.raw, detail="fields of the records")
        self._layout = layout(head[-1], mask) if _known(head) else None
        if self._layout is None and _known(head):
            return Rejected(fault=Fault.FIELD_WRONG, raw=found.raw, detail="fields of the records")
        return Ping(raw=found.raw)

    def _agreed(self, raw: bytes) -> bytes:
        """Give the answer to an agreement; other signs of life have none."""
        head = raw[ntcb.HEAD_BYTES : ntcb.HEAD_BYTES + AGREED_BYTES]
        if not head.startswith(AGREE):
            return b""
        versions = head[7:9] if _known(head) else VERSIONS[-1:] * 2
        return self._said(raw, b"*<FLEX" + head[6:7] + versions)

    def _records(self, found: flex.Telemetry) -> Iterator[Record | Rejected]:
        if found.kind in (flex.MORE, flex.MORE_EVENT) or self._layout is None:
            return additional(found.content)
        return fields.split(self._layout, found.content)

    def _keep(self, records: Iterable[Record | Rejected], number: str, reply: bytes) -> Keep:
        taken = [reading_of(one, number) if isinstance(one, Record) else one for one in records]
        self._tickets += 1
        self._replies[self._tickets] = reply
        return Keep(
            readings=tuple(one for one in taken if isinstance(one, Reading)),
            rejected=tuple(one for one in taken if isinstance(one, Rejected)),
            ticket=self._tickets,
        )

    def _answered(self, found: ntcb.Message) -> Event:
        """Take a device's answer for that to the newest order; one that nobody awaits is a sign of life."""
        if not found.body or self._ordered is None:
            return Ping(raw=found.raw)
        number, self._ordered = self._ordered, None
        return Carried(number=number, state=CommandState.DONE, detail=commands.shown(found.body), raw=found.raw)

    def _said(self, raw: bytes, body: bytes) -> bytes:
        """Answer a packet to whom it came from."""
        found = ntcb.first(raw)
        return ntcb.message(ntcb.back(found.line), body) if isinstance(found, ntcb.Message) else b""


def _known(head: bytes) -> bool:
    return head[7] in VERSIONS and head[8] in VERSIONS


def decode_frame(raw: bytes) -> tuple[Event, ...]:
    """Read messages without a conversation before them: telemetry cannot be read so, its fields are agreed before."""
    return read_alone(NavtelecomSession(number=""), raw)
