"""The device's side, as a watch speaks it (spec H6)."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime

from baqylau.domain.observations import Body, Panic, Strap
from baqylau.protocols.session import Confirmed, Reply
from baqylau.protocols.watch.frames import Frame, first, frame
from baqylau.protocols.watch.messages import place_words

_MAKER = "3G"


class WatchDevice:
    """A watch with its number.

    Places are not answered. It sends a sign of life behind them, and takes its answer for the answer to all before.
    """

    def __init__(self, number: str) -> None:
        self._number = number
        self._buffer = b""
        self._unanswered: deque[int] = deque()

    def hello(self) -> bytes:
        """Say nothing: every frame names the device."""
        self._unanswered.clear()
        return b""

    def report(self, reports: Sequence[tuple[datetime, tuple[Body, ...]]]) -> bytes:
        """Write one frame for each record, and a sign of life behind them."""
        self._unanswered.append(len(reports))
        return b"".join(self._record(at, bodies) for at, bodies in reports) + self._frame("LK,0,0,100")

    def receive(self, data: bytes) -> Sequence[Reply]:
        """Take the server's words, in any cut."""
        self._buffer += data
        return tuple(self._replies())

    def _replies(self) -> Iterator[Reply]:
        while self._buffer and (found := first(self._buffer)) is not None:
            self._buffer = self._buffer[len(found.raw) :]
            if isinstance(found, Frame) and found.words[0] == "LK" and self._unanswered:
                yield Confirmed(count=self._unanswered.popleft())

    def _record(self, at: datetime, bodies: tuple[Body, ...]) -> bytes:
        alarm = any(isinstance(body, Panic) or (isinstance(body, Strap) and body.open) for body in bodies)
        return self._frame(f"{'AL' if alarm else 'UD'},{place_words(at, bodies)}")

    def _frame(self, content: str) -> bytes:
        return frame(_MAKER, self._number, "", content)
