"""How a supervised person comes to their own page: a code once, then a PIN on the one phone that the code opened.

Nothing here is an account: no operator's session opens the page, and what opens the page opens nothing else. Codes,
phones and sessions come in as digests, PINs as argon2 texts.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, insert, select, update

from baqylau.domain.acts import PERSON
from baqylau.domain.ids import PersonId
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.people.own_page_tables import own_access, own_session

TRIES = 5
"""Wrong PINs in a row after which the phone opens nothing any more: a new code has to be handed over."""
USED_EVERY = timedelta(minutes=1)


def signature(person_id: PersonId) -> str:
    """Give how what a supervised person does is signed: in the audit, and under acts about their alarms."""
    return f"{PERSON}{person_id}"


class EndWhy(StrEnum):
    """Why an access ended."""

    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    FORGOTTEN = "forgotten"
    """The person made this phone forget it."""
    WRONG_PIN = "wrong_pin"


class OwnAccess(Struct, frozen=True, kw_only=True):
    """One code and what became of it."""

    id: int
    person_id: PersonId
    given_by: str
    given_at: datetime
    expires_at: datetime
    """Of the code, while it has not been used."""
    opened_at: datetime | None = None
    used_at: datetime | None = None
    failures: int = 0
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_why: EndWhy | None = None


class OwnSession(Struct, frozen=True, kw_only=True):
    """Somebody has their own page open."""

    access_id: int
    person_id: PersonId
    csrf: str
    used_at: datetime
    expires_at: datetime


class CodeSpentError(Exception):
    """The code was used, has expired, was withdrawn, or never was."""


class OwnAccesses:
    """Keeps them."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def give(self, person_id: PersonId, code: bytes, expires_at: datetime, by: str) -> None:
        """Let a code open the person's page once. Whatever opened it before does no more."""
        at = self._clock()
        with transaction(self._engine) as connection:
            _end(connection, own_access.c.person_id == person_id, by, EndWhy.REPLACED, at)
            row = {"person_id": person_id, "code": code, "given_by": by, "given_at": at, "expires_at": expires_at}
            connection.execute(insert(own_access).values(**row, failures=0))
            audit.record(connection, who=by, what="own.give", about=f"person/{person_id}", at=at)

    def end(self, person_id: PersonId, by: str, why: EndWhy) -> bool:
        """Let nothing open the person's page; tell whether anything did."""
        at = self._clock()
        with transaction(self._engine) as connection:
            ended = _end(connection, own_access.c.person_id == person_id, by, why, at)
            if ended:
                audit.record(connection, who=by, what=f"own.{why}", about=f"person/{person_id}", at=at)
        return ended

    def use(self, code: bytes, phone: bytes, pin: str) -> OwnAccess:
        """Spend a code: from now on this phone opens the page by this PIN. `CodeSpentError`."""
        at = self._clock()
        spent = (
            update(own_access)
            .where(
                own_access.c.code == code,
                own_access.c.opened_at.is_(None),
                own_access.c.ended_at.is_(None),
                own_access.c.expires_at > at,
            )
            .values(opened_at=at, used_at=at, phone=phone, pin=pin)
        )
        with transaction(self._engine) as connection:
            row = connection.execute(spent.returning(own_access)).first()
            if row is None:
                raise CodeSpentError
            found = msgspec.convert(row, OwnAccess, from_attributes=True)
            about = f"person/{found.person_id}"
            audit.record(connection, who=signature(found.person_id), what="own.begin", about=about, at=at)
        return found

    def of_phone(self, phone: bytes) -> OwnAccess | None:
        """Give what a phone opens, None for one that opens nothing."""
        holds = and_(own_access.c.phone == phone, own_access.c.ended_at.is_(None))
        with transaction(self._engine) as connection:
            row = connection.execute(select(own_access).where(holds)).first()
        return msgspec.convert(row, OwnAccess, from_attributes=True) if row else None

    def attempt(self, access_id: int) -> str | None:
        """Count an attempt as wrong before it is looked at; give the PIN's argon2 text, None after too many."""
        counted = (
            update(own_access)
            .where(own_access.c.id == access_id, own_access.c.ended_at.is_(None), own_access.c.failures < TRIES)
            .values(failures=own_access.c.failures + 1)
        )
        with transaction(self._engine) as connection:
            pin: str | None = connection.scalar(counted.returning(own_access.c.pin))
        return pin

    def failed(self, access: OwnAccess) -> int:
        """Say that the attempt was wrong, and give how many are left; after the last one the phone opens nothing."""
        at = self._clock()
        with transaction(self._engine) as connection:
            tried = connection.scalar(select(own_access.c.failures).where(own_access.c.id == access.id)) or 0
            if tried >= TRIES:
                by = signature(access.person_id)
                if _end(connection, own_access.c.id == access.id, by, EndWhy.WRONG_PIN, at):
                    audit.record(connection, who=by, what="own.wrong_pin", about=by, at=at)
        return max(0, TRIES - tried)

    def open(self, access: OwnAccess, token: bytes, csrf: str, expires_at: datetime) -> None:
        """Begin a session of somebody who said the right PIN, and forget those that have expired."""
        at, by = self._clock(), signature(access.person_id)
        with transaction(self._engine) as connection:
            connection.execute(delete(own_session).where(own_session.c.expires_at <= at))
            used = update(own_access).where(own_access.c.id == access.id, own_access.c.ended_at.is_(None))
            if not connection.execute(used.values(failures=0, used_at=at)).rowcount:
                raise CodeSpentError
            row = {"token": token, "access_id": access.id, "person_id": access.person_id, "csrf": csrf}
            row |= {"created_at": at, "used_at": at, "expires_at": expires_at}
            connection.execute(insert(own_session).values(**row))
            audit.record(connection, who=by, what="own.open", about=by, at=at)

    def session(self, token: bytes, idle: timedelta) -> OwnSession | None:
        """Give the session if it holds and its access does, and write down its use."""
        at = self._clock()
        joined = own_session.join(own_access)
        wanted = (
            select(own_session)
            .select_from(joined)
            .where(own_session.c.token == token, own_session.c.expires_at > at, own_session.c.used_at > at - idle)
            .where(own_access.c.ended_at.is_(None))
        )
        with transaction(self._engine) as connection:
            row = connection.execute(wanted).first()
            if row is not None and row.used_at + USED_EVERY <= at:
                connection.execute(update(own_session).where(own_session.c.token == token).values(used_at=at))
        return msgspec.convert(row, OwnSession, from_attributes=True) if row else None

    def close(self, token: bytes) -> None:
        """End a session; the phone keeps its PIN."""
        with transaction(self._engine) as connection:
            connection.execute(delete(own_session).where(own_session.c.token == token))

    def of(self, person_id: PersonId) -> list[OwnAccess]:
        """Give every access that a person ever had, the newest first."""
        wanted = select(own_access).where(own_access.c.person_id == person_id).order_by(own_access.c.id.desc())
        with transaction(self._engine) as connection:
            return [msgspec.convert(row, OwnAccess, from_attributes=True) for row in connection.execute(wanted)]


def _end(connection: Connection, which: ColumnElement[bool], by: str, why: EndWhy, at: datetime) -> bool:
    ended = update(own_access).where(which, own_access.c.ended_at.is_(None))
    named = connection.scalars(
        ended.values(ended_at=at, ended_by=by, ended_why=why.value).returning(own_access.c.id)
    ).all()
    connection.execute(delete(own_session).where(own_session.c.access_id.in_(named)))
    return bool(named)
