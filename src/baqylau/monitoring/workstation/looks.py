"""What people look at. Each look at one person's facts is written into the audit before it is answered."""

import re
from datetime import datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.ids import AlarmId, ObservationId, PersonId
from baqylau.monitoring.workstation.access.gate import account
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.load_figures import LoadFigures, last_month
from baqylau.monitoring.workstation.looking_back.minute import Minute
from baqylau.monitoring.workstation.messages import AlarmPage, AlarmRow, HeardRaw, PeopleFound, PersonCard
from baqylau.monitoring.workstation.records import Which
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import instant, reply, whole_number

_OBSERVATION = re.compile(r"[0-9a-f]{32}")
_PAGE = 100
_LONGEST_PAGE = 500
_LONGEST_NUMBER = 18
_LONGEST_QUERY = 100


def alarm_number(request: Request) -> AlarmId:
    """Read the alarm's number from the path."""
    text = request.path_params["number"]
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER):
        raise not_found("alarm.refused.not_found")
    return AlarmId(int(text))


@speaks(gives=tuple[AlarmRow, ...], asks={"state": Which, "before": int, "limit": int})
async def alarms(request: Request) -> Response:
    """List alarms, the newest first: `state` (open, closed, all), `before` (a number) and `limit` narrow it."""
    desk = desk_of(request)
    query = request.query_params
    before = whole_number(query["before"], "before") if "before" in query else None
    limit = min(whole_number(query.get("limit", str(_PAGE)), "limit"), _LONGEST_PAGE)
    return reply(await desk.do(desk.records.alarms, _which(query.get("state", "all")), before, limit, account(request)))


def _which(text: str) -> Which:
    try:
        return Which(text)
    except ValueError:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "request.refused.field", field="state") from None


@speaks(gives=AlarmPage)
async def alarm(request: Request) -> Response:
    """Give everything that one alarm rests on."""
    desk = desk_of(request)
    page = await desk.do(desk.records.alarm_page, alarm_number(request), account(request))
    return reply(page)


@speaks(gives=PeopleFound, asks={"after": str, "limit": int})
async def people(request: Request) -> Response:
    """List everybody under supervision as they are now, the urgent first, then by name. `after` and `limit` page."""
    desk, asked = desk_of(request), request.query_params
    limit = max(1, min(whole_number(asked.get("limit", str(_PAGE)), "limit"), _LONGEST_PAGE))
    return reply(await desk.do(desk.live.people, asked.get("after", ""), limit, account(request)))


@speaks(gives=PeopleFound, asks={"query": str, "after": str, "limit": int})
async def find(request: Request) -> Response:
    """Find people by the beginning of names and addresses, in any alphabet, with slips of the hand; `after` goes on."""
    desk, asked = desk_of(request), request.query_params
    limit = max(1, min(whole_number(asked.get("limit", str(_PAGE)), "limit"), _LONGEST_PAGE))
    query, after = asked.get("query", "")[:_LONGEST_QUERY], asked.get("after")
    found = await desk.do(desk.records.find, query, PersonId(after) if after else None, limit, account(request))
    return reply(found)


@speaks(gives=PersonCard)
async def person(request: Request) -> Response:
    """Give one person with what is prescribed and the last 24 hours."""
    desk = desk_of(request)
    person_id = request.path_params["id"]
    if "\0" in person_id:
        raise not_found("person.refused.not_found")
    return reply(await desk.do(desk.records.card, PersonId(person_id), account(request)))


@speaks(gives=Minute, needs={"at": datetime}, asks={"known_at": datetime})
async def minute(request: Request) -> Response:
    """Give why and why not for one person `at` an instant; with `known_at`, as it was known then."""
    desk, query = desk_of(request), request.query_params
    person_id = request.path_params["id"]
    if "\0" in person_id:
        raise not_found("person.refused.not_found")
    at = instant(query.get("at", ""), "at")
    known_at = instant(query["known_at"], "known_at") if "known_at" in query else None
    return reply(await desk.do(desk.records.minute, PersonId(person_id), at, known_at, account(request)))


@speaks(gives=LoadFigures, asks={"from": datetime, "until": datetime})
async def load(request: Request) -> Response:
    """Give how heavy the alarms weigh that were raised `from` an instant `until` another; of the last month unsaid."""
    desk, query = desk_of(request), request.query_params
    until_at = instant(query["until"], "until") if "until" in query else desk.clock()
    from_at = instant(query["from"], "from") if "from" in query else last_month(until_at)
    if from_at >= until_at:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "request.refused.field", field="from")
    return reply(await desk.do(desk.records.load, from_at, until_at))


@speaks(gives=HeardRaw, refuses=(410,))
async def observation(request: Request) -> Response:
    """Give one observation as we understood it and as it was heard, byte for byte."""
    desk = desk_of(request)
    name = request.path_params["id"]
    if not _OBSERVATION.fullmatch(name):
        raise not_found("observation.refused.not_found")
    heard = await desk.do(desk.records.observation, ObservationId(name), account(request))
    return reply(heard)
