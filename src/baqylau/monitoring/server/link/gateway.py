"""The door of the device link over HTTPS: two addresses, bounded in everything that a peer could take up.

`POST /v1/batches` and `POST /v1/poll`, signed bytes in, signed bytes out. A refusal is one word in plain text.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from baqylau.monitoring.server.link.desk import BODY_BYTES_MAX, Desk, Outcome, Reply
from baqylau.monitoring.server.link.short_messages import ShortMessages
from baqylau.monitoring.server.settings import Limits

log = structlog.get_logger()

MEDIA_TYPE = b"application/cose"
BODY_WITHIN_S = 30.0
HEAD_WITHIN_S = 20.0
"""Whoever opens a line and does not ask anything within this time is cut off."""
KEEP_ALIVE_S = 60
LIMITS = Limits()
BACKLOG = 2_048
UNREAD_MS = 20_000
RETRY_AFTER_S = 5
_STATUS: Mapping[Outcome, int] = {
    Outcome.ANSWERED: 200,
    Outcome.NOT_UNDERSTOOD: 400,
    Outcome.NOT_BELIEVED: 403,
    Outcome.UNKNOWN_DEVICE: 403,
    Outcome.REVOKED: 403,
    Outcome.TOO_OFTEN: 429,
    Outcome.NOT_KEPT: 503,
    Outcome.FULL: 507,
}
_TOO_LONG, _TOO_SLOW, _NOT_FOUND = 413, 408, 404
_NO_LINE = 503
_LATER = (429, 503, 507)

Handler = Callable[[bytes, str], Awaitable[Reply]]


def link_handlers(
    desk: Desk, ask: Handler | None = None, short_messages: ShortMessages | None = None
) -> dict[str, Handler]:
    """Give who answers what on the device link. `ask`: who answers mobile consoles, where they are served."""
    handlers: dict[str, Handler] = {"/v1/batches": desk.batch, "/v1/poll": desk.poll}
    if ask is not None:
        handlers["/v1/console"] = ask
    if short_messages is not None:
        handlers[short_messages.path] = short_messages.take
    return handlers


class _TooLongError(Exception):
    """The body is longer than anything a device sends."""


class LinkApplication:
    """What is answered over HTTP."""

    def __init__(self, handlers: Mapping[str, Handler], turned_away: Callable[[], bool]) -> None:
        """`turned_away`: whether a request finds no room."""
        self._handlers = handlers
        self._turned_away = turned_away

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if self._turned_away():
            await _say(send, _NO_LINE, b"no_line", ends=True)
            return
        handler = self._handlers.get(scope["path"])
        if handler is None or scope["method"] != "POST":
            await _say(send, _NOT_FOUND, b"not_found")
            return
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                raw = await _body(receive)
        except TimeoutError:
            await _say(send, _TOO_SLOW, b"too_slow", ends=True)
        except _TooLongError:
            await _say(send, _TOO_LONG, b"too_long", ends=True)
        else:
            if raw is not None:
                host, port = scope["client"] or ("", 0)
                await _reply(send, await handler(raw, f"{host}:{port}"))


async def _body(receive: Receive) -> bytes | None:
    """Give the whole body, None when the peer went away before its end."""
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part: bytes = message.get("body", b"")
        parts.append(part)
        length += len(part)
        if length > BODY_BYTES_MAX:
            raise _TooLongError
        if not message.get("more_body", False):
            return b"".join(parts)


async def _reply(send: Send, reply: Reply) -> None:
    if reply.outcome is Outcome.ANSWERED:
        await _say(send, _STATUS[reply.outcome], reply.body, MEDIA_TYPE)
    else:
        await _say(send, _STATUS[reply.outcome], reply.outcome.encode())


async def _say(send: Send, status: int, body: bytes, media_type: bytes = b"text/plain", *, ends: bool = False) -> None:
    """`ends`: the line is closed after this."""
    headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
    if status in _LATER:
        headers.append((b"retry-after", str(RETRY_AFTER_S).encode()))
    if ends:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Line(HttpToolsProtocol):
    """A line that is cut off when its first request does not come."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._patience = self.loop.call_later(HEAD_WITHIN_S, transport.close)

    def on_headers_complete(self) -> None:
        self._be_patient()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._be_patient()
        super().connection_lost(exc)

    def _be_patient(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


class _Server(uvicorn.Server):
    """Leaves the signals to the gateway in whose loop it runs, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class LinkDoor:
    """The open door; `close` it from the same loop."""

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        context: ssl.SSLContext | None,
        connections_max: int = LIMITS.link_connections_max,
        on_full: Callable[[int], None] = lambda _lines: None,
    ) -> None:
        """Without a `context` it is plain HTTP: for this machine alone, or behind a proxy that ends TLS.

        Who asks on a line beyond `connections_max` is asked to come again, and `on_full` is told how many are open.
        """
        self._connections_max = connections_max
        self._on_full = on_full
        config = uvicorn.Config(
            LinkApplication(handlers, self._turned_away),
            http=_Line,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=2,
            ssl_context_factory=(lambda _config, _default: context) if context is not None else None,
        )
        self._server = _Server(config)
        self._serving: asyncio.Task[None] | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen, and give the port; `OSError` when it is taken."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
        bound: int = listener.getsockname()[1]
        self._serving = asyncio.create_task(self._server.serve([listener]))
        await self._server.listening.wait()
        log.info("link_listens", port=bound, tls=self._server.config.is_ssl)
        return bound

    @property
    def connected(self) -> int:
        """How many lines are open."""
        return len(self._server.server_state.connections)

    def _turned_away(self) -> bool:
        full = self.connected > self._connections_max
        if full:
            self._on_full(self.connected)
        return full

    async def close(self) -> None:
        """Stop listening, and end what is under way within two seconds."""
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving
