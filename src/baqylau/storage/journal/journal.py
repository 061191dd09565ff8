"""The journal: what was heard is kept here before anything else is done with it, and never changed.

Whoever appends holds the rows of the heads of the partitions it writes to until its commit. So numbers in a partition
have no gaps, become visible in their order, and one chain of hashes runs through them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Engine

from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId, ObservationId, PersonId
from baqylau.domain.observations import Observation
from baqylau.domain.partitions import is_ourselves
from baqylau.rules.clock import order_key
from baqylau.storage.bulk import columns_of
from baqylau.storage.checks.calls import note_calls
from baqylau.storage.checks.check_facts import index_checks
from baqylau.storage.database import driver, transaction
from baqylau.storage.journal import ledger, proof, rows
from baqylau.storage.journal.appending import HEADS, RANDOM_BYTES, Entry, Head, Writing, heads_from, locked_heads
from baqylau.storage.journal.archived import KEPT_AT_LEAST, require
from baqylau.storage.journal.days import Days
from baqylau.storage.vault import KeyDestroyedError, Vault

__all__ = ["Asked", "Entry", "Head", "Journal", "JournalEntry"]


class JournalEntry(Struct, frozen=True, kw_only=True, gc=False):
    """An observation as it was kept. It has no bodies when the key of its person was destroyed."""

    partition: int
    seq: int
    person_id: PersonId | None
    observation: Observation


class Asked(Struct, frozen=True, kw_only=True):
    """What somebody's devices are asked for."""

    told_of: PersonId
    device_ids: Collection[DeviceId]
    from_instant: datetime
    read_to: Mapping[int, int]
    """Nothing of these partitions is given after these numbers."""


_NEWS = (
    "SELECT head.partition, known.seq, head.seq, day.received_at "
    "FROM unnest(%s::int2[], %s::int8[]) AS known (partition, seq) "
    "JOIN journal_head AS head ON head.partition = known.partition AND head.seq > known.seq "
    "CROSS JOIN LATERAL (SELECT received_at FROM journal_day WHERE journal_day.partition = head.partition "
    "AND first_seq <= known.seq + 1 ORDER BY first_seq DESC LIMIT 1) AS day"
)
_READ_AFTER = rows.selecting(
    " FROM unnest(%s::int2[], %s::int8[], %s::int8[]) AS news (partition, after, until) "
    "CROSS JOIN LATERAL (SELECT * FROM journal WHERE journal.partition = news.partition AND journal.seq > news.after "
    "AND journal.seq <= news.until AND journal.received_at >= %s ORDER BY journal.seq LIMIT %s) AS journal LIMIT %s"
)
_BEYOND = (
    "SELECT head.partition FROM unnest(%s::int2[], %s::int8[]) AS known (partition, seq) "
    "JOIN journal_head AS head ON head.partition = known.partition AND head.seq > known.seq"
)
_OF_DEVICES = rows.selecting(
    " FROM journal WHERE device_id = ANY(%s) AND instant >= %s "
    "AND instant <= coalesce(%s::timestamptz, 'infinity') AND received_at >= %s - interval '2 minutes' "
    "AND received_at <= coalesce(%s::timestamptz, 'infinity')"
)
_OF_EACH = rows.selecting(
    ", asked.place FROM unnest(%s::int4[], %s::text[], %s::timestamptz[]) AS asked (place, device_id, since) "
    "CROSS JOIN LATERAL (SELECT * FROM journal WHERE journal.device_id = asked.device_id "
    "AND journal.instant >= asked.since AND journal.received_at >= asked.since - interval '2 minutes' OFFSET 0) "
    "AS journal"
)
_HOW_MANY = (
    "SELECT count(*) FROM (SELECT 1 FROM journal WHERE device_id = ANY(%s) AND instant >= %s "
    "AND received_at >= %s - interval '2 minutes' LIMIT %s) AS found"
)
_FIRST_RECEIVED_AFTER = (
    "SELECT min(instant) FROM journal WHERE device_id = ANY(%s) AND instant <= %s AND received_at > %s"
)
_LAST_HEARD = "SELECT device_id, max(instant) FROM journal WHERE device_id = ANY(%s) GROUP BY device_id"
_BY_ID = rows.selecting(" FROM journal_key JOIN journal USING (partition, seq, received_at) WHERE journal_key.id = %s")

_BY_IDS = rows.selecting(
    " FROM journal_key JOIN journal USING (partition, seq, received_at) WHERE journal_key.id = ANY(%s)"
)


class Journal:
    """Appends and reads. One object may be used by several threads."""

    def __init__(
        self, engine: Engine, vault: Vault, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        """`random` gives nonces of seals and salts of digests: fresh bytes, never the same again."""
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._random = random
        self._days = Days(engine)

    def append(self, entries: Sequence[Entry], also: Sequence[Callable[[Connection], None]] = ()) -> list[bool]:
        """Keep the entries in one transaction; when this returns they are on disk, with what is `also` written.

        Gives for each whether it is new; one that is there already, or twice among these, is False. Raises
        `StorageUnavailableError` when nothing is certain: append the same again.
        """
        if not entries and not also:
            return []
        now = self._clock()
        self._days.make_ready(now)
        keys = self._vault.keys_for(entry.person_id for entry in entries)
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            writing = Writing(cursor, locked_heads(cursor, {entry.partition for entry in entries}), now)
            fresh = writing.claim(entries) if entries else {}
            writing.copy(fresh, keys, self._random(RANDOM_BYTES * len(fresh)))
            writing.finish()
            index_checks(connection, entries)
            note_calls(connection, entries)
            for write in also:
                write(connection)
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
        self._vault.load(rows.key_id_of(row) for row in found)
        return [self._entry(row) for row in found]

    def beyond(self, read_to: Mapping[int, int]) -> frozenset[int]:
        """Give the partitions in which more is kept than up to these numbers."""
        if not read_to:
            return frozenset()
        with transaction(self._engine) as connection:
            found = driver(connection).execute(_BEYOND, (list(read_to), list(read_to.values())))
            return frozenset(partition for (partition,) in found)

    def of_devices(
        self,
        device_ids: Collection[DeviceId],
        from_instant: datetime,
        until_instant: datetime | None = None,
        *,
        told_of: PersonId | None = None,
        read_to: Mapping[int, int] | None = None,
        received_until: datetime | None = None,
    ) -> list[Observation]:
        """Give what these devices told of the instants from one to another, both included, in judging order.

        None for the other means all that follow. What serves a whole flat tells each of its people the same: `told_of`
        somebody, what they have themselves is not given again as others have it. Of the partitions in `read_to` nothing
        after these numbers is given, and nothing that was received after `received_until`. `DaysArchivedError` when
        some of it is in the archive alone.
        """
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            if from_instant < self._clock() - KEPT_AT_LEAST:
                require(cursor, (one for one in device_ids if not is_ourselves(one)), from_instant)
            found = cursor.execute(
                _OF_DEVICES, (list(device_ids), from_instant, until_instant, from_instant, received_until)
            ).fetchall()
        wanted = _read(_once(found, told_of), read_to or {})
        self._vault.load(rows.key_id_of(row) for row in wanted)
        return self._observations(wanted)

    def of_each(self, asked: Iterable[Asked]) -> dict[PersonId, Callable[[], list[Observation]]]:
        """Give what opens what `of_devices` gives for each of these people: by one question for all of them.

        Whoever is asked for from so long ago that it may be in the archive is missing. What of one person cannot be
        opened stands in nobody else's way.
        """
        kept_since = self._clock() - KEPT_AT_LEAST
        lately = [one for one in asked if one.from_instant >= kept_since]
        if not lately:
            return {}
        wanted = [(place, device, one.from_instant) for place, one in enumerate(lately) for device in one.device_ids]
        found: list[list[tuple[Any, ...]]] = [[] for _ in lately]
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            for *row, place in cursor.execute(_OF_EACH, columns_of(wanted)):
                found[place].append(tuple(row))
        told = {
            one.told_of: _read(_once(each, one.told_of), one.read_to) for one, each in zip(lately, found, strict=True)
        }
        self._vault.load(rows.key_id_of(row) for each in told.values() for row in each)
        return {person_id: partial(self._observations, each) for person_id, each in told.items()}

    def how_many(self, device_ids: Collection[DeviceId], from_instant: datetime, most: int) -> int:
        """Give how many entries these devices have from an instant on; counting stops at `most`."""
        with transaction(self._engine) as connection, driver(connection).cursor() as cursor:
            asked = (list(device_ids), from_instant, from_instant, most)
            return int(cursor.execute(_HOW_MANY, asked).fetchall()[0][0])

    def entries(self, observation_ids: Collection[ObservationId]) -> list[JournalEntry]:
        """Give several observations as they were kept, in judging order; those that are not there are left out."""
        names = [bytes.fromhex(one) for one in observation_ids]
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            found = cursor.execute(_BY_IDS, (names,)).fetchall()
        self._vault.load(rows.key_id_of(row) for row in found)
        return sorted((self._entry(row) for row in found), key=lambda one: order_key(one.observation))

    def entry(self, observation_id: ObservationId) -> JournalEntry:
        """Give one observation as it was kept. `KeyError` when there is no such."""
        return self._entry(self._row(observation_id))

    def raw(self, observation_id: ObservationId) -> bytes:
        """Give exactly the bytes that were heard. `KeyError` when there is no such observation, `KeyDestroyedError`."""
        row = self._row(observation_id)
        clear = rows.clear_of(row)
        return rows.opened(clear, row[-1], self._vault.opener(clear.key_id))[1]

    def _row(self, observation_id: ObservationId) -> tuple[Any, ...]:
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            row = cursor.execute(_BY_ID, (bytes.fromhex(observation_id),)).fetchone()
        if row is None:
            raise KeyError(observation_id)
        return row

    def first_received_after(
        self, device_ids: Collection[DeviceId], received_at: datetime, until_instant: datetime
    ) -> datetime | None:
        """Give the earliest instant of which these devices told only after `received_at`, up to another instant."""
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            row = cursor.execute(_FIRST_RECEIVED_AFTER, (list(device_ids), until_instant, received_at)).fetchone()
        return row[0] if row is not None else None

    def last_heard(self, device_ids: Collection[DeviceId]) -> dict[DeviceId, datetime]:
        """Give of which instant each of these devices last told; those that never told anything are missing."""
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            return dict(cursor.execute(_LAST_HEARD, (list(device_ids),)).fetchall())

    def heads(self) -> dict[int, Head]:
        """Give where every partition stands."""
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            return heads_from(cursor.execute(f"{HEADS} ORDER BY 1").fetchall())

    def sign_heads(self, signer: Signer, at: datetime) -> proof.Signed:
        """Sign where all partitions stand now."""
        return proof.sign_heads(self._engine, signer, at)

    def words_wait(self) -> bool:
        """Tell whether something was found or done that the next signature takes into the ledger."""
        return ledger.waits(self._engine)

    def verify(self, public_key: bytes | None = None) -> proof.Verification:
        """Prove that everything is as it was written; see `storage.journal.proof.verify`."""
        return proof.verify(self._engine, public_key)

    def _observations(self, found: Iterable[tuple[Any, ...]]) -> list[Observation]:
        return sorted((self._entry(row).observation for row in found), key=order_key)

    def _entry(self, row: tuple[Any, ...]) -> JournalEntry:
        clear = rows.clear_of(row)
        try:
            observation, _ = rows.opened(clear, row[-1], self._vault.opener(clear.key_id))
        except KeyDestroyedError:
            observation = rows.observation_of(clear, (), "")
        return JournalEntry(
            partition=clear.partition, seq=clear.seq, person_id=clear.person_id, observation=observation
        )


def _once(found: Sequence[tuple[Any, ...]], told_of: PersonId | None) -> Sequence[tuple[Any, ...]]:
    """Leave out what others have of the instants of which a person has the same device's word themselves."""
    if told_of is None or len({row[3] for row in found} - {None}) <= 1:
        return found
    own = {(row[4], row[5]) for row in found if row[3] == told_of}
    return [row for row in found if row[3] in {None, told_of} or (row[4], row[5]) not in own]


def _read(found: Iterable[tuple[Any, ...]], read_to: Mapping[int, int]) -> list[tuple[Any, ...]]:
    return [row for row in found if row[0] not in read_to or row[1] <= read_to[row[0]]]


def _first_of_each(entries: Sequence[Entry], fresh: Collection[ObservationId]) -> list[bool]:
    """Only the first of several equal entries is the new one."""
    waiting = set(fresh)
    told = []
    for entry in entries:
        told.append(entry.observation.id in waiting)
        waiting.discard(entry.observation.id)
    return told
