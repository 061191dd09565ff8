"""Closed days of the journal as Parquet files, out of the database and back: nothing goes that the file does not prove.

What is sealed stays sealed, under the keys that stay in the database: who is forgotten there is forgotten here too.
Days leave oldest first and come back newest first, so that what the database holds has no hole.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from hashlib import file_digest
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from psycopg import sql
from sqlalchemy import Connection, Engine, func, insert, select, text, update

from baqylau.crypto import merkle
from baqylau.crypto.digests import link
from baqylau.crypto.signing import Signer, signed_by
from baqylau.domain.ids import DeviceId
from baqylau.storage.access import audit
from baqylau.storage.database import driver, transaction
from baqylau.storage.journal import parquet, rows
from baqylau.storage.journal.archived import (
    CONTEXT,
    KEPT_AT_LEAST,
    ArchivedChain,
    ArchiveManifest,
    chained,
    manifest_in,
)
from baqylau.storage.journal.days import DAY, make_day
from baqylau.storage.journal.head_tables import archived_day
from baqylau.storage.journal.proof import Broken, Flaw
from baqylau.storage.schema import journal, journal_day

FORMAT = "baqylau-archive 1"
ENTRIES, MANIFEST, SIGNATURE = "entries.parquet", "manifest.json", "manifest.sig"
_COPIED = sql.SQL("COPY (SELECT {} FROM {} ORDER BY partition, seq) TO STDOUT (FORMAT csv, NULL '\\N')")
_FILLED = sql.SQL("COPY journal ({}) FROM STDIN (FORMAT csv, NULL '\\N')")
_NAMES = sql.SQL(", ").join(map(sql.Identifier, rows.COLUMNS))


class ArchiveWrongError(Exception):
    """It cannot be done; `reason` is a word that names the sentence, `what` fills its place."""

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(reason, what)
        self.reason = reason
        self.what = what


class ArchivedDay(Struct, frozen=True, kw_only=True):
    """What the database knows of a day in the archive."""

    day: date
    entries: int
    archived_at: datetime
    archived_by: str
    dropped_at: datetime | None


class _Start(Struct, frozen=True):
    """Where a partition stood before a day."""

    before: bytes
    carried: bytes


class Archive:
    """The archive of an installation in a folder, a folder a day."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    def days(self) -> list[ArchivedDay]:
        """Give the days that were put into an archive, oldest first."""
        with transaction(self._engine) as connection:
            found = connection.execute(select(archived_day).order_by(archived_day.c.day)).all()
        return [msgspec.convert(row, ArchivedDay, from_attributes=True) for row in found]

    def due(self, until: date, now: datetime) -> list[date]:
        """Give the days up to one that are over and not in an archive yet."""
        last = min(until, now.astimezone(UTC).date() - DAY)
        with transaction(self._engine) as connection:
            day = func.date(func.timezone("UTC", journal.c.received_at))
            over = datetime.combine(last + DAY, time.min, UTC)
            found = connection.scalars(select(day).distinct().where(journal.c.received_at < over).order_by(day))
            done = set(connection.scalars(select(archived_day.c.day)))
            return [one for one in found if one not in done]

    def put(self, day: date, signer: Signer, *, by: str, now: datetime) -> ArchiveManifest:
        """Write the file of a day that is over, and prove it. `ArchiveWrongError`."""
        if day >= now.astimezone(UTC).date():
            raise ArchiveWrongError("not_over", str(day))
        place, unfinished = self._place(day), self._folder / f".{day}.unfinished"
        if place.exists() or unfinished.exists() or day in {one.day for one in self.days()}:
            raise ArchiveWrongError("there", str(place))
        unfinished.mkdir(parents=True, mode=0o700)
        with transaction(self._engine) as connection:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            starts = _starts(connection, day)
            _copied(connection, day, unfinished)
        manifest = _manifest(unfinished, day, starts, signer, now)
        written = msgspec.json.format(msgspec.json.encode(manifest))
        (unfinished / MANIFEST).write_bytes(written)
        (unfinished / SIGNATURE).write_bytes(signer.sign(CONTEXT + written))
        unfinished.rename(place)
        with transaction(self._engine) as connection:
            row = {"day": day, "entries": manifest.entries, "manifest": written, "archived_at": now, "archived_by": by}
            connection.execute(insert(archived_day).values(**row, signature=signer.sign(CONTEXT + written)))
            _note(connection, "archive.put", day, by, now)
        return manifest

    def verify(self, day: date, public_key: bytes | None = None) -> tuple[ArchiveManifest, list[Broken]]:
        """Prove the file of a day by itself: every entry leads to the next. `ArchiveWrongError` for no such file."""
        place = self._place(day)
        try:
            written, signature = (place / MANIFEST).read_bytes(), (place / SIGNATURE).read_bytes()
            manifest = manifest_in(written)
            right = signed_by(public_key or bytes.fromhex(manifest.public_key), CONTEXT + written, signature)
            there = _digest(place / ENTRIES) == manifest.sha256
        except (OSError, ValueError) as wrong:
            raise ArchiveWrongError("no_file", str(place)) from wrong
        if not right or manifest.format != FORMAT or manifest.day != day:
            raise ArchiveWrongError("manifest", str(place / MANIFEST))
        starts = {one.partition: _Start(_octets(one.before), _octets(one.carried)) for one in manifest.chains}
        try:
            found, broken = _walked(place / ENTRIES, starts)
        except parquet.UnreadableError as wrong:
            raise ArchiveWrongError("no_file", str(place / ENTRIES)) from wrong
        if (not there and not broken) or (tuple(found) != manifest.chains and not broken):
            broken = [Broken(0, 0, Flaw.CHANGED)]
        return manifest, broken

    def drop(self, day: date, public_key: bytes, *, by: str, now: datetime) -> None:
        """Take a day out of the database, after its file was proved once more. `ArchiveWrongError`."""
        if now.astimezone(UTC).date() - day < KEPT_AT_LEAST:
            raise ArchiveWrongError("too_young", str(day))
        manifest = self._proved(day, public_key)
        with transaction(self._engine) as connection:
            older = connection.scalar(select(func.min(journal.c.received_at)))
            if older is None or older.astimezone(UTC).date() != day:
                raise ArchiveWrongError("not_oldest", str(day))
            name = sql.Identifier(f"journal_{day:%Y%m%d}")
            with driver(connection).cursor() as cursor:
                counted = cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone()
                if counted is None or counted[0] != manifest.entries:
                    raise ArchiveWrongError("not_same", str(day))
                cursor.execute(sql.SQL("ALTER TABLE journal DETACH PARTITION {}").format(name))
                cursor.execute(sql.SQL("DROP TABLE {}").format(name))
            connection.execute(_of(day).values(dropped_at=now))
            _note(connection, "archive.drop", day, by, now)

    def read_back(self, day: date, public_key: bytes, *, by: str, now: datetime) -> None:
        """Put a day back into the database as it was, after its file was proved. `ArchiveWrongError`."""
        manifest = self._proved(day, public_key)
        with transaction(self._engine) as connection:
            gone = select(func.max(archived_day.c.day)).where(archived_day.c.dropped_at.is_not(None))
            if connection.scalar(gone) != day:
                raise ArchiveWrongError("not_newest", str(day))
            make_day(connection, day)
            with driver(connection).cursor() as cursor:
                with cursor.copy(_FILLED.format(_NAMES)) as copy:
                    for piece in parquet.read_csv(self._place(day) / ENTRIES):
                        copy.write(piece)
                if cursor.rowcount != manifest.entries:
                    raise ArchiveWrongError("not_same", str(day))
            connection.execute(_of(day).values(dropped_at=None))
            _note(connection, "archive.read_back", day, by, now)

    def _proved(self, day: date, public_key: bytes) -> ArchiveManifest:
        """Give the manifest of a file that is proved and the very one that this installation made."""
        manifest, broken = self.verify(day, public_key)
        with transaction(self._engine) as connection:
            known = connection.scalar(select(archived_day.c.manifest).where(archived_day.c.day == day))
        if broken or known != (self._place(day) / MANIFEST).read_bytes():
            raise ArchiveWrongError("not_proved", str(self._place(day)))
        return manifest

    def _place(self, day: date) -> Path:
        return self._folder / f"journal-{day}"


def _of(day: date) -> Any:
    return update(archived_day).where(archived_day.c.day == day)


def _note(connection: Connection, what: str, day: date, by: str, at: datetime) -> None:
    audit.record(connection, who=by, what=what, about=f"archive/{day}", at=at)


def _starts(connection: Connection, day: date) -> dict[int, _Start]:
    """Give where each partition stood before a day on which it has entries."""
    begun = datetime.combine(day, time.min, UTC)
    within = (journal.c.received_at >= begun) & (journal.c.received_at < begun + DAY)
    firsts = select(journal.c.partition, func.min(journal.c.seq)).where(within).group_by(journal.c.partition)
    starts = {}
    for partition, first in connection.execute(firsts).all():
        here = (journal_day.c.partition == partition) & (journal_day.c.first_seq == first)
        carried = connection.scalar(select(journal_day.c.carried).where(here))
        starts[partition] = _Start(chained(connection, partition, first - 1), carried or b"")
    return starts


def _copied(connection: Connection, day: date, folder: Path) -> None:
    """Copy a day's entries, sealed as they are, into Parquet."""
    written = folder / "entries.csv"
    name = f"journal_{day:%Y%m%d}"
    if not connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}):
        raise ArchiveWrongError("no_day", str(day))
    asked = _COPIED.format(_NAMES, sql.Identifier(name))
    with driver(connection).cursor() as cursor, written.open("wb") as out, cursor.copy(asked) as copy:
        for piece in copy:
            out.write(piece)
    parquet.write(written, folder / ENTRIES)
    written.unlink()


def _manifest(folder: Path, day: date, starts: Mapping[int, _Start], signer: Signer, now: datetime) -> ArchiveManifest:
    """Walk what was written, and say what it holds. `ArchiveWrongError` when the journal itself is not whole."""
    chains, broken = _walked(folder / ENTRIES, starts)
    if broken:
        raise ArchiveWrongError("journal", f"{broken[0].partition}/{broken[0].seq}")
    return ArchiveManifest(
        format=FORMAT,
        day=day,
        entries=sum(one.last_seq - one.first_seq + 1 for one in chains),
        sha256=_digest(folder / ENTRIES),
        chains=tuple(chains),
        devices=_last_told(folder / ENTRIES),
        made_at=now,
        public_key=signer.public_key.hex(),
    )


def _last_told(file: Path) -> dict[DeviceId, datetime]:
    """Give the last instant of which each device told."""
    last: dict[DeviceId, datetime] = {}
    for row in parquet.read(file):
        clear = rows.clear_of(row)
        last[clear.device_id] = max(clear.instant, last.get(clear.device_id, clear.instant))
    return dict(sorted(last.items()))


def _walked(file: Path, starts: Mapping[int, _Start]) -> tuple[list[ArchivedChain], list[Broken]]:
    """Go along the chains of a file; give them, and the entries that do not follow from the one before."""
    chains: list[ArchivedChain] = []
    broken: list[Broken] = []
    for partition, entries in groupby(parquet.read(file), key=itemgetter(0)):
        start = starts.get(partition)
        if start is None:
            broken.append(Broken(partition, 0, Flaw.CHANGED))
            continue
        chains.append(_along(partition, entries, start, broken))
    missing = starts.keys() - {one.partition for one in chains}
    return chains, broken + [Broken(partition, 0, Flaw.MISSING) for partition in sorted(missing)]


def _along(partition: int, entries: Iterable[tuple[Any, ...]], start: _Start, broken: list[Broken]) -> ArchivedChain:
    tree = merkle.Growing(1, [start.carried]) if start.carried else None
    first = last = 0
    chain = start.before
    for row in entries:
        clear = rows.clear_of(row)
        sealed, stored, leaf = row[-3:]
        bound = rows.bound(clear)
        if last and clear.seq != last + 1:
            broken.append(Broken(partition, last + 1, Flaw.MISSING))
        elif link(chain, bound, sealed, *(() if leaf is None else (leaf,))) != stored:
            broken.append(Broken(partition, clear.seq, Flaw.CHANGED))
        if tree is not None and leaf is not None:
            tree.add(leaf)
        first, last, chain = first or clear.seq, clear.seq, stored
    return ArchivedChain(
        partition=partition,
        first_seq=first,
        last_seq=last,
        before=start.before.hex(),
        after=chain.hex(),
        carried=start.carried.hex(),
        root=tree.root().hex() if tree else "",
    )


def _octets(value: str) -> bytes:
    return bytes.fromhex(value)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
