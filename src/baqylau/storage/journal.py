"""The journal: what was heard is kept here before anything else is done with it, and never changed.

Whoever appends holds the rows of the heads of the partitions it writes to until its commit. So numbers in a partition
have no gaps, become visible in their order, and one chain of hashes runs through them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.crypto.digests import link
from baqylau.crypto.sealing import NONCE_BYTES
from baqylau.domain.ids import DeviceId, ObservationId, PersonId
from baqylau.domain.observations import Observation
from baqylau.rules.clock import instant, order_key
from baqylau.storage import rows
from baqylau.storage.database import driver, transaction
from baqylau.storage.days import Days
from baqylau.storage.vault import DataKey, KeyDestroyedError, Vault

if TYPE_CHECKING:
    from psycopg import Cursor


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """An observation on its way into the journal. Its `received_at` is stamped there."""

    partition: int
    person_id: PersonId | None
    """None for a device that is fitted to nobody."""
    observation: Observation
    raw: bytes


class JournalEntry(Struct, frozen=True, kw_only=True, gc=False):
    """An observation as it was kept. It has no bodies when the key of its person was destroyed."""

    partition: int
    seq: int
    person_id: PersonId | None
    observation: Observation


class Head(Struct, frozen=True, kw_only=True):
    """Where a partition stands: the number and the hash of its last entry."""

    seq: int
    hash: bytes
    received_at: datetime


_LOCK_HEADS = (
    "SELECT partition, seq, hash, received_at FROM journal_head WHERE partition = ANY(%s) ORDER BY partition FOR UPDATE"
)
_CLAIM_KEYS = (
    "INSERT INTO journal_key (id, partition, seq, received_at) "
    "SELECT * FROM unnest(%s::bytea[], %s::int2[], %s::int8[], %s::timestamptz[]) "
    "ON CONFLICT DO NOTHING RETURNING id"
)
_RENUMBER_KEYS = (
    "UPDATE journal_key SET seq = new.seq FROM unnest(%s::bytea[], %s::int8[]) AS new (id, seq) "
    "WHERE journal_key.id = new.id"
)
_COPY = f"COPY journal ({', '.join(rows.COLUMNS)}) FROM STDIN (FORMAT BINARY)"
_BEGIN_DAYS = (
    "INSERT INTO journal_day (partition, first_seq, received_at) "
    "SELECT * FROM unnest(%s::int2[], %s::int8[], %s::timestamptz[])"
)
_MOVE_HEADS = (
    "UPDATE journal_head SET seq = new.seq, hash = new.hash, received_at = new.received_at "
    "FROM unnest(%s::int2[], %s::int8[], %s::bytea[], %s::timestamptz[]) AS new (partition, seq, hash, received_at) "
    "WHERE journal_head.partition = new.partition"
)
_CLEAR = ", ".join(f"journal.{name}" for name in rows.Clear.__struct_fields__)
_NEWS = (
    "SELECT head.partition, known.seq, head.seq, day.received_at "
    "FROM unnest(%s::int2[], %s::int8[]) AS known (partition, seq) "
    "JOIN journal_head AS head ON head.partition = known.partition AND head.seq > known.seq "
    "CROSS JOIN LATERAL (SELECT received_at FROM journal_day WHERE journal_day.partition = head.partition "
    "AND first_seq <= known.seq + 1 ORDER BY first_seq DESC LIMIT 1) AS day"
)
_READ_AFTER = (
    f"SELECT {_CLEAR}, journal.sealed FROM unnest(%s::int2[], %s::int8[], %s::int8[]) AS news (partition, after, until) "
    "CROSS JOIN LATERAL (SELECT * FROM journal WHERE journal.partition = news.partition AND journal.seq > news.after "
    "AND journal.seq <= news.until AND journal.received_at >= %s ORDER BY journal.seq LIMIT %s) AS journal LIMIT %s"
)
_OF_DEVICES = (
    f"SELECT {_CLEAR}, journal.sealed FROM journal WHERE device_id = ANY(%s) AND instant BETWEEN %s AND %s "
    "AND received_at >= %s - interval '2 minutes'"
)
_BY_ID = (
    f"SELECT {_CLEAR}, journal.sealed FROM journal_key JOIN journal USING (partition, seq, received_at) "
    "WHERE journal_key.id = %s"
)


class Journal:
    """Appends and reads. One object may be used by several threads."""

    def __init__(
        self, engine: Engine, vault: Vault, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        """`random` gives the nonces of the seals: fresh bytes, never the same again."""
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._random = random
        self._days = Days(engine)

    def append(self, entries: Sequence[Entry]) -> list[bool]:
        """Keep the entries in one transaction; when this returns they are on disk.

        Gives for each whether it is new; one that is there already, or twice among these, is False. Raises
        `StorageUnavailableError` when nothing is certain: append the same again.
        """
        if not entries:
            return []
        now = self._clock()
        self._days.make_ready(now)
        keys = self._vault.keys_for(entry.person_id for entry in entries)
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            writing = _Writing(cursor, _locked_heads(cursor, {entry.partition for entry in entries}), now)
            fresh = writing.claim(entries)
            writing.copy(fresh, keys, self._random(NONCE_BYTES * len(fresh)))
            writing.finish()
        return _first_of_each(entries, fresh)

    def read_after(self, cursors: Mapping[int, int], limit: int) -> list[JournalEntry]:
        """Give what came after these numbers, in each partition in order and without gaps, at most `limit` in all.

        The limit is shared among the partitions that have news, so that none waits for another's backlog.
        """
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            news = cursor.execute(_NEWS, (list(cursors), list(cursors.values()))).fetchall()
            if not news:
                return []
            partitions, after, until, since = map(list, zip(*news, strict=True))
            share = max(1, limit // len(news))
            found = cursor.execute(_READ_AFTER, (partitions, after, until, min(since), share, limit)).fetchall()
        return [self._entry(row) for row in found]

    def of_devices(
        self, device_ids: Collection[DeviceId], from_instant: datetime, until_instant: datetime
    ) -> list[Observation]:
        """Give what these devices told of the instants from the first to the second, both included, in judging order."""
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            found = cursor.execute(
                _OF_DEVICES, (list(device_ids), from_instant, until_instant, from_instant)
            ).fetchall()
        return sorted((self._entry(row).observation for row in found), key=order_key)

    def raw(self, observation_id: ObservationId) -> bytes:
        """Give exactly the bytes that were heard. `KeyError` when there is no such observation, `KeyDestroyedError`."""
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            row = cursor.execute(_BY_ID, (bytes.fromhex(observation_id),)).fetchone()
        if row is None:
            raise KeyError(observation_id)
        clear = rows.clear_of(row)
        return rows.opened(clear, row[-1], self._vault.opener(clear.key_id))[1]

    def heads(self) -> dict[int, Head]:
        """Give where every partition stands."""
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            found = cursor.execute("SELECT partition, seq, hash, received_at FROM journal_head ORDER BY 1").fetchall()
        return {row[0]: Head(seq=row[1], hash=row[2], received_at=row[3]) for row in found}

    def _entry(self, row: tuple[Any, ...]) -> JournalEntry:
        clear = rows.clear_of(row)
        try:
            observation, _ = rows.opened(clear, row[-1], self._vault.opener(clear.key_id))
        except KeyDestroyedError:
            observation = rows.observation_of(clear, (), "")
        return JournalEntry(partition=clear.partition, seq=clear.seq, person_id=clear.person_id, observation=observation)


def _locked_heads(cursor: "Cursor[Any]", partitions: Iterable[int]) -> dict[int, Head]:
    found = cursor.execute(_LOCK_HEADS, (list(partitions),)).fetchall()
    return {row[0]: Head(seq=row[1], hash=row[2], received_at=row[3]) for row in found}


def _first_of_each(entries: Sequence[Entry], fresh: "Mapping[ObservationId, _Numbered]") -> list[bool]:
    """Only the first of several equal entries is the new one."""
    waiting = set(fresh)
    told = []
    for entry in entries:
        told.append(entry.observation.id in waiting)
        waiting.discard(entry.observation.id)
    return told


class _Numbered(Struct, frozen=True, gc=False):
    """An entry with its number and its instant of receipt."""

    entry: Entry
    seq: int
    received_at: datetime


class _Writing:
    """One append under way: the heads as they were, and as they become."""

    def __init__(self, cursor: "Cursor[Any]", heads: dict[int, Head], now: datetime) -> None:
        self._cursor = cursor
        self._before = heads
        self._now = now
        self._after: dict[int, Head] = {}

    def claim(self, entries: Sequence[Entry]) -> dict[ObservationId, _Numbered]:
        """Give those that were not there yet, numbered, and make them known as there."""
        first = {entry.observation.id: entry for entry in reversed(entries)}
        wanted = self._numbered(entry for entry in entries if first[entry.observation.id] is entry)
        claims = sorted((bytes.fromhex(name), one.entry.partition, one.seq, one.received_at) for name, one in wanted.items())
        self._cursor.execute(_CLAIM_KEYS, tuple(map(list, zip(*claims, strict=True))))
        new = {row[0].hex() for row in self._cursor.fetchall()}
        if len(new) == len(wanted):
            return wanted
        fresh = self._numbered(one.entry for name, one in wanted.items() if name in new)
        moved = [(bytes.fromhex(name), one.seq) for name, one in fresh.items() if one.seq != wanted[name].seq]
        if moved:
            self._cursor.execute(_RENUMBER_KEYS, tuple(map(list, zip(*moved, strict=True))))
        return fresh

    def _numbered(self, entries: Iterable[Entry]) -> dict[ObservationId, _Numbered]:
        """Number the entries of each partition onwards from its head. Receipt never goes back inside a partition."""
        last = {partition: head.seq for partition, head in self._before.items()}
        received = {partition: max(self._now, head.received_at) for partition, head in self._before.items()}
        numbered = {}
        for entry in entries:
            last[entry.partition] += 1
            numbered[entry.observation.id] = _Numbered(entry, last[entry.partition], received[entry.partition])
        return numbered

    def copy(
        self, fresh: Mapping[ObservationId, _Numbered], keys: Mapping[PersonId | None, DataKey], nonces: bytes
    ) -> None:
        """Seal the entries, link them into the chains and write them."""
        if not fresh:
            return
        with self._cursor.copy(_COPY) as copy:
            copy.set_types(rows.COLUMN_TYPES)
            for place, one in enumerate(fresh.values()):
                nonce = nonces[place * NONCE_BYTES : (place + 1) * NONCE_BYTES]
                copy.write_row(self._linked(one, keys[one.entry.person_id], nonce))

    def _linked(self, one: _Numbered, key: DataKey, nonce: bytes) -> tuple[object, ...]:
        observation = replace(one.entry.observation, received_at=one.received_at)
        clear = rows.Clear(
            one.entry.partition,
            one.seq,
            bytes.fromhex(observation.id),
            one.entry.person_id,
            observation.device_id,
            observation.observed_at,
            one.received_at,
            instant(observation),
            observation.authentication,
            key.id,
        )
        bound = rows.bound(clear)
        sealed = rows.sealed(bound, observation, one.entry.raw, key.seal, nonce)
        previous = self._after.get(clear.partition) or self._before[clear.partition]
        chained = link(previous.hash, bound, sealed)
        self._after[clear.partition] = Head(seq=one.seq, hash=chained, received_at=one.received_at)
        return (*rows.fields_of(clear), sealed, chained)

    def finish(self) -> None:
        """Move the heads and tell the readers, who hear it at the commit."""
        if not self._after:
            return
        begun = [
            (partition, self._before[partition].seq + 1, head.received_at)
            for partition, head in self._after.items()
            if head.received_at.date() > self._before[partition].received_at.date()
        ]
        if begun:
            self._cursor.execute(_BEGIN_DAYS, tuple(map(list, zip(*begun, strict=True))))
        moved = [(partition, head.seq, head.hash, head.received_at) for partition, head in self._after.items()]
        self._cursor.execute(_MOVE_HEADS, tuple(map(list, zip(*moved, strict=True))))
        self._cursor.execute("SELECT pg_notify('journal', '')")
