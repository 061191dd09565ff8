"""One's own account: password, authenticator, sessions, keys for programs. Nobody else's is reached from here."""

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from baqylau.crypto import one_time, passwords
from baqylau.domain.rights import BY_HAND, Action, may
from baqylau.monitoring.workstation.access.gate import PROGRAM, account, token_of, who
from baqylau.monitoring.workstation.access.messages import (
    Authenticator,
    IssuedKey,
    NewKey,
    NewPassword,
    OneTimeCode,
    OwnAccount,
    OwnSession,
    PasskeyRow,
    RecoveryCodes,
    Unlocking,
)
from baqylau.monitoring.workstation.access.secrets_chosen import choosable
from baqylau.monitoring.workstation.access.session import proved_by_password
from baqylau.monitoring.workstation.access.tokens import digest, fresh
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.stores import Stores
from baqylau.monitoring.workstation.wire import received, reply
from baqylau.storage.access.accounts import Account
from baqylau.storage.access.sessions import name_of

_DONE = HTTPStatus.NO_CONTENT
_KEYS = 20
"""As many keys for programs as one account may have at once."""


@speaks(gives=OwnAccount)
async def show(request: Request) -> Response:
    """Give everything about the own account."""
    desk = desk_of(request)
    return reply(await desk.do(_own, desk.stores, account(request), digest(token_of(request))))


def _own(stores: Stores, mine: Account, token: bytes) -> OwnAccount:
    factors, this = stores.second_factors.of(mine.login), name_of(token)
    return OwnAccount(
        login=mine.login,
        name=mine.name,
        role=mine.role,
        bounds=mine.bounds,
        totp=factors.totp,
        recovery_left=factors.recovery_left,
        passkeys=tuple(
            PasskeyRow(id=one.id.hex(), name=one.name, created_at=one.created_at, used_at=one.used_at)
            for one in factors.passkeys
        ),
        sessions=tuple(OwnSession(session=one, this=one.id == this) for one in stores.sessions.of(mine.login)),
        keys=tuple(stores.program_keys.of(mine.login)),
        scopes=scopes(mine),
    )


def scopes(mine: Account) -> tuple[Action, ...]:
    """Give what a key of this account may be given."""
    return tuple(action for action in Action if may(mine.role, action) and action not in BY_HAND)


@speaks(takes=NewPassword, status=204, refuses=(401, 429))
async def change_password(request: Request) -> Response:
    """Take another password; every other session of the account ends."""
    desk, login = desk_of(request), who(request)
    given = await received(request, NewPassword)
    choosable(given.new, login, min_chars=desk.settings.password_min_chars)
    await proved_by_password(request, login, given.old)
    hashed, token = await desk.hash(passwords.hashed, given.new), digest(token_of(request))
    await desk.do(lambda: desk.stores.accounts.set_password(login, hashed, login, keep=token))
    await desk.do(desk.stores.throttle.forget, login)
    return Response(status_code=_DONE)


@speaks(gives=Authenticator, refuses=(409,))
async def begin_totp(request: Request) -> Response:
    """Make a secret for an authenticator, which counts once a code of it is said."""
    desk, login = desk_of(request), who(request)
    if (await desk.do(desk.stores.second_factors.of, login)).totp:
        raise RefusedError(HTTPStatus.CONFLICT, "account.refused.totp_there")
    secret = await desk.do(desk.stores.second_factors.begin_totp, login)
    place = f"Baqylau {desk.settings.installation.name}".strip()
    return reply(Authenticator(secret=one_time.written(secret), address=_address(secret, login, place)))


def _address(secret: bytes, login: str, place: str) -> str:
    """Give the address that an authenticator application opens."""
    issuer = quote(place, safe="")
    return f"otpauth://totp/{issuer}:{quote(login, safe='')}?secret={one_time.written(secret)}&issuer={issuer}"


@speaks(takes=OneTimeCode, gives=RecoveryCodes, refuses=(409,))
async def confirm_totp(request: Request) -> Response:
    """Let the authenticator count, and give the recovery codes, this once."""
    desk = desk_of(request)
    given = await received(request, OneTimeCode)
    codes = await desk.do(desk.stores.second_factors.confirm_totp, who(request), given.code.replace(" ", ""))
    if not codes:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "session.refused.wrong_code")
    return reply(RecoveryCodes(codes=codes))


@speaks(takes=Unlocking, status=204, refuses=(401, 409, 429))
async def remove_totp(request: Request) -> Response:
    """Ask for no code any more, for whoever says the password."""
    desk, login = desk_of(request), who(request)
    given = await received(request, Unlocking)
    await proved_by_password(request, login, given.password)
    await desk.do(desk.stores.second_factors.remove_totp, login)
    await desk.do(desk.stores.throttle.forget, login)
    return Response(status_code=_DONE)


@speaks(status=204)
async def end_session(request: Request) -> Response:
    """End one of the own sessions."""
    desk = desk_of(request)
    if not await desk.do(desk.stores.sessions.revoke, who(request), request.path_params["id"]):
        raise not_found("request.refused.not_found")
    return Response(status_code=_DONE)


@speaks(takes=NewKey, gives=IssuedKey, refuses=(409,))
async def issue_key(request: Request) -> Response:
    """Make a key for a program; it is shown this once."""
    desk, mine = desk_of(request), account(request)
    given = await received(request, NewKey)
    if not given.scope or not set(given.scope) <= set(scopes(mine)):
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "request.refused.field", field="scope")
    if len(await desk.do(desk.stores.program_keys.of, mine.login)) >= _KEYS:
        raise RefusedError(HTTPStatus.CONFLICT, "account.refused.keys", most=_KEYS)
    key, expires_at = PROGRAM + fresh(desk.random), desk.clock() + timedelta(days=given.days)
    scope = tuple(action for action in Action if action in given.scope)
    await desk.do(desk.stores.program_keys.issue, digest(key), mine, given.name.strip(), scope, expires_at)
    return reply(IssuedKey(key=key, expires_at=expires_at))


@speaks(status=204)
async def revoke_key(request: Request) -> Response:
    """Let a program in no more."""
    desk = desk_of(request)
    if not await desk.do(desk.stores.program_keys.revoke, who(request), request.path_params["id"]):
        raise not_found("request.refused.not_found")
    return Response(status_code=_DONE)
