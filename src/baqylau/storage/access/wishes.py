"""Changes of an account that give it more: asked by one administrator, done when another agrees."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, insert, select, update

from baqylau.domain.rights import Bounds, Role
from baqylau.storage.access import audit
from baqylau.storage.access.access_tables import account_wish
from baqylau.storage.database import transaction


class Employ(Struct, frozen=True, kw_only=True, tag="employ"):
    """Another role, or other bounds."""

    role: Role
    bounds: Bounds


class Reset(Struct, frozen=True, kw_only=True, tag="reset"):
    """A link by which the account gets a new password and loses its second factors."""


Change = Employ | Reset


class Wish(Struct, frozen=True, kw_only=True):
    """What somebody asked for and nobody answered yet."""

    id: int
    login: str
    change: Change
    asked_by: str
    asked_at: datetime


class Wishes:
    """Keeps them, answered ones too."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def ask(self, login: str, change: Change, by: str) -> None:
        """Ask for a change. An earlier wish about the same account is dropped."""
        at = self._clock()
        earlier = update(account_wish).where(account_wish.c.login == login, account_wish.c.answered_at.is_(None))
        with transaction(self._engine) as connection:
            connection.execute(earlier.values(answered_by=by, answered_at=at, agreed=False))
            body = msgspec.to_builtins(change)
            connection.execute(insert(account_wish).values(login=login, body=body, asked_by=by, asked_at=at))
            audit.record(connection, who=by, what="account.wish", about=f"account/{login}", at=at)

    def waiting(self) -> list[Wish]:
        """Give those that nobody answered, oldest first."""
        wanted = select(account_wish).where(account_wish.c.answered_at.is_(None)).order_by(account_wish.c.id)
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return [
            Wish(
                id=row.id,
                login=row.login,
                change=msgspec.convert(row.body, Change),
                asked_by=row.asked_by,
                asked_at=row.asked_at,
            )
            for row in rows
        ]

    def answer(self, number: int, by: str, *, agreed: bool) -> bool:
        """Answer a wish; tell whether it still waited."""
        waits = update(account_wish).where(account_wish.c.id == number, account_wish.c.answered_at.is_(None))
        answered = waits.values(answered_by=by, answered_at=self._clock(), agreed=agreed)
        with transaction(self._engine) as connection:
            login = connection.scalar(answered.returning(account_wish.c.login))
            if login is not None:
                what = "account.agree" if agreed else "account.refuse"
                audit.record(connection, who=by, what=what, about=f"account/{login}", at=self._clock())
        return login is not None
