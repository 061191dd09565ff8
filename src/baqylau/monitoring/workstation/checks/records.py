"""Checks as the pages show them, read from the storage in a thread. A look is audited before anything is read."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from baqylau.domain.checks import CheckKind, CheckState, Likely
from baqylau.domain.ids import CheckId, PersonId
from baqylau.domain.rights import Action, may
from baqylau.monitoring.server.check_orders import Asker, CheckRefusedError, terms_of
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.checks import reading as check_reading
from baqylau.monitoring.workstation.checks.holding import Holding, keeping
from baqylau.monitoring.workstation.checks.messages import (
    AskCheck,
    CheckList,
    CheckPage,
    CheckRow,
    DecideCheck,
    Enrolled,
    HoldAsked,
    LinkedAlarm,
    WithdrawAsked,
)
from baqylau.monitoring.workstation.checks.playing import played
from baqylau.monitoring.workstation.checks.reading import Kept
from baqylau.monitoring.workstation.checks.recordings import recorded
from baqylau.monitoring.workstation.checks.rows import CheckRows
from baqylau.monitoring.workstation.ranges import in_ranges
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.checks.checks import CheckAsked
from baqylau.storage.checks.enrolment_sheets import Material
from baqylau.storage.checks.media_holds import MediaHolds
from baqylau.storage.checks.media_rows import Recordings
from baqylau.storage.checks.templates import KeptItem
from baqylau.storage.registers.registers import Registers
from baqylau.storage.vault import KeyDestroyedError

PAGE: Final = 20
BLOOD_FACTOR: Final = 2_100
"""By which breath is reckoned to blood; of people it is 1,700 to 2,700 [K]. Only for an estimate that is called one."""
_OPEN: Final = frozenset({CheckState.PLANNED, CheckState.PROMPTED})
_BEFORE_RESULT: Final = _OPEN | {CheckState.STARTED, CheckState.MISSED, CheckState.VOID}


class CheckRecords:
    """The pages' side of checks."""

    def __init__(self, stores: Stores, clock: Callable[[], datetime], random: Callable[[int], bytes]) -> None:
        self._stores, self._clock, self._random = stores, clock, random
        self._rows = CheckRows(stores, clock)
        self._holding = Holding(stores, MediaHolds(stores.engine, clock))
        self._asker = Asker(Registers(stores.engine, clock), stores.checks, clock)

    def of_person(self, person_id: PersonId, before: datetime | None, by: Account) -> CheckList:
        """Give a person's checks, newest first; those due before an instant, if one is named."""
        now, book = self._clock(), self._stores.directory.book()
        if person_id not in book.people:
            raise missing(by, "person.refused.not_found")
        self._stores.duty.look(by, "look.checks", person_id)
        asked = self._stores.checks.of_person(person_id, before, PAGE + 1)
        return CheckList(
            at=now,
            rows=self._rows.of(asked[:PAGE]),
            more=len(asked) > PAGE,
            kinds=tuple(kind for kind in CheckKind if self._may_be_asked(person_id, kind, now)),
            may_order=may(by.role, Action.ORDER_CHECK) and book.under_order(person_id, now),
        )

    def page(self, check_id: CheckId, by: Account) -> CheckPage:
        """Give everything that one check rests on."""
        asked = self._asked(check_id, by)
        self._stores.duty.look(by, "look.check", asked.person_id, f"check/{check_id}")
        return self._page(self._rows.kept([asked])[0], by)

    def ask(self, person_id: PersonId, ask: AskCheck, by: Account) -> CheckRow:
        """Ask a person for a check now."""
        person = self._stores.directory.book().people.get(person_id)
        if person is None:
            raise missing(by, "person.refused.not_found")
        self._stores.duty.act(by, person_id)
        open_now = (one for one in self._latest(person_id) if one.kind is ask.kind and one.state in _OPEN)
        if any(open_now):
            raise RefusedError(HTTPStatus.CONFLICT, "checks.refused.one_is_open")
        check_id, reason = CheckId(self._random(16).hex()), ask.reason.strip()
        try:
            self._asker.by_hand(person_id, ask.kind, check_id, by.login, reason)
        except CheckRefusedError as refused:
            raise RefusedError(HTTPStatus.CONFLICT, f"check.refused.{refused.key}", name=person.name) from None
        self._stores.audit.record(by.login, "order.check", f"check/{check_id}", reason)
        return self._rows.named([check_id])[0]

    def withdraw(self, check_id: CheckId, ask: WithdrawAsked, by: Account) -> CheckPage:
        """Take back what was asked, while nobody has begun."""
        asked = self._asked(check_id, by)
        self._stores.duty.act(by, asked.person_id)
        if self._rows.of([asked])[0].state not in _OPEN:
            raise RefusedError(HTTPStatus.CONFLICT, "checks.refused.begun")
        self._stores.checks.withdraw(check_id, by.login, ask.reason.strip())
        return self.page(check_id, by)

    def decide(self, check_id: CheckId, decision: DecideCheck, by: Account) -> CheckPage:
        """Keep what somebody saw in the recordings; a later decision stands beside the earlier ones."""
        asked = self._asked(check_id, by)
        self._stores.duty.act(by, asked.person_id)
        if self._rows.of([asked])[0].state in _BEFORE_RESULT:
            raise RefusedError(HTTPStatus.CONFLICT, "checks.refused.nothing_recorded")
        self._stores.checks.decide(check_id, Likely(decision.outcome), by.login, decision.grounds.strip())
        return self.page(check_id, by)

    def recording(self, check_id: CheckId, index: int, header: str, by: Account) -> Response:
        """Give a recording or a part of it; the look is in the audit, once for each playing."""
        return played(self._stores, self._asked(check_id, by).person_id, check_id, index, header, by)

    def hold(self, check_id: CheckId, ask: HoldAsked, by: Account) -> CheckPage:
        """Forbid the destruction of the recordings."""
        self._holding.hold(self._asked(check_id, by).person_id, check_id, ask.reason, by)
        return self.page(check_id, by)

    def release(self, check_id: CheckId, ask: HoldAsked, by: Account) -> CheckPage:
        """Allow it again, at the end of their time."""
        self._holding.release(self._asked(check_id, by).person_id, check_id, ask.reason, by)
        return self.page(check_id, by)

    def _kept(self, check_id: CheckId) -> Recordings | None:
        return self._stores.media.of_check(check_id) if self._stores.media else None

    def _page(self, kept: Kept, by: Account) -> CheckPage:
        now, asked = self._clock(), kept.asked
        case, row = check_reading.case_of(kept), self._rows.row(kept)
        found = recorded(self._stores.media, kept, by.login)
        after = self._rows.named([asked.after]) if asked.after else ()
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
            blows=found.traced.blows,
            instrument=found.traced.instrument,
            pair=found.traced.pair,
            signed=check_reading.signed_of(kept),
            blood_factor=BLOOD_FACTOR,
            media=found.items if may(by.role, Action.PLAY_RECORDING) else (),
            media_gone=found.gone,
            keeping=keeping(self._stores, self._kept(asked.id), by),
            enrolled=tuple(
                Enrolled(number=one.id, taken_at=one.made_at) for one in self._enrolled(asked.person_id, by)
            ),
            alarms=self._alarms(kept),
            facts=check_reading.facts_of(kept),
            decisions=check_reading.decisions_of(kept, self._rows.name),
            may_decide=may(by.role, Action.DECIDE_CHECK) and row.state not in _BEFORE_RESULT,
            may_withdraw=may(by.role, Action.ORDER_CHECK) and row.state in _OPEN,
        )

    def _asked(self, check_id: CheckId, by: Account) -> CheckAsked:
        try:
            return self._stores.checks.get(check_id)
        except KeyError:
            raise missing(by, "checks.refused.not_found") from None

    def _latest(self, person_id: PersonId) -> tuple[CheckRow, ...]:
        return self._rows.of(self._stores.checks.of_person(person_id, None, PAGE))

    def _may_be_asked(self, person_id: PersonId, kind: CheckKind, at: datetime) -> bool:
        try:
            terms_of(self._stores.directory.book().supervision(person_id), kind, at)
        except CheckRefusedError:
            return False
        return True

    def _clause(self, asked: CheckAsked) -> str:
        prescribed = self._stores.directory.book().supervision(asked.person_id).restrictions
        return next((one.clause for one in prescribed if one.id == asked.restriction_id), "")

    def _enrolled(self, person_id: PersonId, by: Account) -> tuple[KeptItem, ...]:
        if not may(by.role, Action.LOOK_ENROLMENT):
            return ()
        try:
            return self._stores.templates.items(person_id, Material.PHOTO)
        except KeyDestroyedError:
            return ()

    def photo(self, person_id: PersonId, number: int, header: str, by: Account) -> Response:
        """Give a photo that was taken at enrolment; the look is in the audit."""
        self._stores.duty.look(by, "look.enrolment", person_id, f"enrolment/{number}")
        found = next((one for one in self._enrolled(person_id, by) if one.id == number), None)
        if found is None:
            raise not_found("checks.refused.media_missing")
        content = found.content
        return in_ranges(header, len(content), found.content_type, lambda first, last: content[first : last + 1])

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
