"""Signing in by an identity provider of the installation's own: it says who somebody is, and we what they may.

It opens accounts that exist and makes none. The provider answers for the second step, as a passkey does. Whom it signs
out is signed out here at once where it says so; where it does not, its sessions end within a few hours and it is asked
again.
"""

from collections.abc import Mapping
from hmac import compare_digest
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from baqylau.crypto.id_tokens import TokenRefusedError
from baqylau.monitoring.workstation.access.messages import SignInWays, ToProvider
from baqylau.monitoring.workstation.access.pending import HOLDS
from baqylau.monitoring.workstation.access.provider import Identity, Provider, ProviderAwayError, Started
from baqylau.monitoring.workstation.access.secrets_chosen import canonical
from baqylau.monitoring.workstation.access.session import attempt, welcome
from baqylau.monitoring.workstation.access.tokens import fresh
from baqylau.monitoring.workstation.desk import Desk, desk_of
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import BODY_WITHIN_S, MAX_BODY_BYTES, body_of, reply
from baqylau.storage.access.accounts import Account
from baqylau.storage.access.identities import Identities

COOKIE: Final = "baqylau-oidc"
BACK: Final = "/api/session/oidc"
SIGNED_OUT: Final = "/oidc/signed-out"
"""Where the provider itself says whom it signed out; no browser comes here."""
_ANYBODY: Final = "oidc"
"""Under which name attempts are counted: no login is known before one is proved."""


@speaks(gives=SignInWays)
async def ways(request: Request) -> Response:
    """Tell by what one may sign in beside password and passkey."""
    identity = desk_of(request).settings.identity
    return reply(SignInWays(provider=identity.name if identity else ""))


@speaks(gives=ToProvider, refuses=(404, 502))
async def begin(request: Request) -> Response:
    """Give where the browser goes to sign in."""
    desk = desk_of(request)
    identity, state = _identity(desk), fresh(desk.random)
    origin = desk.settings.public_origin or f"{request.url.scheme}://{request.headers.get('host', '')}"
    started = Started(nonce=fresh(desk.random), verifier=fresh(desk.random), back=f"{origin}{BACK}")
    try:
        address = await desk.do(Provider(identity, desk.clock).address, started, state)
    except ProviderAwayError:
        raise RefusedError(HTTPStatus.BAD_GATEWAY, "session.refused.oidc_away") from None
    desk.pending.keep(state, started)
    response = reply(ToProvider(address=address))
    seconds = int(HOLDS.total_seconds())
    response.set_cookie(
        COOKIE, state, max_age=seconds, path=BACK, secure=desk.settings.secure, httponly=True, samesite="lax"
    )
    return response


@speaks(status=303, refuses=(404, 429), asks={"code": str, "state": str, "error": str})
async def come_back(request: Request) -> Response:
    """Begin the session of whoever the provider names, or say on the first page why not."""
    desk = desk_of(request)
    identity = _identity(desk)
    await attempt(request, _ANYBODY)
    try:
        started = _started(request, desk)
        account = await desk.do(_account, desk, identity, _code(request), started)
    except RefusedError as refused:
        desk.metrics.sign_ins.labels("refused").inc()
        response = RedirectResponse(f"/?refused={refused.key}", HTTPStatus.SEE_OTHER)
    else:
        await desk.do(desk.stores.throttle.forget, _ANYBODY)
        begun = await welcome(request, account, within_s=identity.session_s)
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        response.raw_headers += [pair for pair in begun.raw_headers if pair[0] == b"set-cookie"]
    response.delete_cookie(COOKIE, path=BACK, secure=desk.settings.secure, httponly=True, samesite="lax")
    return response


async def signed_out(request: Request) -> Response:
    """End the sessions of whom the provider signs out (Back-Channel Logout 1.0), by a token that it signed."""
    desk = desk_of(request)
    identity, body = _identity(desk), await body_of(request, MAX_BODY_BYTES, BODY_WITHIN_S)
    said = parse_qs(body.decode("utf-8", "replace"))
    token = said.get("logout_token", [""])[0]
    try:
        async with desk.one_signed_out:
            subject = await desk.do(Provider(identity, desk.clock).signed_out, token)
    except (TokenRefusedError, ProviderAwayError):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "session.refused.oidc") from None
    await desk.do(Identities(desk.stores.engine, desk.clock).sign_out, identity.issuer, subject)
    return Response(headers={"Cache-Control": "no-store"})


def _identity(desk: Desk) -> Identity:
    if desk.settings.identity is None:
        raise not_found("request.refused.not_found")
    return desk.settings.identity


def _started(request: Request, desk: Desk) -> Started:
    state, own = request.query_params.get("state", ""), request.cookies.get(COOKIE, "")
    started = desk.pending.take(own) if compare_digest(state.encode(), own.encode()) else None
    if started is None:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "session.refused.oidc_again")
    return started


def _code(request: Request) -> str:
    code = request.query_params.get("code", "")
    if not code:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "session.refused.oidc")
    return code


def _account(desk: Desk, identity: Identity, code: str, started: Started) -> Account:
    try:
        claims = Provider(identity, desk.clock).claims(started, code)
    except ProviderAwayError:
        raise RefusedError(HTTPStatus.BAD_GATEWAY, "session.refused.oidc_away") from None
    except TokenRefusedError:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "session.refused.oidc") from None
    login = _login(claims, identity.claim)
    account = desk.stores.accounts.get(login) if login else None
    identities = Identities(desk.stores.engine, desk.clock)
    if account is None or not identities.belongs(login, identity.issuer, claims["sub"]):
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "session.refused.oidc_unknown")
    if account.suspended:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "session.refused.suspended")
    return account


def _login(claims: Mapping[str, Any], claim: str) -> str:
    named = claims.get(claim)
    if not isinstance(named, str) or "\0" in named or (claim == "email" and claims.get("email_verified") is not True):
        return ""
    return canonical(named)
