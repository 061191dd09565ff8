"""Takes what the database notifies off its hands at once, however busy whoever waits for it is.

PostgreSQL hands notifications over within a transaction. Where nobody reads the line, it stands in that transaction and
keeps all that was thrown away since, in every table: rows that change often become slower to find by the minute.
"""

import threading
from time import sleep
from typing import Self

import psycopg

LOOK_S = 0.2
"""So long at most it takes until the end is noticed."""
PAUSE_S = 0.01
"""What is said within it is read at once."""
MANY = 100
"""Where so many were read at once more are waiting."""


class Ear:
    """Hears a connection on a thread of its own, which nothing else may use meanwhile. A context manager."""

    def __init__(self, connection: psycopg.Connection) -> None:
        """Take a connection that listens to its channels already."""
        self._connection = connection
        self._said: set[str] = set()
        self._failure: Exception | None = None
        self._over = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._listen, name="ear", daemon=True)

    def __enter__(self) -> Self:
        """Begin to hear."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Hear no more."""
        self._over = True
        self._thread.join()

    def heard(self, timeout_s: float) -> frozenset[str]:
        """Give the channels that spoke since the last call; wait for one so long, and give none when none did.

        What broke the line is raised here.
        """
        with self._news:
            self._news.wait_for(lambda: self._said or self._failure, timeout_s)
            said, self._said = frozenset(self._said), set()
        if self._failure is not None and not said:
            raise self._failure
        return said

    def _listen(self) -> None:
        try:
            while not self._over:
                heard = list(self._connection.notifies(timeout=LOOK_S, stop_after=1))
                if heard:
                    self._tell({one.channel for one in heard})
                if len(heard) < MANY:
                    sleep(PAUSE_S)
        except Exception as failure:  # noqa: BLE001 - raised where somebody waits
            self._tell(set(), failure)

    def _tell(self, spoke: set[str], failure: Exception | None = None) -> None:
        with self._news:
            self._said |= spoke
            self._failure = failure
            self._news.notify()
