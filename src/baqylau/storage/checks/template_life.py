"""The end of templates: with the sentence, or before it by hand; the receipt names what was deleted, never content."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, delete, func, insert, select

from baqylau.crypto.signing import Signer
from baqylau.domain.ids import PersonId
from baqylau.storage.access import audit
from baqylau.storage.checks.enrolment_drafts import let_draft_go
from baqylau.storage.checks.media_life import RETENTION, SignedReceipt
from baqylau.storage.checks.template_tables import enrolment_item, template, template_receipt
from baqylau.storage.checks.templates import last_version
from baqylau.storage.database import transaction

ENDED = "end of the sentence"


class TemplateReceipt(Struct, frozen=True, kw_only=True):
    """What says that nobody is compared with this person any more, and why."""

    person_id: PersonId
    version: int
    """The last one; a later enrolment has a higher one, so that nothing of this one matches it."""
    templates: dict[str, int]
    """How many of each kind."""
    items: dict[str, int]
    """How many photographs and sounds that they were made of."""
    forgotten_at: datetime
    by: str
    why: str


class TemplateLife:
    """Deletes what people are compared with."""

    def __init__(self, engine: Engine, signer: Signer, clock: Callable[[], datetime]) -> None:
        """`signer`: the installation's key, which signs receipts."""
        self._engine, self._signer, self._clock = engine, signer, clock

    def forget(self, person_id: PersonId, why: str, *, by: str) -> SignedReceipt:
        """Delete all of a person, what is only being prepared too. `KeyError` when there is nothing.

        The sheets stay with the person's file: they hold digests, and prove with which templates checks were compared.
        """
        now = self._clock()
        with transaction(self._engine) as connection:
            receipt = TemplateReceipt(
                person_id=person_id,
                version=last_version(connection, person_id),
                templates=_counted(connection, person_id, items=False),
                items=_counted(connection, person_id, items=True),
                forgotten_at=now,
                by=by,
                why=why,
            )
            if not (receipt.templates or receipt.items):
                raise KeyError(person_id)
            for table in (template, enrolment_item):
                connection.execute(delete(table).where(table.c.person_id == person_id))
            let_draft_go(connection, person_id)
            audit.record(connection, who=by, what="forget_templates", about=f"person/{person_id}", purpose=why, at=now)
            return self._signed(connection, receipt)

    def run(self, ended: Iterable[PersonId]) -> list[SignedReceipt]:
        """Delete what there is of those whose sentence has ended; give the receipts."""
        receipts = []
        for one in ended:
            with suppress(KeyError):
                receipts.append(self.forget(one, ENDED, by=RETENTION))
        return receipts

    def receipts(self) -> list[SignedReceipt]:
        """Give every receipt, the newest first."""
        table = template_receipt.c
        with transaction(self._engine) as connection:
            rows = connection.execute(select(table.content, table.signature).order_by(table.number.desc()))
            return [SignedReceipt(content=row.content, signature=row.signature) for row in rows]

    def _signed(self, connection: Connection, receipt: TemplateReceipt) -> SignedReceipt:
        said = msgspec.json.encode(receipt)
        signed = SignedReceipt(content=said, signature=self._signer.sign(said))
        row = {"person_id": receipt.person_id, "version": receipt.version, "forgotten_at": receipt.forgotten_at}
        connection.execute(insert(template_receipt).values(**row, content=said, signature=signed.signature))
        return signed


def _counted(connection: Connection, person_id: PersonId, *, items: bool) -> dict[str, int]:
    table = enrolment_item if items else template
    wanted = select(table.c.kind, func.count()).where(table.c.person_id == person_id).group_by(table.c.kind)
    return {str(kind): int(count) for kind, count in connection.execute(wanted.order_by(table.c.kind))}
