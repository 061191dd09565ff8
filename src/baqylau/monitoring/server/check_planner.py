"""The planner of checks: asks for what is due, and for what follows from the checks that are open.

Every name of a check follows from what asks for it, and asking is one transaction: a planner that was killed at any
moment, or runs twice, asks nothing twice and leaves nothing out.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import structlog
from msgspec import Struct

from baqylau.domain.checks import CheckWhy
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import CheckId, PersonId
from baqylau.domain.orders import Checked
from baqylau.domain.people import Supervision
from baqylau.monitoring.server.check_orders import Asker, CheckRefusedError, restrictions, terms_of
from baqylau.rules.checks.case import Case
from baqylau.rules.checks.following import AskAgain, MakeVoid, Nothing, Standing, following
from baqylau.rules.checks.plan import check_id, due, excused, kind_of
from baqylau.storage.checks.checks import CheckAsked, Checks
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.live import AV_SERVER, Live
from baqylau.storage.registers.registers import Registers

log = structlog.get_logger()

BY = "rule/checks"
LOOKS_BACK = timedelta(hours=1)
"""What was due no longer ago than this, and was not asked for because we were down, is asked for now."""
AV_SILENT = timedelta(seconds=60)
"""The audio-visual server gives signs of life more often than this [K]."""


class Sources(Struct, frozen=True):
    """Where the planner reads."""

    registers: Registers
    checks: Checks
    findings: Findings
    live: Live


class Planner:
    """Looks every few seconds."""

    def __init__(self, sources: Sources, *, key: bytes, now: Callable[[], datetime]) -> None:
        """`key`: from it, and from nothing else, follow the moments that are drawn."""
        self._sources, self._key, self._now = sources, key, now
        self._asker = Asker(sources.registers, sources.checks, now)
        self._version = -1
        self._people: dict[PersonId, Supervision] = {}
        self._codes: frozenset[Code] = frozenset()
        """What a check follows, of anybody."""
        self._asked: dict[CheckId, datetime] = {}
        """What was asked for in the last hours: not worth another question to the database."""

    def round(self) -> None:
        """Ask for what is due now, and for what follows."""
        now = self._now()
        self._know()
        self._asked = {name: at for name, at in self._asked.items() if at > now - 2 * LOOKS_BACK}
        for person_id, supervision in self._people.items():
            for planned in due(supervision, self._key, now - LOOKS_BACK, now):
                self._ask(planned.id, person_id, supervision, planned.restriction, planned.why, now)
        self._after_events(now)
        self._follow(now)

    def _know(self) -> None:
        """Read the registers again when they changed; keep those of whom checks are asked."""
        version = self._sources.registers.version()
        if version != self._version:
            self._version = version
            self._people = {
                person_id: supervision
                for person_id, supervision in self._sources.registers.supervisions().items()
                if any(isinstance(one, Checked) for one in supervision.restrictions)
            }
            asking = (one for supervision in self._people.values() for one in supervision.restrictions)
            self._codes = frozenset(code for one in asking if isinstance(one, Checked) for code in one.after)

    def _ask(
        self,
        name: CheckId,
        person_id: PersonId,
        supervision: Supervision,
        restriction: Checked,
        why: CheckWhy,
        now: datetime,
    ) -> None:
        if name in self._asked:
            return
        self._asked[name] = now
        kind = kind_of(restriction)
        try:
            terms = terms_of(supervision, kind, now, restriction.id)
        except CheckRefusedError as refused:
            log.warning("check_not_asked", person=person_id, why=refused.key)
            return
        if self._asker.ask(name, person_id, kind, why, terms, now, by=BY):
            log.info("check_asked", check=name, kind=kind.value, why=why.value)

    def _after_events(self, now: datetime) -> None:
        """Ask whoever is to be asked after what was found just now."""
        if not self._codes:
            return
        for finding in self._sources.findings.recent(self._codes, now - LOOKS_BACK):
            supervision = self._people.get(finding.person_id)
            if supervision is not None:
                for restriction in restrictions(supervision, now):
                    if finding.code in restriction.after and not excused(supervision, restriction, now):
                        self._after(finding, supervision, restriction, now)

    def _after(self, finding: Finding, supervision: Supervision, restriction: Checked, now: datetime) -> None:
        name, person_id = check_id(self._key, f"{restriction.id}/{finding.id}"), finding.person_id
        if name not in self._asked:
            today = self._sources.checks.since(person_id, kind_of(restriction), now - timedelta(days=1))
            if today < restriction.most_per_day:
                self._ask(name, person_id, supervision, restriction, CheckWhy.EVENT, now)

    def _follow(self, now: datetime) -> None:
        """See what follows from the checks that are open."""
        checks = self._sources.checks
        waiting = checks.open()
        cases, reached = checks.cases([one.id for one in waiting]), checks.reached([one.id for one in waiting])
        alive_at = self._sources.live.role_alive(AV_SERVER)
        av_alive = alive_at is not None and now - alive_at < AV_SILENT
        settled = [
            one.id
            for one in waiting
            if self._settles(one, cases[one.id], Standing(reached=one.id in reached, av_alive=av_alive), now)
        ]
        checks.settle(settled)

    def _settles(self, asked: CheckAsked, case: Case, standing: Standing, now: datetime) -> bool:
        """Do what follows from a check; give whether nothing more will."""
        began_at, stands_for = self._began_at(asked), self._stands_for(asked)
        step = following(asked.kind, asked.why, case, standing, began_at, now, stands_for=stands_for)
        match step:
            case None:
                return False
            case MakeVoid(why=why):
                self._sources.checks.void(asked.id, why)
            case AskAgain():
                self._again(asked, step, now)
            case Nothing():
                pass
        return True

    def _began_at(self, asked: CheckAsked) -> datetime:
        """Give when the first of a row of tests to zero was due, or this check itself."""
        return min((one.due_at for one in self._before(asked)), default=asked.due_at)

    def _stands_for(self, asked: CheckAsked) -> CheckWhy:
        """Give what a check is for; a repetition is for what the one before was for."""
        return self._sources.checks.get(asked.after).why if asked.why is CheckWhy.REPEAT and asked.after else asked.why

    def _before(self, asked: CheckAsked) -> Iterator[CheckAsked]:
        while asked.why in {CheckWhy.TO_ZERO, CheckWhy.REPEAT} and asked.after:
            asked = self._sources.checks.get(asked.after)
            yield asked

    def _again(self, asked: CheckAsked, step: AskAgain, now: datetime) -> None:
        supervision = self._sources.registers.supervision(asked.person_id)
        try:
            terms = terms_of(supervision, asked.kind, now, asked.restriction_id or None)
        except CheckRefusedError as refused:
            log.warning("check_not_asked", person=asked.person_id, why=refused.key)
            return
        name = check_id(self._key, f"{asked.id}/{step.why.value}")
        self._asker.ask(
            name, asked.person_id, asked.kind, step.why, terms, step.due_at, by=BY, after=asked, lasts=step.lasts
        )
        log.info("check_asked", check=name, kind=asked.kind.value, why=step.why.value)
