"""Who may sign in, who was invited, and who tried too often.

Tokens and passwords come in as digests and argon2 texts: what is stored here signs nobody in.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from baqylau.domain.people import Language
from baqylau.domain.rights import Bounds, Role
from baqylau.storage.access import audit
from baqylau.storage.access.access_tables import (
    account,
    account_duty,
    account_passkey,
    account_recovery,
    account_session,
    account_totp,
    invitation,
    sign_in_failure,
)
from baqylau.storage.access.ending import end_sessions
from baqylau.storage.database import transaction
from baqylau.storage.schema import audit as audit_entries

_INSTALLATION = "installation"
"""Who invites the first administrator."""
FOUND = "account.found"
"""The audit's word for the account with which the administration of an installation begins."""
FAILURES_KEPT = timedelta(days=1)


class Account(Struct, frozen=True, kw_only=True):
    """Somebody who may sign in."""

    login: str
    name: str
    password: str
    """The argon2id text, see `crypto.passwords`."""
    language: Language
    role: Role
    bounds: Bounds = Bounds()
    suspended: bool = False


class LoginTakenError(Exception):
    """Somebody has this login already."""


class InvitationSpentError(Exception):
    """The link was used, has expired, or never was."""


class Invited(Struct, frozen=True, kw_only=True):
    """What a one-time link gives."""

    role: Role
    bounds: Bounds = Bounds()
    login: str | None = None
    """Whose password it lets be chosen anew; None: for somebody who has no account yet."""


class Accounts:
    """Accounts and sessions. Every change of an account is in the audit."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def get(self, login: str) -> Account | None:
        """Give the account with this login."""
        with transaction(self._engine) as connection:
            row = connection.execute(_FOUND.where(account.c.login == login)).first()
        return account_of(row) if row else None

    def all(self) -> list[Account]:
        """Give every account, in the order of their names."""
        with transaction(self._engine) as connection:
            return [account_of(row) for row in connection.execute(_FOUND.order_by(account.c.name, account.c.login))]

    def create(self, new: Account, by: str) -> None:
        """Make an account. `LoginTakenError` when there is one."""
        with transaction(self._engine) as connection:
            self._create(connection, new, by)

    def _create(self, connection: Connection, new: Account, by: str, what: str = "account.create") -> None:
        at = self._clock()
        try:
            connection.execute(
                insert(account).values(
                    login=new.login,
                    name=new.name,
                    password=new.password,
                    language=new.language.value,
                    role=new.role.value,
                    created_at=at,
                )
            )
            _write_duty(connection, new.login, new.bounds)
        except IntegrityError as taken:
            raise LoginTakenError(new.login) from taken
        audit.record(connection, who=by, what=what, about=f"account/{new.login}", at=at)

    def set_language(self, login: str, language: Language) -> None:
        """Remember in which language somebody reads."""
        with transaction(self._engine) as connection:
            connection.execute(update(account).where(account.c.login == login).values(language=language.value))

    def set_password(self, login: str, password: str, by: str, *, keep: bytes | None = None) -> None:
        """Store a new argon2id text and end every session of the account but the one to keep."""
        with transaction(self._engine) as connection:
            self._set_password(connection, login, password, by, keep)

    def _set_password(self, connection: Connection, login: str, password: str, by: str, keep: bytes | None) -> None:
        connection.execute(update(account).where(account.c.login == login).values(password=password))
        _end_sessions(connection, login, keep)
        audit.record(connection, who=by, what="account.password", about=f"account/{login}", at=self._clock())

    def employ(self, login: str, role: Role, bounds: Bounds, by: str, *, agreed_with: str = "") -> None:
        """Give an account a role and bounds, and end its sessions. The audit says who agreed."""
        with transaction(self._engine) as connection:
            connection.execute(update(account).where(account.c.login == login).values(role=role.value))
            _write_duty(connection, login, bounds)
            _end_sessions(connection, login)
            audit.record(
                connection,
                who=by,
                what="account.role",
                about=f"account/{login}",
                purpose=f"{role.value}, {_said(bounds)}" + (f", agreed with {agreed_with}" if agreed_with else ""),
                at=self._clock(),
            )

    def suspend(self, login: str, by: str, *, suspended: bool) -> None:
        """Let nobody in by this account until it is taken back; its sessions end."""
        at, said = self._clock(), "account.suspend" if suspended else "account.resume"
        with transaction(self._engine) as connection:
            _suspend(connection, login, at if suspended else None)
            _end_sessions(connection, login)
            audit.record(connection, who=by, what=said, about=f"account/{login}", at=at)

    def invite(self, token: bytes, invited: Invited, expires_at: datetime, by: str = _INSTALLATION) -> None:
        """Remember a one-time link by the SHA-256 of its token. Earlier ones of the same kind no longer hold."""
        at = self._clock()
        first = and_(invitation.c.role == invited.role.value, invitation.c.invited_by == _INSTALLATION)
        same = invitation.c.login == invited.login if invited.login else and_(first, literal(by == _INSTALLATION))
        earlier = update(invitation).where(invitation.c.used_at.is_(None), same)
        about = f"account/{invited.login}" if invited.login else f"invitation/{token.hex()[:16]}"
        with transaction(self._engine) as connection:
            connection.execute(earlier.values(expires_at=func.least(invitation.c.expires_at, at)))
            connection.execute(
                insert(invitation).values(
                    token=token,
                    role=invited.role.value,
                    invited_by=by,
                    login=invited.login,
                    bounds=msgspec.to_builtins(invited.bounds),
                    created_at=at,
                    expires_at=expires_at,
                )
            )
            what = "account.reset" if invited.login else "account.invite"
            purpose = f"{invited.role.value}, {_said(invited.bounds)}"
            audit.record(connection, who=by, what=what, about=about, purpose=purpose, at=at)

    def invitation(self, token: bytes) -> Invited | None:
        """Give what a link gives, None when it no longer holds."""
        with transaction(self._engine) as connection:
            row = connection.execute(select(invitation).where(*self._holds(token))).first()
        return _invited(row) if row else None

    def accept(self, token: bytes, login: str, name: str, password: str, language: Language) -> Account:
        """Use a link: make the account, or give it its new password, and spend the link in the same transaction.

        A new password takes the second factors away: who lost them comes in by a link. `InvitationSpentError`,
        `LoginTakenError`; then the link still holds.
        """
        with transaction(self._engine) as connection:
            spent = update(invitation).where(*self._holds(token)).values(used_at=self._clock())
            row = connection.execute(spent.returning(invitation)).first()
            if row is None:
                raise InvitationSpentError
            invited = _invited(row)
            if invited.login is None:
                new = Account(
                    login=login,
                    name=name,
                    password=password,
                    language=language,
                    role=invited.role,
                    bounds=invited.bounds,
                )
                self._create(connection, new, login, _made(connection, new.role))
                return new
            for factors in (account_totp, account_recovery, account_passkey):
                connection.execute(delete(factors).where(factors.c.login == invited.login))
            self._set_password(connection, invited.login, password, invited.login, None)
            return account_of(connection.execute(_FOUND.where(account.c.login == invited.login)).one())

    def _holds(self, token: bytes) -> tuple[ColumnElement[bool], ...]:
        return (
            invitation.c.token == token,
            invitation.c.used_at.is_(None),
            invitation.c.expires_at > self._clock(),
        )


_FOUND = select(account, account_duty.c.districts, account_duty.c.people, account_duty.c.suspended_at).select_from(
    account.outerjoin(account_duty)
)


def account_of(row: Row[tuple[object, ...]]) -> Account:
    """Give the account of a row that holds the columns of `account` and `account_duty`."""
    return Account(
        login=row.login,
        name=row.name,
        password=row.password,
        language=Language(row.language),
        role=Role(row.role),
        bounds=msgspec.convert({"districts": row.districts, "people": row.people or ()}, Bounds),
        suspended=row.suspended_at is not None,
    )


def _invited(row: Row[tuple[object, ...]]) -> Invited:
    return Invited(role=Role(row.role), bounds=msgspec.convert(row.bounds or {}, Bounds), login=row.login)


def _made(connection: Connection, role: Role) -> str:
    """Give the audit's word for a new account: the first administrator's founds the installation, once."""
    kept = select(literal(1)).where(
        exists().where(account.c.role == Role.ADMINISTRATOR.value) | exists().where(audit_entries.c.what == FOUND)
    )
    founds = role is Role.ADMINISTRATOR and connection.execute(kept).first() is None
    return FOUND if founds else "account.create"


def _said(bounds: Bounds) -> str:
    """Write bounds for the audit."""
    districts = "every district" if bounds.districts is None else ", ".join(bounds.districts) or "no district"
    return districts if not bounds.people else f"{districts} and {', '.join(bounds.people)}"


def _write_duty(connection: Connection, login: str, bounds: Bounds) -> None:
    values = {"districts": msgspec.to_builtins(bounds.districts), "people": msgspec.to_builtins(bounds.people)}
    written = upsert(account_duty).values(login=login, **values)
    connection.execute(written.on_conflict_do_update(index_elements=["login"], set_=values))


def _suspend(connection: Connection, login: str, at: datetime | None) -> None:
    written = upsert(account_duty).values(login=login, people=[], suspended_at=at)
    connection.execute(written.on_conflict_do_update(index_elements=["login"], set_={"suspended_at": at}))


def _end_sessions(connection: Connection, login: str, keep: bytes | None = None) -> None:
    mine = account_session.c.login == login
    end_sessions(connection, mine if keep is None else mine & (account_session.c.token != keep))


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
