"""Serving the application until somebody says stop."""

import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from baqylau.monitoring.workstation.broadcast import Broadcaster
from baqylau.monitoring.workstation.settings import Settings

_UNREAD_MS = 20_000
"""How long the system keeps bytes for a peer that does not take them, before it drops the line."""
_UNSENT_BYTES = 262_144
"""How much the system keeps for one peer: soon enough it shows who does not read."""
_STOP_WITHIN_S = 3
_KEEP_ALIVE_S = 30
_CONNECTIONS = 1_000
_BACKLOG = 128


class FeedFailedError(Exception):
    """The reader of the feed failed; the log holds the trace. Start the server again."""


class WorkstationServer(uvicorn.Server):
    """Lets the feeds end before it waits for the lines to close, and says where it listens."""

    def __init__(self, config: uvicorn.Config, app: Starlette, listening: Callable[[str], None]) -> None:
        super().__init__(config)
        self._app = app
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say where."""
        await super().startup(sockets)
        for one in sockets or []:
            self._listening(_address(one, tls=self.config.is_ssl))

    async def on_tick(self, counter: int) -> bool:
        """End when the feed's reader failed by a fault of ours: a server that tells nobody of alarms must not go on."""
        return await super().on_tick(counter) or self.failed

    @property
    def failed(self) -> bool:
        """The feed's reader is gone."""
        broadcaster: Broadcaster = self._app.state.desk.broadcaster
        return broadcaster.failed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the feeds end, then everything else."""
        self._app.state.desk.broadcaster.close()
        await super().shutdown(sockets)


def _address(listener: socket.socket, *, tls: bool) -> str:
    host, port = listener.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    return f"{'https' if tls else 'http'}://{name}:{port}"


def listener(host: str, port: int) -> socket.socket:
    """Open the socket to listen on; `OSError` when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNSENT_BYTES)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MS)
    return opened


def _config(app: Starlette, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_STOP_WITHIN_S,
        limit_concurrency=_CONNECTIONS,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        ssl_certfile=settings.certificate_file or None,
        ssl_keyfile=settings.key_file or None,
    )


def server(
    app: Starlette, settings: Settings, *, listening: Callable[[str], None] = lambda _address: None
) -> WorkstationServer:
    """Give a server that can be told to stop by `should_exit`; `listening` gets the address once it answers."""
    return WorkstationServer(_config(app, settings), app, listening)


def serve(app: Starlette, settings: Settings, *, listening: Callable[[str], None] = lambda _address: None) -> None:
    """Serve until SIGINT or SIGTERM. `OSError` when the port is taken, `FeedFailedError` by a fault of ours."""
    serving = server(app, settings, listening=listening)
    with listener(settings.host, settings.port) as opened:
        serving.run([opened])
    if serving.failed:
        raise FeedFailedError
