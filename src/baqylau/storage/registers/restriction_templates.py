"""Restrictions that are written once, to be bound to many people: a body without a person and an order."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from baqylau.domain.orders import Restriction
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.registers.restriction_template_tables import restriction_template


class KeptTemplate(Struct, frozen=True, kw_only=True):
    """One that is in use, or was."""

    number: int
    name: str
    body: Restriction
    made_by: str
    made_at: datetime
    retired_at: datetime | None


class NameTakenError(Exception):
    """One in use has this name."""


class RestrictionTemplates:
    """Keeps them."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock

    def make(self, name: str, body: Restriction, by: str) -> KeptTemplate:
        """Keep a body under a name. `NameTakenError`."""
        at = self._clock()
        row = {"name": name, "body": msgspec.to_builtins(body), "made_by": by, "made_at": at}
        try:
            with transaction(self._engine) as connection:
                made = connection.execute(
                    insert(restriction_template).values(**row).returning(restriction_template)
                ).one()
                audit.record(connection, who=by, what="template.make", about=f"template/{made.number}", at=at)
        except IntegrityError as taken:
            raise NameTakenError(name) from taken
        return msgspec.convert(made, KeptTemplate, from_attributes=True)

    def retire(self, number: int, by: str) -> bool:
        """Bind it to nobody any more; what it was bound to stays. False: there is none in use."""
        at = self._clock()
        retired = update(restriction_template).where(
            restriction_template.c.number == number, restriction_template.c.retired_at.is_(None)
        )
        with transaction(self._engine) as connection:
            done = bool(connection.execute(retired.values(retired_by=by, retired_at=at)).rowcount)
            if done:
                audit.record(connection, who=by, what="template.retire", about=f"template/{number}", at=at)
        return done

    def in_use(self) -> list[KeptTemplate]:
        """Give those in use, by name."""
        wanted = select(restriction_template).where(restriction_template.c.retired_at.is_(None))
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted.order_by(restriction_template.c.name))
            return [msgspec.convert(row, KeptTemplate, from_attributes=True) for row in rows]

    def get(self, number: int) -> KeptTemplate | None:
        """Give one in use."""
        wanted = select(restriction_template).where(
            restriction_template.c.number == number, restriction_template.c.retired_at.is_(None)
        )
        with transaction(self._engine) as connection:
            row = connection.execute(wanted).first()
        return msgspec.convert(row, KeptTemplate, from_attributes=True) if row else None
