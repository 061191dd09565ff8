"""The register of papers: a number without a gap for each, its digest signed, and who made it on record."""

import base64
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, func, insert, select, text

from baqylau.crypto.signing import Signer, signed_by
from baqylau.domain.ids import PersonId
from baqylau.domain.papers import PaperKind
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.people.paper_tables import paper
from baqylau.storage.registers.editing import record_disclosure

TABLE_GIVEN = "table.give"
"""How the audit calls that a table, a track or a copy of own data left."""
PAPER_LOCK = 0x6261_7180
CONTEXT = b"baqylau paper\x00"
"""Goes before what is signed, so that a signature of a paper is good for nothing else."""


class Statement(Struct, frozen=True, kw_only=True):
    """What is signed of a paper."""

    number: str
    kind: PaperKind
    person_id: PersonId
    """Empty where it is about nobody."""
    made_at: datetime
    made_by: str
    purpose: str
    recipient: str
    sha256: str
    """Digest of the file."""
    length_bytes: int


class Receipt(Struct, frozen=True, kw_only=True):
    """What travels beside a paper: the signed statement, and what it is verified by. Base64 but for `said`."""

    said: Statement
    """The statement again, for readers."""
    statement: str
    public_key: str
    signature: str

    def signed(self) -> Statement:
        """Give the statement as it was signed."""
        return msgspec.json.decode(base64.b64decode(self.statement), type=Statement)

    def key(self) -> bytes:
        """Give the public key."""
        return base64.b64decode(self.public_key)


class Wanted(Struct, frozen=True, kw_only=True):
    """A paper that is to be made."""

    kind: PaperKind
    person_id: PersonId
    by: str
    purpose: str
    recipient: str
    """Whom it is given to outside the service; empty where it stays."""
    language: str


class Given(Struct, frozen=True, kw_only=True):
    """A table or a track that is given out."""

    person_id: PersonId
    by: str
    purpose: str
    recipient: str
    what: str


class Papers:
    """Makes entries of the register and reads them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make(
        self, wanted: Wanted, signer: Signer, at: datetime, timezone: str, write: Callable[[str], bytes]
    ) -> tuple[bytes, Receipt]:
        """Make a paper: `write` gets its number and gives the file. All or nothing, so that no number is missing."""
        with transaction(self._engine) as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PAPER_LOCK})
            year = at.astimezone(ZoneInfo(timezone)).year
            last = connection.scalar(select(func.max(paper.c.number)).where(paper.c.year == year)) or 0
            number = f"{year}-{last + 1:06}"
            file = write(number)
            receipt = _signed(wanted, number, file, signer, at)
            connection.execute(
                insert(paper).values(
                    year=year,
                    number=last + 1,
                    kind=wanted.kind.value,
                    person_id=wanted.person_id or None,
                    statement=base64.b64decode(receipt.statement),
                    public_key=signer.public_key,
                    signature=base64.b64decode(receipt.signature),
                    made_at=at,
                    made_by=wanted.by,
                )
            )
            _on_record(connection, wanted, number, at)
        return file, receipt

    def give_table(self, given: Given, at: datetime) -> None:
        """Write down that a table or a track leaves; the person's record too, where it leaves the service."""
        purpose = "; ".join(part for part in (given.purpose, given.recipient, given.what) if part)
        about = f"person/{given.person_id}"
        with transaction(self._engine) as connection:
            if given.recipient:
                record_disclosure(connection, given.person_id, f"table-{at.isoformat()}", given.by, at)
            audit.record(connection, who=given.by, what=TABLE_GIVEN, about=about, purpose=purpose, at=at)

    def about(self, person_id: PersonId, limit: int) -> list[Statement]:
        """Give what was signed of the last papers about a person, the newest first."""
        wanted = select(paper.c.statement).where(paper.c.person_id == person_id).order_by(paper.c.id.desc())
        with transaction(self._engine) as connection:
            return [msgspec.json.decode(row, type=Statement) for row in connection.scalars(wanted.limit(limit))]

    def receipt(self, number: str) -> Receipt | None:
        """Give what was signed of a paper; None where there is no such number."""
        year, _, running = number.partition("-")
        chosen = (paper.c.year == int(year)) & (paper.c.number == int(running))
        with transaction(self._engine) as connection:
            row = connection.execute(select(paper).where(chosen)).one_or_none()
        return None if row is None else _receipt(row.statement, row.public_key, row.signature)


def holds(file: bytes, receipt: Receipt, expected_key: bytes | None = None) -> bool:
    """Tell whether a file is the very paper that a receipt is about, signed by the expected key."""
    statement, key, said = base64.b64decode(receipt.statement), receipt.key(), receipt.signed()
    right_key = expected_key is None or key == expected_key
    signed = signed_by(key, CONTEXT + statement, base64.b64decode(receipt.signature))
    return right_key and signed and said.sha256 == sha256(file).hexdigest()


def _on_record(connection: Connection, wanted: Wanted, number: str, at: datetime) -> None:
    purpose = "; ".join(part for part in (wanted.purpose, wanted.recipient, f"{wanted.kind} {number}") if part)
    about = f"person/{wanted.person_id}" if wanted.person_id else f"paper/{number}"
    if wanted.person_id and wanted.recipient:
        record_disclosure(connection, wanted.person_id, f"paper-{number}", wanted.by, at)
    audit.record(connection, who=wanted.by, what="paper.make", about=about, purpose=purpose, at=at)


def _signed(wanted: Wanted, number: str, file: bytes, signer: Signer, at: datetime) -> Receipt:
    said = Statement(
        number=number,
        kind=wanted.kind,
        person_id=wanted.person_id,
        made_at=at,
        made_by=wanted.by,
        purpose=wanted.purpose,
        recipient=wanted.recipient,
        sha256=sha256(file).hexdigest(),
        length_bytes=len(file),
    )
    statement = msgspec.json.encode(said)
    return _receipt(statement, signer.public_key, signer.sign(CONTEXT + statement))


def _receipt(statement: bytes, public_key: bytes, signature: bytes) -> Receipt:
    def plain(octets: bytes) -> str:
        return base64.b64encode(octets).decode()

    return Receipt(
        said=msgspec.json.decode(statement, type=Statement),
        statement=plain(statement),
        public_key=plain(public_key),
        signature=plain(signature),
    )
