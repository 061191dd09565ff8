"""Days of the journal that are in the archive: what each file holds, and what the database still knows of them."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from baqylau.crypto.signing import signed_by
from baqylau.domain.ids import DeviceId
from baqylau.storage.database import driver
from baqylau.storage.journal.head_tables import archived_day

if TYPE_CHECKING:
    from psycopg import Cursor

CONTEXT = b"baqylau archive 1\n"
"""Signed before a manifest, so that the signature is good for nothing else."""
KEPT_AT_LEAST = timedelta(days=92)
"""Younger days stay in the database: what comes late is judged with them. Longer than any device of ours keeps."""
_TOUCHED = (
    "SELECT day FROM archived_day WHERE dropped_at IS NOT NULL AND EXISTS (SELECT FROM "
    "jsonb_each_text(convert_from(manifest, 'UTF8')::jsonb -> 'devices') AS told (device_id, last) "
    "WHERE device_id = ANY(%s) AND last::timestamptz > %s) ORDER BY day"
)


class ArchivedChain(Struct, frozen=True, kw_only=True):
    """The entries of one partition on one day."""

    partition: int
    first_seq: int
    last_seq: int
    before: str
    """Hash of the chain before the first entry; hexadecimal, as all that follow."""
    after: str
    """Hash of the chain at the last entry."""
    carried: str
    """First leaf of the day's tree; empty where there is no tree."""
    root: str
    """Of the day's tree, when the day was over."""


class ArchiveManifest(Struct, frozen=True, kw_only=True):
    """What the file of a day says of itself."""

    format: str
    day: date
    entries: int
    sha256: str
    """Of the file of entries."""
    chains: tuple[ArchivedChain, ...]
    devices: dict[DeviceId, datetime]
    """Who told something that is in it, and the last instant of which each told."""
    made_at: datetime
    public_key: str


class DaysArchivedError(Exception):
    """What is asked for rests on days that are in the archive alone: they have to be read back first."""

    def __init__(self, days: Collection[date]) -> None:
        super().__init__(sorted(days))
        self.days = sorted(days)


def manifest_in(written: bytes) -> ArchiveManifest:
    """Read a manifest. `msgspec.DecodeError`."""
    return msgspec.json.decode(written, type=ArchiveManifest)


def dropped(connection: Connection, public_key: bytes | None = None) -> tuple[list[ArchiveManifest], bool]:
    """Give the manifests of the days that are in the archive alone, oldest first, and whether all are signed so."""
    gone = select(archived_day).where(archived_day.c.dropped_at.is_not(None)).order_by(archived_day.c.day)
    manifests, right = [], True
    for row in connection.execute(gone):
        manifest = manifest_in(row.manifest)
        key = public_key or bytes.fromhex(manifest.public_key)
        right = right and signed_by(key, CONTEXT + row.manifest, row.signature)
        manifests.append(manifest)
    return manifests, right


def ends(manifests: Iterable[ArchiveManifest]) -> dict[int, ArchivedChain]:
    """Give where each partition stood at the end of these days, the last of which counts."""
    return {chain.partition: chain for manifest in manifests for chain in manifest.chains}


def chained(connection: Connection, partition: int, seq: int) -> bytes:
    """Give the hash of the chain at an entry, in the database or in the archive; zeros before the first."""
    with driver(connection).cursor(binary=True) as cursor:
        asked = "SELECT hash FROM journal WHERE partition = %s AND seq = %s"
        row = cursor.execute(asked, (partition, seq)).fetchone()
    if row is not None:
        return bytes(row[0])
    last = ends(dropped(connection)[0]).get(partition)
    return bytes.fromhex(last.after) if last is not None and last.last_seq == seq else bytes(32)


def require(cursor: "Cursor[Any]", device_ids: Iterable[DeviceId], from_instant: datetime) -> None:
    """Refuse when what devices told after an instant is not all in the database. `DaysArchivedError`."""
    touched = cursor.execute(_TOUCHED, (list(device_ids), from_instant)).fetchall()
    if touched:
        raise DaysArchivedError([row[0] for row in touched])
