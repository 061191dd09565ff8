"""Cases: what is prescribed for somebody, proposals to change it, and the second person who agrees."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.ids import PersonId
from baqylau.monitoring.server.importing.zone_text import read_zones
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.access.gate import account
from baqylau.monitoring.workstation.cases.fact_messages import CaseFactsPage, DueVisits, Recording
from baqylau.monitoring.workstation.cases.faults import wrong_fields
from baqylau.monitoring.workstation.cases.messages import (
    Answering,
    CasePage,
    FieldFault,
    FreeDevices,
    Preview,
    Previewing,
    ProposalList,
    ProposalPage,
    ProposalRow,
    Proposing,
    Sentence,
    ZonesRead,
    ZoneText,
)
from baqylau.monitoring.workstation.cases.request_messages import Refusing, RequestPage
from baqylau.monitoring.workstation.cases.term_messages import TermPage
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import received, reply, whole_number
from baqylau.rules.places.geometry import ZoneError
from baqylau.rules.prescribing.reach import outside_country

_PAGE = 20
_LONGEST_PAGE = 500
_LONGEST_WORDS = 256


def _limit(request: Request) -> int:
    return max(1, min(whole_number(request.query_params.get("limit", str(_PAGE)), "limit"), _LONGEST_PAGE))


def _person(request: Request) -> PersonId:
    name = request.path_params["id"]
    if "\0" in name:
        raise missing(account(request), "person.refused.not_found")
    return PersonId(name)


def _number(request: Request) -> int:
    return whole_number(request.path_params["number"], "number")


@speaks(gives=CasePage)
async def case(request: Request) -> Response:
    """Give everything that is kept about one person's case."""
    desk = desk_of(request)
    return reply(await desk.do(desk.cases.case, _person(request), account(request)))


@speaks(takes=Previewing, gives=Preview, refuses=(409,))
async def preview(request: Request) -> Response:
    """Give what a change would come to. Nothing is saved."""
    desk = desk_of(request)
    given = await received(request, Previewing)
    return reply(await desk.do(desk.cases.preview, _person(request), given, account(request)))


@speaks(takes=Previewing, gives=Preview, refuses=(409,))
async def preview_new(request: Request) -> Response:
    """Give what registering somebody would come to."""
    desk = desk_of(request)
    given = await received(request, Previewing)
    return reply(await desk.do(desk.cases.preview, None, given, account(request)))


@speaks(takes=Proposing, gives=ProposalRow, refuses=(409,))
async def propose(request: Request) -> Response:
    """Save a change that is not stricter; a stricter one waits for a second person."""
    desk = desk_of(request)
    given = await received(request, Proposing)
    return reply(await desk.do(desk.cases.propose, _person(request), given, account(request)))


@speaks(takes=Proposing, gives=ProposalRow, refuses=(409,))
async def propose_new(request: Request) -> Response:
    """Propose to register somebody."""
    desk = desk_of(request)
    given = await received(request, Proposing)
    return reply(await desk.do(desk.cases.propose, None, given, account(request)))


@speaks(gives=ProposalList, asks={"after": int, "limit": int})
async def waiting(request: Request) -> Response:
    """List proposals that wait, the oldest first. `after` and `limit` page."""
    desk = desk_of(request)
    after = whole_number(request.query_params.get("after", "0"), "after")
    return reply(await desk.do(desk.cases.waiting, after, _limit(request), account(request)))


@speaks(gives=ProposalPage, refuses=(422,))
async def proposal(request: Request) -> Response:
    """Give one proposal with what is in force beside it."""
    desk = desk_of(request)
    return reply(await desk.do(desk.cases.proposal, _number(request), account(request)))


@speaks(takes=Answering, gives=ProposalRow, refuses=(409,))
async def answer(request: Request) -> Response:
    """Agree to what a colleague proposed, or refuse it."""
    desk = desk_of(request)
    given = await received(request, Answering)
    return reply(await desk.do(desk.cases.answer, _number(request), given, account(request)))


@speaks(gives=ProposalRow, refuses=(409, 422))
async def withdraw(request: Request) -> Response:
    """Take back what one proposed oneself."""
    desk = desk_of(request)
    return reply(await desk.do(desk.cases.withdraw, _number(request), account(request)))


@speaks(gives=FreeDevices, asks={"words": str, "after": str, "limit": int})
async def free_devices(request: Request) -> Response:
    """List equipment that can be fitted; `words` choose by name and number, `after` and `limit` page."""
    desk, query = desk_of(request), request.query_params
    words = query.get("words", "")[:_LONGEST_WORDS]
    return reply(await desk.do(desk.cases.free_devices, words, query.get("after", ""), _limit(request)))


@speaks(gives=CaseFactsPage)
async def facts(request: Request) -> Response:
    """Give the visits, warnings, hours of labour and places of life of one person."""
    desk = desk_of(request)
    return reply(await desk.do(desk.case_facts.page, _person(request), account(request)))


@speaks(takes=Recording, gives=CaseFactsPage, refuses=(409,))
async def record_fact(request: Request) -> Response:
    """Record a visit, a warning, hours of labour or a place of life, or take back what was recorded wrongly."""
    desk = desk_of(request)
    given = await received(request, Recording)
    return reply(await desk.do(desk.case_facts.record, _person(request), given.fact, account(request)))


@speaks(gives=DueVisits, asks={"after": str, "limit": int})
async def visits_due(request: Request) -> Response:
    """List the visits of the coming week, and those that are overdue. `after` and `limit` page."""
    desk, after = desk_of(request), request.query_params.get("after", "")
    return reply(await desk.do(desk.case_facts.due, after, _limit(request), account(request)))


@speaks(gives=RequestPage, asks={"after": int, "limit": int})
async def requests(request: Request) -> Response:
    """List permissions that people asked for and nobody answered. `after` and `limit` page."""
    desk, after = desk_of(request), whole_number(request.query_params.get("after") or "0", "after")
    return reply(await desk.do(desk.requests.page, after, _limit(request), account(request)))


@speaks(takes=Refusing, refuses=(409,))
async def refuse_request(request: Request) -> Response:
    """Do not grant what a person asked for, and write to them why."""
    desk, given = desk_of(request), await received(request, Refusing)
    await desk.do(desk.requests.refuse, _person(request), _number(request), given.text, account(request))
    return Response(status_code=HTTPStatus.NO_CONTENT)


@speaks(gives=TermPage, asks={"after": str, "limit": int})
async def terms(request: Request) -> Response:
    """List what ends soon: court acts, suspensions, permissions, consents. `after` and `limit` page."""
    desk, after = desk_of(request), request.query_params.get("after", "")
    return reply(await desk.do(desk.terms.page, after, _limit(request), account(request)))


@speaks(takes=ZoneText, gives=ZonesRead)
async def zones(request: Request) -> Response:
    """Read zones from GeoJSON or KML. Nothing is saved."""
    desk = desk_of(request)
    given = await received(request, ZoneText)
    return reply(await desk.do(_zones, given))


def _zones(given: ZoneText) -> ZonesRead:
    try:
        found = read_zones(given.text, given.name.strip(), given.half_width_m)
    except ZoneError as wrong:
        raise wrong_fields([FieldFault(field="text", key=wrong.key, params=wrong.params)]) from None
    warnings = [
        Sentence(key=f"case.warning.{one.key}", params=dict(one.params)) for it in found for one in outside_country(it)
    ]
    return ZonesRead(zones=found, warnings=tuple(warnings))
