"""The live screen: everything at one instant, and the feed from there on."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from baqylau.monitoring.workstation.access.gate import account, token_of
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.feed import EventStream, Listener
from baqylau.monitoring.workstation.messages import LiveSnapshot
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import reply, whole_number


@speaks(gives=LiveSnapshot)
async def snapshot(request: Request) -> Response:
    """Give the whole screen; its cursor is where the feed goes on."""
    desk = desk_of(request)
    return reply(await desk.do(desk.records.snapshot, account(request)))


@speaks(media="text/event-stream", asks={"after": int})
async def follow(request: Request) -> Response:
    """Give the feed after `Last-Event-ID`, which a browser sends when it comes back, or after `after`."""
    desk = desk_of(request)
    if not desk.broadcaster.following:
        raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "server.refused.not_ready", retry_after_s=1)
    after = whole_number(request.headers.get("last-event-id") or request.query_params.get("after", "0"), "after")
    return EventStream(desk, Listener(desk, after, account(request)), token_of(request))
