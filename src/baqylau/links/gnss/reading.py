"""A receiver's bytes become epochs: NMEA, UBX, or both mixed.

A receiver that speaks both tells the same twice; from its first UBX position on, that is what counts.
"""

from collections import Counter
from collections.abc import Iterator

from baqylau.links.gnss.nmea import NmeaEpochs
from baqylau.links.gnss.splitting import Frame, Sentence, Splitter
from baqylau.links.gnss.ubx import UbxEpochs
from baqylau.rules.gnss.epoch import Epoch


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

    def flush(self) -> Iterator[Epoch]:
        """Give the epoch under way: the receiver has fallen silent, as it does between two epochs."""
        for item in self._splitter.flush():
            yield from self._take(item)
        yield from self._ubx.flush() if self._binary else self._nmea.flush()

    def _take(self, item: Sentence | Frame) -> Iterator[Epoch]:
        if isinstance(item, Sentence):
            if not self._binary:
                yield from self._nmea.feed(item)
            return
        for epoch in self._ubx.feed(item):
            self._binary = True
            yield epoch
