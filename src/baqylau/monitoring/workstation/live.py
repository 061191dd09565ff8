"""The live screen: everything at one instant, and the feed from there on."""

from http import HTTPStatus

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.ids import PersonId
from baqylau.monitoring.workstation.access.gate import account, token_of
from baqylau.monitoring.workstation.crowd import Window
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.feed import EventStream, Listener
from baqylau.monitoring.workstation.messages import LiveSnapshot, LiveView
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import degrees, reply, whole_number

_NEAREST = 22.0
"""Zoom beyond which a map shows nothing more."""


@speaks(gives=LiveSnapshot)
async def snapshot(request: Request) -> Response:
    """Give the whole screen; its cursor is where the feed goes on."""
    desk = desk_of(request)
    return reply(await desk.do(desk.live.snapshot, account(request)))


@speaks(
    gives=LiveView,
    asks={"west": float, "south": float, "east": float, "north": float, "zoom": float, "also": str},
)
async def view(request: Request) -> Response:
    """Give what a map shows of very many people between `west`, `south`, `east` and `north`, and of one person more."""
    desk, query = desk_of(request), request.query_params
    also = PersonId(query["also"]) if query.get("also") else None
    window = _window(query) if "west" in query else None
    return reply(await desk.do(desk.live.view, window, also, account(request)))


def _window(query: QueryParams) -> Window:
    return Window(
        west=degrees(query.get("west", ""), "west", 180),
        south=degrees(query.get("south", ""), "south", 90),
        east=degrees(query.get("east", ""), "east", 180),
        north=degrees(query.get("north", ""), "north", 90),
        zoom=max(0.0, min(degrees(query.get("zoom", "0"), "zoom", 1_000), _NEAREST)),
    )


@speaks(media="text/event-stream", asks={"after": int})
async def follow(request: Request) -> Response:
    """Give the feed after `Last-Event-ID`, which a browser sends when it comes back, or after `after`."""
    desk = desk_of(request)
    if not desk.broadcaster.following:
        raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "server.refused.not_ready", retry_after_s=1)
    after = whole_number(request.headers.get("last-event-id") or request.query_params.get("after", "0"), "after")
    return EventStream(desk, Listener(desk, after, account(request)), token_of(request))
