"""Coming to one's own page: the code that was handed over once, from then on the PIN on the same phone."""

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from baqylau.crypto import passwords
from baqylau.monitoring.workstation.access.session import attempt
from baqylau.monitoring.workstation.access.tokens import digest, fresh
from baqylau.monitoring.workstation.desk import Desk, desk_of
from baqylau.monitoring.workstation.own_page.gate import (
    forget,
    keep,
    person_of,
    phone_cookie,
    phone_of,
    session_cookie,
    session_of,
    token_of,
)
from baqylau.monitoring.workstation.own_page.messages import OwnCode, OwnDoorway, OwnPin, OwnStanding
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.wire import received, reply
from baqylau.storage.people.own_access import CodeSpentError, EndWhy, OwnAccess, signature

_PIN: Final = re.compile(r"[0-9]{6,12}")
_ROWS: Final = "01234567890", "09876543210"


async def show(request: Request) -> Response:
    """Tell how far this browser has come. Whose phone it is, it is not told before the PIN."""
    desk = desk_of(request)
    if own := await session_of(request):
        return reply(_doorway(desk, OwnStanding.OPEN, own.access_id, own.csrf))
    if phone := await phone_of(request):
        return reply(_doorway(desk, OwnStanding.PHONE, phone.id))
    return reply(_doorway(desk, OwnStanding.STRANGER))


def _doorway(desk: Desk, standing: OwnStanding, access: int = 0, csrf: str = "") -> OwnDoorway:
    place = desk.settings.installation
    return OwnDoorway(standing=standing, installation=place.name, timezone=place.timezone, csrf=csrf, access=access)


def plain_code(text: str) -> str:
    """Give the digits of a code, however it was written."""
    return "".join(one for one in text if one in "0123456789")


def _chosen(pin: str) -> str:
    """Give a PIN that is not what everybody tries first, or refuse it."""
    if not _PIN.fullmatch(pin):
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "own.refused.pin_form")
    if len(set(pin)) == 1 or any(pin in row for row in _ROWS) or pin == pin[: len(pin) // 2] * 2:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "own.refused.pin_easy")
    return pin


async def use_code(request: Request) -> Response:
    """Use the code, keep the PIN, remember the phone and open the page. Wrong codes are counted by their address."""
    desk, given = desk_of(request), await received(request, OwnCode)
    pin = _chosen(given.pin.strip())
    peer = f"own page from {request.client.host if request.client else ''}"
    await attempt(request, peer)
    phone, hashed = fresh(desk.random), await desk.hash(passwords.hashed, pin)
    code = digest(plain_code(given.code))
    try:
        access = await desk.do(desk.stores.own_accesses.use, code, digest(phone), hashed)
    except CodeSpentError:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "own.refused.code") from None
    await desk.do(desk.stores.throttle.forget, peer)
    response = await _open(desk, access)
    keep(response, desk.settings, phone_cookie(desk.settings), phone)
    return response


async def say_pin(request: Request) -> Response:
    """Open the page on a phone that is known; a few wrong PINs in a row, and it is known no more."""
    desk, given = desk_of(request), await received(request, OwnPin)
    access = await phone_of(request)
    if access is None:
        raise _unknown_phone()
    async with desk.one_attempt:
        kept = await desk.do(desk.stores.own_accesses.attempt, access.id)
    if kept is None:
        raise _unknown_phone()
    if not await desk.hash(passwords.matches, kept, given.pin.strip()):
        left = await desk.do(desk.stores.own_accesses.failed, access)
        if not left:
            raise _unknown_phone()
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "own.refused.pin", count=left)
    return await _open(desk, access)


def _unknown_phone() -> RefusedError:
    return RefusedError(HTTPStatus.UNAUTHORIZED, "own.refused.phone")


async def _open(desk: Desk, access: OwnAccess) -> Response:
    token, csrf = fresh(desk.random), fresh(desk.random)
    expires_at = desk.clock() + timedelta(seconds=desk.settings.own_absolute_s)
    try:
        await desk.do(desk.stores.own_accesses.open, access, digest(token), csrf, expires_at)
    except CodeSpentError:
        raise _unknown_phone() from None
    response = reply(_doorway(desk, OwnStanding.OPEN, access.id, csrf))
    keep(response, desk.settings, session_cookie(desk.settings), token)
    return response


async def leave(request: Request) -> Response:
    """Close the page; the phone stays known."""
    desk = desk_of(request)
    await desk.do(desk.stores.own_accesses.close, digest(token_of(request)))
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    forget(response, desk.settings, session_cookie(desk.settings))
    return response


async def forget_phone(request: Request) -> Response:
    """Let this phone open the page no more, such as before it is sold."""
    desk, person_id = desk_of(request), person_of(request)
    await desk.do(desk.stores.own_accesses.end, person_id, signature(person_id), EndWhy.FORGOTTEN)
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    for name in (session_cookie(desk.settings), phone_cookie(desk.settings)):
        forget(response, desk.settings, name)
    return response
