"""The page covered while nobody sits there: the session goes on, but only the password or the door out is open."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from baqylau.monitoring.workstation.access.gate import token_of, who
from baqylau.monitoring.workstation.access.messages import Unlocking
from baqylau.monitoring.workstation.access.session import proved_by_password
from baqylau.monitoring.workstation.access.tokens import digest
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import received


@speaks(status=204)
async def lock(request: Request) -> Response:
    """Cover the page."""
    return await _cover(request, locked=True)


@speaks(takes=Unlocking, status=204, refuses=(401, 429))
async def unlock(request: Request) -> Response:
    """Uncover it for whoever says the password; a wrong one is counted as at sign-in."""
    given = await received(request, Unlocking)
    account = await proved_by_password(request, who(request), given.password)
    desk = desk_of(request)
    await desk.do(desk.stores.throttle.forget, account.login)
    return await _cover(request, locked=False)


async def _cover(request: Request, *, locked: bool) -> Response:
    desk, token = desk_of(request), digest(token_of(request))
    await desk.do(lambda: desk.stores.sessions.lock(token, locked=locked))
    return Response(status_code=HTTPStatus.NO_CONTENT)
