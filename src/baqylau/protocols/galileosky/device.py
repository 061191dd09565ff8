"""The device's side, as a tracker speaks it (spec S8)."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime

from baqylau.domain.observations import Body
from baqylau.protocols.galileosky.commands import NUMBER_DIGITS
from baqylau.protocols.galileosky.facts import values_of
from baqylau.protocols.galileosky.packets import DATA, TAKEN, first, packet
from baqylau.protocols.galileosky.tags import Tag
from baqylau.protocols.session import Confirmed, Refused, Reply, Welcomed

_TAKEN_BYTES = 3
_VERSIONS = bytes([0x01, 0x11, 0x02, 0xDF])


class GalileoskyDevice:
    """A tracker with its number."""

    def __init__(self, number: str) -> None:
        self._number = number.rjust(NUMBER_DIGITS, "0")
        self._buffer = b""
        self._waiting: deque[tuple[bytes, int]] = deque()
        """Checksum of each packet that is not confirmed yet, and how many records it holds: none for the sign-in."""

    def hello(self) -> bytes:
        """Sign in; what was not confirmed on an earlier line never will be."""
        self._waiting.clear()
        number = bytes([Tag.NUMBER]) + self._number.encode() + bytes([Tag.OWN_ID, 0, 0])
        return self._sent(_VERSIONS + number, 0)

    def report(self, reports: Sequence[tuple[datetime, tuple[Body, ...]]]) -> bytes:
        """Write one packet. Raises ValueError for what the protocol has no words for, and for what does not fit."""
        records = (_record(values_of(at, bodies)) for at, bodies in reports)
        return self._sent(b"".join(records), len(reports))

    def receive(self, data: bytes) -> Sequence[Reply]:
        """Take the server's words, in any cut. Orders are passed over."""
        self._buffer += data
        return tuple(self._replies())

    def _sent(self, content: bytes, count: int) -> bytes:
        whole = packet(content)
        self._waiting.append((whole[-2:], count))
        return whole

    def _replies(self) -> Iterator[Reply]:
        while self._buffer:
            if self._buffer[0] == DATA:
                order = first(self._buffer)
                if order is None:
                    return
                self._buffer = self._buffer[len(order.raw) :]
                continue
            if len(self._buffer) < _TAKEN_BYTES:
                return
            taken, self._buffer = self._buffer[:_TAKEN_BYTES], self._buffer[_TAKEN_BYTES:]
            if self._waiting:
                yield _reply(taken, *self._waiting.popleft())


def _record(values: dict[int, bytes]) -> bytes:
    return b"".join(bytes([tag]) + value for tag, value in values.items())


def _reply(taken: bytes, checksum: bytes, count: int) -> Reply:
    if taken != bytes([TAKEN]) + checksum:
        return Refused(code=taken.hex(), again=True)
    return Confirmed(count=count) if count else Welcomed()
