"""Changes that were asked for with a key: one that is asked for again is known, and not done again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Engine, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from baqylau.storage.access.access_tables import asked_change
from baqylau.storage.database import transaction

KNOWN_FOR: Final = timedelta(days=1)


class Asked(StrEnum):
    """How far a change has come that is asked for."""

    NEW = "new"
    BEGUN = "begun"
    """It came before, and nobody knows what became of it: it is being done, or it was broken off."""
    DONE = "done"


class AskedOnce:
    """Keeps the keys of a day, by their digests: what was asked for is not in them."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock

    def begin(self, by: str, key: bytes) -> Asked:
        """Note that a change begins, unless it began before. Of two at once one is new."""
        at = self._clock()
        known = select(asked_change.c.done).where(*_theirs(by, key))
        with transaction(self._engine) as connection:
            connection.execute(delete(asked_change).where(asked_change.c.at < at - KNOWN_FOR))
            noted = insert(asked_change).values(asked_by=by, key=key, at=at, done=False).on_conflict_do_nothing()
            if connection.execute(noted.returning(asked_change.c.key)).first() is not None:
                return Asked.NEW
            return Asked.DONE if connection.scalar(known) else Asked.BEGUN

    def done(self, by: str, key: bytes) -> None:
        """Note that a change was done."""
        with transaction(self._engine) as connection:
            connection.execute(update(asked_change).where(*_theirs(by, key)).values(done=True))

    def forget(self, by: str, key: bytes) -> None:
        """Let a change that was refused be tried again with the same key."""
        with transaction(self._engine) as connection:
            connection.execute(delete(asked_change).where(*_theirs(by, key)))


def _theirs(by: str, key: bytes) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return asked_change.c.asked_by == by, asked_change.c.key == key
