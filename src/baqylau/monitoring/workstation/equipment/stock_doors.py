"""The store of equipment: where each device is, what was done with it, and acts as papers."""

from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import DeviceKind
from baqylau.domain.stock import StockState
from baqylau.monitoring.workstation.access.gate import account
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.equipment.stock import StockAsked
from baqylau.monitoring.workstation.equipment.stock_messages import (
    Acting,
    Batch,
    StockCard,
    StockPage,
    StockPaperWanted,
)
from baqylau.monitoring.workstation.giving.evidence import Giver
from baqylau.monitoring.workstation.giving.papers import file_of, maker_of
from baqylau.monitoring.workstation.refusals import not_found
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import chosen, received, reply, whole_number

_PAGE = 50
_LONGEST_PAGE = 500


def _named(request: Request) -> DeviceId:
    name = request.path_params["id"]
    if "\0" in name:
        raise not_found("device.refused.not_found")
    return DeviceId(name)


def _signer(request: Request) -> Signer:
    signer = cast("Giver", request.app.state.giver).signer
    if signer is None:
        raise not_found("evidence.refused.no_key")
    return signer


@speaks(
    gives=StockPage,
    asks={"state": StockState, "kind": DeviceKind, "words": str, "after": str, "limit": int},
)
async def page(request: Request) -> Response:
    """List equipment: `state`, `kind` and `words` choose; `after` and `limit` page."""
    desk, query = desk_of(request), request.query_params
    asked = StockAsked(
        state=chosen(request, "state", StockState),
        kind=chosen(request, "kind", DeviceKind),
        words=query.get("words", "").replace("\0", "")[:256],
        after=query.get("after", ""),
        limit=max(1, min(whole_number(query.get("limit", str(_PAGE)), "limit"), _LONGEST_PAGE)),
    )
    return reply(await desk.do(desk.stock.page, asked, account(request)))


@speaks(gives=StockCard)
async def card(request: Request) -> Response:
    """Give everything about where one device was."""
    desk = desk_of(request)
    return reply(await desk.do(desk.stock.card, _named(request), account(request), _signer(request)))


@speaks(takes=Batch, gives=StockPage, refuses=(404, 409))
async def take_in(request: Request) -> Response:
    """Register devices that came new; all or none."""
    desk, signer = desk_of(request), _signer(request)
    given = await received(request, Batch)
    return reply(await desk.do(desk.stock.take_in, given, account(request), signer))


@speaks(takes=Acting, gives=StockCard, refuses=(404, 409))
async def act(request: Request) -> Response:
    """Record what was done with a device, and give what is known of it then."""
    desk, signer = desk_of(request), _signer(request)
    given = await received(request, Acting)
    return reply(await desk.do(desk.stock.act, _named(request), given.act, account(request), signer))


@speaks(takes=StockPaperWanted, media="application/pdf", refuses=(404, 422))
async def paper(request: Request) -> Response:
    """Make the act of a deed and send it as PDF/A."""
    desk, number = desk_of(request), whole_number(request.path_params["number"], "number")
    asked = await received(request, StockPaperWanted)
    maker, by, named = maker_of(request), account(request), _named(request)
    return file_of(*await desk.do(desk.stock.paper, maker, named, number, asked.language, by))
