"""The console's memory: SQLite, where every row that tells of anybody is sealed.

- The package of the day is kept as it came, sealed to the console and the officer together.
- What waits to be brought is sealed to the server: nobody can read it here, not even the officer. It is never wiped.
- What the officer may see again of the day is sealed to the officer.

Numbers of records are never used twice: the database gives them, in the transaction that writes the record.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from baqylau.crypto.digests import CHAIN_START
from baqylau.crypto.sealing import NONCE_BYTES, Seal, SealBrokenError
from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.records import Batch, Record
from baqylau.protocols.batch.wire import Rejected, content_of, record_of

BATCH_MAX = 200
BATCH_BYTES_MAX = 600_000
"""Well below what the link carries."""
_WIPED = ("package", "news", "salt", "package_boot", "package_ms")
_TABLES = """
CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, content BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS pause (seq INTEGER PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS diary (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS held (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
"""
_DIARY = b"baqylau console diary"


class StoreBrokenError(Exception):
    """What is kept here cannot be read."""


class Store:
    """One console's database. Use it from one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it."""
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close it."""
        self._db.close()

    def held(self, name: str) -> bytes | None:
        """Give what is kept under a name."""
        row = self._db.execute("SELECT value FROM held WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def number(self, name: str) -> int:
        """Give the number that is kept under a name; 0 where none is."""
        return int(self.held(name) or b"0")

    def hold(self, **values: bytes | int) -> None:
        """Keep all of these, or none."""
        with self._transaction():
            for name, value in values.items():
                held = value if isinstance(value, bytes) else str(value).encode()
                self._db.execute("INSERT OR REPLACE INTO held (name, value) VALUES (?, ?)", (name, held))

    def write(self, record: Record, seen_again: bytes | None = None, *, pause: bool = False) -> int:
        """Have a record wait for the server, and keep what the officer may see of it; give its number.

        It is on disk when this returns. The number in `record` does not count: the database gives it. `pause`: what
        comes after it is to be read only when the server has done what it says, so a batch ends with it.
        """
        with self._transaction():
            written = self._db.execute("INSERT INTO outbox (content) VALUES (?)", (content_of(record),))
            if pause:
                self._db.execute("INSERT INTO pause (seq) VALUES (?)", (written.lastrowid,))
            if seen_again is not None:
                self._db.execute("INSERT INTO diary (id, sealed) VALUES (?, ?)", (written.lastrowid, seen_again))
        return int(written.lastrowid or 0)

    def diary(self, seal: Seal) -> Iterator[tuple[int, bytes]]:
        """Give what the officer may see of the day, newest first; another officer sees nothing of it."""
        for seq, sealed in self._db.execute("SELECT id, sealed FROM diary ORDER BY id DESC").fetchall():
            try:
                yield seq, seal.open(sealed, context=_DIARY)
            except SealBrokenError:
                continue

    def waiting(self) -> int:
        """Count the records that the server does not keep yet."""
        return int(self._db.execute("SELECT count(*) FROM outbox").fetchone()[0])

    def oldest_waiting(self) -> int | None:
        """Give the number of the oldest of them."""
        row = self._db.execute("SELECT min(seq) FROM outbox").fetchone()
        return None if row[0] is None else int(row[0])

    def batch(self, device_id: DeviceId) -> Batch | None:
        """Give what is to be sent next, from the oldest on and without a gap; None when nothing waits."""
        rows = self._db.execute("SELECT seq, content FROM outbox ORDER BY seq LIMIT ?", (BATCH_MAX,)).fetchall()
        pause = self._db.execute("SELECT min(seq) FROM pause").fetchone()[0]
        records = tuple(_bounded([row for row in rows if pause is None or row[0] <= pause]))
        if not records:
            return None
        return Batch(device_id=device_id, previous=self.held("batch") or CHAIN_START, configuration=0, records=records)

    def pauses(self, batch: Batch) -> bool:
        """Whether the server has to do something after this batch, before it reads on."""
        chosen = "SELECT count(*) FROM pause WHERE seq = ?"
        return bool(self._db.execute(chosen, (batch.records[-1].seq,)).fetchone()[0])

    def made(self, digest: bytes) -> None:
        """Take note of the digest of a batch before it is sent: the next one names it."""
        self.hold(batch=digest)

    def kept(self, through: int, also: Iterable[tuple[int, int]] = ()) -> None:
        """Forget what the server keeps."""
        with self._transaction():
            for first, last in ((0, through), *also):
                self._db.execute("DELETE FROM outbox WHERE seq BETWEEN ? AND ?", (first, last))
                self._db.execute("DELETE FROM pause WHERE seq BETWEEN ? AND ?", (first, last))

    def wipe(self, why: str) -> None:
        """Make everything unreadable that tells of anybody, and let the disk forget it. What waits to be sent stays."""
        with self._transaction():
            self._db.execute("DELETE FROM diary")
            self._db.executemany("DELETE FROM held WHERE name = ?", [(name,) for name in _WIPED])
            self._db.execute("INSERT OR REPLACE INTO held (name, value) VALUES ('wiped', ?)", (why.encode(),))
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def sealed_for_diary(seal: Seal, plain: bytes, nonce: bytes) -> bytes:
    """Seal what the officer may see again; `nonce`: 12 fresh random bytes."""
    if len(nonce) != NONCE_BYTES:
        msg = f"a nonce has {NONCE_BYTES} bytes"
        raise ValueError(msg)
    return seal.close(plain, nonce=nonce, context=_DIARY)


def _bounded(rows: Iterable[tuple[int, bytes]]) -> Iterator[Record]:
    """Give records while they follow one another and are not too many bytes."""
    last, size = None, 0
    for seq, content in rows:
        size += len(content)
        if last is not None and (seq != last + 1 or size > BATCH_BYTES_MAX):
            return
        record = record_of(seq, content)
        if isinstance(record, Rejected):
            raise StoreBrokenError(seq)
        yield record
        last = seq
