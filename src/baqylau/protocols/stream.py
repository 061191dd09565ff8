"""Frames out of bytes that come in any cut: what all protocols do alike, whatever their frames look like."""

import re
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from baqylau.protocols.session import Event, Fault, Hangup, Rejected, Session


class Framed(Protocol):
    """Something found in a stream, with exactly its bytes."""

    @property
    def raw(self) -> bytes:
        """Its bytes, never none."""
        ...


class Broken(Struct, frozen=True, gc=False):
    """Bytes that are no frame; `fatal` when nobody can say where the next one begins."""

    fault: Fault
    raw: bytes
    detail: str
    fatal: bool = False


_Found = TypeVar("_Found", bound=Framed)


ASTRAY_MAX_BYTES = 4_096
"""Farther than this behind the last frame no next one is looked for: the line is closed."""
_ASTRAY = frozenset({Fault.NOT_THIS_PROTOCOL, Fault.FIELD_WRONG, Fault.CHECKSUM_WRONG})


class Stream(Generic[_Found]):
    """Bytes of one line. `first` says what a buffer that is not empty begins with, None while that is not whole.

    `mark` is what a frame begins with, in a protocol whose frames prove themselves. There a line on which a frame was
    read outlives foreign bytes: they are given as one piece, up to the next whole frame. Where it is depends on the
    bytes alone, never on how they were cut.
    """

    def __init__(self, first: Callable[[bytes], _Found | None], mark: re.Pattern[bytes] | None = None) -> None:
        self._first = first
        self._mark = mark
        self._buffer = b""
        self._in_step = False
        """A frame was read on this line."""
        self._searched = 1
        """While astray: where in the buffer the next frame may begin at the earliest."""
        self.closed = False
        """Nothing that comes is looked at any more."""

    @property
    def rest(self) -> bytes:
        """Give the bytes that are not decided yet."""
        return self._buffer

    def feed(self, data: bytes) -> Iterator[_Found | Broken]:
        """Take bytes and give what they complete, until somebody sets `closed`. Exhaust it before the next call."""
        whole, at = self._buffer + data, 0
        while not self.closed and at < len(whole):
            found = self._next(whole[at:] if at else whole)
            if found is None:
                break
            at += len(found.raw)
            yield found
        self._buffer = b"" if self.closed else whole[at:]

    def _next(self, buffer: bytes) -> _Found | Broken | None:
        found = self._first(buffer)
        if not isinstance(found, Broken):
            self._in_step = self._in_step or found is not None
            return found
        if self._mark is None or not (self._in_step and found.fatal and found.fault in _ASTRAY):
            return found
        passed = self._passed(self._mark, buffer, found)
        if passed is not None:
            self._searched = 1
        return passed

    def _passed(self, mark: re.Pattern[bytes], buffer: bytes, lost: Broken) -> Broken | None:
        """Give the foreign bytes up to the next whole frame, None while more has to come to say where it is."""
        while (begin := mark.search(buffer, self._searched, ASTRAY_MAX_BYTES)) is not None:
            found = self._first(buffer[begin.start() :])
            if found is None:
                self._searched = begin.start()
                return None
            if not isinstance(found, Broken):
                return Broken(lost.fault, buffer[: begin.start()], lost.detail)
            self._searched = begin.start() + 1
        return lost if len(buffer) >= ASTRAY_MAX_BYTES else None


def refused(broken: Broken) -> Rejected | Hangup:
    """Give the event of bytes that are no frame."""
    rejected = Rejected(fault=broken.fault, raw=broken.raw, detail=broken.detail)
    return Hangup(rejected=rejected) if broken.fatal else rejected


def read_alone(session: Session, raw: bytes) -> tuple[Event, ...]:
    """Read frames without a conversation before them; what is not whole is named at the end."""
    events = tuple(session.receive(raw))
    rest = session.undecided
    if rest or not raw:
        events += (Rejected(fault=Fault.TRUNCATED, raw=rest, detail="the frame does not end"),)
    return events
