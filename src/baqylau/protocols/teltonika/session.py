"""The server's side: bytes to events, outcomes to answers (spec T2, T3, T6). No socket, no clock."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import assert_never

from baqylau.domain.commands import CommandState, Order
from baqylau.domain.observations import Body, Fix, NoFix
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Reading, Rejected
from baqylau.protocols.stream import Broken, Stream, read_alone, refused
from baqylau.protocols.teltonika import commands
from baqylau.protocols.teltonika.beacons import sightings_of
from baqylau.protocols.teltonika.elements import bodies_of
from baqylau.protocols.teltonika.packets import MARK, Alive, Data, Packet, SignIn, first
from baqylau.protocols.teltonika.records import Codec, Record, ShortError, binary, split

_DEGREES = 1e-7
_M_S = 1 / 3.6
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 253_402_300_800_000
_WELCOME, _UNWELCOME = b"\x01", b"\x00"


class TeltonikaSession:
    """One connection of a device. `number`: who it is, when that is known without a sign-in."""

    def __init__(self, number: str | None = None) -> None:
        self._number = number
        self._stream = Stream[Packet](first, MARK)
        self._tickets = 0
        self._waiting: dict[int, int] = {}
        """How many records each packet had whose fate is not known yet."""
        self._ordered: int | None = None
        """The order whose answer is awaited: answers carry no number."""

    @property
    def undecided(self) -> bytes:
        """Give the bytes that are no whole packet yet."""
        return self._stream.rest

    def receive(self, data: bytes) -> Sequence[Event]:
        """Take bytes as they come, in any cut, and give what they complete. Never raises."""
        return tuple(self._events(data))

    def answer(self, event: Event, outcomes: Sequence[Outcome]) -> bytes:
        """Give the bytes to send for an event; empty when there is nothing to say."""
        match event:
            case Login():
                welcome = tuple(outcomes) == (Outcome.ACCEPTED,)
                if not welcome:
                    self._number = None
                return _WELCOME if welcome else _UNWELCOME
            case Keep(ticket=ticket):
                count = self._waiting.pop(ticket, 0)
                return (0 if Outcome.NOT_KEPT in outcomes else count).to_bytes(4, "big")
            case Rejected(fault=fault):
                return bytes(4) if fault is Fault.CHECKSUM_WRONG else b""
            case Ping() | Hangup() | Carried():
                return b""
            case _:
                assert_never(event)

    def order(self, number: int, order: Order) -> bytes | None:
        """Give the packet that orders something, None when the device has no words for it (spec T8)."""
        words = commands.words(order)
        if words is None:
            return None
        self._ordered = number
        return commands.asked(words)

    def _events(self, data: bytes) -> Iterator[Event]:
        for found in self._stream.feed(data):
            yield from self._event(found)

    def _event(self, found: Packet) -> Iterator[Event]:
        match found:
            case Alive(raw=raw):
                yield Ping(raw=raw)
            case SignIn(number=number, raw=raw):
                self._number = number
                yield Login(number=number, password="", raw=raw)
            case Broken(fatal=fatal):
                self._stream.closed = fatal
                yield refused(found)
            case Data():
                yield self._data(found)
            case _:
                assert_never(found)

    def _data(self, found: Data) -> Event:
        codec = found.content[0]
        if codec in {Codec.COMMAND, Codec.TIMED_COMMAND}:
            return self._answered(found)
        if not binary(codec):
            return self._hung_up(Fault.UNSUPPORTED, found.raw, f"codec {codec:#04x}")
        if self._number is None:
            return self._hung_up(Fault.NOT_SIGNED_IN, found.raw, "records before a sign-in")
        return self._keep(found, self._number)

    def _answered(self, found: Data) -> Event:
        """Take a device's answer for that to the newest order; one that nobody awaits is a sign of life."""
        number, self._ordered = self._ordered, None
        answer = commands.answer_in(found.content)
        if number is None or answer is None:
            return Ping(raw=found.raw)
        return Carried(number=number, state=CommandState.DONE, detail=answer, raw=found.raw)

    def _hung_up(self, fault: Fault, raw: bytes, detail: str) -> Hangup:
        """A device that is not answered sends the same for ever: the line ends."""
        self._stream.closed = True
        return Hangup(rejected=Rejected(fault=fault, raw=raw, detail=detail))

    def _keep(self, found: Data, number: str) -> Keep:
        readings: list[Reading] = []
        rejected: list[Rejected] = []
        try:
            for record in split(found.content):
                taken = _reading(record, number)
                (readings if isinstance(taken, Reading) else rejected).append(taken)  # type: ignore[arg-type]
        except ShortError:
            rejected.append(Rejected(fault=Fault.TRUNCATED, raw=found.raw, detail="records do not fill the packet"))
        self._tickets += 1
        self._waiting[self._tickets] = found.content[1]
        return Keep(readings=tuple(readings), rejected=tuple(rejected), ticket=self._tickets)


def _reading(record: Record, number: str) -> Reading | Rejected:
    if not 0 < record.time_ms < _LATEST_MS:
        return Rejected(fault=Fault.TIME_WRONG, raw=record.raw, detail="time of a record")
    place = _place(record)
    if place is None:
        return Rejected(fault=Fault.PLACE_OUT_OF_RANGE, raw=record.raw, detail="place of a record")
    return Reading(
        number=number,
        observed_at=_BEGIN + timedelta(milliseconds=record.time_ms),
        bodies=(place, *bodies_of(record.elements)),
        raw=record.raw,
        identity=record.raw,
        sightings=sightings_of(record.long_elements) if record.long_elements else (),
    )


def _place(record: Record) -> Body | None:
    """Give the position; none at all without satellites, when the device repeats an old one or zeros."""
    if record.satellites == 0:
        return NoFix(satellites=0)
    latitude_deg, longitude_deg = record.latitude * _DEGREES, record.longitude * _DEGREES
    if abs(latitude_deg) > 90 or abs(longitude_deg) > 180:  # noqa: PLR2004 (the globe's own)
        return None
    return Fix(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_m=float(record.altitude_m),
        speed_m_s=record.speed_km_h * _M_S,
        course_deg=float(record.course_deg % 360),
        satellites=record.satellites,
        hdop=_hdop(record.elements),
    )


_HDOP = 182


def _hdop(elements: dict[int, int]) -> float | None:
    tenths = elements.get(_HDOP)
    return None if not tenths else tenths / 10


def decode_frame(raw: bytes) -> tuple[Event, ...]:
    """Read frames without a conversation before them."""
    return read_alone(TeltonikaSession(number=""), raw)
