"""Recordings by name: what there is of a check or a call, and what stands for and against its end."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, select

from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.recordings import MediaKind, Occasion
from baqylau.storage.checks.media_tables import media_item


class MediaItem(Struct, frozen=True, kw_only=True):
    """One recording."""

    index: int
    kind: MediaKind
    content_type: str
    began_at: datetime
    from_ms: int
    """Milliseconds from the beginning of the check."""
    duration_ms: int
    size: int
    """Bytes."""
    sha256: bytes
    held: int
    """Bytes that are here."""


class Recordings(Struct, frozen=True, kw_only=True):
    """All recordings of one check. After their destruction they stay by name, and cannot be read."""

    id: int
    check_id: CheckId
    kind: Occasion
    device_id: DeviceId
    person_id: PersonId
    manifest: bytes
    """SHA-256 of the signed manifest."""
    began_at: datetime
    ended_at: datetime
    received_at: datetime
    whole_at: datetime | None
    judged_at: datetime | None
    attempts: int
    """How often its comparison was begun."""
    keeping: str
    keep_until: datetime | None
    """None: until the person's file is closed."""
    held_why: str
    """Why they must not be destroyed; empty where nothing forbids it."""
    held_by: str | None
    held_at: datetime | None
    destroyed_at: datetime | None
    destroyed_why: str
    items: tuple[MediaItem, ...]


def recordings_of(connection: Connection, row: "Row[tuple[object, ...]]") -> Recordings:
    """Give a row of `media_check` with what belongs to it."""
    wanted = select(media_item).where(media_item.c.media_id == row.id).order_by(media_item.c.item)
    items = tuple(
        MediaItem(
            index=one.item,
            kind=MediaKind(one.kind),
            content_type=one.content_type,
            began_at=row.began_at + timedelta(milliseconds=one.from_ms),
            from_ms=one.from_ms,
            duration_ms=one.duration_ms,
            size=one.size,
            sha256=one.sha256,
            held=one.held,
        )
        for one in connection.execute(wanted)
    )
    named = {name: getattr(row, name) for name in Recordings.__struct_fields__ if name != "items"}
    return msgspec.convert({**named, "items": items}, Recordings)
