"""Live calls: the last ones to a person, a new one, how far it is, and its end."""

import re

from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.ids import CallId, PersonId
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.access.gate import account
from baqylau.monitoring.workstation.checks.call_messages import AskCall, CallList, CallRecording, CallRow
from baqylau.monitoring.workstation.checks.messages import HoldAsked
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import received, reply, whole_number

_CALL = re.compile(r"[0-9a-f]{32}")


def _named(request: Request) -> CallId:
    name = request.path_params["id"]
    if not _CALL.fullmatch(name):
        raise missing(account(request), "call.refused.not_found")
    return CallId(name)


def _person(request: Request) -> PersonId:
    name = request.path_params["id"]
    if "\0" in name:
        raise missing(account(request), "person.refused.not_found")
    return PersonId(name)


@speaks(gives=CallList)
async def of_person(request: Request) -> Response:
    """List the last live calls to a person, and whether they can be called."""
    desk = desk_of(request)
    return reply(await desk.do(desk.calls.of_person, _person(request), account(request)))


@speaks(takes=AskCall, gives=CallRow, refuses=(409,))
async def ask(request: Request) -> Response:
    """Have a person's unit ring; they are seen and heard only if they answer."""
    desk = desk_of(request)
    given = await received(request, AskCall)
    return reply(await desk.do(desk.calls.ask, _person(request), given, account(request)))


@speaks(gives=CallRow)
async def call(request: Request) -> Response:
    """Give how far a call is to who made it."""
    desk = desk_of(request)
    return reply(await desk.do(desk.calls.call, _named(request), account(request)))


@speaks(gives=CallRow)
async def end(request: Request) -> Response:
    """Hang up, or take a call back that nobody answered yet."""
    desk = desk_of(request)
    return reply(await desk.do(desk.calls.end, _named(request), account(request)))


@speaks(gives=CallRecording)
async def recording(request: Request) -> Response:
    """Give what was recorded of a call whose order has calls recorded."""
    desk = desk_of(request)
    return reply(await desk.do(desk.calls.recording, _named(request), account(request)))


@speaks(media="video/webm", refuses=(410, 416, 422))
async def play(request: Request) -> Response:
    """Give one piece of a call's recording, whole or by range."""
    desk = desk_of(request)
    index = whole_number(request.path_params["index"], "index")
    asked = request.headers.get("range", "")
    return await desk.do(desk.calls.play, _named(request), index, asked, account(request))


@speaks(takes=HoldAsked, gives=CallRecording, refuses=(409, 410))
async def hold(request: Request) -> Response:
    """Forbid the destruction of a call's recording."""
    desk = desk_of(request)
    given = await received(request, HoldAsked)
    return reply(await desk.do(desk.calls.hold, _named(request), given, account(request)))


@speaks(takes=HoldAsked, gives=CallRecording, refuses=(409, 410))
async def release(request: Request) -> Response:
    """Allow the destruction again at the end of its time."""
    desk = desk_of(request)
    given = await received(request, HoldAsked)
    return reply(await desk.do(desk.calls.release, _named(request), given, account(request)))
