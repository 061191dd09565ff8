"""Batches of units that serve several people: each kept once, sealed so that only the keys of all of them open it.

What such a unit signed tells of all its people at once, so it may lie under no one person's key. It is sealed with a
key of its own; of that key each person's entry in the journal holds one share, and all of them together are the key.
Who is forgotten takes their share along: then nobody can read the batch any more. The entries keep its digest.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import reduce

from msgspec import Struct, structs
from sqlalchemy import Column, Connection, Engine, LargeBinary, Table, Text, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from baqylau.crypto.sealing import KEY_BYTES, NONCE_BYTES, Seal, SealBrokenError
from baqylau.domain.ids import DeviceId, ObservationId
from baqylau.protocols.batch.envelope import digest_of
from baqylau.protocols.evidence.signatures import SHARED, shared_digest
from baqylau.storage.columns import instant, metadata, octets, word
from baqylau.storage.database import transaction
from baqylau.storage.vault import KeyDestroyedError

shared_batch = Table(
    "shared_batch",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    word("device_id"),
    Column("entries", ARRAY(Text), nullable=False),
    octets("sealed"),
    instant("received_at"),
)
"""What a unit of several people signed, with the entries of the journal that hold the shares of its key."""


class SharedBatch(Struct, frozen=True, kw_only=True, gc=False):
    """A sealed batch on its way to the disk."""

    digest: bytes
    device_id: DeviceId
    entries: tuple[ObservationId, ...]
    sealed: bytes


def shared(
    raw: bytes, device_id: DeviceId, entries: Sequence[ObservationId], random: Callable[[int], bytes]
) -> tuple[SharedBatch, tuple[bytes, ...]]:
    """Seal a batch, and give what each of the entries keeps of it: its digest and a share of its key."""
    digest, key = digest_of(raw), random(KEY_BYTES)
    shares = [random(KEY_BYTES) for _ in entries[1:]]
    shares.append(reduce(_mixed, shares, key))
    sealed = Seal(key).close(raw, nonce=random(NONCE_BYTES), context=digest)
    batch = SharedBatch(digest=digest, device_id=device_id, entries=tuple(entries), sealed=sealed)
    return batch, tuple(SHARED + digest + share for share in shares)


def keep(connection: Connection, batches: Sequence[SharedBatch], at: datetime) -> None:
    """Write batches down in the transaction that keeps their entries."""
    if batches:
        values = [{**structs.asdict(one), "entries": list(one.entries), "received_at": at} for one in batches]
        connection.execute(insert(shared_batch).on_conflict_do_nothing(), values)


def opened(engine: Engine, digest: bytes, raw_of: Callable[[ObservationId], bytes]) -> bytes | None:
    """Give exactly the bytes that were signed; None when they are not there, or one of the people was forgotten.

    `raw_of` gives what an entry of the journal keeps, as `storage.journal.Journal.raw`.
    """
    with transaction(engine) as connection:
        row = connection.execute(select(shared_batch).where(shared_batch.c.digest == digest)).one_or_none()
    if row is None:
        return None
    try:
        told = [raw_of(ObservationId(name)) for name in row.entries]
        key = reduce(_mixed, (one[-KEY_BYTES:] for one in told if shared_digest(one) == digest), bytes(KEY_BYTES))
        return Seal(key).open(row.sealed, context=digest)
    except (KeyDestroyedError, KeyError, SealBrokenError):
        return None


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
