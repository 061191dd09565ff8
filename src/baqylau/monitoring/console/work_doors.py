"""What the pages may ask about work on devices, orders and walk tests."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from baqylau.monitoring.console import acting, work_views
from baqylau.monitoring.console.asking import body, named, said
from baqylau.monitoring.console.desk import Desk
from baqylau.monitoring.console.jobs import Work
from baqylau.monitoring.console.messages import (
    ConsoleBeginWalk,
    ConsoleBeginWork,
    ConsoleEndWork,
    ConsoleOrder,
)

Door = tuple[str, str, Callable[[Request], Awaitable[Response]]]


class WorkDoors:
    """Each needs the browser that unlocked the console."""

    def __init__(self, mine: Callable[[Request], Desk]) -> None:
        self._mine = mine

    def doors(self) -> list[Door]:
        """Give method, address and who answers."""
        return [
            ("GET", "/jobs/{id}", self._work),
            ("POST", "/jobs", self._begin),
            ("PUT", "/jobs", self._end),
            ("POST", "/orders", self._order),
            ("GET", "/walk", self._walk),
            ("POST", "/walk", self._begin_walk),
            ("DELETE", "/walk", self._withdraw_walk),
        ]

    async def _work(self, request: Request) -> Response:
        desk = self._mine(request)
        desk.shown(named(request))
        return said(work_views.work(desk, named(request)))

    async def _begin(self, request: Request) -> Response:
        asked = msgspec.json.decode(await body(request), type=ConsoleBeginWork)
        desk = self._mine(request)
        acting.begin_work(desk, Work(person_id=asked.person_id, off=asked.off, on=asked.on, reason=asked.reason))
        return said(work_views.work(desk, asked.person_id), HTTPStatus.CREATED)

    async def _end(self, request: Request) -> Response:
        asked = msgspec.json.decode(await body(request), type=ConsoleEndWork)
        acting.end_work(self._mine(request), done=asked.done)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _order(self, request: Request) -> Response:
        asked = msgspec.json.decode(await body(request), type=ConsoleOrder)
        acting.ask(self._mine(request), asked.person_id, asked.device_id, asked.order)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _walk(self, request: Request) -> Response:
        return said(work_views.walk(self._mine(request)))

    async def _begin_walk(self, request: Request) -> Response:
        asked = msgspec.json.decode(await body(request), type=ConsoleBeginWalk)
        desk = self._mine(request)
        acting.begin_walk(desk, asked.person_id, list(asked.rooms), asked.seconds, by_unit=asked.by_unit)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _withdraw_walk(self, request: Request) -> Response:
        self._mine(request).walk = None
        return Response(status_code=HTTPStatus.NO_CONTENT)
