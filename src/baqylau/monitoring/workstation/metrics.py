"""Figures of this server for Prometheus: for its own machine, or for whoever has the token. No names, no ids."""

from hmac import compare_digest
from ipaddress import ip_address
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from baqylau.monitoring.workstation.broadcast import Broadcaster


class Metrics:
    """The registry of one server."""

    def __init__(self, broadcaster: Broadcaster, installation: Collector) -> None:
        """`installation` tells how everything behind this server is, each time when it is asked."""
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "baqylau_web_request_seconds",
            "Time to the answer's first byte",
            ["method", "status"],
            registry=self.registry,
        )
        self.sign_ins = Counter("baqylau_web_sign_ins", "Attempts to sign in", ["outcome"], registry=self.registry)
        self.cut_off = Counter("baqylau_web_feed_cut_off", "Listeners that did not read", registry=self.registry)
        listeners = Gauge("baqylau_web_feed_listeners", "Open feeds", registry=self.registry)
        listeners.set_function(lambda: broadcaster.listeners)
        cursor = Gauge("baqylau_web_feed_cursor", "Newest row that was told", registry=self.registry)
        cursor.set_function(lambda: broadcaster.cursor)
        self.registry.register(installation)


class Timing:
    """Middleware that times every answer."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note when its answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                requests = self._metrics.requests.labels(scope["method"], message["status"])
                requests.observe(perf_counter() - began)
            await send(message)

        await self._app(scope, receive, timed)


def allowed(request: Request, token: str, *, proxied: bool) -> bool:
    """Tell whether somebody may read the figures. Behind a proxy everybody seems to come from this machine."""
    given = request.headers.get("authorization", "")
    if token:
        return compare_digest(given.encode(), f"Bearer {token}".encode())
    if proxied:
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
