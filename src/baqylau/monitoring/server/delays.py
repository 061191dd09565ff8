"""How long things took over the last minute, for the line at the foot of every screen."""

from collections import deque
from datetime import datetime, timedelta
from statistics import median

MINUTE = timedelta(minutes=1)
NOTED_MAX = 10_000


class Delays:
    """Delays of the last minute; of a very busy minute only the latest."""

    def __init__(self) -> None:
        """Begin without any."""
        self._noted: deque[tuple[datetime, float]] = deque(maxlen=NOTED_MAX)

    def note(self, at: datetime, delay_ms: float) -> None:
        """Remember a delay that ended at an instant."""
        self._noted.append((at, delay_ms))

    def median_ms(self, at: datetime) -> float | None:
        """Give the median over the minute before an instant; None when nothing happened in it."""
        while self._noted and self._noted[0][0] < at - MINUTE:
            self._noted.popleft()
        return median(delay_ms for _, delay_ms in self._noted) if self._noted else None
