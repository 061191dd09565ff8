"""The server's side of one connection: cuts the stream into frames and remembers who signed in (spec W2, W9, W10)."""

from collections.abc import Sequence
from typing import assert_never

from baqylau.domain.commands import CommandState, Order, TellPerson
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Rejected
from baqylau.protocols.wialon import answers
from baqylau.protocols.wialon.frames import (
    BLACK_BOX_MAX_BYTES,
    EVIDENCE_MAX_BYTES,
    is_versioned,
    limit_bytes,
    read_frame,
    trailing_bytes,
)

_COMPRESSED = 0xFF
"""First byte of a compressed container of version 2.0."""


class WialonSession:
    """One connection of one device. Holds at most one unfinished frame; never raises, whatever the bytes."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self._to_skip = 0
        self._number: str | None = None
        self._versioned = False
        self._over = False
        self._ordered: int | None = None
        """The message whose answer is awaited."""

    @property
    def undecided(self) -> bytes:
        """Bytes of a line that has not ended yet."""
        return bytes(self._buffer[:EVIDENCE_MAX_BYTES])

    def receive(self, data: bytes) -> Sequence[Event]:
        """Take bytes as they come, in any cut, and give what they complete. After a hang-up nothing is heard."""
        events: list[Event] = []
        if self._over:
            return events
        self._buffer += data
        start = self._skipped(0)
        while (end := self._buffer.find(b"\n", max(start, self._searched))) >= 0:
            if not self._take(start, end, events):
                return events
            start = self._skipped(end + 1)
        del self._buffer[:start]
        self._searched = len(self._buffer)
        self._check(self._buffer, events)
        return events

    def answer(self, event: Event, outcomes: Sequence[Outcome]) -> bytes:
        """Give the bytes to send for an event, with the outcome of a login or of each reading."""
        match event:
            case Keep():
                return answers.to_records(event, outcomes, versioned=self._versioned)
            case Login(number=number):
                outcome = outcomes[0] if outcomes else Outcome.NOT_KEPT
                if outcome is not Outcome.ACCEPTED and number == self._number:
                    self._number = None
                return answers.to_login(outcome)
            case Ping():
                return answers.PONG
            case Rejected():
                return answers.to_rejected(event)
            case Hangup() | Carried():
                return b""
            case _:
                assert_never(event)

    def order(self, number: int, order: Order) -> bytes | None:
        """Give the line with a message to the person: the protocol has no other words for a device (spec W12)."""
        if not isinstance(order, TellPerson):
            return None
        self._ordered = number
        return answers.message(order.text, versioned=self._versioned)

    def _skipped(self, start: int) -> int:
        """Give where the next line begins, after the bytes that a picture or a file still takes."""
        skipped = min(self._to_skip, len(self._buffer) - start)
        self._to_skip -= skipped
        return start + skipped

    def _take(self, start: int, end: int, events: list[Event]) -> bool:
        """Take one line into account. Says whether the conversation can go on."""
        line = bytes(self._buffer[start:end])
        if not self._check(line, events):
            return False
        line = line.rstrip(b"\r")
        if line:
            self._to_skip = trailing_bytes(line)
            if self._to_skip > BLACK_BOX_MAX_BYTES:
                self._hang_up(Fault.TOO_LONG, line, events)
                return False
            events.append(self._read(line))
        return True

    def _read(self, line: bytes) -> Event:
        """Read one line and remember who signs in by it."""
        signed_in = self._number is not None
        if self._ordered is not None and line.startswith(b"#AM#"):
            number, self._ordered = self._ordered, None
            state = CommandState.DONE if line.startswith(b"#AM#1") else CommandState.FAILED
            return Carried(number=number, state=state, raw=line)
        event = read_frame(line, self._number, signed_in=signed_in, checked=self._versioned and signed_in)
        if isinstance(event, Login):
            self._number = event.number
            self._versioned = is_versioned(line)
        return event

    def _check(self, line: bytes | bytearray, events: list[Event]) -> bool:
        """Say whether the conversation can go on after a line, complete or not, that begins like this."""
        if line and line[0] == _COMPRESSED:
            self._hang_up(Fault.UNSUPPORTED, line[:1], events)
        elif len(line) > limit_bytes(line):
            self._hang_up(Fault.TOO_LONG, line, events)
        return not self._over

    def _hang_up(self, fault: Fault, line: bytes | bytearray, events: list[Event]) -> None:
        """End the conversation and forget what was not understood."""
        self._over = True
        self._buffer = bytearray()
        events.append(Hangup(rejected=Rejected(fault=fault, raw=bytes(line[:EVIDENCE_MAX_BYTES]))))
