"""SIGN: a thread that signs once a minute where the chains stand, so that no entry can be taken away from then on.

What was found and done meanwhile is sealed into the ledger with it. After a flood of alarms that takes seconds, and
whoever keeps must not wait for it: a device would take us for dead.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog

from baqylau.crypto.signing import Signer
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.journal.journal import Journal

log = structlog.get_logger()

SIGN_EVERY = timedelta(minutes=1)
LOOK_S = 1.0
NEVER = datetime.min.replace(tzinfo=UTC)


class Signing:
    """Signs while the journal grows, and where words wait for the ledger."""

    def __init__(self, journal: Journal, signer: Signer, now: Callable[[], datetime]) -> None:
        """Join the parts; `start` begins."""
        self._journal, self._signer, self._now = journal, signer, now
        self._signed_at = NEVER
        self._grown = True
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="signing")
        self.failure: BaseException | None = None
        """Why the thread ended, when it was our own fault."""

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the signature that is under way."""
        self._done.set()
        if self._thread.ident is not None:
            self._thread.join()

    def grew(self) -> None:
        """Take note that the journal has become longer."""
        self._grown = True

    def look(self) -> None:
        """Sign when it is time and there is something new. `StorageUnavailableError`: it is still to be signed."""
        now = self._now()
        if now - self._signed_at < SIGN_EVERY:
            return
        grown, self._grown = self._grown, False
        try:
            if grown or self._journal.words_wait():
                self._journal.sign_heads(self._signer, now)
                self._signed_at = now
        except StorageUnavailableError:
            self._grown = True
            raise

    def _run(self) -> None:
        try:
            while not self._done.is_set():
                with suppress(StorageUnavailableError):
                    self.look()
                self._done.wait(LOOK_S)
        except BaseException as failure:
            self.failure = failure
            log.exception("signing_failed")
            raise
