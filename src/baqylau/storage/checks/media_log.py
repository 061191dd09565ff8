"""The chain of what happened to recordings: taken, held, compared, destroyed. It names digests, never content."""

from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from baqylau.crypto.digests import CHAIN_START, link
from baqylau.storage.checks.media_tables import media_log, media_log_head


class Happened(StrEnum):
    """What happened to the recordings of a check."""

    BEGUN = "begun"
    """The manifest was taken: its digest."""
    ITEM = "item"
    """A recording is whole: its digest."""
    WHOLE = "whole"
    """All are."""
    JUDGED = "judged"
    """They were compared: the digest of the report."""
    HOLD = "hold"
    RELEASED = "released"
    DESTROYED = "destroyed"
    """The key is gone: the digest of the receipt's content."""


class MediaEvent(Struct, frozen=True, kw_only=True):
    """One link of the chain."""

    id: int
    at: datetime
    media_id: int
    what: Happened
    detail: str
    digest: bytes


def note(connection: Connection, event: Happened, media_id: int, digest: bytes, at: datetime, detail: str = "") -> int:
    """Add a link in the transaction of what happened, and give its number. Others wait with theirs until it commits."""
    head = connection.execute(select(media_log_head).with_for_update()).one()
    said = MediaEvent(id=head.id + 1, at=at, media_id=media_id, what=event, detail=detail, digest=digest)
    chained = _hash(head.hash, said)
    connection.execute(insert(media_log).values(**msgspec.structs.asdict(said), hash=chained))
    connection.execute(update(media_log_head).values(id=said.id, hash=chained))
    return said.id


def broken(connection: Connection) -> list[int]:
    """Give the numbers of links that were changed or miss; none when all is as it was written."""
    wrong: list[int] = []
    previous, expected = CHAIN_START, 1
    head = connection.execute(select(media_log_head)).one()
    for row in connection.execute(select(media_log).order_by(media_log.c.id)):
        wrong += range(expected, row.id)
        event = msgspec.convert(row, MediaEvent, from_attributes=True)
        if row.id == expected and row.hash != _hash(previous, event):
            wrong.append(row.id)
        previous, expected = row.hash, row.id + 1
    wrong += range(expected, head.id + 1)
    return wrong or ([head.id] if head.hash != previous else [])


def _hash(previous: bytes, event: MediaEvent) -> bytes:
    return link(previous, msgspec.msgpack.encode(msgspec.structs.astuple(event)))
