"""One person's case as the registers keep it: every row that ever was, who saved it, and by which proposal."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, Engine, Text, cast, func, select

from baqylau.domain.ids import PersonId
from baqylau.storage.database import transaction
from baqylau.storage.registers.proposal_tables import proposal
from baqylau.storage.registers.register_rows import Value, value_of
from baqylau.storage.schema import register, register_version


class CaseRow(Struct, frozen=True, kw_only=True):
    """A row as somebody saved it."""

    version: int
    at: datetime
    by: str
    kind: str
    key: str
    value: Value
    in_force: bool
    """No other row took its place."""
    proposal: int | None


class Cases:
    """Reads them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rows(self, person_id: PersonId) -> list[CaseRow]:
        """Give every row about a person that ever was saved, the oldest first."""
        with transaction(self._engine) as connection:
            return list(rows_about(connection, person_id))

    def version(self, person_id: PersonId) -> int:
        """Give the version of the registers that last changed something about the person, 0 for nobody known."""
        with transaction(self._engine) as connection:
            return version_of(connection, person_id)


def version_of(connection: Connection, person_id: PersonId) -> int:
    """Give the version of the registers that last changed something about the person, 0 for nobody known."""
    wanted = select(func.coalesce(func.max(register.c.version), 0)).where(register.c.person_id == person_id)
    return int(connection.scalar(wanted) or 0)


def rows_about(connection: Connection, person_id: PersonId) -> Iterator[CaseRow]:
    """Give every row about a person that ever was saved, the oldest first."""
    joined = register.join(register_version).outerjoin(proposal, proposal.c.version == register.c.version)
    wanted = (
        select(
            register.c.version,
            register.c.recorded_at,
            register_version.c.by,
            register.c.kind,
            register.c.key,
            cast(register.c.body, Text).label("body"),
            register.c.replaced_at,
            proposal.c.number,
        )
        .select_from(joined)
        .where(register.c.person_id == person_id)
        .order_by(register.c.id)
    )
    for row in connection.execute(wanted):
        yield CaseRow(
            version=row.version,
            at=row.recorded_at,
            by=row.by,
            kind=row.kind,
            key=row.key,
            value=value_of(row.kind, row.body),
            in_force=row.replaced_at is None,
            proposal=row.number,
        )
