"""Passkeys: making one, and signing in by one. Each verifies its owner, so that it stands for both steps."""

from base64 import urlsafe_b64decode
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from baqylau.crypto import passkeys
from baqylau.crypto.passkeys import NotProvedError, Place
from baqylau.monitoring.workstation.access.gate import account, who
from baqylau.monitoring.workstation.access.messages import PasskeyAnswer
from baqylau.monitoring.workstation.access.session import attempt, welcome
from baqylau.monitoring.workstation.desk import Desk, desk_of
from baqylau.monitoring.workstation.messages import Me
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import received
from baqylau.storage.access.second_factors import Passkey, PasskeyInUseError

_ANYBODY = "passkey"
"""Under which name attempts by passkeys are counted: no login is known before one is proved."""
NOT_PROVED = RefusedError(HTTPStatus.UNAUTHORIZED, "session.refused.passkey")


def place_of(request: Request) -> Place:
    """Give where the browser came to, as its keys know it."""
    desk = desk_of(request)
    origin = desk.settings.public_origin or f"{request.url.scheme}://{request.headers.get('host', '')}"
    host = origin.partition("://")[2].rpartition(":")[0] or origin.partition("://")[2]
    return Place(name=desk.settings.installation.name or "Baqylau", host=host, origin=origin)


def _challenge(given: PasskeyAnswer) -> bytes:
    """Read which challenge was signed; that it is the one signed, the signature shows."""
    try:
        data = msgspec.json.decode(_octets(given.credential["response"]["clientDataJSON"]))
        return _octets(data["challenge"])
    except (KeyError, TypeError, ValueError, msgspec.DecodeError):
        raise NOT_PROVED from None


def _octets(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@speaks(gives=dict[str, Any], refuses=(429,))
async def ask_to_make(request: Request) -> Response:
    """Ask the browser for a new passkey."""
    desk, mine = desk_of(request), account(request)
    known = [one.id for one in (await desk.do(desk.stores.second_factors.of, mine.login)).passkeys]
    challenge = desk.challenges.give(mine.login)
    asked = passkeys.registration(place_of(request), mine.login, mine.name, challenge, known)
    return Response(asked, media_type="application/json")


@speaks(takes=PasskeyAnswer, status=204, refuses=(409,))
async def make(request: Request) -> Response:
    """Let the passkey that the browser made open the account."""
    desk, login = desk_of(request), who(request)
    given = await received(request, PasskeyAnswer)
    challenge = _challenge(given)
    if not given.name.strip() or not desk.challenges.take(challenge, login):
        raise NOT_PROVED
    try:
        new = passkeys.registered(given.credential, challenge, place_of(request))
        await desk.do(desk.stores.second_factors.add_passkey, login, given.name.strip(), new)
    except (NotProvedError, PasskeyInUseError):
        raise NOT_PROVED from None
    return Response(status_code=HTTPStatus.NO_CONTENT)


@speaks(status=204)
async def remove(request: Request) -> Response:
    """Let a passkey open the account no more."""
    desk, named = desk_of(request), request.path_params["id"]
    try:
        key_id = bytes.fromhex(named)
    except ValueError:
        raise not_found("request.refused.not_found") from None
    if not await desk.do(desk.stores.second_factors.remove_passkey, who(request), key_id):
        raise not_found("request.refused.not_found")
    return Response(status_code=HTTPStatus.NO_CONTENT)


@speaks(gives=dict[str, Any], refuses=(429,))
async def ask_to_prove(request: Request) -> Response:
    """Ask the browser for any passkey of ours."""
    desk = desk_of(request)
    return Response(passkeys.proving(place_of(request), desk.challenges.give(_ANYBODY)), media_type="application/json")


@speaks(takes=PasskeyAnswer, gives=Me, refuses=(401, 429))
async def sign_in(request: Request) -> Response:
    """Begin the session of whoever the passkey belongs to."""
    desk = desk_of(request)
    given = await received(request, PasskeyAnswer)
    await attempt(request, _ANYBODY)
    challenge = _challenge(given)
    if not desk.challenges.take(challenge, _ANYBODY):
        raise NOT_PROVED
    key = await desk.do(key_of, desk, given)
    try:
        count = passkeys.proved(given.credential, challenge, place_of(request), public=key.public, count=key.count)
    except NotProvedError:
        raise NOT_PROVED from None
    owner = await desk.do(desk.stores.accounts.get, key.login)
    if owner is None or owner.suspended:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "session.refused.suspended")
    await desk.do(desk.stores.second_factors.used_passkey, key.id, count)
    await desk.do(desk.stores.throttle.forget, _ANYBODY)
    return await welcome(request, owner)


def key_of(desk: Desk, given: PasskeyAnswer) -> Passkey:
    """Give the passkey that a browser names, or refuse."""
    try:
        key = desk.stores.second_factors.passkey(_octets(given.credential["rawId"]))
    except (KeyError, TypeError, ValueError):
        key = None
    if key is None:
        raise NOT_PROVED
    return key
