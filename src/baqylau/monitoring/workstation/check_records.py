"""Checks as the pages show them, read from the storage in a thread. A look is audited before anything is read."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from baqylau.crypto.sealing import SealBrokenError
from baqylau.domain.checks import CheckKind, CheckState, CheckWhy, Likely
from baqylau.domain.ids import CheckId, PersonId, RestrictionId
from baqylau.domain.observations import Observation
from baqylau.domain.orders import Checked, Identification, Sobriety
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.rights import Action, may
from baqylau.monitoring.workstation import check_reading, pages
from baqylau.monitoring.workstation.check_messages import (
    AskCheck,
    CheckList,
    CheckPage,
    CheckRow,
    DecideCheck,
    LinkedAlarm,
    WithdrawAsked,
)
from baqylau.monitoring.workstation.check_reading import Kept
from baqylau.monitoring.workstation.check_recordings import recorded
from baqylau.monitoring.workstation.directory import Book
from baqylau.monitoring.workstation.duty import missing
from baqylau.monitoring.workstation.ranges import in_ranges
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.accounts import Account
from baqylau.storage.check_facts import facts_of
from baqylau.storage.checks import CheckAsked, Request
from baqylau.storage.database import transaction
from baqylau.storage.media_disk import PieceLostError
from baqylau.storage.vault import KeyDestroyedError

PAGE: Final = 20
BLOOD_FACTOR: Final = 2_100
"""By which breath is reckoned to blood; of people it is 1,700 to 2,700 [K]. Only for an estimate that is called one."""
_UNITS: Final = {CheckKind.IDENTITY: DeviceKind.AV_UNIT, CheckKind.BREATH: DeviceKind.BREATH_UNIT}
_OPEN: Final = frozenset({CheckState.PLANNED, CheckState.PROMPTED})
_BEFORE_RESULT: Final = _OPEN | {CheckState.STARTED, CheckState.MISSED, CheckState.VOID}
_REMIND: Final = timedelta(minutes=5)
_ANSWER: Final = timedelta(minutes=15)
"""Where the order says nothing of checks: who is on duty may ask all the same."""


class CheckRecords:
    """The pages' side of checks."""

    def __init__(self, stores: Stores, clock: Callable[[], datetime], random: Callable[[int], bytes]) -> None:
        self._stores, self._clock, self._random = stores, clock, random

    def of_person(self, person_id: PersonId, before: datetime | None, by: Account) -> CheckList:
        """Give a person's checks, newest first; those due before an instant, if one is named."""
        now, book = self._clock(), self._stores.directory.book()
        if person_id not in book.people:
            raise missing(by, "person.refused.not_found")
        self._stores.duty.look(by, "look.checks", person_id)
        asked = self._stores.checks.of_person(person_id, before, PAGE + 1)
        return CheckList(
            at=now,
            rows=self._rows(asked[:PAGE]),
            more=len(asked) > PAGE,
            kinds=tuple(kind for kind in CheckKind if self._unit(book, person_id, kind, now)),
            may_order=may(by.role, Action.ORDER_CHECK) and book.under_order(person_id, now),
        )

    def rows(self, check_ids: Collection[CheckId]) -> tuple[CheckRow, ...]:
        """Give several checks as lists show them. Whoever asks has audited the look."""
        return self._rows([self._stores.checks.get(one) for one in check_ids])

    def page(self, check_id: CheckId, by: Account) -> CheckPage:
        """Give everything that one check rests on."""
        asked = self._asked(check_id, by)
        self._stores.duty.look(by, "look.check", asked.person_id, f"check/{check_id}")
        return self._page(self._with_facts([asked])[0], by)

    def ask(self, person_id: PersonId, ask: AskCheck, by: Account) -> CheckRow:
        """Ask a person for a check now."""
        now, book = self._clock(), self._stores.directory.book()
        if person_id not in book.people:
            raise missing(by, "person.refused.not_found")
        self._stores.duty.act(by, person_id)
        if not book.under_order(person_id, now):
            raise RefusedError(HTTPStatus.CONFLICT, "checks.refused.no_order")
        unit = self._unit(book, person_id, ask.kind, now)
        if unit is None:
            raise RefusedError(HTTPStatus.CONFLICT, "checks.refused.no_unit")
        if any(one.kind is ask.kind and one.state in _OPEN for one in self._latest(person_id)):
            raise RefusedError(HTTPStatus.CONFLICT, "checks.refused.one_is_open")
        request = self._request(book, person_id, unit, ask, now)
        self._stores.checks.ask(request, by.login)
        self._stores.audit.record(by.login, "check.order", f"check/{request.id}", ask.reason.strip())
        return self.rows([request.id])[0]

    def withdraw(self, check_id: CheckId, ask: WithdrawAsked, by: Account) -> CheckPage:
        """Take back what was asked, while nobody has begun."""
        asked = self._asked(check_id, by)
        self._stores.duty.act(by, asked.person_id)
        if self._rows([asked])[0].state not in _OPEN:
            raise RefusedError(HTTPStatus.CONFLICT, "checks.refused.begun")
        self._stores.checks.withdraw(check_id, by.login, ask.reason.strip())
        return self.page(check_id, by)

    def decide(self, check_id: CheckId, decision: DecideCheck, by: Account) -> CheckPage:
        """Keep what somebody saw in the recordings; a later decision stands beside the earlier ones."""
        asked = self._asked(check_id, by)
        self._stores.duty.act(by, asked.person_id)
        if self._rows([asked])[0].state in _BEFORE_RESULT:
            raise RefusedError(HTTPStatus.CONFLICT, "checks.refused.nothing_recorded")
        self._stores.checks.decide(check_id, Likely(decision.outcome), by.login, decision.grounds.strip())
        return self.page(check_id, by)

    def recording(self, check_id: CheckId, index: int, header: str, by: Account) -> Response:
        """Give a recording or a part of it; the look is in the audit, once for each playing."""
        person_id, look = self._asked(check_id, by).person_id, f"media/{check_id}/{index}"
        media, duty = self._stores.media, self._stores.duty
        if not (duty.within(by)(person_id) and may(by.role, Action.LOOK_IDENTITY)):
            duty.look(by, "play.recording", person_id, look)
        found = media.of_check(check_id) if media else None
        item = next((one for one in found.items if one.index == index), None) if found else None
        if media is None or item is None:
            raise not_found("checks.refused.media_missing")
        part = partial(media.read, check_id, index, who=by.login, purpose=f"person/{person_id}")
        try:
            return in_ranges(header, item.size, item.content_type, part)
        except KeyDestroyedError:
            raise RefusedError(HTTPStatus.GONE, "checks.refused.media_gone") from None
        except (SealBrokenError, PieceLostError):
            raise RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, "checks.refused.media_damaged") from None
        except KeyError:
            raise not_found("checks.refused.media_missing") from None

    def _page(self, kept: Kept, by: Account) -> CheckPage:
        now, asked = self._clock(), kept.asked
        case, row = check_reading.case_of(kept), self._row(kept)
        found = recorded(self._stores.media, kept, by.login)
        after = self.rows([asked.after]) if asked.after else ()
        return CheckPage(
            at=now,
            row=row,
            person_name=self._stores.directory.book().people[asked.person_id].name,
            clause=self._clause(asked),
            after=after[0] if after else None,
            challenge=found.challenge if row.state not in _OPEN else (),
            likeness=case.likeness,
            report=found.report,
            sample=case.sample,
            blows=found.blows,
            blood_factor=BLOOD_FACTOR,
            media=found.items if may(by.role, Action.PLAY_RECORDING) else (),
            media_gone=found.gone,
            enrolled=(),
            alarms=self._alarms(kept),
            facts=check_reading.facts_of(kept),
            decisions=check_reading.decisions_of(kept, self._name),
            may_decide=may(by.role, Action.DECIDE_CHECK) and row.state not in _BEFORE_RESULT,
            may_withdraw=may(by.role, Action.ORDER_CHECK) and row.state in _OPEN,
        )

    def _asked(self, check_id: CheckId, by: Account) -> CheckAsked:
        try:
            return self._stores.checks.get(check_id)
        except KeyError:
            raise missing(by, "checks.refused.not_found") from None

    def _with_facts(self, asked: list[CheckAsked]) -> list[Kept]:
        with transaction(self._stores.engine) as connection:
            names = facts_of(connection, [one.id for one in asked]) if asked else []
        found = [entry.observation for entry in self._stores.journal.entries(names)]
        return [Kept(asked=one, facts=tuple(fact for fact in found if _names(fact, one.id))) for one in asked]

    def _rows(self, asked: list[CheckAsked]) -> tuple[CheckRow, ...]:
        return tuple(self._row(one) for one in self._with_facts(asked))

    def _row(self, kept: Kept) -> CheckRow:
        return check_reading.row_of(kept, self._clock(), self._name)

    def _latest(self, person_id: PersonId) -> tuple[CheckRow, ...]:
        return self._rows(self._stores.checks.of_person(person_id, None, PAGE))

    def _name(self, login: str) -> str:
        account = self._stores.accounts.get(login)
        return account.name if account else login

    def _unit(self, book: Book, person_id: PersonId, kind: CheckKind, at: datetime) -> Device | None:
        worn = pages.worn(book.supervision(person_id), at)
        return next((one for one in worn if one.kind is _UNITS[kind]), None)

    def _restriction(self, person_id: PersonId, kind: CheckKind, at: datetime) -> Checked | None:
        wanted = Identification if kind is CheckKind.IDENTITY else Sobriety
        found = pages.in_force(self._stores.directory.book().supervision(person_id), at)
        return next((one for one in found if isinstance(one, wanted)), None)

    def _clause(self, asked: CheckAsked) -> str:
        found = self._restriction(asked.person_id, asked.kind, asked.due_at)
        return found.clause if found else ""

    def _request(self, book: Book, person_id: PersonId, unit: Device, ask: AskCheck, now: datetime) -> Request:
        prescribed = self._restriction(person_id, ask.kind, now)
        answer = timedelta(seconds=prescribed.answer_s) if prescribed else _ANSWER
        remind = timedelta(seconds=prescribed.remind_s) if prescribed else _REMIND
        return Request(
            id=CheckId(self._random(16).hex()),
            person_id=person_id,
            device_id=unit.id,
            kind=ask.kind,
            why=CheckWhy.ORDERED,
            due_at=now,
            remind_at=now + min(remind, answer),
            expires_at=now + answer,
            language=book.people[person_id].language,
            restriction_id=prescribed.id if prescribed else RestrictionId(""),
            limit_mg_l=prescribed.limit_mg_l if isinstance(prescribed, Sobriety) else None,
            reason=ask.reason.strip(),
        )

    def _alarms(self, kept: Kept) -> tuple[LinkedAlarm, ...]:
        facts = {one.id for one in kept.facts}
        return tuple(
            LinkedAlarm(
                number=one.alarm.id,
                code=one.alarm.code,
                priority=one.alarm.priority,
                state=one.alarm.state,
                raised_at=one.alarm.raised_at,
            )
            for one in self._stores.alarms.of_person(kept.asked.person_id)
            if not facts.isdisjoint(one.finding.because)
        )


def _names(fact: Observation, check_id: CheckId) -> bool:
    return any(getattr(body, "check_id", None) == check_id for body in fact.bodies)
