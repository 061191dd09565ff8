"""The service's doors to a person's own page: hand over a code, withdraw it, write, see what the person said."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from baqylau.monitoring.workstation.access.gate import account
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.giving.papers import person_of
from baqylau.monitoring.workstation.own_page.doors import file_of
from baqylau.monitoring.workstation.own_page.messages import OwnCodeGiven, OwnPageState, OwnWriting, OwnWritten
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import received, reply, whole_number


@speaks(gives=OwnPageState)
async def state(request: Request) -> Response:
    """Give what is known of a person's own page: access, messages with receipts, what the person said there."""
    desk = desk_of(request)
    return reply(await desk.do(desk.own_page_desk.state, person_of(request), account(request)))


@speaks(gives=OwnCodeGiven)
async def give(request: Request) -> Response:
    """Make a code that opens the person's own page once. It is shown this once; earlier ones hold no more."""
    desk = desk_of(request)
    return reply(await desk.do(desk.own_page_desk.give, person_of(request), account(request)))


@speaks(status=204)
async def withdraw(request: Request) -> Response:
    """Withdraw the person's access to their own page."""
    desk = desk_of(request)
    await desk.do(desk.own_page_desk.withdraw, person_of(request), account(request))
    return Response(status_code=HTTPStatus.NO_CONTENT)


@speaks(takes=OwnWriting, gives=OwnWritten)
async def write(request: Request) -> Response:
    """Write a message that the person reads on their own page."""
    desk = desk_of(request)
    given = await received(request, OwnWriting)
    return reply(await desk.do(desk.own_page_desk.write, person_of(request), given.text, account(request)))


@speaks(media="application/octet-stream", refuses=(422,))
async def file(request: Request) -> Response:
    """Give a photograph or a voice note that the person attached."""
    desk = desk_of(request)
    number = whole_number(request.path_params["number"], "number")
    return file_of(*await desk.do(desk.own_page_desk.file, person_of(request), number, account(request)))
