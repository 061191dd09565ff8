"""Requests about the accounts of others, by administrators; and about the audit, by auditors."""

from datetime import datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from baqylau.monitoring.workstation.access.gate import account
from baqylau.monitoring.workstation.access.messages import (
    Answer,
    AuditPage,
    ChainState,
    Employment,
    Link,
    NewColleague,
    Staff,
    Suspension,
)
from baqylau.monitoring.workstation.access.secrets_chosen import canonical
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.stores import Stores
from baqylau.monitoring.workstation.wire import instant, received, reply, whole_number
from baqylau.storage.access.accounts import Account
from baqylau.storage.access.audit import AuditFilter

_PAGE = 100
_LONGEST_PAGE = 500


@speaks(gives=Staff)
async def all_accounts(request: Request) -> Response:
    """Give the people of the service."""
    desk = desk_of(request)
    return reply(await desk.do(desk.staff.all))


@speaks(takes=NewColleague, gives=Link)
async def invite(request: Request) -> Response:
    """Make a one-time link for somebody new."""
    desk = desk_of(request)
    given = await received(request, NewColleague)
    return reply(await desk.do(desk.staff.invite, given, account(request)))


@speaks(takes=Employment, status=204, refuses=(409,))
async def employ(request: Request) -> Response:
    """Give an account another role or other bounds: 200 when it is done, 202 when it waits for a second."""
    desk = desk_of(request)
    given = await received(request, Employment)
    done = await desk.do(desk.staff.employ, _login(request), given, account(request))
    return Response(status_code=HTTPStatus.NO_CONTENT if done else HTTPStatus.ACCEPTED)


@speaks(takes=Suspension, status=204, refuses=(409,))
async def suspend(request: Request) -> Response:
    """Let nobody in by an account, or let them in again."""
    desk, login, by = desk_of(request), _login(request), account(request)
    given = await received(request, Suspension)
    await desk.do(lambda: desk.staff.suspend(login, by, suspended=given.suspended))
    return Response(status_code=HTTPStatus.NO_CONTENT)


@speaks(gives=Link, refuses=(409,))
async def reset(request: Request) -> Response:
    """Make a link for a new password."""
    desk = desk_of(request)
    return reply(await desk.do(desk.staff.reset, _login(request), account(request)))


@speaks(takes=Answer, gives=Link, refuses=(409,))
async def answer(request: Request) -> Response:
    """Agree to what another administrator asked for, or refuse it."""
    desk, by = desk_of(request), account(request)
    number = whole_number(request.path_params["number"], "number")
    given = await received(request, Answer)
    return reply(await desk.do(lambda: desk.staff.answer(number, by, agreed=given.agreed)))


def _login(request: Request) -> str:
    return canonical(request.path_params["login"].replace("\0", ""))


@speaks(
    gives=AuditPage,
    asks={"who": str, "about": str, "what": str, "from": datetime, "until": datetime, "before": int, "limit": int},
)
async def audit(request: Request) -> Response:
    """Give the audit, newest first: `who`, `about`, `what`, `from` and `until` choose, `before` and `limit` page."""
    desk, query = desk_of(request), request.query_params
    chosen = AuditFilter(
        who=query.get("who", "").replace("\0", ""),
        about=query.get("about", "").replace("\0", ""),
        what=query.get("what", "").replace("\0", ""),
        from_at=_instant(request, "from"),
        until_at=_instant(request, "until"),
    )
    before = whole_number(query["before"], "before") if "before" in query else None
    limit = max(1, min(whole_number(query.get("limit", str(_PAGE)), "limit"), _LONGEST_PAGE))
    return reply(await desk.do(_audit, desk.stores, account(request), chosen, before, limit))


def _audit(stores: Stores, by: Account, chosen: AuditFilter, before: int | None, limit: int) -> AuditPage:
    """Read a page of it. The look is itself a row, with what was asked for."""
    stores.audit.record(by.login, "look.audit", "audit", chosen.said())
    found, within = stores.audit.page(chosen, before=before, limit=limit), stores.duty.within(by)
    theirs = (one for one in found if not one.object.startswith("person/") or within(one.person_id()))
    return AuditPage(entries=tuple(theirs), next=found[-1].id if len(found) == limit else None)


def _instant(request: Request, field: str) -> datetime | None:
    return instant(request.query_params[field], field) if field in request.query_params else None


@speaks(gives=ChainState)
async def chain(request: Request) -> Response:
    """Prove the whole audit anew."""
    desk = desk_of(request)
    return reply(await desk.do(_chain, desk.stores, desk.clock()))


def _chain(stores: Stores, at: datetime) -> ChainState:
    broken = stores.audit.verify()
    return ChainState(entries=stores.audit.count(), broken=tuple(broken[:1_000]), at=at)
