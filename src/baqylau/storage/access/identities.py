"""Who somebody is at an identity provider: bound by the first sign-in, and by nothing else."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects.postgresql import insert

from baqylau.storage.access import audit
from baqylau.storage.access.access_tables import account_session
from baqylau.storage.access.ending import end_sessions
from baqylau.storage.access.identity_tables import account_identity
from baqylau.storage.database import transaction


class Identities:
    """Keeps which account belongs to which subject."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock

    def belongs(self, login: str, issuer: str, subject: str) -> bool:
        """Tell whether an account is this subject's; one that is nobody's yet becomes theirs."""
        at = self._clock()
        new = insert(account_identity).values(login=login, issuer=issuer, subject=subject, bound_at=at)
        with transaction(self._engine) as connection:
            made = new.on_conflict_do_nothing().returning(account_identity.c.login)
            if connection.execute(made).first() is not None:
                audit.record(connection, who=login, what="account.identity", about=f"account/{login}", at=at)
                return True
            wanted = select(account_identity).where(account_identity.c.login == login)
            row = connection.execute(wanted).one_or_none()
        return row is not None and (row.issuer, row.subject) == (issuer, subject)

    def sign_out(self, issuer: str, subject: str) -> None:
        """End every session of a subject's account, however it was begun; nobody knows a stranger's."""
        theirs = (account_identity.c.issuer == issuer) & (account_identity.c.subject == subject)
        with transaction(self._engine) as connection:
            login = connection.scalar(select(account_identity.c.login).where(theirs))
            if login is not None and end_sessions(connection, account_session.c.login == login):
                about = f"account/{login}"
                audit.record(connection, who=login, what="session.provider_ended", about=about, at=self._clock())

    def forget(self, login: str) -> None:
        """Let the next sign-in bind the account anew."""
        with transaction(self._engine) as connection:
            connection.execute(delete(account_identity).where(account_identity.c.login == login))
