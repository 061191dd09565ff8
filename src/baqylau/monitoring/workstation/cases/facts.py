"""Visits, warnings, hours of labour and places of life as the pages show and record them, in a thread."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from baqylau.domain.case_facts import (
    Fact,
    KeptFact,
    KeptPlace,
    LabourDone,
    LabourSet,
    LifePlace,
    LifePlaceLeft,
    TakenBack,
    VisitDue,
    VisitEnded,
    WarningGiven,
    life_places,
    standing,
    visits,
)
from baqylau.domain.ids import AlarmId, PersonId
from baqylau.domain.labour import forecast, labour
from baqylau.domain.rights import Action, may
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.cases.fact_messages import (
    CaseFactsPage,
    DueVisit,
    DueVisits,
    LabourRow,
    PlaceRow,
    Recorded,
    Recording,
    TakenBackRow,
    VisitRow,
    WarningRow,
)
from baqylau.monitoring.workstation.cases.faults import wrong_fields
from baqylau.monitoring.workstation.cases.fields import Fields
from baqylau.monitoring.workstation.cases.messages import FieldFault
from baqylau.monitoring.workstation.cases.reaches import against
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.registers.case_fact_rows import FromNewer
from baqylau.storage.registers.case_facts import UnknownFactError

_COMING: Final = timedelta(days=7)
_READ_EVERY: Final = timedelta(minutes=1)
_SOON: Final = timedelta(hours=1)
_LONG_AGO: Final = timedelta(days=366)
_FAR: Final = timedelta(days=731)
_LONGEST_TERM: Final = timedelta(days=8 * 366)
"""A restriction of freedom lasts seven years at most."""
_AHEAD_OF_US: Final = timedelta(hours=14)
"""The day that has begun anywhere."""
_MOST_A_DAY_H: Final = 24
_NEEDED: Final[dict[type, tuple[str, ...]]] = {
    VisitDue: ("place", "purpose"),
    VisitEnded: ("text",),
    WarningGiven: ("grounds",),
    LabourSet: ("act",),
    LabourDone: ("place", "confirmed_by"),
    LifePlace: (),
    LifePlaceLeft: ("text",),
    TakenBack: ("why",),
}
"""Words without which a fact says too little."""


class FactRecords:
    """The pages' side of them."""

    def __init__(self, stores: Stores, timezone: str, clock: Callable[[], datetime]) -> None:
        self._stores, self._zone, self._clock = stores, ZoneInfo(timezone), clock
        self._read: tuple[int, datetime, Sequence[tuple[KeptFact, VisitDue]]] | None = None

    def page(self, person_id: PersonId, by: Account) -> CaseFactsPage:
        """Give what was recorded about one person."""
        self._known(person_id, by)
        self._stores.duty.look(by, "look.case_facts", person_id)
        return self._page(person_id, by)

    def record(self, person_id: PersonId, fact: Fact, by: Account) -> CaseFactsPage:
        """Record something, and give what is there then."""
        self._known(person_id, by)
        self._stores.duty.act(by, person_id)
        fields = Fields()
        if isinstance(fact, LifePlace):
            fact = fields.read(Recording(fact=fact)).fact
        faults = [*fields.faults, *self._faults(person_id, fact)]
        if faults:
            raise wrong_fields(faults)
        try:
            self._stores.case_facts.record(person_id, fact, by.login)
        except UnknownFactError:
            raise RefusedError(HTTPStatus.CONFLICT, "case.refused.no_fact") from None
        return self._page(person_id, by)

    def due(self, after: str, limit: int, by: Account) -> DueVisits:
        """Give the visits of the coming week and the overdue ones, within the bounds, the earliest first."""
        now, people = self._clock(), self._stores.directory.book().people
        within = self._stores.duty.within(by)
        mine = [(kept, visit) for kept, visit in self._due(now) if within(kept.person_id)]
        due = [one for one in mine if _place(*one) > after]
        found = tuple(
            DueVisit(
                person_id=kept.person_id,
                person_name=people[kept.person_id].name if kept.person_id in people else "",
                number=kept.number,
                due=visit,
                overdue=visit.at < now,
            )
            for kept, visit in due[:limit]
        )
        return DueVisits(
            at=now,
            rows=found,
            next=_place(*due[limit - 1]) if len(due) > limit else None,
            overdue=sum(visit.at < now for _, visit in mine),
        )

    def _due(self, now: datetime) -> Sequence[tuple[KeptFact, VisitDue]]:
        """Every screen asks how many are overdue: read anew when something was recorded, and every minute."""
        newest, read = self._stores.case_facts.newest(), self._read
        if read is None or read[0] != newest or not read[1] <= now < read[1] + _READ_EVERY:
            read = self._read = newest, now, self._stores.case_facts.visits_due(now + _COMING)
        return read[2]

    def _known(self, person_id: PersonId, by: Account) -> None:
        if person_id not in self._stores.directory.book().people:
            raise missing(by, "person.refused.not_found")

    def _faults(self, person_id: PersonId, fact: Fact) -> Iterator[FieldFault]:
        now = self._clock()
        for name in _NEEDED[type(fact)]:
            if not getattr(fact, name).strip():
                yield FieldFault(field=f"fact.{name}", key="case.fault.empty")
        match fact:
            case VisitDue(at=at) if not now - _LONG_AGO < at < now + _FAR:
                yield FieldFault(field="fact.at", key="case.fault.year")
            case LabourSet(until=date() as until) if not now.date() - _LONG_AGO < until < now.date() + _LONGEST_TERM:
                yield FieldFault(field="fact.until", key="case.fault.year")
            case WarningGiven(at=at) if at > now + _SOON:
                yield FieldFault(field="fact.at", key="case.fault.later")
            case WarningGiven(alarm=int(number)) if not self._about(person_id, number):
                yield FieldFault(field="fact.alarm", key="case.fault.no_alarm")
            case LabourDone():
                yield from self._of_labour(person_id, fact, now)
            case _:
                pass

    def _of_labour(self, person_id: PersonId, done: LabourDone, now: datetime) -> Iterator[FieldFault]:
        if done.day > (now + _AHEAD_OF_US).date():
            yield FieldFault(field="fact.day", key="case.fault.later")
        stand = (one.fact for one in standing(self._stores.case_facts.of(person_id).known))
        already = sum(one.hours for one in stand if isinstance(one, LabourDone) and one.day == done.day)
        if already + done.hours > _MOST_A_DAY_H:
            yield FieldFault(field="fact.hours", key="case.fault.day_hours", params={"hours": already})

    def _about(self, person_id: PersonId, number: int) -> bool:
        try:
            return self._stores.alarms.get(AlarmId(number)).alarm.person_id == person_id
        except KeyError:
            return False

    def _page(self, person_id: PersonId, by: Account) -> CaseFactsPage:
        now, kept = self._clock(), self._stores.case_facts.of(person_id)
        facts = kept.known
        names = {one.login: one.name for one in self._stores.accounts.all()}

        def recorded(one: KeptFact | FromNewer) -> Recorded:
            return Recorded(number=one.number, by=names.get(one.by, one.by), at=one.at)

        def place(one: KeptPlace) -> PlaceRow:
            left = one.ended.fact.text if one.ended and isinstance(one.ended.fact, LifePlaceLeft) else ""
            ended = recorded(one.ended) if one.ended else None
            takes = () if ended else tuple(against(one.place, supervision, now))
            return PlaceRow(recorded=recorded(one.kept), place=one.place, against=takes, ended=ended, left=left)

        supervision = self._stores.directory.book().supervision(person_id)
        places = [place(one) for one in life_places(facts)]
        stand, by_number, hours = standing(facts), {one.number: one for one in facts}, labour(facts)
        return CaseFactsPage(
            at=now,
            visits=tuple(
                VisitRow(
                    recorded=recorded(one.kept),
                    due=one.due,
                    ended=one.ended,
                    overdue=one.overdue(now),
                )
                for one in visits(facts)
            ),
            warnings=tuple(
                WarningRow(recorded=recorded(one), warning=one.fact)
                for one in stand
                if isinstance(one.fact, WarningGiven)
            ),
            labour=tuple(
                LabourRow(recorded=recorded(one), done=one.fact) for one in stand if isinstance(one.fact, LabourDone)
            ),
            labour_set_h=hours.set_h,
            labour_act=hours.act,
            labour_done_h=hours.done_h,
            labour_ahead=forecast(facts, now, self._zone),
            places=tuple(one for one in places if one.ended is None),
            earlier_places=tuple(one for one in reversed(places) if one.ended is not None),
            taken_back=tuple(
                TakenBackRow(recorded=recorded(one), fact=by_number[one.fact.fact].fact, why=one.fact.why)
                for one in facts
                if isinstance(one.fact, TakenBack)
            ),
            newer=tuple(map(recorded, kept.newer)),
            may_record=may(by.role, Action.RECORD_FACT) and self._stores.duty.within(by)(person_id),
        )


def _place(kept: KeptFact, due: VisitDue) -> str:
    """Give where a visit stands in the list, in letters that sort as the list does."""
    return f"{due.at.astimezone(UTC):%Y%m%d%H%M%S%f}/{kept.number:019}"
