"""What a program says when something it cannot do without goes away: one line then, one when it is back."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Final

import structlog

_LOG = structlog.get_logger()

SETTLED_S: Final = 5.0
"""So long everything has to be answered before we believe that it is back: of a full disk, what is read still comes."""


class Outage:
    """Told of every failure and every answer, by any thread. It says what is new, and no trace: no fault is ours."""

    def __init__(self, what: str, *, time_s: Callable[[], float] = monotonic, **where: str) -> None:
        """`what` names the lines that are said, as `database` does in `database_away`; `where` stands in them."""
        self._what = what
        self._where = where
        self._time_s = time_s
        self._lock = threading.Lock()
        self._began_s: float | None = None
        self._well_s: float | None = None

    def gave_up(self, why: str) -> None:
        """Take note that it did not do what was asked, and say so unless it is said."""
        with self._lock:
            self._well_s = None
            if self._began_s is None:
                self._began_s = self._time_s()
                _LOG.warning(f"{self._what}_away", why=why, **self._where)

    def answered(self) -> None:
        """Take note that it did what was asked, and say so when it is well again."""
        with self._lock:
            if self._began_s is None:
                return
            now_s = self._time_s()
            self._well_s = now_s if self._well_s is None else self._well_s
            if now_s - self._well_s >= SETTLED_S:
                _LOG.warning(f"{self._what}_back", away_s=round(self._well_s - self._began_s, 1), **self._where)
                self._began_s = self._well_s = None
