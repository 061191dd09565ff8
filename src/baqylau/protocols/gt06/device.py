"""The device's side, as a tracker speaks it: places by 0x22, removal and cover as alarms (spec G8)."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime

from baqylau.domain.observations import Body, Enclosure, Fix, Strap
from baqylau.protocols.gt06.frames import Frame, first, frame
from baqylau.protocols.gt06.messages import Kind, place_bytes
from baqylau.protocols.session import Confirmed, Reply, Welcomed

_NO_CELL = bytes(8)
_NO_STATE = bytes(3)
_STATE = bytes([0x40, 4, 4, 0, 2])
_REMOVED, _COVER = 0x13, 0x18


class Gt06Device:
    """A tracker with its number.

    Places are not answered. It sends its state behind them, and takes the answer to that for the answer to all before.
    """

    def __init__(self, number: str) -> None:
        self._number = number
        self._serial = 0
        self._buffer = b""
        self._unanswered: deque[int] = deque()
        """How many records stand before each state that is not answered yet."""

    def hello(self) -> bytes:
        """Sign in; what was not answered on an earlier line never will be."""
        self._unanswered.clear()
        return self._frame(Kind.LOGIN, bytes.fromhex(self._number.rjust(16, "0")))

    def report(self, reports: Sequence[tuple[datetime, tuple[Body, ...]]]) -> bytes:
        """Write one frame for each record, and the state behind them."""
        self._unanswered.append(len(reports))
        return b"".join(self._record(at, bodies) for at, bodies in reports) + self._frame(Kind.STATE, _STATE)

    def receive(self, data: bytes) -> Sequence[Reply]:
        """Take the server's words, in any cut."""
        self._buffer += data
        return tuple(self._replies())

    def _replies(self) -> Iterator[Reply]:
        while self._buffer:
            found = first(self._buffer)
            if found is None:
                return
            self._buffer = self._buffer[len(found.raw) :]
            if isinstance(found, Frame) and found.kind == Kind.LOGIN:
                yield Welcomed()
            elif isinstance(found, Frame) and found.kind == Kind.STATE and self._unanswered:
                yield Confirmed(count=self._unanswered.popleft())

    def _record(self, at: datetime, bodies: tuple[Body, ...]) -> bytes:
        fix = next((body for body in bodies if isinstance(body, Fix)), None)
        place = place_bytes(at, fix)
        for body in bodies:
            if isinstance(body, Strap | Enclosure) and body.open:
                alarm = _REMOVED if isinstance(body, Strap) else _COVER
                state = bytes([0, 4, 4, alarm, 2])
                return self._frame(Kind.ALARM_N, place + bytes([len(_NO_CELL) + 1]) + _NO_CELL + state)
        return self._frame(Kind.PLACE_N, place + _NO_CELL + _NO_STATE)

    def _frame(self, kind: int, content: bytes) -> bytes:
        self._serial += 1
        return frame(kind, content, self._serial)
