"""What the pages show, read from the storage in a thread. A look at one person is audited before anything is read."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

from msgspec.structs import replace

from baqylau.domain.acts import Act, ActRefusedError, Assign, Decide
from baqylau.domain.alarms import AlarmState
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Finding
from baqylau.domain.ids import AlarmId, ObservationId, PersonId
from baqylau.domain.rights import Action, may
from baqylau.monitoring.workstation import pages
from baqylau.monitoring.workstation.access.duty import alarms_for, missing, people_for
from baqylau.monitoring.workstation.card_messages import CardPaper
from baqylau.monitoring.workstation.checks.rows import CheckRows
from baqylau.monitoring.workstation.load_figures import LoadFigures, figures_of
from baqylau.monitoring.workstation.looking_back.minute import Minute
from baqylau.monitoring.workstation.looking_back.photographed import photographed
from baqylau.monitoring.workstation.messages import (
    AlarmPage,
    AlarmRow,
    BulkActs,
    BulkResult,
    Colleague,
    HeardRaw,
    HeldCount,
    Installation,
    PeopleFound,
    PersonCard,
    Refusal,
)
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.alarms.alarms import AlarmFilter, AlarmView
from baqylau.storage.people.papers import Papers
from baqylau.storage.vault import KeyDestroyedError

_DAY = timedelta(hours=24)
_BEFORE = timedelta(minutes=15)
_AFTER = timedelta(minutes=10)
_LONGEST_WINDOW = timedelta(days=3)
_MOST_HEARD = 2_000
_MOST_HELD = 100
"""Of an outage that holds the alarms of half a country nobody reads more."""


class Which(StrEnum):
    """Which alarms to list."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"
    CONTESTED = "contested"
    """What the person disputes, and nobody decided since."""

    @property
    def states(self) -> tuple[AlarmState, ...]:
        """The states that it stands for."""
        match self:
            case Which.OPEN:
                return (AlarmState.OPEN, AlarmState.TAKEN, AlarmState.SUSPENDED)
            case Which.CLOSED:
                return (AlarmState.CLOSED,)
            case Which.ALL | Which.CONTESTED:
                return tuple(AlarmState)


class Records:
    """The pages' side of the storage."""

    def __init__(self, stores: Stores, installation: Installation, clock: Callable[[], datetime]) -> None:
        self._stores = stores
        self._checks = CheckRows(stores, clock)
        self._installation = installation
        self._clock = clock

    def find(self, query: str, after: PersonId | None, limit: int, by: Account) -> PeopleFound:
        """Give those under an order and within the bounds whom a query fits, the best first.

        Nobody to a role that reads no identities: what fits a name would tell whose it is.
        """
        book, now = self._stores.directory.book(), self._clock()
        costs = book.index.find(query) if may(by.role, Action.LOOK_IDENTITY) else {}
        fit = [book.people[one] for one in costs if book.under_order(one, now)]
        ranked = [one.id for one in fit if by.bounds.hold(one.id, one.district)]
        ranked.sort(key=lambda one: (costs[one], book.people[one].name, one))
        begin = ranked.index(after) + 1 if after in costs and after in ranked else 0
        shown = ranked[begin : begin + limit]
        rows = {row.person_id: row for row in self._stores.live.several(shown)}
        return PeopleFound(
            people=people_for(by, (pages.live_person(book.people[one], rows.get(one)) for one in shown)),
            count=len(ranked),
            next=shown[-1] if begin + limit < len(ranked) else None,
        )

    def alarms(self, which: Which, before: AlarmId | None, limit: int, by: Account) -> tuple[AlarmRow, ...]:
        """List alarms within the bounds, newest first; those that wait without those that an incident holds."""
        people = self._stores.directory.book().people
        about = None if by.bounds.everybody else frozenset(filter(self._stores.duty.within(by), people))
        chosen = AlarmFilter(
            states=which.states,
            about=about,
            held=False if which is Which.OPEN else None,
            disputed=which is Which.CONTESTED,
        )
        views = self._stores.alarms.page(chosen, before=before, limit=limit)
        return alarms_for(by, pages.alarm_rows(views, people))

    def act(self, alarm_id: AlarmId, act: Act, by: Account) -> AlarmRow:
        """Do something about an alarm and give it as it is then. Only an inspector decides."""
        if isinstance(act, Decide) and not may(by.role, Action.DECIDE_ALARM):
            raise RefusedError(HTTPStatus.FORBIDDEN, "alarm.refused.only_inspector")
        view = self._alarm(alarm_id, by)
        concerned = {view.alarm.person_id, *(one.person_id for one in self._stores.alarms.held_people(alarm_id))}
        for person_id in concerned:
            self._stores.duty.act(by, person_id)
        if isinstance(act, Assign):
            self._may_take(act.to, concerned)
        self._stores.alarms.act(alarm_id, act, by.login)
        return self._row(self._alarm(alarm_id, by))

    def _may_take(self, login: str, concerned: set[PersonId]) -> None:
        """Refuse to hand over to somebody who could do nothing about it."""
        to = self._stores.accounts.get(login)
        if to is None:
            return
        within = self._stores.duty.within(to)
        all_theirs = all(not person_id or within(person_id) for person_id in concerned)
        if to.suspended or not may(to.role, Action.ACT_ON_ALARM) or not all_theirs:
            raise RefusedError(HTTPStatus.CONFLICT, "alarm.refused.not_their_duty")

    def act_on_each(self, asked: BulkActs, by: Account) -> tuple[BulkResult, ...]:
        """Do the same about several alarms, each for itself, and tell what became of each."""
        return tuple(self._one_of_many(number, asked.act, by) for number in dict.fromkeys(asked.numbers))

    def _one_of_many(self, number: AlarmId, act: Act, by: Account) -> BulkResult:
        try:
            return BulkResult(number=number, row=self.act(number, act, by), refusal=None)
        except ActRefusedError as refused:
            why = Refusal(key=refused.key, params=dict(refused.params))
        except RefusedError as refused:
            why = Refusal(key=refused.key, params=refused.params)
        return BulkResult(number=number, row=None, refusal=why)

    def colleagues(self) -> tuple[Colleague, ...]:
        """Give everybody who may sign in, in the order of their names."""
        found = [one for one in self._stores.accounts.all() if not one.suspended]
        return tuple(Colleague(login=one.login, name=one.name, role=one.role) for one in found)

    def alarm_page(self, alarm_id: AlarmId, by: Account) -> AlarmPage:
        """Give everything that one alarm rests on."""
        view = self._alarm(alarm_id, by)
        person_id = view.alarm.person_id
        self._stores.duty.look(by, "look.alarm", person_id, f"alarm/{alarm_id}")
        grounds = self._stores.alarms.grounds(alarm_id)
        book = self._stores.directory.book()
        supervision = book.supervision(person_id)
        from_at, until_at = self._around(view.finding)
        heard = self._stores.timelines.heard(supervision, from_at, until_at)
        return AlarmPage(
            row=self._row(view),
            findings=grounds.findings,
            superseded=pages.taken_away(self._stores.findings.written(grounds.superseded), heard),
            person=self._card(person_id) if person_id in book.people else None,
            restriction=pages.concerned(supervision, view.finding),
            heard=pages.nearest(heard, pages.decisive(grounds.findings), view.finding.at, _MOST_HEARD),
            timeline=self._stores.timelines.segments(supervision, from_at, until_at),
            zones=pages.zones_in_force(supervision, view.alarm.began_at),
            acts=tuple(map(pages.act_entry, grounds.acts)),
            steps=EVENTS[view.alarm.code].steps,
            children=alarms_for(by, pages.alarm_rows(self._stores.alarms.held_by(alarm_id, _MOST_HELD), book.people)),
            held=self._held(alarm_id, by),
            checks=self._checks.behind(view.finding.because),
            notices=tuple(self._stores.outbox.of_alarm(alarm_id)),
        )

    def card(self, person_id: PersonId, by: Account) -> PersonCard:
        """Give one person with what is prescribed and the last 24 hours."""
        if person_id not in self._stores.directory.book().people:
            raise missing(by, "person.refused.not_found")
        self._stores.duty.look(by, "look.person", person_id)
        card = self._card(person_id)
        if not may(by.role, Action.LOOK_PAPER):
            return card
        made = Papers(self._stores.engine).about(person_id, pages.MOST_OF_A_KIND)
        return replace(
            card, papers=tuple(CardPaper(number=one.number, kind=one.kind, made_at=one.made_at) for one in made)
        )

    def load(self, from_at: datetime, until_at: datetime) -> LoadFigures:
        """Give how heavy the alarms of a stretch of time weigh. It names nobody under supervision."""
        zone = self._installation.timezone
        counted = self._stores.figures.load(from_at, until_at, now=self._clock(), zone=zone)
        return figures_of(counted, from_at, until_at)

    def minute(self, person_id: PersonId, at: datetime, known_at: datetime | None, by: Account) -> Minute:
        """Give why and why not for one person and instant, as known now or as known then."""
        person = self._stores.directory.book().people.get(person_id)
        if person is None:
            raise missing(by, "person.refused.not_found")
        now = self._clock()
        if max(at, known_at or at) > now:
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "minute.refused.future")
        if known_at is not None and known_at < at:
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "minute.refused.known_before")
        self._stores.duty.look(by, "look.minute", person_id, f"minute/{at.isoformat()}")
        return self._stores.minutes.of(person, at, known_at=known_at)

    def observation(self, observation_id: ObservationId, by: Account) -> HeardRaw:
        """Give one observation as we understood it and as it was heard."""
        try:
            entry = self._stores.journal.entry(observation_id)
            self._stores.duty.look(by, "look.observation", entry.person_id, f"observation/{observation_id}")
            raw = self._stores.journal.raw(observation_id)
        except KeyError:
            raise missing(by, "observation.refused.not_found") from None
        except KeyDestroyedError:
            raise RefusedError(HTTPStatus.GONE, "observation.refused.key_destroyed") from None
        heard = pages.heard(entry.observation, decided=False)
        return HeardRaw(
            heard=heard, person_id=entry.person_id, raw=raw.hex(), photo=photographed(entry.observation, raw)
        )

    def _card(self, person_id: PersonId) -> PersonCard:
        stores, now, book = self._stores, self._clock(), self._stores.directory.book()
        supervision = book.supervision(person_id)
        watched = book.under_order(person_id, now)
        card = pages.card(
            book.people[person_id],
            supervision,
            now,
            live=stores.live.of(person_id) if watched else None,
            day=stores.timelines.segments(supervision, now - _DAY, now),
            alarms=pages.alarm_rows(stores.alarms.of_person(person_id), book.people),
            heard_at=stores.journal.last_heard([device.id for device in supervision.devices]),
        )
        card = replace(card, visits=pages.near_visits(stores.case_facts.of(person_id).known, now))
        return replace(card, presence=stores.hearing.of(supervision, now - _DAY, now)) if watched else card

    def _alarm(self, alarm_id: AlarmId, by: Account) -> AlarmView:
        try:
            return self._stores.alarms.get(alarm_id)
        except KeyError:
            raise missing(by, "alarm.refused.not_found") from None

    def _held(self, alarm_id: AlarmId, by: Account) -> HeldCount:
        """Count what an incident holds of the account's people."""
        within = self._stores.duty.within(by)
        mine = [one for one in self._stores.alarms.held_people(alarm_id) if not one.person_id or within(one.person_id)]
        return HeldCount(all=len(mine), open=sum(one.open for one in mine))

    def _row(self, view: AlarmView) -> AlarmRow:
        return pages.alarm_row(view, self._stores.directory.book().people.get(view.alarm.person_id))

    def _around(self, finding: Finding) -> tuple[datetime, datetime]:
        """Give the stretch of time that shows why: from before it began to some time after, if that has come."""
        until_at = min(finding.at + _AFTER, self._clock())
        return max((finding.since or finding.at) - _BEFORE, until_at - _LONGEST_WINDOW), until_at
