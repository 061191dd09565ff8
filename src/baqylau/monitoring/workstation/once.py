"""A change that is asked for again, because its answer was lost on the way, is not done a second time."""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Final, assert_never

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from baqylau.monitoring.workstation.access.tokens import digest
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.storage.access.asked_once import Asked
from baqylau.storage.database import StorageUnavailableError

KEY: Final = "Idempotency-Key"
"""Whoever asks makes it up; one key stands for one change."""
_SAFE: Final = frozenset({"GET", "HEAD"})


class Once:
    """Stands behind a gate. A change without a key passes: then asking twice is doing twice."""

    def __init__(self, app: ASGIApp, whose: Callable[[Request], str | None]) -> None:
        """Take how to tell who asks; None for whoever is not known yet, whose changes pass."""
        self._app = app
        self._whose = whose

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a change pass that is new, or refuse it."""
        request = Request(scope)
        given, by = request.headers.get(KEY, ""), self._whose(request)
        if not given or by is None or request.method in _SAFE:
            await self._app(scope, receive, send)
            return
        desk = desk_of(request)
        key, kept = digest(f"{request.method} {request.url.path} {given}"), desk.stores.asked_once
        _new(await desk.do(kept.begin, by, key))
        settled = False

        async def heard(message: Message) -> None:
            nonlocal settled
            if message["type"] == "http.response.start":
                settled = True
                await settle(kept.done if message["status"] < HTTPStatus.BAD_REQUEST else kept.forget)
            await send(message)

        async def settle(how: Callable[[str, bytes], None]) -> None:
            # Before the answer leaves: whoever has it may ask again at once. What is not settled is refused a while.
            with suppress(StorageUnavailableError):
                await desk.do(how, by, key)

        try:
            await self._app(scope, receive, heard)
        finally:
            if not settled:
                await settle(kept.forget)


def _new(asked: Asked) -> None:
    match asked:
        case Asked.NEW:
            return
        case Asked.BEGUN:
            raise RefusedError(HTTPStatus.CONFLICT, "request.refused.begun_already")
        case Asked.DONE:
            raise RefusedError(HTTPStatus.CONFLICT, "request.refused.done_already")
        case _:
            assert_never(asked)
