"""Sign-ins that went to an identity provider and have not come back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from baqylau.monitoring.workstation.access.provider import Started

HOLDS: Final = timedelta(minutes=10)
_MOST: Final = 1_000


class Pending:
    """Sign-ins that went to the provider: each comes back once, in the same browser."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock, self._lock = clock, Lock()
        self._started: dict[str, tuple[Started, datetime]] = {}

    def keep(self, state: str, started: Started) -> None:
        """Remember one; the oldest are forgotten where there are too many."""
        with self._lock:
            self._started[state] = started, self._clock() + HOLDS
            while len(self._started) > _MOST:
                del self._started[next(iter(self._started))]

    def take(self, state: str) -> Started | None:
        """Give it, this once, while it holds."""
        with self._lock:
            started, until_at = self._started.pop(state, (None, self._clock()))
        return started if self._clock() < until_at else None
