"""A person's own page and what they do on it, in a thread. Nothing here takes a person's id from a request."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from msgspec.structs import replace

from baqylau.domain.acts import Contest, Explain
from baqylau.domain.alarms import Alarm
from baqylau.domain.ids import AlarmId, PersonId
from baqylau.domain.people import Language
from baqylau.domain.schedules import Window
from baqylau.monitoring.server.papers.making import Shelf
from baqylau.monitoring.server.papers.own_copy import own_copy
from baqylau.monitoring.server.papers.words import Words
from baqylau.monitoring.workstation.own_page import telling
from baqylau.monitoring.workstation.own_page.messages import (
    AskedWindow,
    OwnAlarm,
    OwnAsking,
    OwnAttached,
    OwnLook,
    OwnNote,
    OwnPage,
    OwnSaying,
)
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.audit import AuditFilter
from baqylau.storage.alarms.alarms import AlarmView, Done
from baqylau.storage.people.own_access import OwnSession, signature
from baqylau.storage.people.own_requests import (
    MOST_WAITING,
    RequestEndedError,
    RequestState,
    TooManyRequestsError,
    Wish,
)
from baqylau.storage.people.own_words import MOST_FILES, TooManyFilesError
from baqylau.storage.people.papers import TABLE_GIVEN

COPY_OF: Final = timedelta(days=31)
LONGEST_ASKED: Final = timedelta(days=366)
_DAY: Final = timedelta(hours=24)
_LOOKED: Final = timedelta(days=90)
_MOST_LOOKS: Final = 50
_MOST_ALARMS: Final = 50
_MOST_SAID: Final = 20
"""About one alarm: who has more to say is called."""
_COPIES_A_DAY: Final = 4


class OwnRecords:
    """The person's side of the storage."""

    def __init__(self, stores: Stores, timezone: str, clock: Callable[[], datetime]) -> None:
        self._stores, self._timezone, self._clock = stores, timezone, clock

    def page(self, own: OwnSession, language: Language | None) -> OwnPage:
        """Give everything on the page of whoever it is."""
        person_id = own.person_id
        now, book = self._clock(), self._stores.directory.book()
        person = book.people.get(person_id)
        if person is None:
            raise not_found("person.refused.not_found")
        words = Words(language=(language or person.language).value, timezone=self._timezone)
        supervision = book.supervision(person_id)
        heard = self._stores.timelines.heard(supervision, now - _DAY, now)
        facts = self._stores.case_facts.of(person_id).known
        due = telling.duties(words, supervision, now)
        return OwnPage(
            at=now,
            access=own.access_id,
            name=person.name,
            language=person.language,
            orders=telling.orders(supervision, now),
            rules=telling.rules(words, supervision, now),
            now=tuple(one for one in due if one.from_at <= now),
            next=tuple(one for one in due if one.from_at > now),
            permissions=telling.permissions(words, supervision, now),
            asked=tuple(telling.asked(words, one, self._timezone) for one in self._stores.own_requests.of(person_id)),
            visits=telling.to_come(facts, now),
            labour=telling.hours(facts, now, self._timezone),
            devices=telling.devices(supervision, heard, now),
            notes=self._notes(words, person_id),
            alarms=self._alarms(words, person_id, now),
            looks=self._looks(words, person_id, now),
        )

    def received(self, person_id: PersonId, number: int) -> None:
        """Note that a message was read."""
        if not self._stores.own_words.received(person_id, number):
            raise not_found("request.refused.not_found")

    def say(self, person_id: PersonId, alarm_id: AlarmId, saying: OwnSaying) -> None:
        """Write the person's words under the alarm, in their own name."""
        self._theirs(person_id, alarm_id)
        by = signature(person_id)
        if sum(one.by == by for one in self._stores.alarms.grounds(alarm_id).acts) >= _MOST_SAID:
            raise RefusedError(HTTPStatus.CONFLICT, "own.refused.said_enough", count=_MOST_SAID)
        act = Contest(text=saying.text) if saying.type == "contest" else Explain(text=saying.text)
        self._stores.alarms.act(alarm_id, act, by)

    def ask(self, person_id: PersonId, asking: OwnAsking) -> None:
        """Ask for a permission. The inspector answers it; until then nothing is allowed by it."""
        if not self._clock() < asking.until_at or not asking.from_at < asking.until_at:
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "own.refused.asked_time")
        if asking.until_at - asking.from_at > LONGEST_ASKED:
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "own.refused.asked_long")
        weekly = None if asking.weekly is None else tuple(map(_window, asking.weekly))
        wish = Wish(from_at=asking.from_at, until_at=asking.until_at, weekly=weekly, reason=asking.reason.strip())
        try:
            self._stores.own_requests.ask(person_id, wish)
        except TooManyRequestsError:
            raise RefusedError(HTTPStatus.CONFLICT, "own.refused.asked_enough", count=MOST_WAITING) from None

    def unask(self, person_id: PersonId, number: int) -> None:
        """Take back what nobody answered yet."""
        try:
            self._stores.own_requests.end(person_id, number, RequestState.WITHDRAWN, signature(person_id))
        except RequestEndedError:
            raise RefusedError(HTTPStatus.CONFLICT, "own.refused.asked_ended") from None

    def attach(self, person_id: PersonId, alarm_id: AlarmId, media_type: str, content: bytes) -> OwnAttached:
        """Keep a photograph or a voice note about an alarm."""
        self._theirs(person_id, alarm_id)
        try:
            return telling.attached(self._stores.own_words.attach(person_id, alarm_id, media_type, content))
        except TooManyFilesError:
            raise RefusedError(HTTPStatus.CONFLICT, "own.refused.files_enough", count=MOST_FILES) from None

    def file(self, person_id: PersonId, number: int) -> tuple[str, bytes]:
        """Give back what the person attached."""
        found = self._stores.own_words.file(person_id, number)
        if found is None:
            raise not_found("request.refused.not_found")
        return found

    def copy(self, shelf: Shelf, person_id: PersonId) -> bytes:
        """Give what is kept of the person of a month, until a day ago; some times a day at most."""
        now, by = self._clock(), signature(person_id)
        asked = AuditFilter(who=by, what=TABLE_GIVEN, from_at=now - _DAY)
        if len(self._stores.audit.page(asked, limit=_COPIES_A_DAY)) >= _COPIES_A_DAY:
            raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, "own.refused.copies", count=_COPIES_A_DAY)
        until_at = now - telling.TOLD_AFTER

        def told(one: Alarm, acts: object) -> object:
            assert isinstance(acts, tuple)  # noqa: S101 - as the storage gives them
            return _without_officers(one, acts) if telling.is_told(one, now) else None

        return own_copy(shelf, person_id, (until_at - COPY_OF, until_at), by, now, told)

    def _notes(self, words: Words, person_id: PersonId) -> tuple[OwnNote, ...]:
        roles = self._roles()
        return tuple(
            OwnNote(
                number=one.id,
                at=one.at,
                role=words.t(f"role.{roles[one.by]}") if one.by in roles else words.t("own.look.service"),
                text=one.text,
                read_at=one.read_at,
            )
            for one in self._stores.own_words.messages(person_id)
        )

    def _alarms(self, words: Words, person_id: PersonId, now: datetime) -> tuple[OwnAlarm, ...]:
        files = self._stores.own_words.files(person_id)
        views = self._stores.alarms.of_person(person_id, limit=_MOST_ALARMS)
        return tuple(
            telling.alarm(
                words,
                one.alarm,
                self._stores.alarms.grounds(one.alarm.id).acts,
                (each for each in files if each.alarm_id == one.alarm.id),
            )
            for one in views
            if telling.is_told(one.alarm, now)
        )

    def _looks(self, words: Words, person_id: PersonId, now: datetime) -> tuple[OwnLook, ...]:
        chosen = AuditFilter(about=f"person/{person_id}", what="look.", from_at=now - _LOOKED)
        entries = self._stores.audit.page(chosen, limit=_MOST_LOOKS)
        return tuple(telling.looks(words, entries, self._roles()))

    def _roles(self) -> dict[str, str]:
        return {one.login: one.role.value for one in self._stores.accounts.all()}

    def _theirs(self, person_id: PersonId, alarm_id: AlarmId) -> AlarmView:
        """Give an alarm about the person that is told; of any other it is not even said that there is one."""
        try:
            view = self._stores.alarms.get(alarm_id)
        except KeyError:
            raise not_found("alarm.refused.not_found") from None
        if view.alarm.person_id != person_id or not telling.is_told(view.alarm, self._clock()):
            raise not_found("alarm.refused.not_found")
        return view


def _window(one: AskedWindow) -> Window:
    return Window(start_min=one.start_min, end_min=one.end_min, weekdays=tuple(sorted(set(one.weekdays))))


def _without_officers(one: Alarm, acts: tuple[Done, ...]) -> object:
    plain = replace(one, taken_by=None, closed_by=None, decided_by=None, suspended_why=None, grounds=None)
    return {"alarm": plain, "said": telling.said(acts)}
