"""The console's pages and the interface behind them: on this machine alone, for whoever unlocked it.

A page of somebody else's cannot ask in the officer's name: the address has to be this machine's own, a change has to
come from our own pages, and everything that tells of anybody needs the secret that unlocking gave to this browser.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from hmac import compare_digest
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from baqylau.links.device_line import LineError, RevokedError
from baqylau.monitoring.console import views
from baqylau.monitoring.console.asking import body, named, said
from baqylau.monitoring.console.checking import PhotoWrongError
from baqylau.monitoring.console.desk import Desk, LockedError, NoScanError, NotOpenedError, UnknownPersonError
from baqylau.monitoring.console.jobs import JobWrongError
from baqylau.monitoring.console.messages import ConsoleBegin, ConsoleFinish, ConsoleUnlock
from baqylau.monitoring.console.sync import RefusedError
from baqylau.monitoring.console.work_doors import WorkDoors
from baqylau.monitoring.workstation.files import Pages
from baqylau.monitoring.workstation.headers import Headers

HERE = ("127.0.0.1", "localhost", "[::1]")
COOKIE = "baqylau_console"
FIRST_PAGE = "tablet.html"
_TOKEN_BYTES = 24


Handler = Callable[[Request], Awaitable[Response]]


def _no(status: HTTPStatus, reason: str) -> Response:
    return said({"key": f"console.refused.{reason}", "params": {}}, status)


_REFUSED: Mapping[type[Exception], tuple[HTTPStatus, str]] = {
    LockedError: (HTTPStatus.UNAUTHORIZED, "locked"),
    NotOpenedError: (HTTPStatus.FORBIDDEN, "wrong_password"),
    UnknownPersonError: (HTTPStatus.NOT_FOUND, "unknown_person"),
    NoScanError: (HTTPStatus.CONFLICT, "no_check"),
    PhotoWrongError: (HTTPStatus.BAD_REQUEST, "photo"),
    RevokedError: (HTTPStatus.FORBIDDEN, "revoked"),
    LineError: (HTTPStatus.SERVICE_UNAVAILABLE, "no_network"),
    msgspec.DecodeError: (HTTPStatus.BAD_REQUEST, "not_understood"),
}


class Interface:
    """What the pages may ask."""

    def __init__(self, desk: Desk, random: Callable[[int], bytes]) -> None:
        self._desk, self._random = desk, random
        self._token = ""

    def routes(self) -> list[Route]:
        """Give the addresses."""
        return [
            Route("/state", self._answering(self._state), methods=["GET"]),
            Route("/unlock", self._answering(self._unlock), methods=["POST"]),
            Route("/lock", self._answering(self._lock), methods=["POST"]),
            Route("/visits", self._answering(self._visits), methods=["GET"]),
            Route("/people/{id}", self._answering(self._person), methods=["GET"]),
            Route("/people/{id}/look", self._answering(self._look), methods=["POST"]),
            Route("/finder/{id}", self._answering(self._finder), methods=["GET"]),
            Route("/checks", self._answering(self._checks), methods=["GET"]),
            Route("/checks", self._answering(self._begin), methods=["POST"]),
            Route("/check", self._answering(self._scan), methods=["GET"]),
            Route("/check", self._answering(self._finish), methods=["POST"]),
            Route("/check", self._answering(self._withdraw), methods=["DELETE"]),
            *(
                Route(path, self._answering(handler), methods=[method])
                for method, path, handler in WorkDoors(self._mine).doors()
            ),
        ]

    def _answering(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            if request.method not in {"GET", "HEAD"} and not _from_our_pages(request):
                return _no(HTTPStatus.FORBIDDEN, "wrong_origin")
            try:
                return await handler(request)
            except RefusedError as wrong:
                return _no(HTTPStatus.FORBIDDEN, str(wrong))
            except JobWrongError as wrong:
                return _no(HTTPStatus.CONFLICT, f"work.{wrong}")
            except tuple(_REFUSED) as wrong:
                status, reason = next(_REFUSED[kind] for kind in type(wrong).__mro__ if kind in _REFUSED)
                return _no(status, reason)

        return answer

    def _mine(self, request: Request) -> Desk:
        """Give the desk to the browser that unlocked it; `LockedError` to every other."""
        brought = request.cookies.get(COOKIE, "")
        if not self._token or not compare_digest(brought, self._token):
            raise LockedError
        self._desk.opened()
        return self._desk

    async def _state(self, request: Request) -> Response:
        """Anybody may see the bar; who is near only who unlocked it."""
        shown = views.state(self._desk)
        if not self._token or not compare_digest(request.cookies.get(COOKIE, ""), self._token):
            shown = msgspec.structs.replace(
                shown,
                locked=True,
                officer="",
                near=(),
                others=0,
                cases=0,
                language=None,
                working=None,
                walking=None,
                refused=0,
            )
        return said(shown)

    async def _unlock(self, request: Request) -> Response:
        asked = msgspec.json.decode(await body(request), type=ConsoleUnlock)
        await self._desk.unlock(asked.password, asked.login)
        self._token = self._random(_TOKEN_BYTES).hex()
        answer = said(views.state(self._desk))
        answer.set_cookie(COOKIE, self._token, httponly=True, samesite="strict", path="/")
        return answer

    async def _lock(self, _request: Request) -> Response:
        self._desk.lock()
        self._token = ""
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _visits(self, request: Request) -> Response:
        return said(views.visits(self._mine(request)))

    async def _person(self, request: Request) -> Response:
        return said(views.person(self._mine(request), named(request)))

    async def _look(self, request: Request) -> Response:
        what = "finder" if request.query_params.get("what") == "finder" else "person"
        self._mine(request).looked(named(request), what)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _finder(self, request: Request) -> Response:
        return said(views.finder(self._mine(request), named(request)))

    async def _checks(self, request: Request) -> Response:
        return said(views.checks(self._mine(request)))

    async def _begin(self, request: Request) -> Response:
        asked = msgspec.json.decode(await body(request), type=ConsoleBegin)
        desk = self._mine(request)
        desk.begin(asked.person_id)
        return said(views.scan(desk), HTTPStatus.CREATED)

    async def _scan(self, request: Request) -> Response:
        return said(views.scan(self._mine(request)))

    async def _finish(self, request: Request) -> Response:
        asked = msgspec.json.decode(await body(request), type=ConsoleFinish)
        try:
            photo = base64.b64decode(asked.photo, validate=True)
        except binascii.Error as wrong:
            raise PhotoWrongError from wrong
        desk = self._mine(request)
        desk.finish(asked.note, asked.explanation, photo)
        return said(views.checks(desk)[0], HTTPStatus.CREATED)

    async def _withdraw(self, request: Request) -> Response:
        self._mine(request).scan = None
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _from_our_pages(request: Request) -> bool:
    return request.headers.get("origin", "").lower() == f"http://{request.headers.get('host', '')}".lower()


def create_app(
    desk: Desk,
    static_dir: Path,
    random: Callable[[int], bytes],
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]] | None = None,
) -> Starlette:
    """Give the application."""
    return Starlette(
        routes=[
            Mount("/api", routes=Interface(desk, random).routes()),
            Mount("/", Pages(static_dir, FIRST_PAGE)),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[*HERE, "::1"]),
            Middleware(Headers, secure=False),
        ],
        lifespan=lifespan,
    )
