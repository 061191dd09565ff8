"""Restrictions written once for many people: list, make from a case, retire, bind."""

from starlette.requests import Request
from starlette.responses import Response

from baqylau.monitoring.workstation.access.gate import account
from baqylau.monitoring.workstation.cases.template_messages import Binding, Bound, TemplateList, TemplateMaking
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import received, reply, whole_number


@speaks(gives=TemplateList)
async def templates(request: Request) -> Response:
    """List the restrictions that are written once for many people."""
    desk = desk_of(request)
    return reply(await desk.do(desk.templates.all))


@speaks(takes=TemplateMaking, gives=TemplateList, refuses=(403, 404))
async def make(request: Request) -> Response:
    """Make one from a restriction of a case, without what names the person."""
    desk = desk_of(request)
    given = await received(request, TemplateMaking)
    return reply(await desk.do(desk.templates.make, given, account(request)))


@speaks(gives=TemplateList, refuses=(422,))
async def retire(request: Request) -> Response:
    """Bind it to nobody any more; what it was bound to stays."""
    desk = desk_of(request)
    return reply(await desk.do(desk.templates.retire, _number(request), account(request)))


@speaks(takes=Binding, gives=Bound)
async def bind(request: Request) -> Response:
    """Look what it would come to for each of several people, or propose it for each."""
    desk = desk_of(request)
    given = await received(request, Binding)
    return reply(await desk.do(desk.templates.bind, _number(request), given, account(request)))


def _number(request: Request) -> int:
    return whole_number(request.path_params["number"], "number")
