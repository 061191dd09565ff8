"""KEEP: one thread that commits what all lines heard, and only then lets them answer.

Group commit without waiting: while one commit runs, what arrives meanwhile is the next group. When the database cannot
take it, nobody is told that it was kept; devices send again. The time in which we did not listen, or could not keep, is
written into the journal as blindness before we claim to have listened again: nobody's silence counts in it.
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Protocol

import structlog
from msgspec import Struct

from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId
from baqylau.domain.partitions import ALL_PARTITIONS, ourselves
from baqylau.monitoring.server.deafness import deaf
from baqylau.monitoring.server.delays import Delays
from baqylau.monitoring.server.signing import Signing
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.equipment.link_records import Arrival, keeping
from baqylau.storage.journal.journal import Entry, Journal
from baqylau.storage.journal.quarantine import Item, Quarantine
from baqylau.storage.judging.live import GATEWAY, Live

log = structlog.get_logger()

BEAT_S = 1.0
BLIND_AFTER = timedelta(seconds=5)
"""A longer pause between two beats is a time in which we did not listen."""
BEFORE_US = datetime(2000, 1, 1, tzinfo=UTC)
"""Earlier than any installation."""
GROUP_MAX = 4_000
SET_ASIDE_MAX = 10_000
"""How many rejected frames may wait for the database. More are counted and dropped: they are not acknowledged facts."""


class Keeps(Protocol):
    """Whatever keeps what lines heard, and only then lets them answer."""

    def submit(
        self, entries: Sequence[Entry], done: Callable[[bool], None] | None, arrival: Arrival | None = None
    ) -> None:
        """Have entries kept; `done` is then called on the lines' thread with whether they are."""

    def set_aside(self, item: Item) -> None:
        """Have a rejected frame kept in quarantine."""

    def refuse(self, device_id: DeviceId) -> None:
        """Count a record that no order in force allows to be kept."""


class _Waiting(Struct, frozen=True):
    entries: Sequence[Entry]
    done: Callable[[bool], None] | None
    since_s: float
    arrival: Arrival | None


class Keeper:
    """Commits in groups on a thread of its own. `deliver` brings answers back to the thread of the lines."""

    def __init__(
        self,
        journal: Journal,
        quarantine: Quarantine,
        live: Live,
        signer: Signer,
        *,
        now: Callable[[], datetime],
        deliver: Callable[[Callable[[], None]], object],
        role: str = GATEWAY,
    ) -> None:
        """Join storage and the lines' thread; `start` begins to work.

        `role`: under which name we live. Whoever only brings what others heard (`BRIDGE`) never was deaf.
        """
        self._journal = journal
        self._quarantine = quarantine
        self._live = live
        self._role = role
        self._listens = role.partition("/")[0] == GATEWAY
        self._signing = Signing(journal, signer, now)
        self._now = now
        self._deliver = deliver
        self.connected: Callable[[], int] = lambda: 0
        """Asked at every beat how many devices are on the line."""
        self.turned_away_at: Callable[[], datetime | None] = lambda: None
        """Asked at every beat when there was last no room for another line."""
        self._lock = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._aside: list[Item] = []
        self._refused: Counter[DeviceId] = Counter()
        self._stopping = False
        self._delays = Delays()
        self._beat_at = BEFORE_US
        self._broke_by: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="keeper")

    @property
    def failure(self) -> BaseException | None:
        """Why keeping or signing ended, when it was our own fault."""
        return self._broke_by or self._signing.failure

    def start(self) -> None:
        """Write down how long we did not listen, then begin to keep. Raises what the database raises.

        Every door is open by then: from here on we say that we listen. What came before it waits for its turn.
        Before the first start ever we listened to nobody: equipment fitted earlier was not silent, we were not there.
        """
        self._beat_at = (self._live.last_listened() or BEFORE_US) if self._listens else self._now()
        self._beat()
        self._thread.start()
        self._signing.start()

    def stop(self) -> None:
        """Commit what waits, then end, unless we never began. One gateway of several leaves listening to the others."""
        if self._thread.ident is None:
            return
        with self._lock:
            self._stopping = True
            self._lock.notify()
        self._signing.stop()
        self._thread.join()
        if self._listens and self._role != GATEWAY:
            self._attempt(self._leave, [])

    def _leave(self) -> None:
        self._live.gateway_left(self._role, self._beat_at - BLIND_AFTER)

    def submit(
        self, entries: Sequence[Entry], done: Callable[[bool], None] | None, arrival: Arrival | None = None
    ) -> None:
        """Have entries committed; `done` is then called on the lines' thread with whether they are on disk.

        `arrival` is what comes with the entries by the device link; it is written in the same transaction.
        """
        with self._lock:
            self._waiting.append(_Waiting(entries, done, perf_counter(), arrival))
            self._lock.notify()

    def set_aside(self, item: Item) -> None:
        """Have a rejected frame kept in quarantine."""
        with self._lock:
            if len(self._aside) < SET_ASIDE_MAX:
                self._aside.append(item)
                self._lock.notify()

    def refuse(self, device_id: DeviceId) -> None:
        """Count a record that no order in force allows to be kept."""
        with self._lock:
            self._refused[device_id] += 1

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._round()
            self._round()
        except BaseException as failure:
            self._broke_by = failure
            log.exception("keeper_failed")
            raise

    def _round(self) -> None:
        with self._lock:
            if not self._waiting and not self._stopping:
                self._lock.wait(BEAT_S)
            group, self._waiting = self._waiting, []
        while group:
            part, group = group[:GROUP_MAX], group[GROUP_MAX:]
            self._attempt(partial(self._commit, part), part)
        self._attempt(self._write_aside, [])
        self._attempt(self._beat_if_due, [])

    def _attempt(self, work: Callable[[], None], group: list[_Waiting]) -> None:
        """Do work on the database; when it is away, say that the group was not kept and leave it a moment."""
        try:
            work()
        except StorageUnavailableError:
            self._tell(group, committed=False)
            threading.Event().wait(BEAT_S)

    def _commit(self, group: list[_Waiting]) -> None:
        arrivals = [waiting.arrival for waiting in group if waiting.arrival is not None]
        also = (keeping(arrivals, self._now()),) if arrivals else ()
        self._journal.append([entry for waiting in group for entry in waiting.entries], also)
        self._signing.grew()
        now, now_s = self._now(), perf_counter()
        for waiting in group:
            self._delays.note(now, (now_s - waiting.since_s) * 1000)
        self._tell(group, committed=True)

    def _tell(self, group: list[_Waiting], *, committed: bool) -> None:
        answers = [waiting.done for waiting in group if waiting.done is not None]

        def answer_all() -> None:
            for answer in answers:
                answer(committed)

        if answers:
            self._deliver(answer_all)

    def _write_aside(self) -> None:
        """Write down what could not be taken and what must not be kept; what cannot be written now waits."""
        with self._lock:
            aside, refused = self._aside.copy(), self._refused.copy()
        self._quarantine.keep(aside)
        with self._lock:
            del self._aside[: len(aside)]
        self._quarantine.refuse(refused)
        with self._lock:
            self._refused -= refused

    def _beat_if_due(self) -> None:
        if self._now() - self._beat_at >= timedelta(seconds=BEAT_S):
            self._beat()

    def _beat(self) -> None:
        """Prove that we listen up to now, after writing down when we did not."""
        now = self._now()
        if self._listens and now - self._beat_at > BLIND_AFTER:
            unheard = [(ourselves(partition), partition) for partition in ALL_PARTITIONS]
            self._journal.append([deaf(*one, self._beat_at, now, via="gateway") for one in unheard])
            if self._beat_at > BEFORE_US:
                log.warning("we_were_blind", since=self._beat_at.isoformat(), until=now.isoformat())
        self._live.gateway_beat(
            now,
            connected=self.connected(),
            keep_ms=self._delays.median_ms(now),
            role=self._role,
            turned_away_at=self.turned_away_at(),
        )
        self._beat_at = now
