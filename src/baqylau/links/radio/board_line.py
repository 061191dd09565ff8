"""One board's line: what it says, and how late we come to read it.

A machine that is held up reads what its board said seconds ago, and a beacon that is read late looks like one that was
recorded and played again. So a board tells with each beacon its own count of milliseconds (`modem.md`). The smallest
difference between that count and our clock belongs to the word that we read soonest; what another word has more of it
is how late it was read.
"""

from baqylau.links.radio.modem import read
from baqylau.links.radio.words import Frame, Said, Stamp

LATE_MAX_MS = 3_600_000
"""No line holds words back for longer: the board counts anew, or a digit was garbled."""
_DRIFT = 1e-4
"""So much faster than a board's count our clock may run: two crystals of 50 ppm."""


class BoardLine:
    """What is known of one line, from when it was opened."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._count_ms = -1
        self._read_ms = 0
        self._least_ms = 0.0

    def said(self, line: bytes, stamp: Stamp) -> Said | None:
        """Give what a line says that is read at this instant; None for one that is garbled or says nothing we know."""
        word = read(line)
        if word is None:
            return None
        if not isinstance(word, Frame) or word.count_ms is None:
            return Said(stamp, word)
        return Said(stamp, word, self._late_ms(word.count_ms, stamp.monotonic_ms))

    def _late_ms(self, count_ms: int, read_ms: int) -> int:
        differs_ms = float(read_ms - count_ms)
        least_ms = min(self._least_ms + _DRIFT * (read_ms - self._read_ms), differs_ms)
        if count_ms < self._count_ms or self._count_ms < 0 or differs_ms - least_ms > LATE_MAX_MS:
            least_ms = differs_ms
        self._count_ms, self._read_ms, self._least_ms = count_ms, read_ms, least_ms
        return round(differs_ms - least_ms)
