"""Papers at the workstation: made, numbered, signed and on record before the first byte leaves."""

import re
from http import HTTPStatus
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.ids import AlarmId, PersonId
from baqylau.domain.papers import PaperKind
from baqylau.monitoring.server.papers.giving_tables import MEDIA_TYPES, FormatError, TableAsked, give
from baqylau.monitoring.server.papers.making import ABOUT_PERSON, Maker, NoSuchError, PeriodError, Shelf
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.access.gate import account
from baqylau.monitoring.workstation.desk import Desk, desk_of
from baqylau.monitoring.workstation.giving.evidence import Giver
from baqylau.monitoring.workstation.giving.paper_messages import (
    AlarmPaperWanted,
    PaperWanted,
    StatisticsWanted,
    TableWanted,
)
from baqylau.monitoring.workstation.looks import alarm_number
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import received, reply
from baqylau.storage.access.accounts import Account
from baqylau.storage.people.papers import Papers, Receipt, Wanted

PDF = "application/pdf"
NUMBER = re.compile(r"[0-9]{4}-[0-9]{6}")

Made = tuple[bytes, Receipt]


def maker_of(request: Request) -> Maker:
    """Give what makes papers, or refuse where this program may not sign."""
    giver = cast("Giver", request.app.state.giver)
    if giver.signer is None:
        raise not_found("evidence.refused.no_key")
    return Maker(shelf_of(request), giver.signer, desk_of(request).clock)


def shelf_of(request: Request) -> Shelf:
    """Give the parts of the storage that papers are made from."""
    return cast("Giver", request.app.state.giver).shelf(desk_of(request))


def person_of(request: Request) -> PersonId:
    """Read the person's id from the path."""
    person_id = request.path_params["id"]
    if "\0" in person_id:
        raise not_found("person.refused.not_found")
    return PersonId(person_id)


@speaks(takes=PaperWanted, media="application/pdf")
async def about_person(request: Request) -> Response:
    """Make a paper about a person as PDF/A. `Baqylau-Paper` is its number, by which its signature is had."""
    desk, person_id = desk_of(request), person_of(request)
    asked = await received(request, PaperWanted)
    if asked.kind not in ABOUT_PERSON:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "request.refused.field", field="kind")
    return file_of(*await desk.do(_about_person, desk, maker_of(request), person_id, asked, account(request)))


def _about_person(desk: Desk, maker: Maker, person_id: PersonId, asked: PaperWanted, by: Account) -> Made:
    if person_id not in desk.stores.directory.book().people:
        raise missing(by, "person.refused.not_found")
    desk.duty.look(by, "look.paper", person_id, f"{asked.kind}; {asked.purpose}")
    wanted = Wanted(
        kind=asked.kind,
        person_id=person_id,
        by=by.login,
        purpose=asked.purpose.strip(),
        recipient=asked.recipient.strip(),
        language=asked.language.value,
    )
    try:
        return maker.about_person(wanted, asked.from_at, asked.until_at)
    except NoSuchError:
        raise missing(by, "person.refused.not_found") from None
    except PeriodError:
        raise wrong_period() from None


def wrong_period() -> RefusedError:
    """Give the refusal of a period without length, or too long for one file."""
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "paper.refused.period", field="until_at")


@speaks(takes=AlarmPaperWanted, media="application/pdf")
async def about_alarm(request: Request) -> Response:
    """Make the report on an alarm and send it as PDF/A."""
    desk, number = desk_of(request), alarm_number(request)
    asked = await received(request, AlarmPaperWanted)
    return file_of(*await desk.do(_about_alarm, desk, maker_of(request), number, asked, account(request)))


def _about_alarm(desk: Desk, maker: Maker, number: AlarmId, asked: AlarmPaperWanted, by: Account) -> Made:
    try:
        person_id = desk.stores.alarms.get(number).alarm.person_id
    except KeyError:
        raise missing(by, "alarm.refused.not_found") from None
    desk.duty.look(by, "look.paper", person_id, f"alarm/{number}; {asked.purpose}")
    wanted = Wanted(
        kind=PaperKind.ALARM,
        person_id=person_id,
        by=by.login,
        purpose=asked.purpose.strip(),
        recipient=asked.recipient.strip(),
        language=asked.language.value,
    )
    return maker.about_alarm(wanted, number)


@speaks(takes=StatisticsWanted, media="application/pdf", refuses=(404,))
async def statistics(request: Request) -> Response:
    """Make the statistics of a period, which name nobody, and send them as PDF/A."""
    desk = desk_of(request)
    asked = await received(request, StatisticsWanted)
    wanted = Wanted(
        kind=PaperKind.STATISTICS,
        person_id=PersonId(""),
        by=account(request).login,
        purpose="",
        recipient="",
        language=asked.language.value,
    )
    try:
        made = await desk.do(maker_of(request).statistics, wanted, asked.from_at, asked.until_at)
    except PeriodError:
        raise wrong_period() from None
    return file_of(*made)


@speaks(takes=TableWanted, media=", ".join(one.partition(";")[0] for one in MEDIA_TYPES.values()))
async def table(request: Request) -> Response:
    """Send a table or a track of a person: XLSX, CSV, GeoJSON, KML or GPX."""
    desk, person_id = desk_of(request), person_of(request)
    asked = await received(request, TableWanted)
    file = await desk.do(_table, desk, shelf_of(request), person_id, asked, account(request))
    name = f"{asked.kind}-{asked.from_at:%Y%m%d}-{asked.until_at:%Y%m%d}.{asked.format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(file, media_type=MEDIA_TYPES[asked.format], headers=headers)


def _table(desk: Desk, shelf: Shelf, person_id: PersonId, asked: TableWanted, by: Account) -> bytes:
    if person_id not in desk.stores.directory.book().people:
        raise missing(by, "person.refused.not_found")
    desk.duty.look(by, f"look.{asked.kind}", person_id, asked.purpose)
    wanted = TableAsked(
        kind=asked.kind,
        format=asked.format,
        person_id=person_id,
        from_at=asked.from_at,
        until_at=asked.until_at,
        language=asked.language.value,
        by=by.login,
        purpose=asked.purpose.strip(),
        recipient=asked.recipient.strip(),
    )
    try:
        return give(shelf, wanted, desk.clock())
    except PeriodError:
        raise wrong_period() from None
    except FormatError:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "request.refused.field", field="format") from None


@speaks(gives=Receipt)
async def receipt(request: Request) -> Response:
    """Give what was signed of a paper: its digest, and by which key. It travels beside the paper."""
    number, desk = request.path_params["number"], desk_of(request)
    found = await desk.do(_receipt, desk, number, account(request)) if NUMBER.fullmatch(number) else None
    if found is None:
        raise not_found("paper.refused.not_found")
    return reply(found)


def _receipt(desk: Desk, number: str, by: Account) -> Receipt | None:
    found = Papers(desk.stores.engine).receipt(number)
    if found is not None:
        desk.duty.look(by, "look.paper", found.said.person_id or None, f"paper/{number}")
    return found


def file_of(file: bytes, signed: Receipt) -> Response:
    """Send a paper under its number."""
    number = signed.said.number
    headers = {"Content-Disposition": f'attachment; filename="{number}.pdf"', "Baqylau-Paper": number}
    return Response(file, media_type=PDF, headers=headers)
