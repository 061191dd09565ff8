"""Recordings of checks and of calls on the unit, from the first second until the server says that it holds them.

A recording is on disk, encrypted, before it is named, and named in a SQLite database with `synchronous=FULL`: a cut of
power at any moment leaves those that were whole. At the end of a check or call, or at the next start, they are sealed:
the unit signs a manifest that names them, numbered, and linked to the one before it. Sealing again gives the same.
"""

import os
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock

import msgspec
from msgspec import Struct

from baqylau.crypto.digests import CHAIN_START
from baqylau.crypto.sealing import SealBrokenError
from baqylau.crypto.signing import Signer
from baqylau.devices.linux_unit.media_seal import SEALED_BYTES, UnitSeal
from baqylau.domain.checks import Ending
from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.recordings import Occasion
from baqylau.protocols.media.envelope import manifest_digest, sealed_manifest
from baqylau.protocols.media.manifest import PIECE_BYTES, Item, Manifest, Mark, MediaKind

REFUSED_KEPT = timedelta(days=30)
"""What the server refused for good is kept so long: somebody may have to look. [D]"""
_TABLES = """
CREATE TABLE IF NOT EXISTS recorded (
  number INTEGER PRIMARY KEY AUTOINCREMENT, check_id TEXT NOT NULL UNIQUE, begun BLOB NOT NULL, wrapped BLOB,
  manifest BLOB, digest BLOB, refused TEXT, refused_at TEXT
);
CREATE TABLE IF NOT EXISTS item (
  check_id TEXT NOT NULL, number INTEGER NOT NULL, named BLOB NOT NULL, PRIMARY KEY (check_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""


class BegunRecording(Struct, frozen=True, kw_only=True):
    """What recordings belong to."""

    check_id: CheckId
    kind: Occasion
    person_id: PersonId
    nonce: bytes
    began_at: datetime
    lamp: bool = False


class Sealed(Struct, frozen=True, kw_only=True):
    """A signed manifest and what it names."""

    check_id: CheckId
    raw: bytes
    digest: bytes
    items: tuple[Item, ...]


class PieceBrokenError(Exception):
    """What was recorded cannot be read any more."""


class MediaSpool:
    """The recordings of one unit. May be used by several threads."""

    def __init__(self, folder: Path, signer: Signer, device_id: DeviceId) -> None:
        """Open it, or begin it in a folder `checks` of the unit's own."""
        self._folder = folder / "checks"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._signer, self._device_id, self._lock, self._seal = signer, device_id, Lock(), UnitSeal(signer)
        self._db = sqlite3.connect(self._folder / "checks.db", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.executescript(_TABLES)
        if "wrapped" not in [row[1] for row in self._db.execute("PRAGMA table_info(recorded)")]:
            self._db.execute("ALTER TABLE recorded ADD COLUMN wrapped BLOB")
        self._tidy()

    def close(self) -> None:
        """Close it; what was recorded stays."""
        self._db.close()

    def begin(self, begun: BegunRecording) -> None:
        """Begin to keep recordings of a check. Once begun, it stays as it was."""
        with self._lock:
            self._db.execute(
                "INSERT OR IGNORE INTO recorded (check_id, begun, wrapped) VALUES (?, ?, ?)",
                (begun.check_id, msgspec.msgpack.encode(begun), self._seal.new_key(begun.check_id)),
            )

    def add(
        self,
        check_id: CheckId,
        content: bytes,
        *,
        kind: MediaKind,
        content_type: str,
        from_ms: int,
        duration_ms: int = 0,
    ) -> int:
        """Keep a recording of a check that goes on, and give its number; it is on disk when this returns.

        `KeyError` when the check was not begun or is sealed, `OSError` when the disk takes no more.
        """
        with self._lock:
            query = "SELECT wrapped, manifest FROM recorded WHERE check_id = ?"
            row = self._db.execute(query, (check_id,)).fetchone()
            if row is None or row[1] is not None:
                raise KeyError(check_id)
            number = self._db.execute("SELECT count(*) + 1 FROM item WHERE check_id = ?", (check_id,)).fetchone()[0]
            item = Item(
                index=number,
                kind=kind,
                content_type=content_type,
                from_ms=from_ms,
                duration_ms=duration_ms,
                size=len(content),
                sha256=sha256(content).digest(),
            )
            _written(self._path(check_id, item), self._seal.closed(row[0], check_id, item.sha256, content))
            self._db.execute("INSERT INTO item VALUES (?, ?, ?)", (check_id, number, msgspec.msgpack.encode(item)))
        return int(number)

    def seal(self, check_id: CheckId, ended_at: datetime, how: Ending, marks: Sequence[Mark] = ()) -> Sealed:
        """Sign what there is of a check; nothing more is added to it. `KeyError` when it was never begun."""
        with self._lock:
            row = self._db.execute("SELECT begun, manifest FROM recorded WHERE check_id = ?", (check_id,)).fetchone()
            if row is None:
                raise KeyError(check_id)
            items = self._items(check_id)
            if row[1] is not None:
                return Sealed(check_id=check_id, raw=row[1], digest=manifest_digest(row[1]), items=items)
            begun = msgspec.msgpack.decode(row[0], type=BegunRecording)
            counter = int(self._held("counter", b"0")) + 1
            manifest = Manifest(
                **msgspec.structs.asdict(begun),
                device_id=self._device_id,
                counter=counter,
                previous=self._held("previous", CHAIN_START),
                ended_at=max(ended_at, begun.began_at),
                how=how,
                marks=tuple(marks),
                items=items,
            )
            return self._signed(manifest, counter)

    def _signed(self, manifest: Manifest, counter: int) -> Sealed:
        raw = sealed_manifest(manifest, self._signer)
        digest = manifest_digest(raw)
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute(
            "UPDATE recorded SET manifest = ?, digest = ? WHERE check_id = ?", (raw, digest, manifest.check_id)
        )
        for name, value in (("counter", str(counter).encode()), ("previous", digest)):
            self._db.execute("INSERT OR REPLACE INTO held VALUES (?, ?)", (name, value))
        self._db.execute("COMMIT")
        return Sealed(check_id=manifest.check_id, raw=raw, digest=digest, items=manifest.items)

    def discard(self, check_id: CheckId) -> None:
        """Forget what was recorded of a check that is not asked for any more."""
        with self._lock:
            self._forget(check_id)

    def unsealed(self) -> tuple[CheckId, ...]:
        """Give the checks that were begun and not sealed: after a start, those that a cut of power ended."""
        with self._lock:
            rows = self._db.execute("SELECT check_id FROM recorded WHERE manifest IS NULL ORDER BY number").fetchall()
        return tuple(CheckId(row[0]) for row in rows)

    def waiting(self) -> Sealed | None:
        """Give what is to be brought to the server next."""
        query = "SELECT check_id, manifest FROM recorded WHERE manifest IS NOT NULL AND refused IS NULL "
        with self._lock:
            row = self._db.execute(query + "ORDER BY number LIMIT 1").fetchone()
            items = () if row is None else self._items(row[0])
        if row is None:
            return None
        return Sealed(check_id=CheckId(row[0]), raw=row[1], digest=manifest_digest(row[1]), items=items)

    def piece(self, check_id: CheckId, item: Item, offset: int) -> bytes:
        """Give the piece of a recording that begins at an offset; one that an older program kept lies unsealed.

        `PieceBrokenError` when it cannot be read, or is not what was recorded.
        """
        with self._lock:
            row = self._db.execute("SELECT wrapped FROM recorded WHERE check_id = ?", (check_id,)).fetchone()
        if row is None:
            raise PieceBrokenError(check_id)
        try:
            with self._path(check_id, item).open("rb") as file:
                if row[0] is None:
                    file.seek(offset)
                    return file.read(PIECE_BYTES)
                file.seek(offset // PIECE_BYTES * SEALED_BYTES)
                return self._seal.opened(row[0], check_id, item.sha256, offset, file.read(SEALED_BYTES))
        except (OSError, SealBrokenError) as broken:
            raise PieceBrokenError(check_id) from broken

    def done(self, check_id: CheckId) -> None:
        """Forget what the server holds."""
        self.discard(check_id)

    def refused(self, check_id: CheckId, why: str, at: datetime) -> None:
        """Bring it no more: the server refused it for good. It is kept for a while; older ones go."""
        with self._lock:
            self._db.execute(
                "UPDATE recorded SET refused = ?, refused_at = ? WHERE check_id = ?", (why, at.isoformat(), check_id)
            )
            before = (at - REFUSED_KEPT).isoformat()
            rows = self._db.execute("SELECT check_id FROM recorded WHERE refused_at < ?", (before,)).fetchall()
            for (name,) in rows:
                self._forget(name)

    def _forget(self, check_id: str) -> None:
        items = self._items(check_id)
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("DELETE FROM item WHERE check_id = ?", (check_id,))
        self._db.execute("DELETE FROM recorded WHERE check_id = ?", (check_id,))
        self._db.execute("COMMIT")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for item in items:
            self._path(check_id, item).unlink(missing_ok=True)

    def _items(self, check_id: str) -> tuple[Item, ...]:
        rows = self._db.execute("SELECT named FROM item WHERE check_id = ? ORDER BY number", (check_id,))
        return tuple(msgspec.msgpack.decode(named, type=Item) for (named,) in rows)

    def _held(self, name: str, otherwise: bytes) -> bytes:
        row = self._db.execute("SELECT value FROM held WHERE name = ?", (name,)).fetchone()
        return otherwise if row is None else bytes(row[0])

    def _path(self, check_id: str, item: Item) -> Path:
        return self._folder / sha256(check_id.encode() + item.sha256).hexdigest()

    def _tidy(self) -> None:
        """Remove what was written and never named."""
        named: Iterable[tuple[str, bytes]] = self._db.execute("SELECT check_id, named FROM item")
        known = {self._path(check_id, msgspec.msgpack.decode(one, type=Item)).name for check_id, one in named}
        for path in self._folder.iterdir():
            if not path.name.startswith("checks.db") and path.name not in known:
                path.unlink()


def _written(path: Path, content: bytes) -> None:
    """Write a file whole and on disk before it has its name."""
    unfinished = path.with_suffix(".new")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    unfinished.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
