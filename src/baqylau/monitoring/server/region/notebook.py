"""What a site remembers beside the log: how far each device of the link is acknowledged, and when it last listened.

A local file (SQLite). Nothing of it is a fact: what is lost with it, devices say again. It holds no name and no place.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from baqylau.crypto.cose import PublicKey, SharedKey
from baqylau.domain.ids import DeviceId
from baqylau.storage.equipment.link_records import Kept

_TABLES = """
CREATE TABLE IF NOT EXISTS kept (device_id TEXT PRIMARY KEY, key BLOB NOT NULL, said BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listened (one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT NOT NULL);
"""
_kept = msgspec.msgpack.Decoder(Kept)


def key_digest(key: PublicKey | SharedKey | None) -> bytes:
    """Give what tells one key from another, and nothing more."""
    return b"" if key is None else sha256(b"baqylau region notebook" + key.raw).digest()[:16]


class Notebook:
    """The open file."""

    def __init__(self, file: Path) -> None:
        """Open it, or begin an empty one."""
        self._file = sqlite3.connect(file, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.executescript(_TABLES)

    def kept(self) -> dict[DeviceId, tuple[bytes, Kept]]:
        """Give how far each device is acknowledged, with the digest of the key by which it spoke."""
        with closing(self._file.execute("SELECT device_id, key, said FROM kept")) as rows:
            return {DeviceId(name): (key, _kept.decode(said)) for name, key, said in rows}

    def acknowledge(self, told: Sequence[tuple[bytes, Kept]]) -> None:
        """Write down how far devices are acknowledged, before they are told."""
        rows = [(kept.device_id, key, msgspec.msgpack.encode(kept)) for key, kept in told]
        self._file.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)

    def listened(self) -> datetime | None:
        """Give until when the site last listened and kept; None when it never did."""
        with closing(self._file.execute("SELECT at FROM listened")) as rows:
            row = rows.fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def listen(self, at: datetime) -> None:
        """Write down that the site listens."""
        self._file.execute("INSERT OR REPLACE INTO listened VALUES (1, ?)", (at.isoformat(),))

    def close(self) -> None:
        """Close the file."""
        self._file.close()
