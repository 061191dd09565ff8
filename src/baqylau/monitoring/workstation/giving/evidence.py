"""Giving out evidence: a bundle is made, on record before its first byte leaves, and sent as a file."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from http import HTTPStatus
from tempfile import TemporaryFile
from typing import IO, cast

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from baqylau.crypto.signing import Signer
from baqylau.domain.ids import PersonId
from baqylau.monitoring.server.evidence.gathering import Archive, Asked, NothingToGiveError, around, export
from baqylau.monitoring.server.evidence.reporting import report_by
from baqylau.monitoring.server.evidence.writing import TooLargeError
from baqylau.monitoring.server.papers.making import Maker, Shelf
from baqylau.monitoring.workstation.access.gate import account
from baqylau.monitoring.workstation.desk import Desk, desk_of
from baqylau.monitoring.workstation.giving.evidence_messages import EvidenceWanted
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.wire import received
from baqylau.storage.access.accounts import Account
from baqylau.storage.evidence import EvidenceSource
from baqylau.storage.journal.published import PublishedHeads
from baqylau.storage.judging.judgement import JudgeStore
from baqylau.storage.registers.registers import Registers
from baqylau.storage.vault import Vault

PIECE_BYTES = 1 << 20


class Giver:
    """What making a bundle takes beside the records: the vault that opens them and the key that signs."""

    def __init__(self, vault: Vault, signer: Signer | None) -> None:
        """`signer`: None where this program may not sign for the installation."""
        self.vault = vault
        self.signer = signer

    def give(self, desk: Desk, person_id: PersonId, wanted: EvidenceWanted, by: Account) -> IO[bytes]:
        """Make a bundle in a file without a name. `RefusedError` for what is not to be given."""
        desk.duty.look(by, "look.evidence", person_id, wanted.purpose)
        if self.signer is None:
            raise not_found("evidence.refused.no_key")
        archive = self._archive(desk)
        with ExitStack() as unless_given:
            out: IO[bytes] = unless_given.enter_context(TemporaryFile())
            try:
                asked = _asked(archive, person_id, wanted, by.login)
                papers = report_by(Maker(self.shelf(desk), self.signer, desk.clock), wanted.language.value)
                now, random = desk.clock(), desk.random
                export(archive, asked, out, signer=self.signer, now=now, random=random, papers=papers)
            except NothingToGiveError as none:
                raise not_found("person.refused.not_found") from none
            except TooLargeError as large:
                raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "evidence.too_large") from large
            unless_given.pop_all()
        out.seek(0)
        return out

    def shelf(self, desk: Desk) -> Shelf:
        """Give the parts of the storage that papers are made from."""
        stores = desk.stores
        return Shelf(
            engine=stores.engine,
            registers=Registers(stores.engine, desk.clock),
            alarms=stores.alarms,
            figures=stores.figures,
            source=EvidenceSource(stores.engine, self.vault),
            timelines=stores.timelines,
            timezone=desk.settings.installation.timezone,
        )

    def _archive(self, desk: Desk) -> Archive:
        stores = desk.stores
        return Archive(
            source=EvidenceSource(stores.engine, self.vault),
            journal=stores.journal,
            judge=JudgeStore(stores.engine),
            registers=Registers(stores.engine, desk.clock),
            alarms=stores.alarms,
            live=stores.live,
            media=stores.media,
            heads=PublishedHeads(stores.engine),
        )


def _asked(archive: Archive, person_id: PersonId, wanted: EvidenceWanted, by: str) -> Asked:
    from_at, until_at = _time(archive, person_id, wanted)
    return Asked(
        person_id=person_id,
        from_at=from_at,
        until_at=until_at,
        by=by,
        purpose=wanted.purpose,
        basis=wanted.basis,
        recipient=wanted.recipient,
        alarm_id=wanted.alarm,
        third_parties=wanted.third_parties,
        recordings=wanted.recordings,
    )


def _time(archive: Archive, person_id: PersonId, wanted: EvidenceWanted) -> tuple[datetime, datetime]:
    if wanted.alarm is not None:
        concerned, from_at, until_at = around(archive, wanted.alarm)
        if concerned != person_id:
            raise NothingToGiveError
        return from_at, until_at
    if wanted.from_at is None or wanted.until_at is None or wanted.from_at >= wanted.until_at:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "request.refused.field", field="from_at")
    return wanted.from_at, wanted.until_at


@speaks(takes=EvidenceWanted, media="application/zip")
async def give(request: Request) -> Response:
    """Send a bundle about a person as a file."""
    desk, giver = desk_of(request), cast("Giver", request.app.state.giver)
    person_id = PersonId(request.path_params["id"])
    if "\0" in person_id:
        raise not_found("person.refused.not_found")
    wanted = await received(request, EvidenceWanted)
    bundle = await desk.do(giver.give, desk, person_id, wanted, account(request))
    headers = {"Content-Disposition": 'attachment; filename="evidence.zip"'}
    return StreamingResponse(_pieces(bundle), media_type="application/zip", headers=headers)


def _pieces(bundle: IO[bytes]) -> Iterator[bytes]:
    with bundle:
        while piece := bundle.read(PIECE_BYTES):
            yield piece
