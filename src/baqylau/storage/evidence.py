"""What an evidence bundle is made of, read from the record: rows as they were kept, and the digests that prove them."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, Row, Table, Text, cast, or_, select, text, tuple_

from baqylau.crypto.digests import CHAIN_START
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import AlarmId, CheckId, DeviceId, PersonId
from baqylau.storage.access.audit import record
from baqylau.storage.checks.enrolment_sheets import KeptSheet, sheets_of
from baqylau.storage.checks.media_tables import media_check
from baqylau.storage.database import among, driver, transaction
from baqylau.storage.equipment.device_keys import KeyKind
from baqylau.storage.equipment.field_tables import field_act
from baqylau.storage.equipment.link_tables import device_key
from baqylau.storage.journal import rows
from baqylau.storage.journal.archived import chained, require
from baqylau.storage.journal.ledger import LEDGER
from baqylau.storage.journal.ledger_tables import ledger, ledger_day, rules_used
from baqylau.storage.journal.proof import Signed, sign_in
from baqylau.storage.journal.shared_batches import SharedBatch, shared_batch_of
from baqylau.storage.registers.editing import record_disclosure
from baqylau.storage.schema import alarm_act, audit, finding, finding_event, journal_day, register, register_version
from baqylau.storage.vault import KeyDestroyedError, Vault

_RECORDS = rows.selecting(
    ", journal.leaf FROM journal WHERE device_id = ANY(%s) AND instant > %s AND instant <= %s "
    "AND received_at >= %s - interval '2 minutes' ORDER BY journal.partition, journal.seq"
)
_LEAVES = "SELECT leaf FROM journal WHERE partition = %s AND seq BETWEEN %s AND %s AND received_at >= %s ORDER BY seq"


class Kept(Struct, frozen=True, kw_only=True):
    """One entry of the journal as it was kept."""

    clear: rows.Clear
    content: bytes | None
    """None where the key of its person was destroyed."""
    leaf: bytes | None


class DayTree(Struct, frozen=True, kw_only=True):
    """The digests of a day of a partition: what is carried over, then its entries in their order."""

    partition: int
    first_seq: int
    chained: bytes
    """The chain's hash before the first entry."""
    leaves: list[bytes]


class Disclosure(Struct, frozen=True, kw_only=True):
    """What was given out, to be written down before it leaves."""

    bundle: str
    person_id: PersonId
    by: str
    purpose: str
    """In words: what for, by what right, to whom."""
    about: str


class EvidenceSource:
    """Reads for bundles."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def begin(self, given: Disclosure, signer: Signer, at: datetime) -> Signed:
        """Write down that this leaves, in audit and record, and sign where the journal stands: in one transaction."""
        with transaction(self._engine) as connection:
            record_disclosure(connection, given.person_id, given.bundle, given.by, at)
            record(connection, who=given.by, what="evidence.export", about=given.about, purpose=given.purpose, at=at)
            return sign_in(connection, signer, at)

    def records(self, device_ids: Collection[DeviceId], after: datetime, until: datetime) -> Iterator[Kept]:
        """Give what was kept of these devices of the instants after one and up to another, in the journal's order.

        `DaysArchivedError` when some of them are in the archive alone.
        """
        with transaction(self._engine) as connection, driver(connection).cursor(binary=True) as cursor:
            require(cursor, device_ids, after)
            found = cursor.execute(_RECORDS, (list(device_ids), after, until, after)).fetchall()
        self._vault.load(rows.key_id_of(row) for row in found)
        for row in found:
            clear = rows.clear_of(row)
            yield Kept(clear=clear, content=self._content(clear, row[-2]), leaf=row[-1])

    def _content(self, clear: rows.Clear, sealed: bytes) -> bytes | None:
        try:
            return rows.content_opened(clear, sealed, self._vault.opener(clear.key_id))
        except KeyDestroyedError:
            return None

    def batch(self, digest: bytes) -> SharedBatch | None:
        """Give what a unit of several people signed, sealed as it is kept."""
        return shared_batch_of(self._engine, digest)

    def trees(self, partition: int, from_seq: int, until_seq: int) -> Iterator[DayTree]:
        """Give the trees from that which holds an entry on, up to a head that was signed."""
        if partition == LEDGER:
            yield from self._ledger_trees(from_seq, until_seq)
            return
        mine = (journal_day.c.partition == partition) & journal_day.c.carried.is_not(None)
        with transaction(self._engine) as connection:
            days = connection.execute(select(journal_day).where(mine).order_by(journal_day.c.first_seq)).all()
            days = [day for day in days if day.first_seq <= until_seq]
            ends = [*(day.first_seq - 1 for day in days[1:]), until_seq]
            for day, end in zip(days, ends, strict=True):
                if end >= from_seq:
                    yield DayTree(
                        partition=partition,
                        first_seq=day.first_seq,
                        chained=chained(connection, partition, day.first_seq - 1),
                        leaves=[day.carried, *_leaves(connection, partition, day.first_seq, end, day.received_at)],
                    )

    def _ledger_trees(self, from_seq: int, until_seq: int) -> Iterator[DayTree]:
        with transaction(self._engine) as connection:
            begun = select(ledger_day).where(ledger_day.c.first_seq <= until_seq).order_by(ledger_day.c.first_seq)
            days = connection.execute(begun).all()
            ends = [*(day.first_seq - 1 for day in days[1:]), until_seq]
            for day, end in zip(days, ends, strict=True):
                if end >= from_seq:
                    before = connection.scalar(select(ledger.c.hash).where(ledger.c.seq == day.first_seq - 1))
                    between = ledger.c.seq.between(day.first_seq, end)
                    leaves = connection.scalars(select(ledger.c.leaf).where(between).order_by(ledger.c.seq))
                    yield DayTree(
                        partition=LEDGER,
                        first_seq=day.first_seq,
                        chained=before or CHAIN_START,
                        leaves=[day.carried, *leaves],
                    )

    def sheets(self, person_id: PersonId, until: datetime) -> list[KeptSheet]:
        """Give the sheets of a person's enrolments up to an instant, the newest first."""
        return [one for one in sheets_of(self._engine, person_id) if one.made_at <= until]

    def findings(
        self, person_id: PersonId, after: datetime, until: datetime, sealed_to: int = 0
    ) -> list[dict[str, Any]]:
        """Give what was ever found about a person of the time, with when it was said and taken away.

        Each saying has its mark of the ledger, where one of up to `sealed_to` was there.
        """
        wanted = select(
            finding.c.id, finding.c.alarm_id, finding.c.raised_at, finding.c.superseded_at, _text(finding.c.body)
        ).where(finding.c.person_id == person_id, finding.c.at > after, finding.c.at <= until)
        events = select(finding_event, ledger.c.leaf).join(finding, finding.c.id == finding_event.c.finding_id)
        events = events.outerjoin(ledger, ledger.c.seq == finding_event.c.ledger_seq)
        events = events.where(finding.c.person_id == person_id, finding.c.at > after, finding.c.at <= until)
        with transaction(self._engine) as connection:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            found = connection.execute(wanted.order_by(finding.c.at, finding.c.id)).all()
            told = connection.execute(events.order_by(finding_event.c.id)).all()
        body = {row.id: msgspec.json.decode(row.body) for row in found}
        said: dict[str, list[dict[str, Any]]] = {}
        for row in told:
            other = row.body if row.body != body[row.finding_id] else None
            event = {"id": row.id, "at": row.at, "kind": row.kind, "alarm_id": row.alarm_id, "said": other}
            said.setdefault(row.finding_id, []).append({**event, "ledger": _mark(row, sealed_to)})
        return [
            {
                "finding": body[row.id],
                "alarm": row.alarm_id,
                "raised_at": row.raised_at,
                "superseded_at": row.superseded_at,
                "events": said.get(row.id, []),
            }
            for row in found
        ]

    def recorded(self, person_id: PersonId, after: datetime, until: datetime) -> list[CheckId]:
        """Give the checks of a person with recordings that began within a time, those destroyed since too."""
        begun = (media_check.c.began_at > after) & (media_check.c.began_at <= until)
        wanted = select(media_check.c.check_id).where(media_check.c.person_id == person_id, begun)
        with transaction(self._engine) as connection:
            return [CheckId(one) for one in connection.scalars(wanted.order_by(media_check.c.id))]

    def acts(self, alarm_ids: Collection[AlarmId], sealed_to: int) -> list[dict[str, Any]]:
        """Give what was done about alarms."""
        return self._marked(alarm_act, alarm_act.c.alarm_id.in_(alarm_ids), sealed_to)

    def rules(self, until: datetime, sealed_to: int = 0) -> list[dict[str, Any]]:
        """Give by which rules was judged up to an instant."""
        return self._marked(rules_used, rules_used.c.at <= until, sealed_to)

    def _marked(
        self, table: Table, which: ColumnElement[bool], sealed_to: int, *more: ColumnElement[Any]
    ) -> list[dict[str, Any]]:
        """Give rows, each with its mark of the ledger."""
        wanted = select(table, ledger.c.leaf, *more).outerjoin(ledger, ledger.c.seq == table.c.ledger_seq)
        with transaction(self._engine) as connection:
            found = connection.execute(wanted.where(which).order_by(table.c.id)).all()
        hidden = {"ledger_seq", "ledger_salt", "sealed_at", "leaf", "search"}
        return [
            {name: value for name, value in row._asdict().items() if name not in hidden}
            | {"ledger": _mark(row, sealed_to)}
            for row in found
        ]

    def audit(self, objects: Iterable[str], after: datetime, sealed_to: int) -> list[dict[str, Any]]:
        """Give who looked at or did something about these since an instant, each with its link of the chain."""
        found = self._marked(audit, among(audit.c.object, objects) & (audit.c.at > after), sealed_to)
        return [{**row, "hash": row["hash"].hex()} for row in found]

    def registers(self, person_id: PersonId, device_ids: Collection[DeviceId], sealed_to: int) -> list[dict[str, Any]]:
        """Give every version of every row about a person and the equipment, and who saved it.

        A row that was another's before or became another's comes with all of its versions, too.
        """
        theirs = (register.c.kind == "device") & among(register.c.key, device_ids)
        named = select(register.c.kind, register.c.key).where(or_(register.c.person_id == person_id, theirs))
        by = select(register_version.c.by).where(register_version.c.version == register.c.version)
        same = tuple_(register.c.kind, register.c.key).in_(named)
        return self._marked(register, same, sealed_to, by.scalar_subquery().label("by"))

    def field_acts(self, person_id: PersonId) -> list[dict[str, Any]]:
        """Give what officers did for a person on consoles, with what these signed, one by one."""
        row = field_act.c
        wanted = select(
            row.console_id, row.act_id, row.stage, row.at, row.kept_at, row.state, row.refusal, _text(row.body)
        )
        found = self._mappings(wanted.where(row.person_id == person_id).order_by(row.number))
        return [
            {
                "key": f"{one['console_id']}/{one['act_id']}/{one['stage']}",
                "recorded_at": one["kept_at"],
                **{name: one[name] for name in ("console_id", "at", "state", "refusal")},
                "body": msgspec.json.decode(one["body"]),
            }
            for one in found
        ]

    def public_keys(self, device_ids: Collection[DeviceId]) -> list[dict[str, Any]]:
        """Give the public keys that these devices ever had, with when each was in use."""
        columns = ("device_id", "serial", "enrolled_at", "revoked_at", "revoked_why", "public")
        wanted = select(*(device_key.c[name] for name in columns)).order_by(device_key.c.id)
        mine = among(device_key.c.device_id, device_ids) & (device_key.c.kind == KeyKind.ED25519.value)
        return [{**row, "public": row["public"].hex()} for row in self._mappings(wanted.where(mine))]

    def _mappings(self, wanted: Any) -> list[dict[str, Any]]:
        with transaction(self._engine) as connection:
            return [{str(name): row[name] for name in row} for row in connection.execute(wanted).mappings()]


def _mark(row: Row[Any], sealed_to: int) -> dict[str, Any] | None:
    """Give how a row stands in the ledger; None for what was sealed after its signed head, or not at all."""
    if row.ledger_seq is None or row.ledger_seq > sealed_to:
        return None
    mark = {"seq": row.ledger_seq, "salt": row.ledger_salt.hex(), "sealed_at": row.sealed_at}
    return {**mark, "leaf": (row.leaf or b"").hex()}


def _text(column: Any) -> Any:
    return cast(column, Text).label("body")


def _leaves(connection: Connection, partition: int, first: int, last: int, since: datetime) -> list[bytes]:
    with driver(connection).cursor(binary=True) as cursor:
        return [row[0] for row in cursor.execute(_LEAVES, (partition, first, last, since))]
