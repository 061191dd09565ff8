"""The ledger: findings as they were said or taken away, rules, acts, audit and registers, in one chain for ever.

Rows are written without it, so that nobody waits for anybody. They are sealed whenever the heads of the journal are
signed, in the same transaction, and the statement says where the ledger stands as it does of each partition. A link is
the salted digest of a word; the salt lies with the row and goes with a person's file.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, assert_never

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, Row, Table, insert, select, text, update

from baqylau.crypto import merkle
from baqylau.crypto.canonical import canonical
from baqylau.crypto.digests import link
from baqylau.domain.partitions import ALL_PARTITIONS
from baqylau.storage.bulk import columns_of
from baqylau.storage.database import driver, transaction
from baqylau.storage.journal.appending import Head
from baqylau.storage.journal.ledger_tables import ledger, ledger_day, ledger_head

LEDGER = len(ALL_PARTITIONS)
"""The number under which the ledger stands among the signed heads: the first after the journal's partitions."""
AT_ONCE = 20_000
"""So many are sealed with one signature, findings before all else; the others with the next."""


class Kind(StrEnum):
    """What stands behind a link."""

    FINDING = "finding"
    RULES = "rules"
    ACT = "act"
    AUDIT = "audit"
    REGISTER = "register"


TABLES = {
    Kind.FINDING: "finding_event",
    Kind.RULES: "rules_used",
    Kind.ACT: "alarm_act",
    Kind.AUDIT: "audit",
    Kind.REGISTER: "register",
}
SPOKEN = {
    Kind.FINDING: (
        "said.id, said.finding_id, said.alarm_id, said.at, said.kind, "
        "CASE said.kind WHEN 'superseded' THEN NULL ELSE coalesce(said.body, finding.body) END AS body "
        "FROM finding_event AS said JOIN finding ON finding.id = said.finding_id"
    ),
    Kind.RULES: "said.id, said.at, said.code, said.figures FROM rules_used AS said",
    Kind.ACT: "said.id, said.alarm_id, said.at, said.by, said.act FROM alarm_act AS said",
    Kind.AUDIT: "said.id, said.at, said.who, said.what, said.object, said.purpose FROM audit AS said",
    Kind.REGISTER: (
        "said.id, said.recorded_at AS at, said.kind, said.key, said.version, said.body - 'password' AS body, "
        "saving.by FROM register AS said JOIN register_version AS saving ON saving.version = said.version"
    ),
}
"""What a word is made of."""
_UNSEALED = (
    "SELECT uuid_send(gen_random_uuid()) AS ledger_salt, {} WHERE said.ledger_seq IS NULL "
    "ORDER BY said.id LIMIT :most FOR UPDATE OF said SKIP LOCKED"
)
_SEALED = (
    "UPDATE {0} SET ledger_seq = new.seq, ledger_salt = new.salt, sealed_at = new.at "
    "FROM unnest(%s::int8[], %s::int8[], %s::bytea[], %s::timestamptz[]) AS new (id, seq, salt, at) "
    "WHERE {0}.id = new.id"
)
_FROM_BEFORE = (
    "UPDATE finding_event SET body = finding.body FROM finding WHERE finding.id = finding_event.finding_id AND "
    "finding_event.body IS NULL AND finding_event.kind <> 'superseded' AND finding_event.ledger_seq BETWEEN %s AND %s"
)
"""What was said before words were kept with each saying: as it stands now."""
_WAITING = """
(SELECT 1 FROM finding_event WHERE ledger_seq IS NULL LIMIT 1) UNION ALL
(SELECT 1 FROM rules_used WHERE ledger_seq IS NULL LIMIT 1) UNION ALL
(SELECT 1 FROM alarm_act WHERE ledger_seq IS NULL LIMIT 1) UNION ALL
(SELECT 1 FROM audit WHERE ledger_seq IS NULL LIMIT 1) UNION ALL
(SELECT 1 FROM register WHERE ledger_seq IS NULL LIMIT 1) LIMIT 1
"""


class Word(Struct, frozen=True, kw_only=True):
    """A row on its way into the ledger."""

    kind: Kind
    id: int
    at: datetime
    salt: bytes
    row: Mapping[str, Any]


def leaf_of(kind: Kind, row: Mapping[str, Any], salt: bytes, sealed_at: datetime) -> bytes:
    """Give the digest that stands for a row; `row` has the columns of `SPOKEN`."""
    match kind:
        case Kind.FINDING:
            said = {"finding": row["body"] or row["finding_id"], "kind": row["kind"], "alarm": row["alarm_id"]}
        case Kind.RULES:
            said = {"code": row["code"], "figures": row["figures"]}
        case Kind.ACT:
            said = {"act": row["act"], "alarm": row["alarm_id"], "by": row["by"]}
        case Kind.AUDIT:
            said = {name: row[name] for name in ("who", "what", "object", "purpose")}
        case Kind.REGISTER:
            said = {name: row[name] for name in ("kind", "key", "version", "body", "by")}
        case _:
            assert_never(kind)
    word = {**said, "id": row["id"], "at": row["at"], "salt": salt.hex(), "sealed_at": sealed_at}
    return merkle.leaf(kind.value.encode(), canonical(msgspec.to_builtins(word)))


def waits(engine: Engine) -> bool:
    """Tell whether something is there that is not sealed."""
    with transaction(engine) as connection:
        return connection.scalar(text(_WAITING)) is not None


def standing(connection: Connection) -> Head:
    """Give where the ledger stands."""
    return _head(connection.execute(select(ledger_head)).one())


def seal(connection: Connection, at: datetime) -> Head:
    """Link in what was said and done since the last time, and give where the ledger stands now."""
    before = _head(connection.execute(select(ledger_head).with_for_update()).one())
    found = sorted(_unsealed(connection), key=attrgetter("at", "kind", "id"))
    if not found:
        return before
    at = max(at, before.received_at)
    tree, first_seq = _tree(connection, before, at)
    seq, chained, links = before.seq, before.hash, []
    for word in found:
        leaf = leaf_of(word.kind, word.row, word.salt, at)
        seq, chained = seq + 1, link(chained, leaf)
        tree.add(leaf)
        links.append({"seq": seq, "leaf": leaf, "hash": chained})
    connection.execute(insert(ledger), links)
    _mark(connection, found, before.seq + 1, at)
    after = Head(seq=seq, hash=chained, received_at=at, first_seq=first_seq, peaks=b"".join(tree.peaks))
    connection.execute(update(ledger_head).values(msgspec.structs.asdict(after)))
    return after


def let_go(connection: Connection, which: Mapping[Table, ColumnElement[bool]], receipt: int) -> int:
    """Note that the words behind these rows go with the file of a person; their digests stay. Give how many."""
    gone = 0
    for table, condition in which.items():
        if table.name in TABLES.values():
            numbers = select(table.c.ledger_seq).where(condition)
            changed = update(ledger).where(ledger.c.seq.in_(numbers)).values(let_go=receipt)
            gone += connection.execute(changed).rowcount
    return gone


def _head(row: Row[Any]) -> Head:
    return Head(
        seq=row.seq, hash=row.hash, received_at=row.received_at, first_seq=row.first_seq, peaks=row.peaks or b""
    )


def _unsealed(connection: Connection) -> Iterator[Word]:
    left = AT_ONCE
    for kind, spoken in SPOKEN.items():
        found = connection.execute(text(_UNSEALED.format(spoken)), {"most": left}).mappings().all()
        left -= len(found)
        for row in found:
            yield Word(kind=kind, id=row["id"], at=row["at"], salt=row["ledger_salt"], row=dict(row))


def _tree(connection: Connection, before: Head, at: datetime) -> tuple[merkle.Growing, int]:
    """Give the tree of the day and where it begins: as in the journal each day has its own, which carries the last."""
    if before.first_seq is not None and at.date() == before.received_at.date():
        return before.tree(), before.first_seq
    carried, first_seq = merkle.carried(before.tree().root(), before.hash), before.seq + 1
    connection.execute(insert(ledger_day).values(first_seq=first_seq, received_at=at, carried=carried))
    return merkle.Growing(1, [carried]), first_seq


def _mark(connection: Connection, found: list[Word], first: int, at: datetime) -> None:
    with driver(connection).cursor() as cursor:
        for kind, table in TABLES.items():
            marks = [(one.id, seq, one.salt, at) for seq, one in enumerate(found, first) if one.kind is kind]
            if marks:
                cursor.execute(_SEALED.format(table), columns_of(marks))
        cursor.execute(_FROM_BEFORE, (first, first + len(found)))
