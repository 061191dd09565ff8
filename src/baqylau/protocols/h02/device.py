"""The device's side: text frames, and a sign of life behind each batch (spec B9)."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime

from baqylau.domain.observations import Battery, Body, Fix, Panic
from baqylau.protocols.h02.frames import Splitter, Words, frame
from baqylau.protocols.h02.messages import place_words
from baqylau.protocols.session import Confirmed, Reply

_MAKER = "HQ"


class H02Device:
    """A tracker with its number. Its sign of life comes last: the answer to that is the answer to all before."""

    def __init__(self, number: str) -> None:
        self._number = number
        self._buffer = b""
        self._unanswered: deque[int] = deque()
        self._level_percent = 100

    def hello(self) -> bytes:
        """Say nothing: every frame names the device."""
        self._unanswered.clear()
        return b""

    def report(self, reports: Sequence[tuple[datetime, tuple[Body, ...]]]) -> bytes:
        """Write one frame for each record, and a sign of life with the charge behind them."""
        self._unanswered.append(len(reports))
        written = b"".join(self._record(at, bodies) for at, bodies in reports)
        return written + frame(_MAKER, self._number, f"XT,1,{self._level_percent}")

    def receive(self, data: bytes) -> Sequence[Reply]:
        """Take the server's words, in any cut."""
        self._buffer += data
        return tuple(self._replies())

    def _replies(self) -> Iterator[Reply]:
        while self._buffer and (found := Splitter().first(self._buffer)) is not None:
            self._buffer = self._buffer[len(found.raw) :]
            if isinstance(found, Words) and found.kind == "XT" and self._unanswered:
                yield Confirmed(count=self._unanswered.popleft())

    def _record(self, at: datetime, bodies: tuple[Body, ...]) -> bytes:
        fix = next((body for body in bodies if isinstance(body, Fix)), None)
        level = next((body.level_percent for body in bodies if isinstance(body, Battery)), None)
        self._level_percent = self._level_percent if level is None else round(level)
        panic = any(isinstance(body, Panic) for body in bodies)
        return frame(_MAKER, self._number, f"V1,{place_words(at, fix, panic=panic)}")
