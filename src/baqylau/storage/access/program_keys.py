"""Keys for programs, by SHA-256: each may do no more than its scope, no more than its account, and ends by itself."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, insert, select, update

from baqylau.domain.rights import Action
from baqylau.storage.access import audit
from baqylau.storage.access.access_tables import account, account_duty, account_token
from baqylau.storage.access.accounts import Account, account_of
from baqylau.storage.access.sessions import USED_EVERY, SignedIn, name_of
from baqylau.storage.database import transaction


class ProgramKey(Struct, frozen=True, kw_only=True):
    """One key, as its owner sees it; the key itself was shown once."""

    id: str
    name: str
    scope: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class ProgramKeys:
    """Keeps the keys of all accounts."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def issue(self, token: bytes, owner: Account, name: str, scope: tuple[Action, ...], expires_at: datetime) -> None:
        """Let a program in until an instant."""
        at, login = self._clock(), owner.login
        said = f"{name}: {', '.join(scope)}, until {expires_at.isoformat()}"
        with transaction(self._engine) as connection:
            connection.execute(
                insert(account_token).values(
                    token=token,
                    login=login,
                    name=name,
                    scope=msgspec.to_builtins(scope),
                    created_at=at,
                    expires_at=expires_at,
                )
            )
            audit.record(connection, who=login, what="account.token", about=f"account/{login}", purpose=said, at=at)

    def get(self, token: bytes) -> SignedIn | None:
        """Give whom a key stands for while it holds and the account is not suspended, and write down its use."""
        at = self._clock()
        duty = (account_duty.c.districts, account_duty.c.people, account_duty.c.suspended_at)
        joined = account_token.join(account).outerjoin(account_duty, account_duty.c.login == account.c.login)
        key = (account_token.c.scope, account_token.c.used_at, account_token.c.expires_at)
        found = (
            select(*key, account, *duty)
            .select_from(joined)
            .where(
                account_token.c.token == token, account_token.c.revoked_at.is_(None), account_token.c.expires_at > at
            )
        )
        with transaction(self._engine) as connection:
            row = connection.execute(found).first()
            if row is None or row.suspended_at is not None:
                return None
            if row.used_at is None or row.used_at + USED_EVERY <= at:
                connection.execute(update(account_token).where(account_token.c.token == token).values(used_at=at))
        scope = msgspec.convert(row.scope, frozenset[Action])
        return SignedIn(
            account=account_of(row), csrf="", unused_for=timedelta(), expires_at=row.expires_at, scope=scope
        )

    def of(self, login: str) -> list[ProgramKey]:
        """Give the keys of an account that hold, the newest first."""
        wanted = select(account_token).where(
            account_token.c.login == login,
            account_token.c.revoked_at.is_(None),
            account_token.c.expires_at > self._clock(),
        )
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted.order_by(account_token.c.created_at.desc())).all()
        return [
            ProgramKey(
                id=name_of(row.token),
                name=row.name,
                scope=tuple(row.scope),
                created_at=row.created_at,
                expires_at=row.expires_at,
                used_at=row.used_at,
                revoked_at=row.revoked_at,
            )
            for row in rows
        ]

    def revoke(self, login: str, name: str) -> bool:
        """Let a program in no more; tell whether there was such a key."""
        at = self._clock()
        held = select(account_token.c.token).where(account_token.c.login == login, account_token.c.revoked_at.is_(None))
        with transaction(self._engine) as connection:
            named = [token for token in connection.scalars(held) if name_of(token) == name]
            if named:
                gone = update(account_token).where(account_token.c.token.in_(named))
                connection.execute(gone.values(revoked_at=at))
                about = f"account/{login}"
                audit.record(connection, who=login, what="account.token_revoked", about=about, at=at)
        return bool(named)
