"""Looks back at one person. Each is written into the audit, with the time that it is about, before it is answered."""

from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.ids import PersonId, RestrictionId
from baqylau.domain.people import Person
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.access.gate import account
from baqylau.monitoring.workstation.desk import Desk, desk_of
from baqylau.monitoring.workstation.looking_back.kept import Range
from baqylau.monitoring.workstation.looking_back.messages import KeptPage, PatternsPage, Replay
from baqylau.monitoring.workstation.looking_back.nearby import NearbyAsked, NearbyPage
from baqylau.monitoring.workstation.looking_back.replays import LONGEST
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import instant, received, reply
from baqylau.storage.access.accounts import Account

_MONTH_DAYS = 31


def _person_id(request: Request) -> PersonId:
    name = request.path_params["id"]
    if "\0" in name:
        raise not_found("person.refused.not_found")
    return PersonId(name)


def _refused(field: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "request.refused.field", field=field)


def _looked_at(desk: Desk, person_id: PersonId, what: str, reference: str, by: Account) -> Person:
    """Give the person after the look is on record."""
    person = desk.stores.directory.book().people.get(person_id)
    if person is None:
        raise missing(by, "person.refused.not_found")
    desk.duty.look(by, what, person_id, reference)
    return person


@speaks(gives=KeptPage, asks={"range": Range, "restriction": str})
async def kept(request: Request) -> Response:
    """Give how a `restriction` was kept, being at home where none is named, over a `range`."""
    desk, query = desk_of(request), request.query_params
    try:
        far = Range(query.get("range", Range.NIGHTS))
    except ValueError:
        raise _refused("range") from None
    wanted = RestrictionId(query["restriction"]) if query.get("restriction") else None
    return reply(await desk.do(_kept, desk, _person_id(request), wanted, far, account(request)))


def _kept(desk: Desk, person_id: PersonId, wanted: RestrictionId | None, far: Range, by: Account) -> KeptPage:
    person = _looked_at(desk, person_id, "look.kept", f"kept/{far}", by)
    supervision = desk.stores.directory.book().supervision(person.id)
    page = desk.stores.kept.of(supervision, wanted, far, desk.clock())
    if page is None:
        raise not_found("kept.refused.not_found")
    return page


@speaks(gives=Replay, needs={"from": datetime, "until": datetime}, asks={"known_at": datetime})
async def replay(request: Request) -> Response:
    """Give what was `from` an instant `until` another, at most a day; with `known_at`, as it was known then."""
    desk, query = desk_of(request), request.query_params
    from_at, until_at = instant(query.get("from", ""), "from"), instant(query.get("until", ""), "until")
    known_at = instant(query["known_at"], "known_at") if "known_at" in query else None
    if not timedelta() < until_at - from_at <= LONGEST:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "replay.refused.too_long")
    return reply(await desk.do(_replay, desk, _person_id(request), (from_at, until_at), known_at, account(request)))


def _replay(
    desk: Desk, person_id: PersonId, time_: tuple[datetime, datetime], known_at: datetime | None, by: Account
) -> Replay:
    from_at, until_at = time_
    now = desk.clock()
    if from_at > now or (known_at is not None and known_at > now):
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "minute.refused.future")
    if known_at is not None and known_at < from_at:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "minute.refused.known_before")
    reference = f"replay/{from_at.isoformat()}/{until_at.isoformat()}"
    person = _looked_at(desk, person_id, "look.replay", reference, by)
    return desk.stores.replays.of(person, from_at, min(until_at, now), known_at)


@speaks(takes=NearbyAsked, gives=NearbyPage)
async def nearby(request: Request) -> Response:
    """Give who was within so many metres of a place at a time, with all positions. The question is on record."""
    desk = desk_of(request)
    return reply(await desk.do(desk.nearby.of, await received(request, NearbyAsked), account(request)))


@speaks(gives=PatternsPage, asks={"month": str})
async def patterns(request: Request) -> Response:
    """Describe a local `month` (such as 2026-11), this one where none is named."""
    desk, query = desk_of(request), request.query_params
    zone = ZoneInfo(desk.settings.installation.timezone)
    text = query.get("month") or f"{desk.clock().astimezone(zone):%Y-%m}"
    try:
        first = date.fromisoformat(f"{text}-01")
        from_at = datetime.combine(first, time(0), zone).astimezone(UTC)
        after = (first + timedelta(days=_MONTH_DAYS)).replace(day=1)
        until_at = datetime.combine(after, time(0), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _refused("month") from None
    return reply(await desk.do(_patterns, desk, _person_id(request), (from_at, until_at), account(request)))


def _patterns(desk: Desk, person_id: PersonId, month: tuple[datetime, datetime], by: Account) -> PatternsPage:
    from_at, until_at = month
    now = desk.clock()
    if from_at > now:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "minute.refused.future")
    person = _looked_at(desk, person_id, "look.patterns", f"patterns/{from_at.isoformat()}", by)
    supervision = desk.stores.directory.book().supervision(person.id)
    return desk.stores.replays.month(person, supervision, from_at, min(until_at, now))
