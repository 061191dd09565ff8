"""Frames out of bytes that come in any cut: what all protocols do alike, whatever their frames look like."""

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


class Stream(Generic[_Found]):
    """Bytes of one line. `first` says what a buffer that is not empty begins with, None while that is not whole."""

    def __init__(self, first: Callable[[bytes], _Found | None]) -> None:
        self._first = first
        self._buffer = b""
        self.closed = False
        """Nothing that comes is looked at any more."""

    @property
    def rest(self) -> bytes:
        """Give the bytes that are not decided yet."""
        return self._buffer

    def feed(self, data: bytes) -> Iterator[_Found]:
        """Take bytes and give what they complete, until somebody sets `closed`. Exhaust it before the next call."""
        whole, at = self._buffer + data, 0
        while not self.closed and at < len(whole):
            found = self._first(whole[at:] if at else whole)
            if found is None:
                break
            at += len(found.raw)
            yield found
        self._buffer = b"" if self.closed else whole[at:]


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
