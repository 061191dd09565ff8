"""The service's side of people's own pages, in a thread. A look is audited before anything is read."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from baqylau.domain.acts import PERSON
from baqylau.domain.ids import PersonId
from baqylau.domain.rights import Action, may
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.access.tokens import digest
from baqylau.monitoring.workstation.own_page import telling
from baqylau.monitoring.workstation.own_page.messages import (
    CODE_DIGITS,
    PATH,
    OwnAccessRow,
    OwnCodeGiven,
    OwnDispute,
    OwnPageState,
    OwnWritten,
)
from baqylau.monitoring.workstation.own_page.shown import shown
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.people.jpeg import NoPhotoError
from baqylau.storage.people.own_access import EndWhy

_GROUP: Final = 4
_MOST_ALARMS: Final = 50


class OwnPageDesk:
    """What the service does about people's own pages."""

    def __init__(
        self, stores: Stores, code_s: int, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        self._stores, self._code_s = stores, code_s
        self._clock, self._random = clock, random

    def state(self, person_id: PersonId, by: Account) -> OwnPageState:
        """Give what is known of a person's own page."""
        self._known(person_id, by)
        self._stores.duty.look(by, "look.own_page", person_id)
        return self._state(person_id, by)

    def give(self, person_id: PersonId, by: Account) -> OwnCodeGiven:
        """Make a code to hand over; whatever opened the page before does no more."""
        self._known(person_id, by)
        self._stores.duty.act(by, person_id)
        number = int.from_bytes(self._random(CODE_DIGITS)) % 10**CODE_DIGITS
        code, expires_at = f"{number:0{CODE_DIGITS}}", self._clock() + timedelta(seconds=self._code_s)
        self._stores.own_accesses.give(person_id, digest(code), expires_at, by.login)
        spaced = " ".join(code[at : at + _GROUP] for at in range(0, CODE_DIGITS, _GROUP))
        return OwnCodeGiven(code=spaced, path=f"{PATH}#{code}", expires_at=expires_at)

    def withdraw(self, person_id: PersonId, by: Account) -> None:
        """Let nothing open the person's page."""
        self._known(person_id, by)
        self._stores.duty.act(by, person_id)
        self._stores.own_accesses.end(person_id, by.login, EndWhy.WITHDRAWN)

    def write(self, person_id: PersonId, text: str, by: Account) -> OwnWritten:
        """Write to the person."""
        self._known(person_id, by)
        self._stores.duty.act(by, person_id)
        one = self._stores.own_words.write(person_id, text.strip(), by.login)
        return OwnWritten(number=one.id, by=by.name, at=one.at, text=one.text, read_at=None)

    def file(self, person_id: PersonId, number: int, by: Account) -> tuple[str, bytes]:
        """Give what the person attached, a picture drawn anew."""
        self._known(person_id, by)
        self._stores.duty.look(by, "look.own_file", person_id, f"file/{number}")
        found = self._stores.own_words.file(person_id, number)
        if found is None:
            raise not_found("request.refused.not_found")
        try:
            return shown(*found)
        except NoPhotoError:
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "own.refused.no_picture") from None

    def _known(self, person_id: PersonId, by: Account) -> None:
        if person_id not in self._stores.directory.book().people:
            raise missing(by, "person.refused.not_found")

    def _state(self, person_id: PersonId, by: Account) -> OwnPageState:
        names = {one.login: one.name for one in self._stores.accounts.all()}
        within = self._stores.duty.within(by)(person_id)
        return OwnPageState(
            at=self._clock(),
            access=tuple(
                OwnAccessRow(
                    given_by=names.get(one.given_by, one.given_by),
                    given_at=one.given_at,
                    expires_at=one.expires_at,
                    opened_at=one.opened_at,
                    used_at=one.used_at,
                    ended_at=one.ended_at,
                    ended_why=one.ended_why,
                )
                for one in self._stores.own_accesses.of(person_id)
            ),
            messages=tuple(
                OwnWritten(number=one.id, by=names.get(one.by, one.by), at=one.at, text=one.text, read_at=one.read_at)
                for one in self._stores.own_words.messages(person_id)
            ),
            disputes=self._disputes(person_id),
            may_give=within and may(by.role, Action.GIVE_OWN_PAGE),
            may_write=within and may(by.role, Action.WRITE_TO_PERSON),
        )

    def _disputes(self, person_id: PersonId) -> tuple[OwnDispute, ...]:
        files, found = self._stores.own_words.files(person_id), []
        for view in self._stores.alarms.of_person(person_id, limit=_MOST_ALARMS):
            acts = (one for one in self._stores.alarms.grounds(view.alarm.id).acts if one.by.startswith(PERSON))
            words, theirs = telling.said(acts), [one for one in files if one.alarm_id == view.alarm.id]
            if words or theirs:
                found.append(
                    OwnDispute(
                        alarm=view.alarm.id,
                        title_code=view.alarm.code.value,
                        closed=view.alarm.closed_at is not None,
                        said=words,
                        files=tuple(map(telling.attached, theirs)),
                    )
                )
        return tuple(found)
