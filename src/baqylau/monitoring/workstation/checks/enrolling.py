"""Enrolment on the workstation: pieces are brought, looked at by the audio-visual server, signed and put in force.

Who has a passkey signs with it: the key's own signature over the sheet is kept and proved without us (ADR 0024).
Who has none does it by name, and every page and bundle says so.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Final

import msgspec
from msgspec import Struct

from baqylau.crypto.assertions import Assertion, confirmed
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import PersonId
from baqylau.domain.rights import Action, may
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.checks.enrolment_messages import (
    DraftRow,
    EnrolmentPage,
    PieceRow,
    SheetRow,
    TemplateRow,
)
from baqylau.monitoring.workstation.checks.messages import Enrolled
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.checks.enrolment_drafts import Draft, DraftFullError, Found
from baqylau.storage.checks.enrolment_sheets import Material, NewItem, Sheet, sheets_of, statement_of
from baqylau.storage.checks.template_life import TemplateLife
from baqylau.storage.checks.templates import KeptItem, KeptTemplate
from baqylau.storage.judging.live import AV_SERVER
from baqylau.storage.vault import KeyDestroyedError

SIGNED_WITHIN: Final = timedelta(minutes=5)
_ALIVE_WITHIN: Final = timedelta(seconds=30)
_SALT_BYTES: Final = 16
_TYPES: Final = {
    Material.PHOTO: frozenset({"image/jpeg", "image/png", "image/webp"}),
    Material.UTTERANCE: frozenset({"audio/wav", "audio/x-wav", "audio/flac", "audio/ogg", "audio/webm", "audio/mpeg"}),
}


class _Said(Struct, frozen=True):
    by: str
    at: datetime


class EnrolmentRecords:
    """The pages' side of enrolment."""

    def __init__(self, stores: Stores, clock: Callable[[], datetime], random: Callable[[int], bytes]) -> None:
        """`random` gives the salt of sheets."""
        self._stores, self._drafts, self._clock, self._random = stores, stores.drafts, clock, random

    def page(self, person_id: PersonId, by: Account) -> EnrolmentPage:
        """Give who the person is compared with, and what is under way."""
        self._known(person_id, by)
        self._stores.duty.look(by, "look.enrolment", person_id)
        return self._page(person_id, by)

    def add(self, person_id: PersonId, item: NewItem, by: Account) -> None:
        """Take one photograph or sound."""
        self._may(person_id, by)
        kinds = _TYPES.get(item.kind, _TYPES[Material.UTTERANCE])
        if item.content_type not in kinds or not item.content:
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "enrolment.refused.form")
        try:
            self._drafts.add(person_id, item, by.login)
        except DraftFullError:
            raise RefusedError(HTTPStatus.CONFLICT, "enrolment.refused.full") from None

    def discard(self, person_id: PersonId, by: Account) -> EnrolmentPage:
        """Throw away what was brought."""
        self._may(person_id, by)
        self._drafts.discard(person_id, by.login)
        return self._page(person_id, by)

    def ask(self, person_id: PersonId, by: Account) -> EnrolmentPage:
        """Have the audio-visual server look at what was brought."""
        self._may(person_id, by)
        self._draft(person_id)
        self._drafts.ask(person_id)
        return self._page(person_id, by)

    def to_sign(self, person_id: PersonId, by: Account) -> bytes:
        """Write down what is to be signed, and give it."""
        self._may(person_id, by)
        draft = self._draft(person_id)
        found = self._ready(person_id, draft)
        items = self._drafts.items(person_id)
        taken = [items[number] for number in found.taken]
        now, salt = self._clock(), self._random(_SALT_BYTES)
        statement = statement_of(person_id, found.version, found.made, taken, by=by.login, at=now, salt=salt)
        self._drafts.give_to_sign(person_id, statement)
        return statement

    def statement(self, person_id: PersonId, by: Account) -> bytes:
        """Give what was last given to be signed by this account, or refuse."""
        self._may(person_id, by)
        draft = self._draft(person_id)
        self._ready(person_id, draft)
        if draft.statement is None or not self._of(draft.statement, by):
            raise RefusedError(HTTPStatus.CONFLICT, "enrolment.refused.changed")
        return draft.statement

    def enrol(self, person_id: PersonId, statement: bytes, signature: Assertion | None, by: Account) -> EnrolmentPage:
        """Put the templates in force under a sheet that was signed, or that says that it was not."""
        self._may(person_id, by)
        draft = self._draft(person_id)
        found = self._ready(person_id, draft)
        if draft.statement != statement:
            raise RefusedError(HTTPStatus.CONFLICT, "enrolment.refused.changed")
        if signature is not None and not confirmed(signature, statement):
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "enrolment.refused.key_kind")
        items = self._drafts.items(person_id)
        taken = [items[number] for number in found.taken]
        sheet = Sheet(statement, signature)
        self._stores.templates.replace(person_id, found.made, taken, version=found.version, by=by.login, sheet=sheet)
        return self._page(person_id, by)

    def forget(self, person_id: PersonId, reason: str, by: Account, signer: Signer | None) -> EnrolmentPage:
        """Delete what the person is compared with; the receipt is signed by the installation."""
        self._may(person_id, by)
        if signer is None:
            raise not_found("evidence.refused.no_key")
        try:
            TemplateLife(self._stores.engine, signer, self._clock).forget(person_id, reason, by=by.login)
        except KeyError:
            raise RefusedError(HTTPStatus.CONFLICT, "enrolment.refused.nothing") from None
        return self._page(person_id, by)

    def _of(self, statement: bytes, by: Account) -> bool:
        """Whether a sheet was written for this account, and just now."""
        said = msgspec.json.decode(statement, type=_Said)
        return said.by == by.login and self._clock() - said.at <= SIGNED_WITHIN

    def _known(self, person_id: PersonId, by: Account) -> str:
        person = self._stores.directory.book().people.get(person_id)
        if person is None:
            raise missing(by, "person.refused.not_found")
        return person.name

    def _may(self, person_id: PersonId, by: Account) -> None:
        self._known(person_id, by)
        self._stores.duty.act(by, person_id)

    def _draft(self, person_id: PersonId) -> Draft:
        draft = self._drafts.of(person_id)
        if draft is None:
            raise RefusedError(HTTPStatus.CONFLICT, "enrolment.refused.nothing_brought")
        return draft

    def _ready(self, person_id: PersonId, draft: Draft) -> Found:
        """Give what was found when it is enough, and when nobody was enrolled since."""
        if draft.found is None or not draft.found.made:
            raise RefusedError(HTTPStatus.CONFLICT, "enrolment.refused.not_ready")
        if draft.found.version != self._stores.templates.next_version(person_id):
            raise RefusedError(HTTPStatus.CONFLICT, "enrolment.refused.changed")
        return draft.found

    def _page(self, person_id: PersonId, by: Account) -> EnrolmentPage:
        now = self._clock()
        templates, items = self._kept(person_id)
        draft = self._drafts.of(person_id)
        kinds = [one.kind for one in items]
        alive_at = self._stores.live.role_alive(AV_SERVER)
        return EnrolmentPage(
            at=now,
            person_name=self._known(person_id, by),
            templates=tuple(
                TemplateRow(
                    kind=one.kind,
                    model=one.model,
                    version=one.version,
                    made_at=one.made_at,
                    made_by=self._name(one.made_by),
                )
                for one in templates
            ),
            photos=tuple(Enrolled(number=one.id, taken_at=one.made_at) for one in items if one.kind is Material.PHOTO),
            utterances=kinds.count(Material.UTTERANCE),
            digits=kinds.count(Material.DIGIT),
            sheet=self._sheet(person_id) if items else None,
            draft=None if draft is None else _shown(draft, self._name(draft.begun_by)),
            may_enrol=may(by.role, Action.ENROL_PERSON) and self._stores.duty.within(by)(person_id),
            passkeys=len(self._stores.second_factors.of(by.login).passkeys),
            av_alive=alive_at is not None and now - alive_at <= _ALIVE_WITHIN,
        )

    def _kept(self, person_id: PersonId) -> tuple[tuple[KeptTemplate, ...], tuple[KeptItem, ...]]:
        try:
            return self._stores.templates.of(person_id), self._stores.templates.items(person_id)
        except KeyDestroyedError:
            return (), ()

    def _sheet(self, person_id: PersonId) -> SheetRow | None:
        last = next(iter(sheets_of(self._stores.engine, person_id)), None)
        if last is None:
            return None
        signature = last.sheet.signature
        return SheetRow(
            version=last.version,
            made_at=last.made_at,
            made_by=self._name(last.made_by),
            digest=sha256(last.sheet.statement).hexdigest(),
            key=None if signature is None else signature.key,
        )

    def _name(self, login: str) -> str:
        account = self._stores.accounts.get(login)
        return account.name if account else login


def _shown(draft: Draft, begun_by: str) -> DraftRow:
    found = draft.found
    return DraftRow(
        begun_at=draft.begun_at,
        begun_by=begun_by,
        pieces=tuple(
            PieceRow(
                id=one.id,
                kind=one.kind,
                digit=one.digit,
                bytes=one.size,
                taken=None if found is None else one.id in found.taken,
            )
            for one in draft.pieces
        ),
        asked_at=draft.asked_at,
        looked=found is not None,
        objections=() if found is None else found.objections,
        ready=found is not None and bool(found.made),
        face_alone=found is not None and found.face_alone,
    )
