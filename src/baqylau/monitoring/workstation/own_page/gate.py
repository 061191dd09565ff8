"""The person's door: its own cookies below `/my` alone, which nothing else reads, and no account of anybody's.

No address here names a person: whose page it is, the session says.
"""

from datetime import timedelta
from hmac import compare_digest
from http import HTTPStatus
from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from baqylau.domain.ids import PersonId
from baqylau.monitoring.workstation.access.gate import from_our_pages
from baqylau.monitoring.workstation.access.tokens import digest
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.door import Endpoint
from baqylau.monitoring.workstation.own_page.messages import PATH
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.settings import Settings
from baqylau.storage.people.own_access import OwnAccess, OwnSession, signature

_SAFE = frozenset({"GET", "HEAD"})
_YEAR_S = 31_536_000


class OwnDoor(Route):
    """One path and method of the person's page. Without a session it is closed, unless it is the entrance."""

    def __init__(self, path: str, endpoint: Endpoint, *, method: str = "GET", entrance: bool = False) -> None:
        """Name the handler."""
        super().__init__(path, endpoint, methods=[method])
        self.entrance = entrance


def session_cookie(settings: Settings) -> str:
    """Give the name of the cookie of an open page."""
    return "__Secure-baqylau-own" if settings.secure else "baqylau-own"


def phone_cookie(settings: Settings) -> str:
    """Give the name of the cookie by which a phone is known."""
    return "__Secure-baqylau-phone" if settings.secure else "baqylau-phone"


def keep(response: Response, settings: Settings, name: str, secret: str) -> None:
    """Let the browser keep a secret, for the person's page alone."""
    max_age = _YEAR_S if name == phone_cookie(settings) else settings.own_absolute_s
    response.set_cookie(
        name, secret, max_age=max_age, path=PATH, secure=settings.secure, httponly=True, samesite="strict"
    )


def forget(response: Response, settings: Settings, name: str) -> None:
    """Let the browser forget a secret."""
    response.delete_cookie(name, path=PATH, secure=settings.secure, httponly=True, samesite="strict")


def own_of(request: Request) -> OwnSession:
    """Give whose page is open; only behind the gate."""
    return cast("OwnSession", request.state.own)


def person_of(request: Request) -> PersonId:
    """Give the person whose page is open; only behind the gate."""
    return own_of(request).person_id


def signature_of(request: Request) -> str | None:
    """Give by what name the records know whoever has the page open, None where it is not open."""
    own: OwnSession | None = getattr(request.state, "own", None)
    return signature(own.person_id) if own is not None else None


def token_of(request: Request) -> str:
    """Give the secret of the open page; empty when there is none."""
    return request.cookies.get(session_cookie(desk_of(request).settings), "")


async def session_of(request: Request) -> OwnSession | None:
    """Give the open page of the browser, while it holds."""
    desk, token = desk_of(request), token_of(request)
    idle = timedelta(seconds=desk.settings.own_idle_s)
    return await desk.do(desk.stores.own_accesses.session, digest(token), idle) if token else None


async def phone_of(request: Request) -> OwnAccess | None:
    """Give what this phone may open by its PIN."""
    desk = desk_of(request)
    secret = request.cookies.get(phone_cookie(desk.settings), "")
    return await desk.do(desk.stores.own_accesses.of_phone, digest(secret)) if secret else None


class OwnGate:
    """Stands before the doors of the person's page."""

    def __init__(self, app: ASGIApp, routes: list[BaseRoute]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass with whose page is open, or refuse it."""
        request = Request(scope)
        desk = desk_of(request)
        changes = request.method not in _SAFE
        if changes:
            from_our_pages(request, desk.settings)
        if not self._entrance(scope):
            request.state.own = await _opened(request, changes=changes)
        await self._app(scope, receive, send)

    def _entrance(self, scope: Scope) -> bool:
        found = (one for one in self._routes if one.matches(scope)[0] is Match.FULL)
        door = next(found, None)
        return isinstance(door, OwnDoor) and door.entrance


async def _opened(request: Request, *, changes: bool) -> OwnSession:
    own = await session_of(request)
    if own is None:
        key = "session.refused.expired" if token_of(request) else "session.refused.not_signed_in"
        raise RefusedError(HTTPStatus.UNAUTHORIZED, key)
    given = request.headers.get("x-csrf-token", "")
    if changes and not compare_digest(given.encode(), own.csrf.encode()):
        raise RefusedError(HTTPStatus.FORBIDDEN, "request.refused.wrong_csrf")
    return own
