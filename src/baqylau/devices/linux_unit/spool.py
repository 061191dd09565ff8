"""Everything that a unit wrote down and the server has not said it keeps: on disk before anything else happens.

SQLite with a write-ahead log and `synchronous=FULL`: a transaction holds records and the core's state together, and is
on disk when `write` returns, whatever happens to the power then. Records leave only when they were sent and the server
says that it keeps them. Thirty days fit; beyond that the oldest that is not urgent goes.

Numbers are reserved ahead in a file of their own: even when the whole database is lost, no number is used twice.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from baqylau.crypto.digests import CHAIN_START
from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.records import Batch, Record
from baqylau.protocols.batch.wire import Rejected, content_of, record_of

RECORDS_MAX = 300_000
"""Thirty days at seven records a minute."""
BATCH_MAX = 500
LIVE_MAX = 60
"""So many of the newest go before the backlog: what happens now is known before what happened."""
RESERVED = 4096
"""Numbers are reserved so far ahead."""
_TABLES = """
CREATE TABLE IF NOT EXISTS record (
  seq INTEGER PRIMARY KEY, urgent INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0, content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS urgent ON record (seq) WHERE urgent;
CREATE TABLE IF NOT EXISTS held (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""


class NumberWrongError(Exception):
    """A record does not follow the last one: our own fault."""


class Backlog(Struct, frozen=True):
    """What waits."""

    records: int
    urgent: int


class Spool:
    """The spool of one unit. Not for several threads at once."""

    def __init__(self, folder: Path) -> None:
        """Open or begin it. What cannot be read as a database is put aside, never deleted."""
        self._folder = folder
        self._reserve = folder / "numbers"
        path = folder / "spool.db"
        try:
            self._db = _opened(path)
        except sqlite3.DatabaseError:
            _put_aside(path)
            self._db = _opened(path)
        reserved = int(self._reserve.read_text("ascii")) if self._reserve.exists() else 0
        self._reserved = reserved
        known = self._number("seq")
        self.last_seq = known if known is not None else reserved
        """Number of the last record that was ever written."""

    def close(self) -> None:
        """Close it; what was written stays."""
        self._db.close()

    def write(self, records: Iterable[Record], state: bytes) -> None:
        """Keep records and what the core remembers, together or not at all; on disk when this returns."""
        rows = [(one.seq, one.urgent, content_of(one)) for one in records]
        numbers = [self.last_seq, *(row[0] for row in rows)]
        if any(after != before + 1 for before, after in pairwise(numbers)):
            raise NumberWrongError(numbers)
        if numbers[-1] > self._reserved:
            self._reserve_ahead(numbers[-1])
        with self._transaction():
            self._db.executemany("INSERT INTO record (seq, urgent, content) VALUES (?, ?, ?)", rows)
            self._hold("state", state)
            self._hold("seq", str(numbers[-1]).encode())
            self._bound()
        self.last_seq = numbers[-1]

    def state(self) -> bytes | None:
        """Give what the core remembered last."""
        return self._held("state")

    def backlog(self) -> Backlog:
        """Say how much waits."""
        records, urgent = self._db.execute("SELECT count(*), coalesce(sum(urgent), 0) FROM record").fetchone()
        return Backlog(records=records, urgent=urgent)

    def batch(self, device_id: DeviceId, configuration: int) -> Batch | None:
        """Give what is to be sent next, without a gap in it, None when nothing waits."""
        stretch = self._next()
        if stretch is None:
            return None
        rows = self._db.execute("SELECT seq, content FROM record WHERE seq BETWEEN ? AND ? ORDER BY seq", stretch)
        records = tuple(_record(seq, content) for seq, content in rows.fetchall())
        with self._transaction():
            self._db.execute("UPDATE record SET sent = 1 WHERE seq BETWEEN ? AND ?", stretch)
        return Batch(
            device_id=device_id,
            previous=self._held("batch") or CHAIN_START,
            configuration=configuration,
            records=records,
        )

    def made(self, digest: bytes) -> None:
        """Take note of the digest of a batch before it is sent: the next one names it."""
        with self._transaction():
            self._hold("batch", digest)

    def kept(self, through: int, also: Iterable[tuple[int, int]] = ()) -> None:
        """Forget what the server keeps: up to a number, and stretches beyond it. What was never sent stays."""
        with self._transaction():
            for first, last in ((0, through), *also):
                self._db.execute("DELETE FROM record WHERE sent AND seq BETWEEN ? AND ?", (first, last))

    def _next(self) -> tuple[int, int] | None:
        """Give first and last number: urgent ones first, the newest of them before others; then now; then the past."""
        urgent = self._db.execute("SELECT max(seq) FROM record WHERE urgent").fetchone()[0]
        if urgent is not None:
            return self._back_from(urgent, BATCH_MAX, urgent_only=True)
        oldest, newest = self._db.execute("SELECT min(seq), max(seq) FROM record").fetchone()
        if newest is None:
            return None
        live = newest - (self.last_seq - LIVE_MAX)
        if live > 0 and newest - live >= oldest:
            first, last = self._back_from(newest, live)
            unsent = self._db.execute("SELECT 1 FROM record WHERE NOT sent AND seq BETWEEN ? AND ?", (first, last))
            if unsent.fetchone() is not None:
                return first, last
        return self._on_from(oldest)

    def _back_from(self, last: int, most: int, *, urgent_only: bool = False) -> tuple[int, int]:
        """Give the stretch without a gap that ends at a number."""
        query = "SELECT seq FROM record WHERE seq <= ? AND (urgent OR NOT ?) ORDER BY seq DESC LIMIT ?"
        return _unbroken(self._db.execute(query, (last, urgent_only, most)), -1)[::-1]

    def _on_from(self, first: int) -> tuple[int, int]:
        query = "SELECT seq FROM record WHERE seq >= ? ORDER BY seq LIMIT ?"
        return _unbroken(self._db.execute(query, (first, BATCH_MAX)), 1)

    def _bound(self) -> None:
        over = self.backlog().records - RECORDS_MAX
        if over > 0:
            self._db.execute(
                "DELETE FROM record WHERE seq IN (SELECT seq FROM record ORDER BY urgent, seq LIMIT ?)", (over,)
            )

    def _reserve_ahead(self, seq: int) -> None:
        self._reserved = seq + RESERVED
        written = self._reserve.with_suffix(".new")
        with written.open("w", encoding="ascii") as file:
            file.write(str(self._reserved))
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._reserve)
        _on_disk(self._folder)

    def _held(self, name: str) -> bytes | None:
        row = self._db.execute("SELECT value FROM held WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def _number(self, name: str) -> int | None:
        value = self._held(name)
        return None if value is None else int(value)

    def _hold(self, name: str, value: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO held (name, value) VALUES (?, ?)", (name, value))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.executescript(_TABLES)
        broken = database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok"
    except sqlite3.DatabaseError:
        database.close()
        raise
    if broken:
        database.close()
        raise sqlite3.DatabaseError(path)
    return database


def _put_aside(path: Path) -> None:
    """Move a database that cannot be read out of the way."""
    number = len(list(path.parent.glob("spool.db.broken-*")))
    for file in (path, path.with_name("spool.db-wal"), path.with_name("spool.db-shm")):
        if file.exists():
            file.replace(path.with_name(f"spool.db.broken-{number}{file.name.removeprefix('spool.db')}"))


def _on_disk(folder: Path) -> None:
    """Make a change of names in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unbroken(rows: Iterable[tuple[int]], step: int) -> tuple[int, int]:
    """Give the first number and the last that follows without a gap."""
    numbers = iter(rows)
    first = last = next(numbers)[0]
    for (number,) in numbers:
        if number != last + step:
            break
        last = number
    return first, last


def _record(seq: int, content: bytes) -> Record:
    record = record_of(seq, content)
    if isinstance(record, Rejected):
        raise NumberWrongError(seq)
    return record
