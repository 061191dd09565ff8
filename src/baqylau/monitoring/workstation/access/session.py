"""Signing in and out, and the one-time link with which the first administrator begins."""

import re
from datetime import timedelta
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from baqylau.crypto import passwords
from baqylau.domain.people import Language
from baqylau.domain.rights import Action, may
from baqylau.monitoring.workstation.access.gate import token_of, who
from baqylau.monitoring.workstation.access.secrets_chosen import canonical, choosable
from baqylau.monitoring.workstation.access.throttle import BY_LOGIN, BY_PEER, FORGET_AFTER, remaining_s
from baqylau.monitoring.workstation.access.tokens import digest, fresh
from baqylau.monitoring.workstation.desk import Desk, desk_of
from baqylau.monitoring.workstation.messages import Credentials, Invitation, LanguageChoice, Me
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.settings import Settings
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import received, reply
from baqylau.storage.access.accounts import Account, InvitationSpentError, LoginTakenError
from baqylau.storage.access.sessions import SignedIn

_USED_UP = RefusedError(HTTPStatus.GONE, "invitation.refused.used_or_expired")
_AGENT_CHARS = 200
_LOGIN = re.compile(r"[\w][\w.@-]{1,63}")


def acceptable(invitation: Invitation, settings: Settings) -> None:
    """Refuse a login, a name or a password that cannot be taken."""
    login = canonical(invitation.login)
    if not _LOGIN.fullmatch(login):
        raise _unfit("login.refused.form")
    if not invitation.name.strip():
        raise _unfit("name.refused.empty")
    choosable(invitation.password, login, min_chars=settings.password_min_chars)


def _unfit(key: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, key)


def me(account: Account, csrf: str, settings: Settings, *, locked: bool = False) -> Me:
    """Give who is signed in, as the page knows it."""
    return Me(
        login=account.login,
        name=account.name,
        csrf=csrf,
        language=account.language,
        role=account.role,
        may=tuple(action for action in Action if may(account.role, action)),
        locked=locked,
        lock_after_s=settings.cover_s,
        timezone=settings.installation.timezone,
    )


@speaks(gives=Me | None)
async def show(request: Request) -> Response:
    """Tell who is signed in, null for nobody: a page that asks first is no mistake and leaves none in its console."""
    signed: SignedIn | None = request.state.signed
    settings = desk_of(request).settings
    return reply(me(signed.account, signed.csrf, settings, locked=signed.locked) if signed else None)


@speaks(takes=Credentials, gives=Me, refuses=(401, 429))
async def sign_in(request: Request) -> Response:
    """Begin a session, or refuse; a login that does not exist takes as long as a wrong password."""
    desk = desk_of(request)
    given = await received(request, Credentials)
    login = canonical(given.login)
    account = await proved_by_password(request, login, given.password)
    if not await desk.do(_second_step, desk, login, given.code):
        key = "session.refused.wrong_code" if given.code else "session.refused.code_needed"
        raise _refused(desk, key)
    return await welcome(request, account)


def _second_step(desk: Desk, login: str, code: str) -> bool:
    factors = desk.stores.second_factors
    return not factors.of(login).totp or (bool(code) and factors.check(login, code))


def _refused(desk: Desk, key: str) -> RefusedError:
    desk.metrics.sign_ins.labels("refused").inc()
    return RefusedError(HTTPStatus.UNAUTHORIZED, key)


async def proved_by_password(request: Request, login: str, password: str) -> Account:
    """Give the account that login and password open, or refuse; every attempt is counted first."""
    desk = desk_of(request)
    await attempt(request, login)
    account = await desk.do(desk.stores.accounts.get, login)
    right = await desk.hash(passwords.matches, account.password if account else passwords.NOBODYS, password)
    if account is None or not right:
        raise _refused(desk, "session.refused.wrong_password")
    if account.suspended:
        raise _refused(desk, "session.refused.suspended")
    return account


async def welcome(request: Request, account: Account, *, within_s: int | None = None) -> Response:
    """Begin the session of somebody who was proved; `within_s` ends it before a shift would."""
    desk = desk_of(request)
    desk.metrics.sign_ins.labels("done").inc()
    await desk.do(desk.stores.throttle.forget, account.login)
    return await _begin(request, desk, account, within_s)


async def attempt(request: Request, login: str) -> None:
    """Count an attempt as failed before it is looked at, or refuse to look at it."""
    desk, peer = desk_of(request), request.client.host if request.client else ""
    now, throttle = desk.clock(), desk.stores.throttle
    async with desk.one_attempt:
        failures = await desk.do(throttle.failures, login, peer, now - FORGET_AFTER)
        wait_s = max(
            remaining_s(failures.of_login, failures.login_last_at, now, BY_LOGIN),
            remaining_s(failures.of_peer, failures.peer_last_at, now, BY_PEER),
        )
        if not wait_s:
            await desk.do(throttle.failed, login, peer)
            return
    desk.metrics.sign_ins.labels("throttled").inc()
    raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, "session.refused.too_many", retry_after_s=wait_s, seconds=wait_s)


async def _begin(request: Request, desk: Desk, account: Account, within_s: int | None = None) -> Response:
    """Start a new session with a new secret; the one that the browser brought along ends."""
    settings, sessions = desk.settings, desk.stores.sessions
    token, csrf = fresh(desk.random), fresh(desk.random)
    await desk.do(sessions.close, digest(token_of(request)))
    holds_s = min(settings.absolute_s, within_s or settings.absolute_s)
    expires_at = desk.clock() + timedelta(seconds=holds_s)
    agent = request.headers.get("user-agent", "")[:_AGENT_CHARS]
    await desk.do(sessions.open, digest(token), account.login, csrf, expires_at, agent)
    response = reply(me(account, csrf, settings))
    response.set_cookie(
        settings.cookie,
        token,
        max_age=holds_s,
        secure=settings.secure,
        httponly=True,
        samesite="strict",
    )
    return response


@speaks(status=204)
async def sign_out(request: Request) -> Response:
    """End the session."""
    desk = desk_of(request)
    await desk.do(desk.stores.sessions.close, digest(token_of(request)))
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    response.delete_cookie(desk.settings.cookie, secure=desk.settings.secure, httponly=True, samesite="strict")
    return response


@speaks(takes=LanguageChoice, status=204)
async def choose_language(request: Request) -> Response:
    """Keep the language in which somebody wants to read."""
    desk = desk_of(request)
    choice = await received(request, LanguageChoice)
    await desk.do(desk.stores.accounts.set_language, who(request), choice.language)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@speaks(takes=Invitation, gives=Me, refuses=(409, 410, 429))
async def accept(request: Request) -> Response:
    """Use a one-time link: make the account and begin its first session."""
    desk = desk_of(request)
    given = await received(request, Invitation)
    accounts, token = desk.stores.accounts, digest(given.token)
    invited = await desk.do(accounts.invitation, token)
    if invited is None:
        raise _USED_UP
    if invited.login:
        choosable(given.password, invited.login, min_chars=desk.settings.password_min_chars)
    else:
        acceptable(given, desk.settings)
    password = await desk.hash(passwords.hashed, given.password)
    login, name = canonical(given.login), given.name.strip()
    try:
        account = await desk.do(accounts.accept, token, login, name, password, _reads(request))
    except InvitationSpentError:
        raise _USED_UP from None
    except LoginTakenError:
        raise RefusedError(HTTPStatus.CONFLICT, "login.refused.taken") from None
    return await _begin(request, desk, account)


def _reads(request: Request) -> Language:
    """Give the first language of ours that the browser asks for."""
    asked = (part.strip()[:2].lower() for part in request.headers.get("accept-language", "").split(","))
    return next((Language(code) for code in asked if code in set(Language)), Language.KK)
