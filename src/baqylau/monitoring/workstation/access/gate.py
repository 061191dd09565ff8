"""Who may pass: below `/api` everything needs a session and a role that may; a change its token and our own origin."""

from datetime import timedelta
from hmac import compare_digest
from http import HTTPStatus
from typing import cast

from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from baqylau.domain.rights import BY_HAND, COVERED, STRANGER, Action, may
from baqylau.monitoring.workstation.access.duty import roles_for
from baqylau.monitoring.workstation.access.tokens import digest
from baqylau.monitoring.workstation.desk import Desk, desk_of
from baqylau.monitoring.workstation.door import asked
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.settings import Settings
from baqylau.storage.access.accounts import Account
from baqylau.storage.access.sessions import SignedIn

PROGRAM = "bqk_"
"""How keys for programs begin: browsers never bring them by themselves, so that no other site can."""
_SAFE = frozenset({"GET", "HEAD"})


def signed_of(request: Request) -> SignedIn:
    """Give who is signed in; only behind the gate."""
    return cast("SignedIn", request.state.signed)


def who(request: Request) -> str:
    """Give the login of who is signed in; only behind the gate."""
    return signed_of(request).account.login


def account(request: Request) -> Account:
    """Give the account of who is signed in; only behind the gate."""
    return signed_of(request).account


def login_of(request: Request) -> str | None:
    """Give the login of who is signed in, None where nobody is."""
    signed: SignedIn | None = getattr(request.state, "signed", None)
    return signed.account.login if signed is not None else None


def token_of(request: Request) -> str:
    """Give the secret that was brought: a program's key, else the browser's session; empty when there is none."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key if scheme == "Bearer" else request.cookies.get(desk_of(request).settings.cookie, "")


def from_our_pages(request: Request, settings: Settings) -> None:
    """Refuse a change that another site's page asks for in our people's name."""
    ours = settings.public_origin or f"{request.url.scheme}://{request.headers.get('host', '')}"
    if request.headers.get("origin", "").lower() != ours.lower():
        raise RefusedError(HTTPStatus.FORBIDDEN, "request.refused.wrong_origin")


async def still_signed_in(desk: Desk, token: str) -> SignedIn | None:
    """Give the session of a token while it holds, and count this as its use."""
    if token.startswith(PROGRAM):
        return await desk.do(desk.stores.program_keys.get, digest(token))
    signed = await desk.do(desk.stores.sessions.get, digest(token)) if token else None
    if signed is None:
        return None
    if signed.unused_for > timedelta(seconds=desk.settings.idle_s):
        await desk.do(desk.stores.sessions.close, digest(token))
        return None
    return signed


async def _signed_in(request: Request, desk: Desk) -> SignedIn:
    token = token_of(request)
    if not token:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "session.refused.not_signed_in")
    signed = await still_signed_in(desk, token)
    if signed is None:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "session.refused.expired")
    return signed


def _meant(request: Request, signed: SignedIn) -> None:
    """Refuse a change that does not carry the session's own token."""
    given = request.headers.get("x-csrf-token", "")
    if not compare_digest(given.encode(), signed.csrf.encode()):
        raise RefusedError(HTTPStatus.FORBIDDEN, "request.refused.wrong_csrf")


class Gate:
    """Stands before the whole API; a path nobody thought of is closed, and so is a route that names no action."""

    def __init__(self, app: ASGIApp, routes: list[BaseRoute]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass with who is signed in, or refuse it."""
        request = Request(scope)
        desk = desk_of(request)
        changes = request.method not in _SAFE
        by_program = token_of(request).startswith(PROGRAM)
        if changes and not by_program:
            from_our_pages(request, desk.settings)
        found, action = asked(self._routes, scope)
        if action is Action.SEE_WHO_IS_SIGNED_IN:
            request.state.signed = await still_signed_in(desk, token_of(request))
        elif action not in STRANGER:
            request.state.signed = await _signed_in(request, desk)
            if changes and not by_program:
                _meant(request, signed_of(request))
            if found:
                _may(signed_of(request), action)
        await self._app(scope, receive, send)


def _may(signed: SignedIn, action: Action | None) -> None:
    if action is None:
        raise RefusedError(HTTPStatus.FORBIDDEN, "request.refused.not_allowed")
    if signed.locked and action not in COVERED:
        raise RefusedError(HTTPStatus.LOCKED, "session.refused.locked")
    if signed.scope is not None and action not in signed.scope - BY_HAND:
        raise RefusedError(HTTPStatus.FORBIDDEN, "request.refused.scope")
    if not may(signed.account.role, action):
        raise RefusedError(HTTPStatus.FORBIDDEN, "request.refused.role", roles=roles_for(action))
