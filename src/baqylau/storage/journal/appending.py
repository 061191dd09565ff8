"""An append under way: entries get their numbers, their seals and their links, inside one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from baqylau.crypto import merkle
from baqylau.crypto.digests import link
from baqylau.crypto.sealing import NONCE_BYTES
from baqylau.domain.ids import ObservationId, PersonId
from baqylau.domain.observations import Observation
from baqylau.rules.clock import instant
from baqylau.storage.bulk import columns_of
from baqylau.storage.journal import rows
from baqylau.storage.vault import DataKey

if TYPE_CHECKING:
    from psycopg import Cursor


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """An observation on its way into the journal. Its `received_at` is stamped there."""

    partition: int
    person_id: PersonId | None
    """None for a device that is fitted to nobody."""
    observation: Observation
    raw: bytes


class Head(Struct, frozen=True, kw_only=True):
    """Where a partition stands: the number and the hash of its last entry."""

    seq: int
    hash: bytes
    received_at: datetime
    first_seq: int | None = None
    """With which entry the tree of its last day begins; None before there were trees."""
    peaks: bytes = b""
    """What the tree remembers."""

    def tree(self) -> merkle.Growing:
        """Give the tree of the last day: what is carried over comes first in it, then the day's entries."""
        if self.first_seq is None:
            return merkle.Growing()
        peaks = [self.peaks[at : at + merkle.DIGEST_BYTES] for at in range(0, len(self.peaks), merkle.DIGEST_BYTES)]
        return merkle.Growing(self.seq - self.first_seq + 2, peaks)


HEADS = "SELECT partition, seq, hash, received_at, first_seq, coalesce(peaks, '') FROM journal_head"
_LOCK_HEADS = f"{HEADS} WHERE partition = ANY(%s) ORDER BY partition FOR UPDATE"
_CLAIM_KEYS = (
    "INSERT INTO journal_key (id, partition, seq, received_at) "
    "SELECT * FROM unnest(%b::bytea[], %b::int2[], %b::int8[], %b::timestamptz[]) "
    "ON CONFLICT DO NOTHING RETURNING id"
)
_RENUMBER_KEYS = (
    "UPDATE journal_key SET seq = new.seq FROM unnest(%b::bytea[], %b::int8[]) AS new (id, seq) "
    "WHERE journal_key.id = new.id"
)
_COPY = f"COPY journal ({', '.join(rows.COLUMNS)}) FROM STDIN (FORMAT BINARY)"
_BEGIN_DAYS = (
    "INSERT INTO journal_day (partition, first_seq, received_at, carried) "
    "SELECT * FROM unnest(%s::int2[], %s::int8[], %s::timestamptz[], %s::bytea[])"
)
_MOVE_HEADS = (
    "WITH moved AS (UPDATE journal_head SET seq = new.seq, hash = new.hash, received_at = new.received_at, "
    "first_seq = new.first_seq, peaks = new.peaks "
    "FROM unnest(%b::int2[], %b::int8[], %b::bytea[], %b::timestamptz[], %b::int8[], %b::bytea[]) "
    "AS new (partition, seq, hash, received_at, first_seq, peaks) "
    "WHERE journal_head.partition = new.partition) SELECT pg_notify('journal', '')"
)


def locked_heads(cursor: "Cursor[Any]", partitions: Iterable[int]) -> dict[int, Head]:
    """Give the heads, held until the transaction ends; nobody else appends to these partitions before."""
    return heads_from(cursor.execute(_LOCK_HEADS, (list(partitions),)).fetchall())


def heads_from(found: Iterable[tuple[Any, ...]]) -> dict[int, Head]:
    """Give the heads in rows of `HEADS`."""
    return {
        row[0]: Head(seq=row[1], hash=row[2], received_at=row[3], first_seq=row[4], peaks=bytes(row[5]))
        for row in found
    }


RANDOM_BYTES = NONCE_BYTES + rows.SALT_BYTES
"""Fresh randomness that an entry takes: the nonce of its seal, and the salt of its digest."""


class Numbered(Struct, frozen=True, gc=False):
    """An entry with its number and its instant of receipt."""

    entry: Entry
    seq: int
    received_at: datetime


class Writing:
    """One append under way: the heads as they were, and as they become."""

    def __init__(self, cursor: "Cursor[Any]", heads: dict[int, Head], now: datetime) -> None:
        self._cursor = cursor
        self._before = heads
        self._now = now
        self._after: dict[int, Head] = {}
        self._trees: dict[int, tuple[int, merkle.Growing]] = {}
        """With which entry the tree of each partition begins, and the tree."""
        self._carried: dict[int, bytes] = {}
        """What is carried over into the trees that begin here."""

    def claim(self, entries: Sequence[Entry]) -> dict[ObservationId, Numbered]:
        """Give those that were not there yet, numbered, and make them known as there."""
        once: dict[ObservationId, Entry] = {}
        for entry in entries:
            once.setdefault(entry.observation.id, entry)
        wanted = self._numbered(once.values())
        claims = sorted(
            (bytes.fromhex(name), one.entry.partition, one.seq, one.received_at) for name, one in wanted.items()
        )
        self._cursor.execute(_CLAIM_KEYS, columns_of(claims))
        new = {row[0].hex() for row in self._cursor.fetchall()}
        if len(new) == len(wanted):
            return wanted
        fresh = self._numbered(one.entry for name, one in wanted.items() if name in new)
        moved = [(bytes.fromhex(name), one.seq) for name, one in fresh.items() if one.seq != wanted[name].seq]
        if moved:
            self._cursor.execute(_RENUMBER_KEYS, columns_of(moved))
        return fresh

    def _numbered(self, entries: Iterable[Entry]) -> dict[ObservationId, Numbered]:
        """Number the entries of each partition onwards from its head. Receipt never goes back inside a partition."""
        last = {partition: head.seq for partition, head in self._before.items()}
        received = {partition: max(self._now, head.received_at) for partition, head in self._before.items()}
        numbered = {}
        for entry in entries:
            last[entry.partition] += 1
            numbered[entry.observation.id] = Numbered(entry, last[entry.partition], received[entry.partition])
        return numbered

    def copy(
        self, fresh: Mapping[ObservationId, Numbered], keys: Mapping[PersonId | None, DataKey], random: bytes
    ) -> None:
        """Seal the entries, link them into the chains and write them; `RANDOM_BYTES` are taken for each."""
        if not fresh:
            return
        with self._cursor.copy(_COPY) as copy:
            copy.set_types(rows.COLUMN_TYPES)
            for place, one in enumerate(fresh.values()):
                fresh_bytes = random[place * RANDOM_BYTES : (place + 1) * RANDOM_BYTES]
                copy.write_row(self._linked(one, keys[one.entry.person_id], fresh_bytes))

    def _linked(self, one: Numbered, key: DataKey, random: bytes) -> tuple[object, ...]:
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
        content = rows.content_bytes(observation, one.entry.raw, random[NONCE_BYTES:])
        sealed = key.seal.close(content, nonce=random[:NONCE_BYTES], context=bound)
        leaf = merkle.leaf(bound, content)
        self._tree(clear.partition, one).add(leaf)
        previous = self._after.get(clear.partition) or self._before[clear.partition]
        chained = link(previous.hash, bound, sealed, leaf)
        self._after[clear.partition] = Head(seq=one.seq, hash=chained, received_at=one.received_at)
        return (*rows.fields_of(clear), sealed, chained, leaf)

    def _tree(self, partition: int, one: Numbered) -> merkle.Growing:
        """Give the tree into which an entry comes: each day has its own, which carries the one before it."""
        if partition not in self._trees:
            before = self._before[partition]
            first_seq, tree = before.first_seq, before.tree()
            if first_seq is None or one.received_at.date() > before.received_at.date():
                carried = self._carried[partition] = merkle.carried(tree.root(), before.hash)
                first_seq, tree = one.seq, merkle.Growing(1, [carried])
            self._trees[partition] = first_seq, tree
        return self._trees[partition][1]

    def finish(self) -> None:
        """Move the heads and tell the readers, who hear it at the commit."""
        if not self._after:
            return
        begun = [
            (partition, self._trees[partition][0], self._after[partition].received_at, carried)
            for partition, carried in self._carried.items()
        ]
        if begun:
            self._cursor.execute(_BEGIN_DAYS, columns_of(begun))
        moved = [
            (partition, head.seq, head.hash, head.received_at, first_seq, b"".join(tree.peaks))
            for partition, head in self._after.items()
            for first_seq, tree in (self._trees[partition],)
        ]
        self._cursor.execute(_MOVE_HEADS, columns_of(moved))
