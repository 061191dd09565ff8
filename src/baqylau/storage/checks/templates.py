"""Templates, and the photographs and sounds they are made of: sealed with the person's key, gone when it is destroyed.

What is replaced goes at once: nobody is compared with it any more. Its sheet stays, and says by digests what it was.

What is in a template this part does not know: it keeps bytes, by person, kind and model, each with its version.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, Engine, delete, func, insert, select

from baqylau.crypto.sealing import NONCE_BYTES
from baqylau.domain.ids import PersonId
from baqylau.storage.access.audit import record
from baqylau.storage.checks.enrolment_drafts import let_draft_go
from baqylau.storage.checks.enrolment_sheets import Made, Material, NewItem, Sheet, keep_sheet, statement_of
from baqylau.storage.checks.template_tables import enrolment_item, template, template_receipt
from baqylau.storage.database import transaction
from baqylau.storage.vault import Vault


class Kind(StrEnum):
    """What a template is of."""

    FACE = "face"
    VOICE = "voice"
    DIGITS = "digits"


class KeptTemplate(Struct, frozen=True, kw_only=True):
    """A template in use."""

    kind: Kind
    model: str
    version: int
    content: bytes
    made_at: datetime
    made_by: str


class KeptItem(Struct, frozen=True, kw_only=True):
    """A photograph or a sound, as it was taken."""

    id: int
    kind: Material
    digit: int | None
    content_type: str
    content: bytes
    made_at: datetime


class TemplateStore:
    """Keeps what people are compared with."""

    def __init__(
        self, engine: Engine, vault: Vault, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._random = random

    def next_version(self, person_id: PersonId) -> int:
        """Give the version of the next templates; none is ever given twice, also after a deletion in between."""
        with transaction(self._engine) as connection:
            return last_version(connection, person_id) + 1

    def replace(
        self,
        person_id: PersonId,
        made: Sequence[Made],
        items: Sequence[NewItem],
        *,
        version: int,
        by: str,
        sheet: Sheet | None = None,
    ) -> None:
        """Put templates in the place of those in use, and keep what they were made of; a draft is done with then.

        Without items those that are kept stay. The name of whoever answers for it goes into the audit, with the digest
        of the sheet; without a `sheet` one is written that nobody signed with a key.
        """
        now = self._clock()
        rows, kept = self._sealed(person_id, made, items, version, by, now)
        about, said = f"person/{person_id}", f"version {version}"
        with transaction(self._engine) as connection:
            connection.execute(delete(template).where(template.c.person_id == person_id))
            connection.execute(insert(template), rows)
            if kept:
                connection.execute(delete(enrolment_item).where(enrolment_item.c.person_id == person_id))
                connection.execute(insert(enrolment_item), kept)
                salt = self._random(NONCE_BYTES)
                sheet = sheet or Sheet(statement_of(person_id, version, made, items, by=by, at=now, salt=salt))
                keep_sheet(connection, person_id, version, sheet, by=by, at=now)
                let_draft_go(connection, person_id)
                said = f"{said}; {sheet.said}"
            record(connection, who=by, what="enrol" if kept else "enrol_again", about=about, purpose=said, at=now)

    def _sealed(
        self,
        person_id: PersonId,
        made: Sequence[Made],
        items: Sequence[NewItem],
        version: int,
        by: str,
        now: datetime,
    ) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
        """Give the rows of templates and of what they were made of."""
        key = self._vault.key_for(person_id)
        common = {"person_id": person_id, "key_id": key.id, "made_at": now, "made_by": by}

        def row(kind: str, content: bytes, **more: object) -> dict[str, object]:
            sealed = key.seal.close(content, nonce=self._random(NONCE_BYTES), context=_context(person_id, kind))
            return {**common, "kind": str(kind), "sealed": sealed, **more}

        return (
            [row(one.kind, one.content, model=one.model, version=version) for one in made],
            [row(one.kind, one.content, digit=one.digit, content_type=one.content_type) for one in items],
        )

    def of(self, person_id: PersonId) -> tuple[KeptTemplate, ...]:
        """Give the templates in use."""
        wanted = select(template).where(template.c.person_id == person_id).order_by(template.c.id)
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return tuple(
            KeptTemplate(
                kind=Kind(row.kind),
                model=row.model,
                version=row.version,
                content=self._vault.opener(row.key_id).open(row.sealed, context=_context(person_id, row.kind)),
                made_at=row.made_at,
                made_by=row.made_by,
            )
            for row in rows
        )

    def items(self, person_id: PersonId, kind: Material | None = None) -> tuple[KeptItem, ...]:
        """Give what the templates in use were made of. The caller writes the look into the audit."""
        table = enrolment_item
        wanted = select(table).where(table.c.person_id == person_id).order_by(table.c.id)
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted if kind is None else wanted.where(table.c.kind == kind.value)).all()
        return tuple(
            KeptItem(
                id=row.id,
                kind=Material(row.kind),
                digit=row.digit,
                content_type=row.content_type,
                content=self._vault.opener(row.key_id).open(row.sealed, context=_context(person_id, row.kind)),
                made_at=row.made_at,
            )
            for row in rows
        )

    def people(self) -> tuple[PersonId, ...]:
        """Give who is enrolled."""
        wanted = select(template.c.person_id).distinct()
        with transaction(self._engine) as connection:
            return tuple(sorted(PersonId(row) for row in connection.scalars(wanted)))


def last_version(connection: Connection, person_id: PersonId) -> int:
    """Give the last version that a person's templates had, be it deleted; 0 where there was none."""
    given = (
        connection.scalar(select(func.max(table.c.version)).where(table.c.person_id == person_id))
        for table in (template, template_receipt)
    )
    return max(one or 0 for one in given)


def _context(person_id: PersonId, kind: str) -> bytes:
    return f"enrolment/{person_id}/{kind}".encode()
