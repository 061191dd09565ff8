"""Heads of the journal that are published, and how far each target has them. The token of an authority stays here."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from baqylau.crypto.signing import Signer
from baqylau.storage.database import transaction
from baqylau.storage.journal.head_tables import head_delivery, published_head
from baqylau.storage.journal.proof import Signed, sign_in

PUBLISH_LOCK = 0x6261_7181
_JOINED = head_delivery.join(published_head, published_head.c.id == head_delivery.c.head_id)
_DELIVERIES = select(head_delivery, published_head.c.at, published_head.c.content).select_from(_JOINED)


class Delivery(Struct, frozen=True, kw_only=True):
    """One head on its way to one target."""

    head_id: int
    at: datetime
    """When the head was signed."""
    content: bytes
    """The head as it is published."""
    target: str
    attempts: int
    next_at: datetime | None
    last_error: str
    done_at: datetime | None
    token: bytes | None


class Stamped(Struct, frozen=True, kw_only=True):
    """A head and what an authority gave for it."""

    at: datetime
    content: bytes
    token: bytes


def head_file(signed: Signed) -> bytes:
    """Give a signed head as it is published: what is time-stamped is exactly this."""
    return msgspec.json.format(msgspec.json.encode(signed))


class PublishedHeads:
    """Keeps them. Several programs may publish: one begins, and a delivery that is under way waits for its lease."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, signer: Signer, targets: Collection[str], at: datetime, not_since: datetime) -> bool:
        """Sign a head for these targets, unless there is one that was signed after an instant."""
        with transaction(self._engine) as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PUBLISH_LOCK})
            last = connection.scalar(select(func.max(published_head.c.at)))
            if last is not None and last > not_since:
                return False
            content = head_file(sign_in(connection, signer, at))
            new = insert(published_head).values(at=at, content=content).returning(published_head.c.id)
            number = connection.scalar(new)
            waiting = [
                {"head_id": number, "target": one, "attempts": 0, "next_at": at, "last_error": ""} for one in targets
            ]
            if waiting:
                connection.execute(insert(head_delivery), waiting)
        return True

    def take(self, targets: Collection[str], at: datetime, lease_until: datetime) -> Delivery | None:
        """Take the oldest delivery to one of these targets whose time has come; nobody else has it before the lease."""
        ready = head_delivery.c.target.in_(targets) & (head_delivery.c.next_at <= at)
        order = (head_delivery.c.next_at, head_delivery.c.head_id)
        with transaction(self._engine) as connection:
            waiting = select(head_delivery.c.head_id, head_delivery.c.target).where(ready).order_by(*order).limit(1)
            row = connection.execute(waiting.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return None
            mine = (head_delivery.c.head_id == row.head_id) & (head_delivery.c.target == row.target)
            connection.execute(update(head_delivery).where(mine).values(next_at=lease_until))
            taken = connection.execute(_DELIVERIES.where(mine)).one()
        return msgspec.convert(taken, Delivery, from_attributes=True)

    def done(self, one: Delivery, at: datetime, token: bytes | None = None) -> None:
        """Note that a target has a head, and what it gave for it."""
        changed = {"attempts": one.attempts + 1, "next_at": None, "last_error": "", "done_at": at, "token": token}
        self._change(one, changed)

    def failed(self, one: Delivery, error: str, next_at: datetime) -> None:
        """Note an attempt that came to nothing."""
        self._change(one, {"attempts": one.attempts + 1, "last_error": error, "next_at": next_at})

    def _change(self, one: Delivery, values: Mapping[str, object]) -> None:
        mine = (head_delivery.c.head_id == one.head_id) & (head_delivery.c.target == one.target)
        with transaction(self._engine) as connection:
            connection.execute(update(head_delivery).where(mine).values(values))

    def again(self, head_id: int, targets: Sequence[str], at: datetime) -> None:
        """Let targets have a head once more: there is a token for it now."""
        waiting = [
            {"head_id": head_id, "target": one, "attempts": 0, "next_at": at, "last_error": ""} for one in targets
        ]
        if waiting:
            new = upsert(head_delivery).values(waiting)
            once_more = {"attempts": 0, "next_at": at, "done_at": None}
            with transaction(self._engine) as connection:
                connection.execute(new.on_conflict_do_update(index_elements=["head_id", "target"], set_=once_more))

    def tokens(self, head_id: int) -> dict[str, bytes]:
        """Give what authorities gave for a head, by the name of each."""
        given = select(head_delivery).where(head_delivery.c.head_id == head_id, head_delivery.c.token.is_not(None))
        with transaction(self._engine) as connection:
            return {row.target: row.token for row in connection.execute(given)}

    def latest(self, limit: int) -> list[Delivery]:
        """Give how it goes, newest head first."""
        newest = _DELIVERIES.order_by(head_delivery.c.head_id.desc(), head_delivery.c.target).limit(limit)
        with transaction(self._engine) as connection:
            return [msgspec.convert(row, Delivery, from_attributes=True) for row in connection.execute(newest)]

    def stamped(self, since: datetime) -> list[Stamped]:
        """Give the stamped heads that were signed since an instant, oldest first."""
        wanted = select(published_head.c.at, published_head.c.content, head_delivery.c.token).select_from(_JOINED)
        given = wanted.where(head_delivery.c.token.is_not(None), published_head.c.at >= since)
        with transaction(self._engine) as connection:
            found = connection.execute(given.order_by(published_head.c.at, head_delivery.c.target)).all()
        return [msgspec.convert(row, Stamped, from_attributes=True) for row in found]
