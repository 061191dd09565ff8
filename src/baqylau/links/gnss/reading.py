"""A receiver's bytes become epochs: NMEA, UBX, or both mixed.

A receiver that speaks both tells the same twice; from its first UBX position on, that is what counts.
"""

import re
from collections import Counter
from collections.abc import Iterator

from baqylau.links.gnss.nmea import NmeaEpochs
from baqylau.links.gnss.splitting import Frame, Sentence, Splitter
from baqylau.links.gnss.ubx import POSITION, UbxEpochs
from baqylau.rules.gnss.epoch import Epoch

_COMMENT = re.compile(rb"(?m)^#[^\x00-\x08\xb5\n]*(?:\n|$)")
"""Of whoever collected a log; a receiver sends no such line."""


class Reader:
    """Bytes in, epochs out. Waits for nothing."""

    def __init__(self) -> None:
        self._splitter = Splitter()
        self.skipped: Counter[str] = self._splitter.skipped
        """What was left out: `checksum_wrong`, `cut`, `noise`, `unreadable`."""
        self._nmea, self._ubx = NmeaEpochs(self.skipped), UbxEpochs(self.skipped)
        self._binary = False

    def feed(self, chunk: bytes) -> Iterator[Epoch]:
        """Take bytes and give the epochs that are complete."""
        for item in self._splitter.feed(chunk):
            yield from self._take(item)

    def paused(self) -> Iterator[Epoch]:
        """Give the epoch under way: the receiver is quiet, as it is between two epochs. What is cut off stays."""
        yield from self._ubx.flush() if self._binary else self._nmea.flush()

    def flush(self) -> Iterator[Epoch]:
        """Take it that no more bytes come, and give what can still be read."""
        for item in self._splitter.flush():
            yield from self._take(item)
        yield from self.paused()

    def _take(self, item: Sentence | Frame) -> Iterator[Epoch]:
        if isinstance(item, Sentence):
            if not self._binary:
                yield from self._nmea.feed(item)
            return
        if item.kind == POSITION and not self._binary:
            yield from self._nmea.flush()
            self._binary = True
        yield from self._ubx.feed(item)


def read_log(content: bytes) -> tuple[list[Epoch], Counter[str]]:
    """Give the epochs of a log, and what was left out of it, counted. Lines that begin with `#` are comments."""
    reader = Reader()
    return [*reader.feed(_COMMENT.sub(b"", content)), *reader.flush()], reader.skipped
