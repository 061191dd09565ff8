"""Templates, and the photographs and sounds they are made of: sealed with the person's key, gone when it is destroyed.

What is in a template this part does not know: it keeps bytes, by person, kind and model, each with its version.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, Engine, Table, func, insert, select, update

from baqylau.crypto.sealing import NONCE_BYTES
from baqylau.domain.ids import PersonId
from baqylau.storage.access.audit import record
from baqylau.storage.checks.template_tables import enrolment_item, template, template_receipt
from baqylau.storage.database import transaction
from baqylau.storage.vault import Vault


class Kind(StrEnum):
    """What a template is of."""

    FACE = "face"
    VOICE = "voice"
    DIGITS = "digits"


class Material(StrEnum):
    """What templates are made of."""

    PHOTO = "photo"
    UTTERANCE = "utterance"
    DIGIT = "digit"


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


class NewItem(Struct, frozen=True, kw_only=True):
    """A photograph or a sound that is to be kept."""

    kind: Material
    content_type: str
    content: bytes
    digit: int | None = None


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
        made: Sequence[tuple[Kind, str, bytes]],
        items: Sequence[NewItem],
        *,
        version: int,
        by: str,
    ) -> None:
        """Put templates (kind, model, content) in the place of those in use, and keep what they were made of.

        Without items those that are kept stay. The name of whoever answers for it goes into the audit.
        """
        key, now = self._vault.key_for(person_id), self._clock()

        def sealed(content: bytes, kind: str) -> bytes:
            return key.seal.close(content, nonce=self._random(NONCE_BYTES), context=_context(person_id, kind))

        common = {"person_id": person_id, "key_id": key.id, "made_at": now, "made_by": by}
        rows = [
            {**common, "kind": kind.value, "model": model, "version": version, "sealed": sealed(content, kind)}
            for kind, model, content in made
        ]
        kept = [
            {
                **common,
                "kind": item.kind.value,
                "digit": item.digit,
                "content_type": item.content_type,
                "sealed": sealed(item.content, item.kind),
            }
            for item in items
        ]
        with transaction(self._engine) as connection:
            _retire(connection, template, person_id, now)
            connection.execute(insert(template), rows)
            if kept:
                _retire(connection, enrolment_item, person_id, now)
                connection.execute(insert(enrolment_item), kept)
            what = "enrol" if items else "enrol_again"
            record(connection, who=by, what=what, about=f"person/{person_id}", purpose=f"version {version}", at=now)

    def of(self, person_id: PersonId) -> tuple[KeptTemplate, ...]:
        """Give the templates in use."""
        wanted = (
            select(template)
            .where(template.c.person_id == person_id, template.c.retired_at.is_(None))
            .order_by(template.c.id)
        )
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
        wanted = select(table).where(table.c.person_id == person_id, table.c.retired_at.is_(None)).order_by(table.c.id)
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
        wanted = select(template.c.person_id).where(template.c.retired_at.is_(None)).distinct()
        with transaction(self._engine) as connection:
            return tuple(sorted(PersonId(row) for row in connection.scalars(wanted)))


def last_version(connection: Connection, person_id: PersonId) -> int:
    """Give the last version that a person's templates had, be it deleted; 0 where there was none."""
    given = (
        connection.scalar(select(func.max(table.c.version)).where(table.c.person_id == person_id))
        for table in (template, template_receipt)
    )
    return max(one or 0 for one in given)


def _retire(connection: Connection, table: Table, person_id: PersonId, now: datetime) -> None:
    in_use = (table.c.person_id == person_id) & table.c.retired_at.is_(None)
    connection.execute(update(table).where(in_use).values(retired_at=now))


def _context(person_id: PersonId, kind: str) -> bytes:
    return f"enrolment/{person_id}/{kind}".encode()
