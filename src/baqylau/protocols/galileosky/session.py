"""The server's side: bytes to events, outcomes to answers (spec S1, S6, S7). No socket, no clock."""

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from baqylau.domain.commands import CommandState, Order
from baqylau.protocols.galileosky import commands
from baqylau.protocols.galileosky.compressed import split
from baqylau.protocols.galileosky.facts import reading_of, reading_of_minimal
from baqylau.protocols.galileosky.packets import COMPRESSED, PHOTO, Packet, confirmation, first, objection
from baqylau.protocols.galileosky.tags import Record, Records, Tag, Unread, known
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Reading, Rejected
from baqylau.protocols.stream import Broken, Stream, read_alone, refused


class GalileoskySession:
    """One connection of a device. `number`: who it is, when that is known without a sign-in."""

    def __init__(self, number: str | None = None) -> None:
        self._number = number
        self._own_id = bytes(2)
        """What the device calls itself besides: an order has to name it."""
        self._stream = Stream[Packet | Broken](first)
        self._records = Records()
        self._tickets = 0
        self._replies: dict[int, bytes] = {}
        self._ordered: int | None = None

    @property
    def undecided(self) -> bytes:
        """Give the bytes that are no whole packet yet."""
        return self._stream.rest

    def receive(self, data: bytes) -> Sequence[Event]:
        """Take bytes as they come, in any cut, and give what they complete. Never raises."""
        return tuple(self._events(data))

    def answer(self, event: Event, outcomes: Sequence[Outcome]) -> bytes:
        """Give the bytes to send for an event. What confirms a packet is the last event that comes of it."""
        match event:
            case Keep(ticket=ticket):
                reply = self._replies.pop(ticket, b"")
                return b"" if Outcome.NOT_KEPT in outcomes else reply
            case Ping(raw=raw):
                return confirmation(raw)
            case Rejected(raw=raw, fault=fault):
                if fault is Fault.CHECKSUM_WRONG:
                    return objection(raw)
                return confirmation(raw) if raw[:1] == bytes([PHOTO]) else b""
            case Login():
                if tuple(outcomes) != (Outcome.ACCEPTED,):
                    self._number = None
                return b""
            case Carried() | Hangup():
                return b""
            case _:
                assert_never(event)

    def order(self, number: int, order: Order) -> bytes | None:
        """Give the packet that orders something, None when the device has no words for it (spec S7)."""
        words = commands.words(order)
        if words is None:
            return None
        self._ordered = number
        return commands.carried(self._number or "", self._own_id, number, words)

    def _events(self, data: bytes) -> Iterator[Event]:
        for found in self._stream.feed(data):
            if isinstance(found, Broken):
                self._stream.closed = found.fatal
                yield refused(found)
            elif found.head == PHOTO:
                yield Rejected(fault=Fault.UNSUPPORTED, raw=found.raw, detail="part of a picture")
            elif found.head == COMPRESSED:
                yield self._compressed(found)
            else:
                yield from self._told(found)

    def _hung_up(self, fault: Fault, raw: bytes, detail: str) -> Hangup:
        """A device that is not answered sends the same for ever: the line ends."""
        self._stream.closed = True
        return Hangup(rejected=Rejected(fault=fault, raw=raw, detail=detail))

    def _compressed(self, found: Packet) -> Event:
        """Give the records of a compressed packet, which never says who it is from."""
        if self._number is None:
            return self._hung_up(Fault.NOT_SIGNED_IN, found.raw, "before a sign-in")
        number = self._number
        taken = (
            _unread(one) if isinstance(one, Unread) else reading_of_minimal(one, number) for one in split(found.content)
        )
        return self._kept(taken, found)

    def _told(self, found: Packet) -> Iterator[Event]:
        """Give the sign-in and the answer to an order in a packet, and behind them what confirms it."""
        parts = list(self._records.split(found.content))
        records = [part for part in parts if isinstance(part, Record)]
        numbers = {one.values[Tag.NUMBER].lstrip(b"0") for one in records if Tag.NUMBER in one.values}
        if len(numbers) > 1 or not all(map(bytes.isdigit, numbers)):
            yield self._hung_up(Fault.FIELD_WRONG, found.raw, "number of the device")
            return
        for number in numbers - {(self._number or "").encode()}:
            self._number = number.decode()
            yield Login(number=self._number, password="", raw=found.raw)
        if self._number is None:
            yield self._hung_up(Fault.NOT_SIGNED_IN, found.raw, "before a sign-in")
            return
        yield from self._answers(records)
        yield self._keep(parts, self._number, found)

    def _answers(self, records: Sequence[Record]) -> Iterator[Carried]:
        """Give the answer to the order that is on its way; one that nobody awaits is passed over."""
        for record in records:
            self._own_id = record.values.get(Tag.OWN_ID, self._own_id)
            text = record.values.get(Tag.TEXT)
            command = int.from_bytes(record.values.get(Tag.COMMAND, b""), "little")
            if text is not None and command == self._ordered:
                self._ordered = None
                yield Carried(number=command, state=CommandState.DONE, detail=commands.shown(text), raw=record.raw)

    def _keep(self, parts: Sequence[Record | Unread], number: str, found: Packet) -> Keep | Ping:
        timed = (one for one in parts if isinstance(one, Unread) or Tag.TIME in one.values)
        taken = (_unread(one) if isinstance(one, Unread) else reading_of(one, number) for one in timed)
        return self._kept(taken, found)

    def _kept(self, taken: Iterable[Reading | Rejected], found: Packet) -> Keep | Ping:
        """Give what is to be kept of a packet, and what confirms it then; a sign of life where there is nothing."""
        readings: list[Reading] = []
        rejected: list[Rejected] = []
        for one in taken:
            (readings if isinstance(one, Reading) else rejected).append(one)  # type: ignore[arg-type]
        if not readings and not rejected:
            return Ping(raw=found.raw)
        self._tickets += 1
        self._replies[self._tickets] = confirmation(found.raw)
        return Keep(readings=tuple(readings), rejected=tuple(rejected), ticket=self._tickets)


def _unread(part: Unread) -> Rejected:
    if part.tag is None:
        return Rejected(fault=Fault.TRUNCATED, raw=part.raw, detail="the packet ends within a record")
    if known(part.tag):
        return Rejected(fault=Fault.TRUNCATED, raw=part.raw, detail=f"the packet ends within tag {part.tag:#04x}")
    return Rejected(fault=Fault.UNSUPPORTED, raw=part.raw, detail=f"tag {part.tag:#04x}")


def decode_frame(raw: bytes) -> tuple[Event, ...]:
    """Read packets without a conversation before them."""
    return read_alone(GalileoskySession(number=""), raw)
