"""Who may sign in, who is signed in, who was invited, and who tried too often.

Tokens and passwords come in as digests and argon2 texts: what is stored here signs nobody in.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from baqylau.domain.people import Language
from baqylau.domain.rights import Role
from baqylau.storage import audit
from baqylau.storage.database import transaction
from baqylau.storage.schema import account, account_session, invitation, sign_in_failure

USED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a session is written down."""
FAILURES_KEPT = timedelta(days=1)


class Account(Struct, frozen=True, kw_only=True):
    """Somebody who may sign in."""

    login: str
    name: str
    password: str
    """The argon2id text, see `crypto.passwords`."""
    language: Language
    role: Role


class SignedIn(Struct, frozen=True, kw_only=True):
    """A session that holds."""

    account: Account
    csrf: str
    used_at: datetime
    """When it was used before, to the minute."""
    expires_at: datetime


class LoginTakenError(Exception):
    """Somebody has this login already."""


class InvitationSpentError(Exception):
    """The link was used, has expired, or never was."""


class Accounts:
    """Accounts and sessions. Every change of an account is in the audit."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def get(self, login: str) -> Account | None:
        """Give the account with this login."""
        with transaction(self._engine) as connection:
            row = connection.execute(select(account).where(account.c.login == login)).first()
        return msgspec.convert(row, Account, from_attributes=True) if row else None

    def all(self) -> list[Account]:
        """Give every account, in the order of their names."""
        with transaction(self._engine) as connection:
            rows = connection.execute(select(account).order_by(account.c.name, account.c.login)).all()
        return [msgspec.convert(row, Account, from_attributes=True) for row in rows]

    def any(self) -> bool:
        """Whether anybody may sign in at all."""
        with transaction(self._engine) as connection:
            return connection.scalar(select(account.c.login).limit(1)) is not None

    def create(self, new: Account, by: str) -> None:
        """Make an account. `LoginTakenError` when there is one."""
        with transaction(self._engine) as connection:
            self._create(connection, new, by)

    def _create(self, connection: Connection, new: Account, by: str) -> None:
        at = self._clock()
        values = msgspec.to_builtins(new)
        try:
            connection.execute(insert(account).values(**values, created_at=at))
        except IntegrityError as taken:
            raise LoginTakenError(new.login) from taken
        audit.record(connection, who=by, what="account.create", about=f"account/{new.login}", at=at)

    def set_language(self, login: str, language: Language) -> None:
        """Remember in which language somebody reads."""
        with transaction(self._engine) as connection:
            connection.execute(update(account).where(account.c.login == login).values(language=language.value))

    def set_password(self, login: str, password: str, by: str) -> None:
        """Store a new argon2id text and end every session of the account."""
        with transaction(self._engine) as connection:
            connection.execute(update(account).where(account.c.login == login).values(password=password))
            connection.execute(delete(account_session).where(account_session.c.login == login))
            audit.record(connection, who=by, what="account.password", about=f"account/{login}", at=self._clock())

    def invite(self, token: bytes, role: Role, expires_at: datetime) -> None:
        """Remember a one-time link by the SHA-256 of its token. Earlier ones for the same role no longer hold."""
        at = self._clock()
        earlier = update(invitation).where(invitation.c.role == role.value, invitation.c.used_at.is_(None))
        with transaction(self._engine) as connection:
            connection.execute(earlier.values(expires_at=func.least(invitation.c.expires_at, at)))
            connection.execute(
                insert(invitation).values(token=token, role=role.value, created_at=at, expires_at=expires_at)
            )

    def invitation(self, token: bytes) -> Role | None:
        """Give the role that a link gives, None when it no longer holds."""
        with transaction(self._engine) as connection:
            found = connection.scalar(select(invitation.c.role).where(*self._holds(token)))
        return Role(found) if found else None

    def accept(self, token: bytes, login: str, name: str, password: str, language: Language) -> Account:
        """Use a link: make the account, and spend the link in the same transaction.

        `InvitationSpentError`, `LoginTakenError`; then the link still holds.
        """
        with transaction(self._engine) as connection:
            spent = update(invitation).where(*self._holds(token)).values(used_at=self._clock())
            role = connection.scalar(spent.returning(invitation.c.role))
            if role is None:
                raise InvitationSpentError
            new = Account(login=login, name=name, password=password, language=language, role=Role(role))
            self._create(connection, new, by=login)
        return new

    def _holds(self, token: bytes) -> tuple[ColumnElement[bool], ...]:
        return (
            invitation.c.token == token,
            invitation.c.used_at.is_(None),
            invitation.c.expires_at > self._clock(),
        )


class Sessions:
    """Who is signed in, by the SHA-256 of the token in the cookie."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def open(self, token: bytes, login: str, csrf: str, expires_at: datetime) -> None:
        """Begin a session, and forget those that have expired."""
        at = self._clock()
        with transaction(self._engine) as connection:
            connection.execute(delete(account_session).where(account_session.c.expires_at <= at))
            connection.execute(
                insert(account_session).values(
                    token=token, login=login, csrf=csrf, created_at=at, used_at=at, expires_at=expires_at
                )
            )
            audit.record(connection, who=login, what="session.open", about=f"account/{login}", at=at)

    def get(self, token: bytes) -> SignedIn | None:
        """Give the session if it holds, and write down its use."""
        at = self._clock()
        found = select(account_session, account).join(account).where(account_session.c.token == token)
        with transaction(self._engine) as connection:
            row = connection.execute(found.where(account_session.c.expires_at > at)).first()
            if row is None:
                return None
            if row.used_at + USED_EVERY <= at:
                used = update(account_session).where(account_session.c.token == token)
                connection.execute(used.values(used_at=at))
        who = Account(
            login=row.login,
            name=row.name,
            password=row.password,
            language=Language(row.language),
            role=Role(row.role),
        )
        return SignedIn(account=who, csrf=row.csrf, used_at=row.used_at, expires_at=row.expires_at)

    def close(self, token: bytes) -> None:
        """End a session."""
        with transaction(self._engine) as connection:
            gone = delete(account_session).where(account_session.c.token == token).returning(account_session.c.login)
            login = connection.scalar(gone)
            if login is not None:
                audit.record(connection, who=login, what="session.close", about=f"account/{login}", at=self._clock())


class Failures(Struct, frozen=True, kw_only=True):
    """Sign-ins that did not match."""

    of_login: int
    of_peer: int
    login_last_at: datetime | None = None
    peer_last_at: datetime | None = None


class Throttle:
    """Counts sign-ins that did not match, by login and by where they came from."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def failed(self, login: str, peer: str) -> None:
        """Write one down, and forget those that no longer count."""
        at = self._clock()
        with transaction(self._engine) as connection:
            connection.execute(delete(sign_in_failure).where(sign_in_failure.c.at < at - FAILURES_KEPT))
            connection.execute(insert(sign_in_failure).values(at=at, login=login, peer=peer))

    def failures(self, login: str, peer: str, since: datetime) -> Failures:
        """Give how many there were since an instant."""
        by_login, by_peer = sign_in_failure.c.login == login, sign_in_failure.c.peer == peer
        columns = (
            func.count().filter(by_login).label("of_login"),
            func.count().filter(by_peer).label("of_peer"),
            func.max(sign_in_failure.c.at).filter(by_login).label("login_last_at"),
            func.max(sign_in_failure.c.at).filter(by_peer).label("peer_last_at"),
        )
        either = or_(by_login, by_peer)
        with transaction(self._engine) as connection:
            row = connection.execute(select(*columns).where(either, sign_in_failure.c.at >= since)).one()
        return msgspec.convert(row, Failures, from_attributes=True)

    def forget(self, login: str) -> None:
        """A sign-in that matched takes the login's failures away."""
        with transaction(self._engine) as connection:
            connection.execute(delete(sign_in_failure).where(sign_in_failure.c.login == login))
