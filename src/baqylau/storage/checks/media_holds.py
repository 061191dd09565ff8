"""What forbids the destruction of recordings: a hold, with its reason and who answers for it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Engine, Row, select, update

from baqylau.domain.ids import CheckId
from baqylau.storage.access import audit
from baqylau.storage.checks.media_log import Happened, note
from baqylau.storage.checks.media_tables import media_check
from baqylau.storage.database import transaction


class OnHoldError(Exception):
    """They must not be destroyed; the text says why."""


class NotOnHoldError(Exception):
    """There is nothing to release."""


class MediaHolds:
    """Holds and releases recordings: of a check, or of a call by its name."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock

    def hold(self, check_id: CheckId, why: str, *, by: str) -> None:
        """Forbid the destruction until it is released. `KeyError` when there is nothing to destroy, `OnHoldError`.

        A hold that stands keeps its reason: who wants another one has to wait, or to speak with who made it.
        """
        with transaction(self._engine) as connection:
            row = locked(connection, check_id)
            if row.held_why:
                raise OnHoldError(row.held_why)
            self._turn(connection, row, Happened.HOLD, why, by)

    def release(self, check_id: CheckId, why: str, *, by: str) -> None:
        """Allow the destruction again, from the end of their time on. `KeyError`, `NotOnHoldError`."""
        with transaction(self._engine) as connection:
            row = locked(connection, check_id)
            if not row.held_why:
                raise NotOnHoldError(check_id)
            self._turn(connection, row, Happened.RELEASED, why, by)

    def _turn(self, connection: Connection, row: "Row[tuple[object, ...]]", event: Happened, why: str, by: str) -> None:
        now, held = self._clock(), event is Happened.HOLD
        stands = {"held_why": why, "held_by": by, "held_at": now} if held else _FREE
        connection.execute(update(media_check).where(media_check.c.id == row.id).values(**stands))
        note(connection, event, row.id, row.manifest, now, why)
        named = about(CheckId(row.check_id))
        audit.record(connection, who=by, what=f"media.{event}", about=named, purpose=why, at=now)


_FREE = {"held_why": "", "held_by": None, "held_at": None}


def locked(connection: Connection, check_id: CheckId) -> "Row[tuple[object, ...]]":
    """Give the row of recordings that are not destroyed, for this transaction alone; `KeyError` when there is none."""
    alive = (media_check.c.check_id == check_id) & media_check.c.destroyed_at.is_(None)
    row = connection.execute(select(media_check).where(alive).with_for_update()).first()
    if row is None:
        raise KeyError(check_id)
    return row


def about(check_id: CheckId) -> str:
    """Give the name under which the audit speaks of them."""
    return f"media/{check_id}"
