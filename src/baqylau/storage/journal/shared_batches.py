"""Batches of units that serve several people: each kept once, sealed with a key that lies in shares in the journal."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, structs
from sqlalchemy import Column, Connection, Engine, LargeBinary, Table, Text, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from baqylau.domain.ids import DeviceId, ObservationId
from baqylau.storage.columns import instant, metadata, octets, word
from baqylau.storage.database import transaction

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
    """A sealed batch, by its digest."""

    digest: bytes
    device_id: DeviceId
    entries: tuple[ObservationId, ...]
    sealed: bytes


def keep(connection: Connection, batches: Sequence[SharedBatch], at: datetime) -> None:
    """Write batches down in the transaction that keeps their entries."""
    if batches:
        values = [{**structs.asdict(one), "entries": list(one.entries), "received_at": at} for one in batches]
        connection.execute(insert(shared_batch).on_conflict_do_nothing(), values)


def shared_batch_of(engine: Engine, digest: bytes) -> SharedBatch | None:
    """Give the sealed batch with this digest, None when there is none."""
    with transaction(engine) as connection:
        row = connection.execute(select(shared_batch).where(shared_batch.c.digest == digest)).one_or_none()
    if row is None:
        return None
    entries = tuple(map(ObservationId, row.entries))
    return SharedBatch(digest=row.digest, device_id=DeviceId(row.device_id), entries=entries, sealed=row.sealed)
