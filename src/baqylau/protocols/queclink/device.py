"""The device's side, as a GL300 speaks it (spec Q9)."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from baqylau.domain.observations import Battery, Body, Fix, Panic
from baqylau.protocols.session import Confirmed, Reply

_VERSION = "1A0102"
_NO_CELL = ",,,,"


class QueclinkDevice:
    """A tracker with its number. Each message is confirmed by its running number."""

    def __init__(self, number: str) -> None:
        self._number = number
        self._buffer = b""
        self._count = 0
        """Running number of the newest message: its time, so that one that is sent again has the same."""
        self._unanswered: deque[tuple[str, int]] = deque()
        """The running number that closes each batch, and how many records it has."""

    def hello(self) -> bytes:
        """Say nothing: every message names the device."""
        self._unanswered.clear()
        return b""

    def report(self, reports: Sequence[tuple[datetime, tuple[Body, ...]]]) -> bytes:
        """Write one message for each record."""
        written = b"".join(self._message(at, bodies) for at, bodies in reports)
        self._unanswered.append((f"{self._count:04X}", len(reports)))
        return written

    def receive(self, data: bytes) -> Sequence[Reply]:
        """Take the server's words, in any cut."""
        self._buffer += data
        return tuple(self._replies())

    def _replies(self) -> Iterator[Reply]:
        while (end := self._buffer.find(b"$")) >= 0:
            said, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
            if self._unanswered and said == f"+SACK:{self._unanswered[0][0]}".encode():
                yield Confirmed(count=self._unanswered.popleft()[1])

    def _message(self, at: datetime, bodies: tuple[Body, ...]) -> bytes:
        self._count = int(at.timestamp()) & 0xFFFF
        kind = "SOS" if any(isinstance(body, Panic) for body in bodies) else "FRI"
        level = next((body.level_percent for body in bodies if isinstance(body, Battery)), None)
        fix = next((body for body in bodies if isinstance(body, Fix)), None)
        sent = f"{at.astimezone(UTC):%Y%m%d%H%M%S}"
        place = f"0,,,,,,{_NO_CELL}" if fix is None else f"{_place(fix)},{sent}{_NO_CELL}"
        charge = "" if level is None else str(round(level))
        words = f"{_VERSION},{self._number},,0,0,1,{place},00,{charge},{sent},{self._count:04X}"
        return f"+RESP:GT{kind},{words}$".encode()


def _place(fix: Fix) -> str:
    speed_km_h = (fix.speed_m_s or 0) * 3.6
    moves = f"{fix.hdop or 1:g},{speed_km_h:.1f},{(fix.course_deg or 0) % 360:.0f},{fix.altitude_m or 0:.1f}"
    return f"{moves},{fix.longitude_deg:.6f},{fix.latitude_deg:.6f}"
