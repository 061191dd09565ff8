"""The doors of a person's photograph: shown, put and removed on the page of the case."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from baqylau.monitoring.workstation.access.gate import account
from baqylau.monitoring.workstation.cases.photo_messages import PersonPhoto, PhotoGiven
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.giving.papers import person_of
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import received, reply


@speaks(gives=PersonPhoto)
async def show(request: Request) -> Response:
    """Give a person's photograph; nothing where there is none."""
    desk = desk_of(request)
    return reply(await desk.do(desk.photos.show, person_of(request), account(request)))


@speaks(takes=PhotoGiven, status=204, refuses=(422,))
async def put(request: Request) -> Response:
    """Keep a photograph in place of the one before; consoles get it with their next package."""
    desk = desk_of(request)
    given = await received(request, PhotoGiven)
    await desk.do(desk.photos.put, person_of(request), given.content, account(request))
    return Response(status_code=HTTPStatus.NO_CONTENT)


@speaks(status=204)
async def remove(request: Request) -> Response:
    """Forget a person's photograph."""
    desk = desk_of(request)
    await desk.do(desk.photos.remove, person_of(request), account(request))
    return Response(status_code=HTTPStatus.NO_CONTENT)
