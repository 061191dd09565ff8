"""What the judge reads and writes. One transaction holds everything that follows from a batch of entries."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, delete, insert, select, text

from baqylau.crypto.canonical import canonical
from baqylau.domain.findings import Finding
from baqylau.domain.ids import AlarmId, FindingId, PersonId
from baqylau.domain.verdicts import Compliance
from baqylau.rules.fold import Turn
from baqylau.storage.alarms.feed import ALARM, append, notify
from baqylau.storage.bulk import BulkInsert, columns_of, updating
from baqylau.storage.database import driver, transaction
from baqylau.storage.journal.ledger_tables import rules_used
from baqylau.storage.judging import verdicts
from baqylau.storage.judging.telling import tell
from baqylau.storage.registers.editing import NOT_JUDGED
from baqylau.storage.schema import judge_cursor, person_live, person_snapshot, person_state

if TYPE_CHECKING:
    from psycopg import Cursor


RULES_LOCK = 0x6261_7184


class FencedError(Exception):
    """Another judge has taken over; nothing of the batch was written. Stop."""


class Stored(Struct, frozen=True, kw_only=True):
    """Where the fold of a person stands."""

    state: bytes
    through: datetime | None
    wake_at: datetime | None


class Snapshot(Struct, frozen=True, kw_only=True):
    """A state that is kept, for late data."""

    state: bytes
    through: datetime
    """Where it ends."""


class Anew(Struct, frozen=True, kw_only=True):
    """Whose fold begins anew."""

    person_id: PersonId
    since: datetime
    """Before this instant."""
    stood_at: datetime | None = None
    """Where it is known to have stood before that; None: where the last snapshot stands."""


class Stood(Struct, frozen=True, kw_only=True):
    """What is kept of where a fold stood before an instant."""

    snapshot: Snapshot | None
    """The last one."""
    findings: tuple[FindingId, ...]
    """Those that stand for what happened since; for everything where there is no snapshot."""


class LiveWrite(Struct, frozen=True, kw_only=True):
    """What the live screen shows of a person."""

    compliance: Compliance
    body: bytes


class Judged(Struct, frozen=True, kw_only=True):
    """What a batch did to one person."""

    person_id: PersonId
    partition: int
    state: bytes
    through: datetime | None
    wake_at: datetime | None = None
    snapshot: Snapshot | None = None
    """To be kept."""
    drop_snapshots_after: datetime | None = None
    """The fold began anew after this instant: snapshots later than it no longer hold."""
    raised: tuple[Finding, ...] = ()
    superseded: tuple[FindingId, ...] = ()
    live: LiveWrite | None = None
    turns: tuple[Turn, ...] = ()
    """What each restriction gave from when on."""
    drop_turns_after: datetime | None = None
    """The fold began anew after this instant: what was kept of restrictions since then no longer holds."""


class JudgedBatch(Struct, frozen=True, kw_only=True):
    """Everything that follows from a batch, to be written whole or not at all."""

    epochs: Mapping[int, int]
    """What `storage.judging.seats` gave."""
    cursors: Mapping[int, int]
    """How far each partition is judged now; only those that moved."""
    people: tuple[Judged, ...]
    changes: tuple[int, ...] = ()
    """Numbers of the changes of the registers that the batch answers."""
    judged_at: datetime


_FENCE = "SELECT partition, epoch FROM judge_cursor WHERE partition = ANY(%s) ORDER BY partition FOR UPDATE"
_MOVE = (
    "UPDATE judge_cursor SET seq = new.seq FROM unnest(%s::int2[], %s::int8[]) AS new (partition, seq) "
    "WHERE judge_cursor.partition = new.partition"
)
_ANSWER = "UPDATE register_change SET judged_at = %s WHERE id = ANY(%s)"
_STOOD = """
SELECT anew.person_id, kept.state, kept.through, ARRAY(
  SELECT id FROM finding WHERE finding.person_id = anew.person_id AND superseded_at IS NULL
  AND body->>'rule' <> ALL(%s)
  AND at > coalesce(anew.stood_at, kept.through, '-infinity') ORDER BY at, id
)
FROM unnest(%s::text[], %s::timestamptz[], %s::timestamptz[]) AS anew (person_id, since, stood_at)
LEFT JOIN LATERAL (
  SELECT state, through FROM person_snapshot
  WHERE person_snapshot.person_id = anew.person_id AND through < anew.since AND anew.stood_at IS NULL
  ORDER BY through DESC LIMIT 1
) AS kept ON true
"""
_STATE_COLUMNS = ("person_id", "partition", "state", "through", "wake_at", "judged_at")
_STATES = BulkInsert(person_state, _STATE_COLUMNS, updating("person_id", _STATE_COLUMNS[1:]))
_SNAPSHOTS = BulkInsert(
    person_snapshot,
    ("person_id", "through", "state"),
    updating("person_id, through", ("state",)),
)
_DROP_SNAPSHOTS = (
    "DELETE FROM person_snapshot USING unnest(%s::text[], %s::timestamptz[]) AS dropped (person_id, after) "
    "WHERE person_snapshot.person_id = dropped.person_id AND person_snapshot.through > dropped.after"
)
_LIVE_COLUMNS = ("person_id", "compliance", "updated_at", "body")
_LIVE = BulkInsert(person_live, _LIVE_COLUMNS, updating("person_id", _LIVE_COLUMNS[1:]))


class JudgeStore:
    """The judge's side of the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def judge_by(self, code: str, figures: Mapping[str, Any], at: datetime) -> None:
        """Write down by which rules is judged from now on, if they are others than until now."""
        told = msgspec.to_builtins(dict(figures))
        last = select(rules_used.c.code, rules_used.c.figures).order_by(rules_used.c.id.desc()).limit(1)
        with transaction(self._engine) as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": RULES_LOCK})
            before = connection.execute(last).first()
            if before is None or (before.code, canonical(before.figures)) != (code, canonical(told)):
                connection.execute(insert(rules_used).values(at=at, code=code, figures=told))

    def cursors(self) -> dict[int, int]:
        """Give the number of the last judged entry of each partition."""
        with transaction(self._engine) as connection:
            found = connection.execute(select(judge_cursor.c.partition, judge_cursor.c.seq))
            return {row.partition: row.seq for row in found}

    def states(self, person_ids: Collection[PersonId] | None = None) -> dict[PersonId, Stored]:
        """Give the latest state of these people, of all for None. Who was never judged is missing."""
        wanted = "SELECT person_id, state, through, wake_at FROM person_state"
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            if person_ids is None:
                cursor.execute(wanted)
            else:
                cursor.execute(f"{wanted} WHERE person_id = ANY(%s)", (list(person_ids),))
            return {row[0]: Stored(state=row[1], through=row[2], wake_at=row[3]) for row in cursor}

    def snapshot_before(self, person_id: PersonId, instant: datetime) -> tuple[bytes, datetime] | None:
        """Give the last snapshot that ends before the instant, and where it ends."""
        wanted = (
            select(person_snapshot.c.state, person_snapshot.c.through)
            .where(person_snapshot.c.person_id == person_id, person_snapshot.c.through < instant)
            .order_by(person_snapshot.c.through.desc())
            .limit(1)
        )
        with transaction(self._engine) as connection:
            row = connection.execute(wanted).first()
        return (row.state, row.through) if row else None

    def stood(self, anew: Collection[Anew]) -> dict[PersonId, Stood]:
        """Give where the folds of these people begin anew, and the findings that stand for what happened since.

        Records of what one of us did are not among them: no fold gives or takes them.
        """
        if not anew:
            return {}
        asked = columns_of([(one.person_id, one.since, one.stood_at) for one in anew])
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            found = cursor.execute(_STOOD, (list(NOT_JUDGED), *asked)).fetchall()
        return {
            person_id: Stood(
                snapshot=Snapshot(state=state, through=through) if through else None, findings=tuple(findings)
            )
            for person_id, state, through, findings in found
        }

    def forget_snapshots(self, until: datetime) -> None:
        """Drop snapshots older than an instant, but each person's first one before it."""
        older = person_snapshot.alias()
        kept = select(older.c.through).where(
            older.c.person_id == person_snapshot.c.person_id,
            older.c.through > person_snapshot.c.through,
            older.c.through <= until,
        )
        with transaction(self._engine) as connection:
            connection.execute(delete(person_snapshot).where(person_snapshot.c.through < until, kept.exists()))

    def commit(self, batch: JudgedBatch) -> list[AlarmId]:
        """Write the batch in one transaction and give the alarms that are new or changed.

        `FencedError` when a partition belongs to another by now, `StorageUnavailableError` when the database gave up.
        """
        with transaction(self._engine) as connection:
            with driver(connection).cursor() as cursor:
                _fence(cursor, batch)
                _write_people(cursor, batch)
                cursor.execute(_ANSWER, (batch.judged_at, list(batch.changes)))
                raised = [one for person in batch.people for one in person.raised]
                superseded = [name for person in batch.people for name in person.superseded]
                changed = tell(cursor, raised, superseded, batch.judged_at)
            if any(person.live for person in batch.people):
                notify(connection, "live")
            append(connection, ALARM, [str(number) for number in changed])
        return changed


def _fence(cursor: "Cursor[Any]", batch: JudgedBatch) -> None:
    """Hold the cursors' rows until the commit, and move them, if they are still ours."""
    touched = {*batch.cursors, *(person.partition for person in batch.people)}
    held = dict(cursor.execute(_FENCE, (list(touched),)).fetchall())
    if any(held.get(partition) != batch.epochs.get(partition) for partition in touched):
        raise FencedError
    if batch.cursors:
        cursor.execute(_MOVE, columns_of(list(batch.cursors.items())))


def _write_people(cursor: "Cursor[Any]", batch: JudgedBatch) -> None:
    people = batch.people
    _STATES.run(
        cursor,
        [(one.person_id, one.partition, one.state, one.through, one.wake_at, batch.judged_at) for one in people],
    )
    dropped = [(one.person_id, one.drop_snapshots_after) for one in people if one.drop_snapshots_after]
    if dropped:
        cursor.execute(_DROP_SNAPSHOTS, columns_of(dropped))
    _SNAPSHOTS.run(
        cursor, [(one.person_id, one.snapshot.through, one.snapshot.state) for one in people if one.snapshot]
    )
    again = [(one.person_id, one.drop_turns_after) for one in people if one.drop_turns_after]
    verdicts.write(cursor, again, ((one.person_id, turn) for one in people for turn in one.turns))
    _LIVE.run(
        cursor,
        [
            (one.person_id, one.live.compliance.value, batch.judged_at, one.live.body)
            for one in people
            if one.live is not None
        ],
    )
