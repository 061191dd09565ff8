"""The server's side of EGTS: bytes to events, outcomes to answers. No socket, no clock.

Each data packet is confirmed by one response with a code for every record, once it is known what became of them.
"""

from collections.abc import Sequence
from typing import assert_never

from msgspec import Struct, field

from baqylau.protocols.egts import auth, records, teledata
from baqylau.protocols.egts.codes import PacketType, ResultCode, Service
from baqylau.protocols.egts.records import Record
from baqylau.protocols.egts.replies import Answer, Line, Replies
from baqylau.protocols.egts.sensors import BRACELET, Inputs
from baqylau.protocols.egts.splitter import Splitter
from baqylau.protocols.egts.transport import Broken, Packet, inspect
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Reading, Rejected

FOREIGN_MOST = 65_536
"""After so many bytes in a row that are no packet the line is given up."""

_OUTCOME_CODES = {
    Outcome.ACCEPTED: ResultCode.OK,
    Outcome.WRONG_PASSWORD: ResultCode.AUTH_DENIED,
    Outcome.UNKNOWN_DEVICE: ResultCode.ID_NOT_FOUND,
    Outcome.NOT_KEPT: ResultCode.NO_RESOURCES,
}
_LISTED = frozenset(Service)


class _Heard(Struct):
    """What one packet brought."""

    answer: Answer
    claim: auth.Claim
    readings: list[Reading] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


class EgtsSession:
    """One connection of a terminal or of a platform. `number`: who records without an object id are of, if known."""

    def __init__(self, *, inputs: Inputs = BRACELET, number: str | None = None) -> None:
        self._inputs = inputs
        self._claim = auth.Claim(number=number, terminal=number is not None)
        self._splitter = Splitter()
        self._replies = Replies()
        self._foreign = 0
        self._closed = False
        self._tickets = 0
        self._waiting: dict[int, Answer] = {}
        self._signing: list[Answer] = []
        self.skipped_subrecords = 0
        """How many subrecords were passed over whose kind the standard does not list."""

    @property
    def undecided(self) -> bytes:
        """Give the bytes that are no whole packet yet."""
        return self._splitter.rest

    def receive(self, data: bytes) -> Sequence[Event]:
        """Take bytes as they come, in any cut, and give what they complete. Never raises."""
        events: list[Event] = []
        if self._closed:
            return events
        for item in self._splitter.feed(data):
            if isinstance(item, Packet):
                self._foreign = 0
                events += self._packet(item)
            else:
                events.append(event := self._broken(item))
                if isinstance(event, Hangup):
                    break
        return events

    def answer(self, event: Event, outcomes: Sequence[Outcome]) -> bytes:
        """Give the bytes to send for an event; empty when there is nothing to say, or nothing yet."""
        match event:
            case Keep():
                return self._answer_keep(event.ticket, outcomes)
            case Login():
                return self._answer_login(event, outcomes)
            case Ping() | Rejected():
                return self._answer_packet(event.raw)
            case Hangup() | Carried():
                return b""
            case _:
                assert_never(event)

    def _broken(self, item: Broken) -> Event:
        rejected = Rejected(fault=item.fault, raw=item.raw, detail=item.detail)
        if item.code is not None:
            return rejected
        self._foreign += len(item.raw)
        if self._foreign < FOREIGN_MOST:
            return rejected
        self._closed = True
        self._splitter = Splitter()
        return Hangup(rejected=rejected)

    def _packet(self, item: Packet) -> Sequence[Event]:
        if not item.content:
            return (Ping(raw=item.raw),)
        heard = _Heard(Answer(item.pid, item.route, item.raw), auth.Claim(known=self._claim.number))
        found, tail = records.split(item.content)
        for record in found:
            self._record(record, heard)
        if tail:
            heard.answer.code = ResultCode.WRONG_DATA_LENGTH
            heard.rejected.append(Rejected(fault=Fault.TRUNCATED, raw=tail, detail="a record longer than its packet"))
        if item.kind == PacketType.RESPONSE and not heard.answer.lines and not heard.rejected:
            return (Ping(raw=item.raw),)
        return self._events(heard)

    def _record(self, record: Record, heard: _Heard) -> None:
        if record.confirms_only:
            return
        if record.service == Service.TELEDATA:
            self._teledata(record, heard)
        elif record.service == Service.AUTH:
            heard.claim = auth.read(heard.claim, record.data)
            if heard.claim.number is not None:
                self._claim = heard.claim
            heard.answer.lines.append(Line(record.number, Service.AUTH))
        else:
            listed = record.service in _LISTED
            code = ResultCode.SERVICE_NOT_FOUND if listed else ResultCode.SERVICE_UNKNOWN
            _refuse(record, heard, code, Fault.UNSUPPORTED, f"service {record.service}")

    def _teledata(self, record: Record, heard: _Heard) -> None:
        number = str(record.oid) if record.oid is not None else self._claim.number if self._claim.terminal else None
        if number is None:
            _refuse(record, heard, ResultCode.AUTH_DENIED, Fault.NOT_SIGNED_IN, "no object id and no sign-in")
            return
        told = teledata.read(record, number, self._inputs)
        heard.readings += told.readings
        heard.rejected += told.rejected
        self.skipped_subrecords += told.skipped
        heard.answer.lines.append(Line(record.number, Service.TELEDATA, told.code, len(told.readings)))

    def _events(self, heard: _Heard) -> Sequence[Event]:
        events: list[Event] = []
        claim, answer = heard.claim, heard.answer
        answer.wants = claim.wants
        if claim.number is not None:
            self._signing.append(answer)
            events.append(Login(number=claim.number, password=claim.password, raw=answer.raw))
        elif claim.nameless:
            answer.verdict = ResultCode.ID_NOT_FOUND
            heard.rejected.append(
                Rejected(fault=Fault.FIELD_MISSING, raw=answer.raw, detail="a sign-in without a number")
            )
        if heard.readings or heard.rejected or not events:
            self._tickets += 1
            self._waiting[self._tickets] = answer
            answer.open = True
            events.append(Keep(readings=tuple(heard.readings), rejected=tuple(heard.rejected), ticket=self._tickets))
        return events

    def _answer_keep(self, ticket: int, outcomes: Sequence[Outcome]) -> bytes:
        answer = self._waiting.pop(ticket, None)
        if answer is None:
            return b""
        at = 0
        for line in answer.lines:
            if line.readings:
                ours = outcomes[at : at + line.readings] or (Outcome.NOT_KEPT,)
                line.code = max([_OUTCOME_CODES[outcome] for outcome in ours])
                at += line.readings
        answer.open = False
        return self._replies.to(answer)

    def _answer_login(self, event: Login, outcomes: Sequence[Outcome]) -> bytes:
        answer = next((each for each in self._signing if each.raw == event.raw), None)
        if answer is None:
            return b""
        self._signing.remove(answer)
        answer.verdict = _OUTCOME_CODES[outcomes[0]] if outcomes else ResultCode.NO_RESOURCES
        if answer.verdict is not ResultCode.OK:
            self._claim = auth.NOBODY
        elif answer.open:
            return b""
        return self._replies.to(answer)

    def _answer_packet(self, raw: bytes) -> bytes:
        """Answer a packet that brought nothing to keep, by its own bytes."""
        seen = inspect(raw)
        if isinstance(seen, Packet):
            return b"" if seen.kind == PacketType.RESPONSE else self._replies.response(seen.pid, seen.route)
        if isinstance(seen, Broken) and seen.code is not None and seen.kind != PacketType.RESPONSE:
            return self._replies.response(seen.pid, seen.route, seen.code)
        return b""


def _refuse(record: Record, heard: _Heard, code: ResultCode, fault: Fault, detail: str) -> None:
    heard.answer.lines.append(Line(record.number, record.service, code))
    heard.rejected.append(Rejected(fault=fault, raw=record.raw, detail=detail))


def decode_frame(raw: bytes) -> tuple[Event, ...]:
    """Read packets without a conversation before them.

    Records without an object id are read with an empty number, and what is no whole packet is named at the end.
    """
    session = EgtsSession(number="")
    events = tuple(session.receive(raw))
    rest = session.undecided
    if rest or not raw:
        begun = isinstance(inspect(rest), int)
        fault = Fault.TRUNCATED if begun else Fault.NOT_THIS_PROTOCOL
        detail = "the packet does not end" if begun else "no header of a packet"
        events += (Rejected(fault=fault, raw=rest, detail=detail),)
    return events
