"""What people do about an alarm. Two who act at once are put in order by the database; the second is told."""

from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.alarms import Act, Close, Note, Take
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.gate import who
from baqylau.monitoring.workstation.looks import alarm_number
from baqylau.monitoring.workstation.messages import CloseAlarm, NoteAlarm, TakeAlarm
from baqylau.monitoring.workstation.wire import received, reply


async def _done(request: Request, act: Act) -> Response:
    """Do it in the name of who is signed in and give the alarm as it is then."""
    desk = desk_of(request)
    return reply(await desk.do(desk.records.act, alarm_number(request), act, who(request)))


async def take(request: Request) -> Response:
    """Take an alarm into one's hands."""
    await received(request, TakeAlarm)
    return await _done(request, Take())


async def note(request: Request) -> Response:
    """Write down what was learned or done."""
    given = await received(request, NoteAlarm)
    return await _done(request, Note(text=given.text.strip()))


async def close(request: Request) -> Response:
    """Say what it was."""
    given = await received(request, CloseAlarm)
    return await _done(request, Close(cause=given.cause, grounds=given.grounds))
