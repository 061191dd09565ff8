"""Bytes that could not be taken are kept as evidence, within bounds: nobody can fill the disk with noise."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from baqylau.crypto.sealing import NONCE_BYTES
from baqylau.domain.ids import DeviceId
from baqylau.storage.database import transaction
from baqylau.storage.equipment.strangers import Item, note_strangers
from baqylau.storage.schema import quarantine, quarantine_tally, refusal
from baqylau.storage.vault import Vault

__all__ = ["KEPT_BYTES", "KEPT_PER_HOUR", "Item", "Kept", "Quarantine"]

KEPT_BYTES = 65_536
"""Of a longer frame only the beginning is kept, and its length."""
KEPT_PER_HOUR = 10_000
"""Of each protocol and fault; what is beyond is counted only."""


class Kept(Struct, frozen=True, kw_only=True):
    """An item as it is kept, with the beginning of its bytes."""

    id: int
    at: datetime
    length_bytes: int
    item: Item


_item = msgspec.msgpack.Decoder(Item)


class Quarantine:
    """Keeps what could not be taken, sealed with the installation's key."""

    def __init__(
        self, engine: Engine, vault: Vault, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._random = random

    def keep(self, items: Sequence[Item]) -> None:
        """Count the items, and keep the bytes of those within the hour's bound."""
        if not items:
            return
        now = self._clock()
        counts = Counter((item.protocol, item.fault) for item in items)
        with transaction(self._engine) as connection:
            room = {}
            for (protocol, fault), count in sorted(counts.items()):
                room[protocol, fault] = KEPT_PER_HOUR - self._tally(connection, now, protocol, fault, count)
            rows = [self._row(item, now) for item in _within(items, room)]
            if rows:
                connection.execute(insert(quarantine), rows)
            note_strangers(connection, items, now)

    def _tally(self, connection: Connection, now: datetime, protocol: str, fault: str, count: int) -> int:
        """Count, and give how many there were in this hour before."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        counted = upsert(quarantine_tally).values(hour=hour, protocol=protocol, fault=fault, count=count)
        counted = counted.on_conflict_do_update(
            index_elements=["hour", "protocol", "fault"], set_={"count": quarantine_tally.c.count + count}
        )
        return int(connection.execute(counted.returning(quarantine_tally.c.count)).scalar_one()) - count

    def _row(self, item: Item, at: datetime) -> dict[str, object]:
        key = self._vault.key_for(None)
        kept = replace(item, raw=item.raw[:KEPT_BYTES])
        sealed = key.seal.close(
            msgspec.msgpack.encode(kept), nonce=self._random(NONCE_BYTES), context=_context(at, item.fault)
        )
        return {
            "at": at,
            "protocol": item.protocol,
            "fault": item.fault,
            "length_bytes": len(item.raw),
            "key_id": key.id,
            "sealed": sealed,
        }

    def count_since(self, at: datetime) -> int:
        """Give how many items came since the beginning of the hour of this instant, kept or only counted."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        counted = select(func.sum(quarantine_tally.c.count)).where(quarantine_tally.c.hour >= hour)
        with transaction(self._engine) as connection:
            return int(connection.scalar(counted) or 0)

    def refuse(self, counts: Mapping[DeviceId, int]) -> None:
        """Count words of devices whose person has no order in force. What they said is not kept anywhere."""
        if not counts:
            return
        day = self._clock().date()
        rows = [{"day": day, "device_id": name, "count": count} for name, count in sorted(counts.items())]
        counted = upsert(refusal).values(rows)
        counted = counted.on_conflict_do_update(
            index_elements=["day", "device_id"], set_={"count": refusal.c.count + counted.excluded.count}
        )
        with transaction(self._engine) as connection:
            connection.execute(counted)

    def refused(self, day: date) -> dict[DeviceId, int]:
        """Give how often each device was refused on a day (UTC)."""
        with transaction(self._engine) as connection:
            found = connection.execute(select(refusal.c.device_id, refusal.c.count).where(refusal.c.day == day))
            return {DeviceId(device_id): count for device_id, count in found}

    def latest(self, count: int) -> list[Kept]:
        """Give the last items, newest first."""
        wanted = select(quarantine).order_by(quarantine.c.id.desc()).limit(count)
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return [
            Kept(
                id=row.id,
                at=row.at,
                length_bytes=row.length_bytes,
                item=_item.decode(self._vault.opener(row.key_id).open(row.sealed, context=_context(row.at, row.fault))),
            )
            for row in rows
        ]


def _within(items: Sequence[Item], room: dict[tuple[str, str], int]) -> Iterator[Item]:
    for item in items:
        room[item.protocol, item.fault] -= 1
        if room[item.protocol, item.fault] >= 0:
            yield item


def _context(at: datetime, fault: str) -> bytes:
    return msgspec.msgpack.encode((at, fault))
