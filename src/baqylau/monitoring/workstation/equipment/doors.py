"""One device: a look at it, and orders to it."""

from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.monitoring.workstation.access.gate import signed_of
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.equipment.messages import Ask, DevicePage, FieldList, StrangerList
from baqylau.monitoring.workstation.refusals import not_found
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import received, reply
from baqylau.storage.equipment.commands import CommandRow


def _named(request: Request) -> DeviceId:
    name = request.path_params["id"]
    if "\0" in name:
        raise not_found("device.refused.not_found")
    return DeviceId(name)


@speaks(gives=DevicePage)
async def device(request: Request) -> Response:
    """Give everything that one device is known by."""
    desk = desk_of(request)
    return reply(await desk.do(desk.equipment.page, _named(request), signed_of(request).account))


@speaks(gives=StrangerList)
async def strangers(request: Request) -> Response:
    """Give the devices that called and are not registered."""
    desk = desk_of(request)
    return reply(await desk.do(desk.equipment.strangers))


@speaks(gives=FieldList)
async def field_of_person(request: Request) -> Response:
    """Give what officers did on one person's equipment with a console."""
    desk = desk_of(request)
    person_id = request.path_params["id"]
    if "\0" in person_id:
        raise not_found("person.refused.not_found")
    return reply(await desk.do(desk.field.of_person, PersonId(person_id), signed_of(request).account))


@speaks(gives=FieldList)
async def field_refused(request: Request) -> Response:
    """Give what officers did in the field and the registers did not take over."""
    desk = desk_of(request)
    return reply(await desk.do(desk.field.refused, signed_of(request).account))


@speaks(takes=Ask, gives=CommandRow, refuses=(409,))
async def command(request: Request) -> Response:
    """Order a device something in the name of who is signed in, and give the command."""
    desk = desk_of(request)
    given = await received(request, cast("type[Ask]", Ask))
    return reply(await desk.do(desk.equipment.give, _named(request), given, signed_of(request).account))
