"""The proof that no word of the ledger was changed, put in or taken out after it was sealed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, select, text

from baqylau.crypto.signing import signed_by
from baqylau.storage.database import transaction
from baqylau.storage.journal.ledger import LEDGER, SPOKEN, TABLES, Kind, leaf_of, standing
from baqylau.storage.journal.ledger_tables import ledger, ledger_day
from baqylau.storage.journal.proof import Broken, Signed, SignedHead, Walk, signed_of
from baqylau.storage.people.file_tables import file_receipt

ROWS_AT_ONCE = 2_000
_OF_NUMBERS = (
    "SELECT said.ledger_seq, said.ledger_salt, said.sealed_at, {} WHERE said.ledger_seq BETWEEN :first AND :last"
)
_STRAY = "SELECT id, ledger_seq FROM {0} WHERE ledger_seq > :last OR ledger_seq < 1 ORDER BY id"
_FINDINGS = """
SELECT finding.id, event.id AS event,
  event.id IS NULL AS unsaid,
  event.kind <> 'superseded' AND event.body IS NOT NULL AND event.body <> finding.body AS other,
  (event.kind = 'superseded') <> (finding.superseded_at IS NOT NULL)
    OR event.alarm_id IS DISTINCT FROM finding.alarm_id AS otherwise
FROM finding LEFT JOIN LATERAL (
  SELECT id, kind, body, alarm_id FROM finding_event WHERE finding_id = finding.id ORDER BY id DESC LIMIT 1
) AS event ON true
"""
_DIFFERING = f"SELECT * FROM ({_FINDINGS}) AS held WHERE unsaid OR other OR otherwise ORDER BY id LIMIT 100"  # noqa: S608 - ours
_CLOSED = """
SELECT kind, key FROM (
  SELECT id, kind, key, replaced_at, lead(recorded_at) OVER (PARTITION BY kind, key ORDER BY id) AS next FROM register
) AS held
WHERE replaced_at IS DISTINCT FROM next
  AND (next IS NOT NULL OR NOT EXISTS (SELECT FROM file_receipt WHERE file_receipt.closed_at >= replaced_at))
ORDER BY id LIMIT 100
"""
"""Rows that hold longer or shorter than until the next of their name; that may have gone with an ended file."""


class Wrong(StrEnum):
    """In what way a row and the ledger do not agree."""

    CHANGED = "changed"
    GONE = "gone"
    STRAY = "stray"
    """The row names a number that the ledger does not have."""
    UNSAID = "unsaid"
    """A finding that was never said."""
    OTHERWISE = "otherwise"
    """A finding that stands otherwise than it was last said."""
    CLOSED = "closed"
    """A row of the registers that holds longer or shorter than until the next one of its name."""
    LET_GO = "let_go"
    """More words went than the signed receipts of ended files tell of."""


class Disagreement(Struct, frozen=True, kw_only=True):
    """One row that is not as it was sealed."""

    what: Wrong
    seq: int
    """Its number in the ledger, 0 where it has none."""
    kind: Kind | None = None
    """None where nothing is left of it."""
    name: str = ""
    """The number of the row or of the saying, the id of the finding, or what a row of the registers is called."""


class LedgerProof(Struct, frozen=True, kw_only=True):
    """What the proof found."""

    entries: int
    let_go: int
    """So many words went with files of people that were ended."""
    broken: tuple[Broken, ...]
    """Where the chain itself is not as it was."""
    rows: tuple[Disagreement, ...]


def verify(engine: Engine, public_key: bytes, published: Sequence[Signed] = ()) -> LedgerProof:
    """Walk the ledger from its beginning and hold every row against it."""
    with transaction(engine) as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        signed, _ = signed_of(connection, public_key, published)
        walk = _walk(connection, signed[LEDGER])
        let_go: Counter[int] = Counter()
        rows = [*_along(connection, walk, let_go)]
        rows += _findings(connection)
        rows += _registers(connection)
        rows += _unreceipted(connection, let_go, public_key)
    broken = tuple(walk.ended())
    return LedgerProof(entries=walk.entries, let_go=let_go.total(), broken=broken, rows=tuple(rows))


def _walk(connection: Connection, signed: Sequence[SignedHead]) -> Walk:
    trees = {row.first_seq: row.carried for row in connection.execute(select(ledger_day))}
    return Walk(LEDGER, standing(connection), signed, trees)


def _along(connection: Connection, walk: Walk, let_go: Counter[int]) -> Iterator[Disagreement]:
    """Go along the whole chain, and hold each row against its link."""
    last = 0
    wanted = select(ledger).order_by(ledger.c.seq).limit(ROWS_AT_ONCE)
    while links := connection.execute(wanted.where(ledger.c.seq > last)).all():
        first, last = links[0].seq, links[-1].seq
        known = {row["ledger_seq"]: (kind, row) for kind, row in _rows(connection, first, last)}
        for one in links:
            walk.step(one.seq, (one.leaf,), one.hash, one.leaf)
            kind, row = known.get(one.seq, (None, None))
            if kind is not None and row is not None:
                if leaf_of(kind, row, row["ledger_salt"], row["sealed_at"]) != one.leaf:
                    yield Disagreement(what=Wrong.CHANGED, seq=one.seq, kind=kind, name=_name(kind, row))
            elif one.let_go is None:
                yield Disagreement(what=Wrong.GONE, seq=one.seq)
            else:
                let_go[one.let_go] += 1
    for kind, table in TABLES.items():
        for stray in connection.execute(text(_STRAY.format(table)), {"last": last}):
            yield Disagreement(what=Wrong.STRAY, seq=stray.ledger_seq, kind=kind, name=str(stray.id))


def _rows(connection: Connection, first: int, last: int) -> Iterator[tuple[Kind, Mapping[str, Any]]]:
    for kind, spoken in SPOKEN.items():
        found = connection.execute(text(_OF_NUMBERS.format(spoken)), {"first": first, "last": last})
        for row in found.mappings():
            yield kind, dict(row)


def _name(kind: Kind, row: Mapping[str, Any]) -> str:
    return str(row["finding_id"] if kind is Kind.FINDING else row["id"])


def _findings(connection: Connection) -> Iterator[Disagreement]:
    """A finding stands as it was last said: what the screens show is what the ledger knows."""
    for row in connection.execute(text(_DIFFERING)):
        what = Wrong.UNSAID if row.unsaid else Wrong.OTHERWISE
        yield Disagreement(what=what, seq=0, kind=Kind.FINDING, name=row.id)


def _registers(connection: Connection) -> Iterator[Disagreement]:
    """A row of the registers holds until the next one of its name was saved, and no other end of it is known."""
    for row in connection.execute(text(_CLOSED)):
        yield Disagreement(what=Wrong.CLOSED, seq=0, kind=Kind.REGISTER, name=f"{row.kind} {row.key}")


def _unreceipted(connection: Connection, let_go: Counter[int], public_key: bytes) -> Iterator[Disagreement]:
    """With an ended file as many words go as its signed receipt says, and no others."""
    wanted = select(file_receipt).where(file_receipt.c.number.in_(let_go))
    receipts = {row.number: row for row in connection.execute(wanted)}
    for number, count in sorted(let_go.items()):
        row = receipts.get(number)
        proved = row is not None and signed_by(public_key, row.content, row.signature)
        if row is None or not proved or msgspec.json.decode(row.content).get("words") != count:
            yield Disagreement(what=Wrong.LET_GO, seq=0, name=str(number))
