"""The doors of enrolment: bring, have looked at, sign, delete."""

from http import HTTPStatus
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from baqylau.crypto import passkeys
from baqylau.crypto.assertions import Assertion, challenge_of
from baqylau.crypto.passkeys import NotProvedError
from baqylau.monitoring.workstation.access.gate import account, who
from baqylau.monitoring.workstation.access.messages import PasskeyAnswer
from baqylau.monitoring.workstation.access.passkeys import NOT_PROVED, key_of, place_of
from baqylau.monitoring.workstation.checks.enrolment_messages import EnrolmentPage, EnrolmentSigned, ForgetAsked
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.giving.evidence import Giver
from baqylau.monitoring.workstation.giving.papers import person_of
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import body_of, chosen, received, reply, whole_number
from baqylau.storage.checks.enrolment_drafts import PIECE_BYTES_MAX
from baqylau.storage.checks.enrolment_sheets import Material, NewItem

PIECE_WITHIN_S = 60
_DIGIT_MOST = 9


@speaks(gives=EnrolmentPage)
async def show(request: Request) -> Response:
    """Give who somebody is compared with, and what is under way."""
    desk = desk_of(request)
    return reply(await desk.do(desk.enrolment.page, person_of(request), account(request)))


@speaks(status=204, needs={"kind": Material}, asks={"digit": int}, refuses=(409, 413, 422))
async def bring(request: Request) -> Response:
    """Take one photograph, sentence or digit: the body is the file, its type in `Content-Type`."""
    desk, kind = desk_of(request), chosen(request, "kind", Material)
    digit = whole_number(request.query_params["digit"], "digit") if "digit" in request.query_params else None
    if kind is None or (kind is Material.DIGIT) != (digit is not None) or (digit or 0) > _DIGIT_MOST:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "request.refused.field", field="kind")
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    content = await body_of(request, PIECE_BYTES_MAX, PIECE_WITHIN_S)
    item = NewItem(kind=kind, digit=digit, content_type=content_type, content=content)
    await desk.do(desk.enrolment.add, person_of(request), item, account(request))
    return Response(status_code=HTTPStatus.NO_CONTENT)


@speaks(gives=EnrolmentPage)
async def discard(request: Request) -> Response:
    """Throw away what was brought."""
    desk = desk_of(request)
    return reply(await desk.do(desk.enrolment.discard, person_of(request), account(request)))


@speaks(gives=EnrolmentPage, refuses=(409,))
async def ask(request: Request) -> Response:
    """Have the audio-visual server look at what was brought."""
    desk = desk_of(request)
    return reply(await desk.do(desk.enrolment.ask, person_of(request), account(request)))


@speaks(gives=dict[str, Any], refuses=(409,))
async def to_sign(request: Request) -> Response:
    """Write the sheet, and ask the browser to sign it with a passkey of one's own; who has none gets no question."""
    desk, mine = desk_of(request), account(request)
    statement = await desk.do(desk.enrolment.to_sign, person_of(request), mine)
    known = [one.id for one in (await desk.do(desk.stores.second_factors.of, mine.login)).passkeys]
    asked = passkeys.proving(place_of(request), challenge_of(statement), known) if known else "{}"
    return Response(asked, media_type="application/json")


@speaks(takes=EnrolmentSigned, gives=EnrolmentPage, refuses=(401, 409, 422))
async def sign(request: Request) -> Response:
    """Put the templates in force, with the officer's signature where they have a key."""
    desk, mine, person_id = desk_of(request), account(request), person_of(request)
    given = await received(request, EnrolmentSigned)
    statement = await desk.do(desk.enrolment.statement, person_id, mine)
    signature = await _signature(request, given, statement)
    return reply(await desk.do(desk.enrolment.enrol, person_id, statement, signature, mine))


@speaks(takes=ForgetAsked, gives=EnrolmentPage, refuses=(409,))
async def forget(request: Request) -> Response:
    """Delete all templates of a person and what they were made of."""
    desk, person_id = desk_of(request), person_of(request)
    given = await received(request, ForgetAsked)
    signer = cast("Giver", request.app.state.giver).signer
    return reply(await desk.do(desk.enrolment.forget, person_id, given.reason.strip(), account(request), signer))


async def _signature(request: Request, given: EnrolmentSigned, statement: bytes) -> Assertion | None:
    """Give how the officer's own key signed; None of who has none. Who has one signs with it."""
    desk, login = desk_of(request), who(request)
    own = {one.id for one in (await desk.do(desk.stores.second_factors.of, login)).passkeys}
    if given.credential is None:
        if own:
            raise RefusedError(HTTPStatus.CONFLICT, "enrolment.refused.key_wanted")
        return None
    key = await desk.do(key_of, desk, PasskeyAnswer(credential=given.credential))
    if key.id not in own:
        raise NOT_PROVED
    try:
        place, challenge = place_of(request), challenge_of(statement)
        count = passkeys.proved(given.credential, challenge, place, public=key.public, count=key.count)
        signature = passkeys.assertion(given.credential, key.public)
    except NotProvedError:
        raise NOT_PROVED from None
    await desk.do(desk.stores.second_factors.used_passkey, key.id, count)
    return signature
