"""Who is signed in: sessions by the SHA-256 of the token in the cookie, which signs nobody in."""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Engine, delete, insert, select, update

from baqylau.domain.rights import Action
from baqylau.storage.access import audit
from baqylau.storage.access.access_tables import account, account_duty, account_session
from baqylau.storage.access.accounts import Account, account_of
from baqylau.storage.access.ending import end_sessions
from baqylau.storage.database import transaction

USED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a session is written down."""
_NAMED_BY = 8
"""So many bytes of the digest name a session in a list; they open nothing."""


class SignedIn(Struct, frozen=True, kw_only=True):
    """A session that holds."""

    account: Account
    csrf: str
    unused_for: timedelta
    """How long it had not been used when it was asked for, to the minute."""
    expires_at: datetime
    locked: bool = False
    """The page is covered: nothing is done until the password is said again."""
    scope: frozenset[Action] | None = None
    """What a key for a program may do; None for a person, who may do what the role may."""


class SessionRow(Struct, frozen=True, kw_only=True):
    """One session of an account, as its owner sees it."""

    id: str
    agent: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime


def name_of(token: bytes) -> str:
    """Give the name under which a session is listed."""
    return token[:_NAMED_BY].hex()


class Sessions:
    """Keeps the sessions of all accounts."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def open(self, token: bytes, login: str, csrf: str, expires_at: datetime, agent: str = "") -> None:
        """Begin a session, and forget those that have expired. `agent` is what the browser calls itself."""
        at = self._clock()
        with transaction(self._engine) as connection:
            connection.execute(delete(account_session).where(account_session.c.expires_at <= at))
            connection.execute(
                insert(account_session).values(
                    token=token, login=login, csrf=csrf, agent=agent, created_at=at, used_at=at, expires_at=expires_at
                )
            )
            audit.record(connection, who=login, what="session.open", about=f"account/{login}", at=at)

    def get(self, token: bytes) -> SignedIn | None:
        """Give the session if it holds and its account is not suspended, and write down its use."""
        at = self._clock()
        joined = account_session.join(account).outerjoin(account_duty, account_duty.c.login == account.c.login)
        duty = (account_duty.c.districts, account_duty.c.people, account_duty.c.suspended_at)
        found = select(account_session, account, *duty).select_from(joined).where(account_session.c.token == token)
        with transaction(self._engine) as connection:
            row = connection.execute(found.where(account_session.c.expires_at > at)).first()
            if row is None or row.suspended_at is not None:
                return None
            if row.used_at + USED_EVERY <= at:
                used = update(account_session).where(account_session.c.token == token)
                connection.execute(used.values(used_at=at))
        return SignedIn(
            account=account_of(row),
            csrf=row.csrf,
            unused_for=at - row.used_at,
            expires_at=row.expires_at,
            locked=row.locked_at is not None,
        )

    def of(self, login: str) -> list[SessionRow]:
        """Give the sessions of an account that hold, the last begun first."""
        wanted = select(account_session).where(
            account_session.c.login == login, account_session.c.expires_at > self._clock()
        )
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted.order_by(account_session.c.created_at.desc())).all()
        return [
            SessionRow(
                id=name_of(row.token),
                agent=row.agent,
                created_at=row.created_at,
                used_at=row.used_at,
                expires_at=row.expires_at,
            )
            for row in rows
        ]

    def lock(self, token: bytes, *, locked: bool) -> None:
        """Cover a session, or uncover it once its owner was proved."""
        at = self._clock()
        changed = update(account_session).where(account_session.c.token == token)
        with transaction(self._engine) as connection:
            connection.execute(changed.values(locked_at=at if locked else None))

    def close(self, token: bytes) -> None:
        """End a session."""
        with transaction(self._engine) as connection:
            for login in end_sessions(connection, account_session.c.token == token):
                audit.record(connection, who=login, what="session.close", about=f"account/{login}", at=self._clock())

    def revoke(self, login: str, name: str) -> bool:
        """End the session of an account that is listed under this name; tell whether there was one."""
        with transaction(self._engine) as connection:
            held = connection.scalars(select(account_session.c.token).where(account_session.c.login == login)).all()
            named = [token for token in held if name_of(token) == name]
            if named:
                end_sessions(connection, account_session.c.token.in_(named))
                audit.record(connection, who=login, what="session.revoke", about=f"account/{login}", at=self._clock())
        return bool(named)
