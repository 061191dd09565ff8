"""Is everything alive: for people, for supervisors of processes and for Prometheus."""

from http import HTTPStatus

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from baqylau.monitoring.workstation.desk import Desk, desk_of
from baqylau.monitoring.workstation.messages import Health, Way
from baqylau.monitoring.workstation.metrics import allowed
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import reply


async def alive(_request: Request) -> Response:
    """Say that the process answers."""
    return PlainTextResponse("alive\n")


async def ready(request: Request) -> Response:
    """Say that the database answers too and that the feed is followed."""
    desk = desk_of(request)
    newest = await desk.do(desk.watching.head)
    if not desk.broadcaster.following:
        raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "server.refused.not_ready", retry_after_s=1)
    return PlainTextResponse(f"ready {newest}\n")


@speaks(gives=Health)
async def health(request: Request) -> Response:
    """Give the way of an observation with its delays."""
    desk = desk_of(request)
    return reply(await desk.do(desk.watching.health))


@speaks(gives=Way)
async def way(request: Request) -> Response:
    """Give each link between a device and the screens, and every program behind it."""
    desk = desk_of(request)
    return reply(await desk.do(_way, desk))


def _way(desk: Desk) -> Way:
    now = desk.clock()
    return Way(
        health=desk.watching.health(),
        programs=desk.stores.health.programs(now),
        alarms_open=len(desk.stores.alarms.open()),
        untold=max(0, desk.watching.head() - desk.broadcaster.cursor),
        screens=desk.broadcaster.listeners,
    )


async def metrics(request: Request) -> Response:
    """Give the figures to the own machine or to whoever has the token."""
    desk = desk_of(request)
    if not allowed(request, desk.settings.metrics_token, proxied=desk.settings.proxied):
        raise RefusedError(HTTPStatus.FORBIDDEN, "request.refused.not_allowed")
    return Response(await desk.do(generate_latest, desk.metrics.registry), media_type=CONTENT_TYPE_LATEST)
