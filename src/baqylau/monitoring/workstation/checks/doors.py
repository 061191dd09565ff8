"""Checks: lists, the page of one, and what somebody on duty does about them."""

import re
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.ids import CheckId, PersonId
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.access.gate import account
from baqylau.monitoring.workstation.checks.messages import (
    AskCheck,
    CheckList,
    CheckPage,
    CheckRow,
    DecideCheck,
    HoldAsked,
    WithdrawAsked,
)
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import instant, received, reply, whole_number

_CHECK = re.compile(r"[0-9a-f]{32}")


def check_named(request: Request) -> CheckId:
    """Read the check's name from the path."""
    name = request.path_params["id"]
    if not _CHECK.fullmatch(name):
        raise missing(account(request), "checks.refused.not_found")
    return CheckId(name)


def _person(request: Request) -> PersonId:
    name = request.path_params["id"]
    if "\0" in name:
        raise missing(account(request), "person.refused.not_found")
    return PersonId(name)


@speaks(gives=CheckList, asks={"before": datetime})
async def of_person(request: Request) -> Response:
    """List a person's checks, the newest first; `before` an instant, if one is named."""
    desk, query = desk_of(request), request.query_params
    before = instant(query["before"], "before") if "before" in query else None
    return reply(await desk.do(desk.checks.of_person, _person(request), before, account(request)))


@speaks(gives=CheckPage)
async def check(request: Request) -> Response:
    """Give everything that one check rests on."""
    desk = desk_of(request)
    return reply(await desk.do(desk.checks.page, check_named(request), account(request)))


@speaks(media="video/x-matroska, audio/x-wav, image/jpeg, application/octet-stream", refuses=(410, 416, 422))
async def recording(request: Request) -> Response:
    """Give one recording, whole or by range."""
    desk = desk_of(request)
    index = whole_number(request.path_params["index"], "index")
    asked = request.headers.get("range", "")
    return await desk.do(desk.checks.recording, check_named(request), index, asked, account(request))


@speaks(media="image/jpeg, image/png, application/octet-stream", refuses=(410, 416, 422))
async def enrolled(request: Request) -> Response:
    """Give one photo that was taken at enrolment."""
    desk = desk_of(request)
    number = whole_number(request.path_params["number"], "number")
    asked = request.headers.get("range", "")
    return await desk.do(desk.checks.photo, _person(request), number, asked, account(request))


@speaks(takes=AskCheck, gives=CheckRow, refuses=(409,))
async def ask(request: Request) -> Response:
    """Ask a person for a check now, and give it."""
    desk = desk_of(request)
    given = await received(request, AskCheck)
    return reply(await desk.do(desk.checks.ask, _person(request), given, account(request)))


@speaks(takes=WithdrawAsked, gives=CheckPage, refuses=(409,))
async def withdraw(request: Request) -> Response:
    """Take back what was asked, and give the check as it is then."""
    desk = desk_of(request)
    given = await received(request, WithdrawAsked)
    return reply(await desk.do(desk.checks.withdraw, check_named(request), given, account(request)))


@speaks(takes=DecideCheck, gives=CheckPage, refuses=(409,))
async def decide(request: Request) -> Response:
    """Keep what somebody saw in the recordings, and give the check as it is then."""
    desk = desk_of(request)
    given = await received(request, DecideCheck)
    return reply(await desk.do(desk.checks.decide, check_named(request), given, account(request)))


@speaks(takes=HoldAsked, gives=CheckPage, refuses=(409, 410))
async def hold(request: Request) -> Response:
    """Forbid the destruction of a check's recordings, and give the check as it is then."""
    desk = desk_of(request)
    given = await received(request, HoldAsked)
    return reply(await desk.do(desk.checks.hold, check_named(request), given, account(request)))


@speaks(takes=HoldAsked, gives=CheckPage, refuses=(409, 410))
async def release(request: Request) -> Response:
    """Allow the destruction again at the end of their time, and give the check as it is then."""
    desk = desk_of(request)
    given = await received(request, HoldAsked)
    return reply(await desk.do(desk.checks.release, check_named(request), given, account(request)))
