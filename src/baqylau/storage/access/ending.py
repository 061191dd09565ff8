"""Sessions that end before their time. Whoever serves one is told at the commit, so that an open feed ends too."""

from typing import Final

from sqlalchemy import ColumnElement, Connection, delete

from baqylau.storage.access.access_tables import account_session
from baqylau.storage.alarms.feed import notify

SESSIONS: Final = "sessions"
"""The channel on which it is told that sessions ended."""


def end_sessions(connection: Connection, which: ColumnElement[bool]) -> list[str]:
    """End the chosen sessions in this transaction, and give whose they were."""
    logins = connection.scalars(delete(account_session).where(which).returning(account_session.c.login)).all()
    if logins:
        notify(connection, SESSIONS)
    return list(logins)
