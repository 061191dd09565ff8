"""Announcements: that something happened to an alarm, written in the transaction in which it happens."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from baqylau.domain.ids import AlarmId
from baqylau.domain.notices import Why
from baqylau.storage.alarms.notice_tables import announcement
from baqylau.storage.bulk import BulkInsert

if TYPE_CHECKING:
    from psycopg import Cursor

CHANNEL = "outbox"
"""On which the database tells that something was announced."""
_ANNOUNCE = BulkInsert(announcement, ("alarm_id", "why", "level", "at"))


def announce(cursor: "Cursor[Any]", happened: Iterable[tuple[AlarmId, Why, int]], at: datetime) -> None:
    """Say what happened to alarms, and with which level, in the transaction in which it happens."""
    rows = [(alarm_id, why.value, level, at) for alarm_id, why, level in happened]
    _ANNOUNCE.run(cursor, rows)
    if rows:
        cursor.execute(f"NOTIFY {CHANNEL}")
