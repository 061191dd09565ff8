"""What people do about an alarm. Two who act at once are put in order by the database; the second is told."""

from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.acts import Doable
from baqylau.monitoring.workstation.access.gate import signed_of
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.looks import alarm_number
from baqylau.monitoring.workstation.messages import AlarmRow, BulkActs, BulkResult, Colleague
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import received, reply


@speaks(takes=Doable, gives=AlarmRow, refuses=(409,))
async def act(request: Request) -> Response:
    """Do something about an alarm in the name of who is signed in, and give the alarm as it is then."""
    desk = desk_of(request)
    number = alarm_number(request)
    given = await received(request, cast("type[Doable]", Doable))
    return reply(await desk.do(desk.records.act, number, given, signed_of(request).account))


@speaks(takes=BulkActs, gives=tuple[BulkResult, ...])
async def act_on_each(request: Request) -> Response:
    """Do the same about several alarms, and tell of each what became of it."""
    desk = desk_of(request)
    given = await received(request, BulkActs)
    return reply(await desk.do(desk.records.act_on_each, given, signed_of(request).account))


@speaks(gives=tuple[Colleague, ...])
async def colleagues(request: Request) -> Response:
    """List those to whom an alarm may be handed over."""
    desk = desk_of(request)
    return reply(await desk.do(desk.records.colleagues))
