"""An append under way: entries get their numbers, their seals and their links, inside one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from baqylau.crypto.digests import link
from baqylau.crypto.sealing import NONCE_BYTES
from baqylau.domain.ids import ObservationId, PersonId
from baqylau.domain.observations import Observation
from baqylau.rules.clock import instant
from baqylau.storage import rows
from baqylau.storage.bulk import columns_of
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


_LOCK_HEADS = (
    "SELECT partition, seq, hash, received_at FROM journal_head WHERE partition = ANY(%s) ORDER BY partition FOR UPDATE"
)
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
    "INSERT INTO journal_day (partition, first_seq, received_at) "
    "SELECT * FROM unnest(%s::int2[], %s::int8[], %s::timestamptz[])"
)
_MOVE_HEADS = (
    "WITH moved AS (UPDATE journal_head SET seq = new.seq, hash = new.hash, received_at = new.received_at "
    "FROM unnest(%b::int2[], %b::int8[], %b::bytea[], %b::timestamptz[]) AS new (partition, seq, hash, received_at) "
    "WHERE journal_head.partition = new.partition) SELECT pg_notify('journal', '')"
)


def locked_heads(cursor: "Cursor[Any]", partitions: Iterable[int]) -> dict[int, Head]:
    """Give the heads, held until the transaction ends; nobody else appends to these partitions before."""
    found = cursor.execute(_LOCK_HEADS, (list(partitions),)).fetchall()
    return {row[0]: Head(seq=row[1], hash=row[2], received_at=row[3]) for row in found}


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
        self, fresh: Mapping[ObservationId, Numbered], keys: Mapping[PersonId | None, DataKey], nonces: bytes
    ) -> None:
        """Seal the entries, link them into the chains and write them."""
        if not fresh:
            return
        with self._cursor.copy(_COPY) as copy:
            copy.set_types(rows.COLUMN_TYPES)
            for place, one in enumerate(fresh.values()):
                nonce = nonces[place * NONCE_BYTES : (place + 1) * NONCE_BYTES]
                copy.write_row(self._linked(one, keys[one.entry.person_id], nonce))

    def _linked(self, one: Numbered, key: DataKey, nonce: bytes) -> tuple[object, ...]:
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
            self._cursor.execute(_BEGIN_DAYS, columns_of(begun))
        moved = [(partition, head.seq, head.hash, head.received_at) for partition, head in self._after.items()]
        self._cursor.execute(_MOVE_HEADS, columns_of(moved))
