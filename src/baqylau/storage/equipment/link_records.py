"""How far the records of each device are kept, so that it learns what it may forget and what is missing.

The journal keeps the facts; here are their numbers. They are written in the transaction that keeps the facts, so that
no device is ever told of a record that is not on disk. Of the last batches the digest of every record stays: whoever
uses a number again with another content is seen.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, Select, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.storage.bulk import BulkInsert, updating
from baqylau.storage.database import driver, transaction
from baqylau.storage.equipment import commands
from baqylau.storage.equipment.consoles import Look, keep_looks
from baqylau.storage.equipment.field_acts import NewAct, keep_acts
from baqylau.storage.equipment.link_tables import beacon_status, link_batch, link_state, unit_word
from baqylau.storage.journal import shared_batches
from baqylau.storage.journal.shared_batches import SharedBatch

CONTENT_BYTES = 8
"""Of the digest of each record so much is kept."""
RECENT = 4_096
"""Records below the last contiguous one whose digests are kept: nearly three days at one a minute."""
STATUS_KEPT = timedelta(days=40)
"""Longer than anything can be late: a unit's spool holds 30 days."""
NO_BATCH = bytes(32)

Stretch = tuple[int, int]
"""First and last number, both included."""


class Kept(Struct, frozen=True, kw_only=True, gc=False):
    """Which records of a device are kept."""

    device_id: DeviceId
    through: int = 0
    """All records up to this one."""
    beyond: tuple[Stretch, ...] = ()
    """Stretches after a gap, in order; no two touch."""
    configuration: int = 0
    """By which version the device ran when it last told something."""
    batch: bytes = NO_BATCH
    """SHA-256 of the batch that came last."""
    heard_at: datetime | None = None

    def holds(self, seq: int) -> bool:
        """Whether this record is kept."""
        return seq <= self.through or any(first <= seq <= last for first, last in self.beyond)

    @property
    def missing(self) -> tuple[Stretch, ...]:
        """The stretches before a kept record that are not kept."""
        ends = (self.through, *(last for _, last in self.beyond))
        return tuple((end + 1, first - 1) for end, (first, _) in zip(ends, self.beyond, strict=False))


def joined(through: int, beyond: Iterable[Stretch]) -> tuple[int, tuple[Stretch, ...]]:
    """Give the same numbers with everything that touches put together."""
    apart: list[Stretch] = []
    for first, last in sorted(beyond):
        if first <= through + 1:
            through = max(through, last)
        elif apart and first <= apart[-1][1] + 1:
            apart[-1] = (apart[-1][0], max(apart[-1][1], last))
        else:
            apart.append((first, last))
    return through, tuple(apart)


class Status(Struct, frozen=True, kw_only=True, gc=False):
    """The 8 bytes of a beacon whose latched words differ from those before."""

    device_id: DeviceId
    at: datetime
    status: bytes


class Word(Struct, frozen=True, kw_only=True, gc=False):
    """What a unit tells that no rule judges."""

    device_id: DeviceId
    seq: int
    person_id: PersonId | None
    """None where it is about nobody, or about everybody whom the unit serves."""
    observed_at: datetime
    kind: str
    body: Any
    """What becomes JSON."""


class Arrival(Struct, frozen=True, kw_only=True, gc=False):
    """A batch, besides its facts: written in the transaction that keeps those."""

    kept: Kept
    """How far the device's records are kept then."""
    previous: bytes = NO_BATCH
    """What the batch says was the digest of the one before it."""
    stretch: Stretch | None = None
    """Its own numbers; None when it has no records."""
    contents: bytes = b""
    """The beginnings of the digests of its records, one after another."""
    statuses: tuple[Status, ...] = ()
    words: tuple[Word, ...] = ()
    told: tuple[commands.Told, ...] = ()
    looks: tuple[Look, ...] = ()
    acts: tuple[NewAct, ...] = ()
    shared: SharedBatch | None = None


class LinkRecords:
    """Reads how far devices have told."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> dict[DeviceId, Kept]:
        """Give how far each device has told that ever told anything."""
        return {one.device_id: one for one in self._kept(select(link_state))}

    def of(self, device_id: DeviceId) -> Kept | None:
        """Give how far one device has told; None when it never did."""
        return next(iter(self._kept(select(link_state).where(link_state.c.device_id == device_id))), None)

    def _kept(self, wanted: "Select[tuple[object, ...]]") -> list[Kept]:
        with transaction(self._engine) as connection:
            return [
                Kept(
                    device_id=DeviceId(row.device_id),
                    through=row.through,
                    beyond=_stretches.decode(row.beyond),
                    configuration=row.configuration,
                    batch=row.batch,
                    heard_at=row.heard_at,
                )
                for row in connection.execute(wanted)
            ]

    def contents(self, device_id: DeviceId, first: int, last: int) -> dict[int, bytes]:
        """Give the beginnings of the digests of these records, of those that are recent enough to be known."""
        chosen = (link_batch.c.device_id == device_id) & (link_batch.c.last_seq >= first)
        wanted = select(link_batch.c.first_seq, link_batch.c.contents).where(chosen, link_batch.c.first_seq <= last)
        found: dict[int, bytes] = {}
        with transaction(self._engine) as connection:
            for begin, contents in connection.execute(wanted.order_by(link_batch.c.received_at.desc())):
                for place in range(0, len(contents), CONTENT_BYTES):
                    found[begin + place // CONTENT_BYTES] = contents[place : place + CONTENT_BYTES]
        return found

    def parted(self, device_id: DeviceId, previous: bytes, digest: bytes) -> bool:
        """Whether another batch than this one is kept that names the same one before it: no device makes two such."""
        same = (link_batch.c.device_id == device_id) & (link_batch.c.previous == previous)
        with transaction(self._engine) as connection:
            return bool(connection.scalar(select(exists().where(same, link_batch.c.digest != digest))))

    def unseen(self, device_id: DeviceId) -> int:
        """Count the recent batches of which the one before never came: made, and lost on the way or kept back."""
        before = link_batch.alias("before")
        earlier = (before.c.device_id == device_id) & (before.c.received_at <= link_batch.c.received_at)
        came = select(before.c.digest).where(earlier, before.c.digest == link_batch.c.previous).exists()
        other = select(before.c.digest).where(earlier, before.c.digest != link_batch.c.digest).exists()
        chosen = (link_batch.c.device_id == device_id) & (link_batch.c.previous != NO_BATCH)
        with transaction(self._engine) as connection:
            wanted = select(func.count()).select_from(link_batch).where(chosen, other, ~came)
            return int(connection.scalar(wanted) or 0)

    def statuses(self) -> list[Status]:
        """Give what transmitters had latched in the last weeks, in order."""
        wanted = select(beacon_status).order_by(beacon_status.c.device_id, beacon_status.c.at)
        with transaction(self._engine) as connection:
            return [
                Status(device_id=DeviceId(row.device_id), at=row.at, status=row.status)
                for row in connection.execute(wanted)
            ]

    def words(self, kind: str, device_ids: Iterable[DeviceId] | None = None, limit: int = 1_000) -> list[Word]:
        """Give what units told of a kind, newest first; of all units when none are named."""
        wanted = select(unit_word).where(unit_word.c.kind == kind).order_by(unit_word.c.observed_at.desc())
        if device_ids is not None:
            wanted = wanted.where(unit_word.c.device_id.in_(list(device_ids)))
        with transaction(self._engine) as connection:
            return [
                Word(
                    device_id=DeviceId(row.device_id),
                    seq=row.seq,
                    person_id=PersonId(row.person_id) if row.person_id else None,
                    observed_at=row.observed_at,
                    kind=row.kind,
                    body=row.body,
                )
                for row in connection.execute(wanted.limit(limit))
            ]

    def latest_words(self, kind: str) -> dict[DeviceId, Word]:
        """Give the last word of a kind of each unit."""
        newest: dict[DeviceId, Word] = {}
        for word in self.words(kind, limit=100_000):
            newest.setdefault(word.device_id, word)
        return newest


_stretches = msgspec.msgpack.Decoder(tuple[Stretch, ...])
_STATE = ("device_id", "through", "beyond", "configuration", "batch", "heard_at")
_KEEP_STATE = BulkInsert(link_state, _STATE, updating("device_id", _STATE[1:]))
_KEEP_BATCH = BulkInsert(
    link_batch,
    ("device_id", "digest", "previous", "first_seq", "last_seq", "contents", "received_at"),
    "ON CONFLICT DO NOTHING",
)


def keeping(arrivals: Sequence[Arrival], at: datetime) -> Callable[[Connection], None]:
    """Give what writes the arrivals down in a transaction. Of several of one device the last one's numbers stay."""

    def keep(connection: Connection) -> None:
        newest: Mapping[DeviceId, Kept] = {one.kept.device_id: one.kept for one in arrivals}
        with driver(connection).cursor(binary=True) as cursor:
            _KEEP_STATE.run(cursor, sorted(_state_row(one, at) for one in newest.values()))
            _KEEP_BATCH.run(cursor, [_batch_row(one, one.stretch, at) for one in arrivals if one.stretch])
        _keep_rest(connection, arrivals, at)

    return keep


def _keep_rest(connection: Connection, arrivals: Sequence[Arrival], at: datetime) -> None:
    """Write down what few batches bring."""
    statuses = [msgspec.structs.asdict(row) for one in arrivals for row in one.statuses]
    if statuses:
        connection.execute(insert(beacon_status).on_conflict_do_nothing(), statuses)
    words = [{**msgspec.structs.asdict(word), "received_at": at} for one in arrivals for word in one.words]
    if words:
        connection.execute(insert(unit_word).on_conflict_do_nothing(), words)
    commands.tell(connection, [told for one in arrivals for told in one.told])
    shared_batches.keep(connection, [one.shared for one in arrivals if one.shared is not None], at)
    keep_looks(connection, [look for one in arrivals for look in one.looks])
    keep_acts(connection, [act for one in arrivals for act in one.acts])


def prune(engine: Engine, at: datetime) -> None:
    """Let go of digests of records that were confirmed long ago, and of what was latched before something newer."""
    far = link_state.c.through - RECENT
    old = (link_batch.c.device_id == link_state.c.device_id) & (link_batch.c.last_seq < far)
    newer = beacon_status.alias("newer")
    long_since = (newer.c.at < at - STATUS_KEPT) & (newer.c.device_id == beacon_status.c.device_id)
    latest = select(func.max(newer.c.at)).where(long_since).scalar_subquery()
    with transaction(engine) as connection:
        connection.execute(delete(link_batch).where(old))
        connection.execute(delete(beacon_status).where(beacon_status.c.at < latest))


def _state_row(kept: Kept, at: datetime) -> tuple[object, ...]:
    beyond = msgspec.msgpack.encode(kept.beyond)
    return (kept.device_id, kept.through, beyond, kept.configuration, kept.batch, kept.heard_at or at)


def _batch_row(one: Arrival, stretch: Stretch, at: datetime) -> tuple[object, ...]:
    return (one.kept.device_id, one.kept.batch, one.previous, *stretch, one.contents, at)
