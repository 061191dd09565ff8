"""What was enrolled, in words that can be signed: each photograph, each sound and each template by its digest.

The officer's own key signs the sheet (ADR 0024). Whoever changes a template or a photograph later, in the database or
with the installation's key, is left with a sheet that names another.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, insert, select

from baqylau.crypto.assertions import Assertion
from baqylau.crypto.canonical import canonical
from baqylau.domain.ids import PersonId
from baqylau.storage.checks.template_tables import enrolment_sheet
from baqylau.storage.database import transaction

FORM = "baqylau-enrolment-1"


class Material(StrEnum):
    """What templates are made of."""

    PHOTO = "photo"
    UTTERANCE = "utterance"
    DIGIT = "digit"


class NewItem(Struct, frozen=True, kw_only=True):
    """A photograph or a sound that is to be kept."""

    kind: Material
    content_type: str
    content: bytes
    digit: int | None = None


class Made(Struct, frozen=True):
    """A template that is to be kept: what it is of, by which model, and its bytes."""

    kind: str
    model: str
    content: bytes


class Sheet(Struct, frozen=True):
    """A statement about an enrolment, and how the officer's key signed it; None: it was not signed with a key."""

    statement: bytes
    signature: Assertion | None = None

    @property
    def said(self) -> str:
        """Give it as the audit names it."""
        signed = f", signed with key {self.signature.key[:16]}" if self.signature else ", without a key"
        return f"sheet {sha256(self.statement).hexdigest()}{signed}"


class KeptSheet(Struct, frozen=True, kw_only=True):
    """A sheet of the register."""

    version: int
    made_at: datetime
    made_by: str
    sheet: Sheet


def statement_of(
    person_id: PersonId,
    version: int,
    made: Sequence[Made],
    items: Sequence[NewItem],
    *,
    by: str,
    at: datetime,
    salt: bytes,
) -> bytes:
    """Write down what is enrolled."""
    return canonical(
        {
            "form": FORM,
            "person": person_id,
            "version": version,
            "by": by,
            "at": at.isoformat(),
            "salt": salt.hex(),
            "pieces": [{"kind": one.kind, "digit": one.digit, "sha256": _digest(one.content)} for one in items],
            "templates": [{"kind": one.kind, "model": one.model, "sha256": _digest(one.content)} for one in made],
        }
    )


def keep_sheet(
    connection: Connection, person_id: PersonId, version: int, sheet: Sheet, *, by: str, at: datetime
) -> None:
    """Keep a sheet in the transaction that enrols."""
    signature = None if sheet.signature is None else msgspec.json.encode(sheet.signature)
    row = {"person_id": person_id, "version": version, "made_at": at, "made_by": by}
    connection.execute(insert(enrolment_sheet).values(**row, statement=sheet.statement, signature=signature))


def sheets_of(engine: Engine, person_id: PersonId) -> list[KeptSheet]:
    """Give the sheets of a person, the newest first."""
    table = enrolment_sheet.c
    wanted = select(enrolment_sheet).where(table.person_id == person_id).order_by(table.number.desc())
    with transaction(engine) as connection:
        rows = connection.execute(wanted).all()
    return [KeptSheet(version=row.version, made_at=row.made_at, made_by=row.made_by, sheet=_sheet(row)) for row in rows]


def _sheet(row: "msgspec.Raw | object") -> Sheet:
    kept = msgspec.convert(row, _Row, from_attributes=True)
    signature = None if kept.signature is None else msgspec.json.decode(kept.signature, type=Assertion)
    return Sheet(kept.statement, signature)


class _Row(Struct):
    statement: bytes
    signature: bytes | None


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
