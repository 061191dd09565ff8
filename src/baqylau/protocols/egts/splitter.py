"""Packets out of a stream of bytes that comes in any cut.

Whatever cannot be a packet is passed over up to the next bytes that look like a header, and given as evidence in pieces
of bounded size. Where the pieces end depends on the bytes alone, never on how they were cut.
"""

import re
from collections.abc import Iterator

from baqylau.protocols.egts.transport import Broken, Packet, inspect
from baqylau.protocols.session import Fault

PIECE = 1024
"""Bytes that are no packet are given in pieces of this size."""

_LIKE_A_HEADER = re.compile(rb"\x01.(?:[\x00-\x1f]\x0b|[\x20-\x3f]\x10)\x00.{4}[\x00-\x02]", re.DOTALL)
_ENOUGH_TO_TELL = 10


class Splitter:
    """Finds packets in bytes that come in any cut. Holds one packet and one piece of foreign bytes at most."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._needed = 1
        self._searched: int | None = None
        """While astray: up to where the buffer is known to hold no header. None while in step."""

    @property
    def rest(self) -> bytes:
        """Give the bytes that are not decided yet."""
        return bytes(self._buffer)

    def feed(self, data: bytes) -> list[Packet | Broken]:
        """Take bytes and give what they complete."""
        self._buffer += data
        if len(self._buffer) < self._needed:
            return []
        whole = bytes(self._buffer)
        found: list[Packet | Broken] = []
        done = 0
        for item in self._items(whole):
            found.append(item)
            done += len(item.raw)
        del self._buffer[:done]
        return found

    def _items(self, data: bytes) -> Iterator[Packet | Broken]:
        at = 0
        while at < len(data):
            if self._searched is not None:
                yield from (pieces := self._foreign(data, at))
                at += sum(len(piece.raw) for piece in pieces)
                if self._searched is not None:
                    self._needed = 1
                    return
            seen = inspect(data, at)
            if isinstance(seen, int):
                self._needed = seen
                return
            if seen is None:
                self._searched = 1
                continue
            yield seen
            at += len(seen.raw)
        self._needed = 1

    def _foreign(self, data: bytes, at: int) -> list[Broken]:
        """Give the foreign bytes from `at` to the next header, or as many whole pieces as there surely are."""
        match = _LIKE_A_HEADER.search(data, at + (self._searched or 0))
        if match:
            self._searched = None
            return [_foreign_piece(data, i, min(i + PIECE, match.start())) for i in range(at, match.start(), PIECE)]
        searched = max(len(data) - _ENOUGH_TO_TELL + 1 - at, self._searched or 0)
        whole = searched // PIECE * PIECE
        self._searched = max(searched - whole, 0)
        return [_foreign_piece(data, i, i + PIECE) for i in range(at, at + whole, PIECE)]


def _foreign_piece(data: bytes, start: int, end: int) -> Broken:
    return Broken(Fault.NOT_THIS_PROTOCOL, data[start:end], "no header of a packet")
