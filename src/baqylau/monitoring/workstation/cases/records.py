"""Cases as the pages show and change them, in a thread. A look is audited before anything is read."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus

from baqylau.domain.ids import PersonId
from baqylau.domain.orders import NoContact
from baqylau.domain.people import SHARED, Person
from baqylau.domain.proposals import (
    Change,
    ChangePerson,
    Fit,
    GrantPermission,
    Proposal,
    ProposalState,
    RegisterPerson,
    TransferPerson,
)
from baqylau.domain.rights import Action, may
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.cases import reading as case_reading
from baqylau.monitoring.workstation.cases.faults import (
    CaseRefusedError,
    doubts,
    located,
    words_of,
    wrong_fields,
)
from baqylau.monitoring.workstation.cases.fields import Fields, fresh_ids
from baqylau.monitoring.workstation.cases.messages import (
    Answering,
    CasePage,
    FieldFault,
    FreeDevice,
    FreeDevices,
    Preview,
    Previewing,
    ProposalList,
    ProposalPage,
    ProposalRow,
    Proposing,
)
from baqylau.monitoring.workstation.cases.naming import about
from baqylau.monitoring.workstation.cases.preview import Previews, sentences
from baqylau.monitoring.workstation.cases.requests import ended, request_row
from baqylau.monitoring.workstation.equipment.stock import StockRecords
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.people.own_requests import RequestEndedError, RequestState
from baqylau.storage.registers.proposals import Asked, ChangedMeanwhileError, NotWaitingError, OwnProposalError
from baqylau.storage.registers.registry import RegisterRefusedError

_PERSON = "person"
"""The part of a change in which a new person stands."""


class CaseRecords:
    """The pages' side of cases."""

    def __init__(
        self, stores: Stores, store: StockRecords, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        self._stores, self._store, self._clock = stores, store, clock
        self._fresh = fresh_ids(random)
        self._previews = Previews(stores, clock)

    def case(self, person_id: PersonId, by: Account) -> CasePage:
        """Give everything that is kept about one person's case."""
        if person_id not in self._stores.directory.book().people:
            raise missing(by, "person.refused.not_found")
        self._stores.duty.look(by, "look.case", person_id)
        return self._case(person_id, by)

    def preview(self, person_id: PersonId | None, asked: Previewing, by: Account) -> Preview:
        """Give what a change would come to; None: of a person who is not registered yet."""
        change, whose, faults = self._meant(asked.change, person_id, by)
        self._bound(whose, change, by)
        self._stores.audit.record(by.login, "look.preview", f"person/{whose}")
        return self._previews.of(whose, change, asked.since, faults)

    def propose(self, person_id: PersonId | None, asked: Proposing, by: Account) -> ProposalRow:
        """Save a change that is not stricter, and let a stricter one wait."""
        change, whose, faults = self._meant(asked.change, person_id, by)
        self._bound(whose, change, by)
        if faults:
            raise wrong_fields(faults)
        wanted = Asked(
            person_id=whose,
            district=_district(change, self._stores.directory.book().people.get(whose)),
            change=change,
            base=asked.version,
            grounds=asked.grounds.strip(),
        )
        if asked.request is not None and not (
            isinstance(change, GrantPermission) and self._stores.own_requests.waits(whose, asked.request)
        ):
            raise ended()
        try:
            made = self._stores.proposals.propose(wanted, by.login)
        except RegisterRefusedError as refused:
            raise self._refused(refused, change, whose) from None
        except ChangedMeanwhileError as later:
            raise self._changed(whose, later) from None
        if asked.request is not None and made.state is ProposalState.APPLIED:
            self._grant(whose, asked.request, by)
        return self._rows([made], by)[0]

    def _grant(self, person_id: PersonId, number: int, by: Account) -> None:
        """Say that the person has what they asked for. Whoever answered at the same time has answered."""
        with suppress(RequestEndedError):
            self._stores.own_requests.end(person_id, number, RequestState.GRANTED, by.login)

    def waiting(self, after: int, limit: int, by: Account) -> ProposalList:
        """Give those that wait and concern whoever looks, after a number."""
        waits = [one for one in self._stores.proposals.waiting() if self._within(one, by)]
        rows = self._rows(waits, by)
        later = [one for one in rows if one.number > after]
        return ProposalList(
            at=self._clock(),
            rows=tuple(later[:limit]),
            next=later[limit - 1].number if len(later) > limit else None,
            waiting=len(rows),
            mine=sum(one.may_answer for one in rows),
        )

    def proposal(self, number: int, by: Account) -> ProposalPage:
        """Give one proposal with what is in force beside it."""
        one = self._known(number, by)
        registered = one.person_id in self._stores.directory.book().people
        if not registered and not by.bounds.hold(one.person_id, one.district):
            raise missing(by, "case.refused.no_proposal")
        named = may(by.role, Action.LOOK_IDENTITY)
        if not (named and self._takes_over(one, by)) and (registered or not named):
            self._stores.duty.look(by, "look.proposal", one.person_id, f"proposal/{number}")
        else:
            self._stores.audit.record(by.login, "look.proposal", f"person/{one.person_id}", f"proposal/{number}")
        waits = one.state is ProposalState.WAITING
        theirs = registered and not (self._takes_over(one, by) and not by.bounds.hold(one.person_id, self._where(one)))
        return ProposalPage(
            at=self._clock(),
            row=self._rows([one], by)[0],
            case=self._case(one.person_id, by) if theirs else None,
            preview=self._previews.of(one.person_id, one.change, None, []) if waits and theirs else None,
        )

    def answer(self, number: int, answer: Answering, by: Account) -> ProposalRow:
        """Agree to what a colleague proposed, or refuse it."""
        one = self._known(number, by)
        self._may_act(one, by)
        if isinstance(one.change, TransferPerson) and one.proposed_by != by.login and not self._takes_over(one, by):
            raise RefusedError(HTTPStatus.FORBIDDEN, "case.refused.other_district", district=one.change.district)
        try:
            answered = self._stores.proposals.answer(number, by.login, answer.grounds.strip(), agreed=answer.approve)
        except OwnProposalError:
            raise self._own(one, by) from None
        except NotWaitingError as answered_already:
            raise self._answered(answered_already) from None
        except ChangedMeanwhileError as later:
            raise self._changed(one.person_id, later) from None
        except RegisterRefusedError as refused:
            raise self._refused(refused, one.change, one.person_id) from None
        return self._rows([answered], by)[0]

    def withdraw(self, number: int, by: Account) -> ProposalRow:
        """Take back what one proposed oneself."""
        one = self._known(number, by)
        self._may_act(one, by)
        try:
            return self._rows([self._stores.proposals.withdraw(number, by.login)], by)[0]
        except OwnProposalError:
            raise RefusedError(HTTPStatus.FORBIDDEN, "case.refused.not_yours") from None
        except NotWaitingError as answered_already:
            raise self._answered(answered_already) from None

    def free_devices(self, words: str, after: str, limit: int) -> FreeDevices:
        """Give equipment that is on nobody now, and what serves a whole flat; `words` choose by name and number."""
        now, book = self._clock(), self._stores.directory.book()
        worn = {
            fitting.device_id
            for one in book.supervisions.values()
            for fitting in one.fittings
            if fitting.until_at is None or fitting.until_at > now
        }
        unusable, wanted = self._store.unusable(), words.casefold().split()
        free = sorted(
            one.id
            for one in book.devices.values()
            if one.id not in unusable
            and one.id > after
            and (one.kind in SHARED or one.id not in worn)
            and all(word in f"{one.id} {one.number}".casefold() for word in wanted)
        )
        shown = (book.devices[name] for name in free[:limit])
        return FreeDevices(
            devices=tuple(FreeDevice(id=one.id, kind=one.kind, number=one.number) for one in shown),
            next=free[limit - 1] if len(free) > limit else None,
        )

    def _case(self, person_id: PersonId, by: Account) -> CasePage:
        now, rows, book = self._clock(), self._stores.cases.rows(person_id), self._stores.directory.book()
        held, supervision = [one.value for one in rows if one.in_force], book.supervision(person_id)
        person = next(one for one in held if isinstance(one, Person))
        named = {one.other_id for one in held if isinstance(one, NoContact)}
        others = {other: book.people[other] for other in sorted(named & set(book.people))}
        words = words_of((*held, *others.values(), *supervision.devices))
        return CasePage(
            at=now,
            person=person,
            version=max(one.version for one in rows),
            orders=case_reading.orders_of(held, now),
            permissions=case_reading.permissions_of(held, now),
            consents=supervision.consents,
            fittings=case_reading.fittings_of(held, book.devices, now),
            proposals=self._rows(self._stores.proposals.waiting(person_id), by),
            requests=tuple(
                request_row(one, person.name)
                for one in self._stores.own_requests.of(person_id)
                if one.state is RequestState.WAITING
            ),
            history=case_reading.history_of(rows, self._names()),
            warnings=tuple(doubts(supervision, words)),
            names={one.id: one.name for one in others.values()},
            answerers=self._answerers(person_id, person.district, by),
            may_propose=may(by.role, Action.PROPOSE_CHANGE) and by.bounds.hold(person_id, person.district),
        )

    def _meant(
        self, change: Change, person_id: PersonId | None, by: Account
    ) -> tuple[Change, PersonId, list[FieldFault]]:
        """Give a change as it is about its person, whose, and what is wrong in it."""
        begins = change.person.id or PersonId(self._fresh("p")) if isinstance(change, RegisterPerson) else None
        whose = person_id if begins is None else begins
        if whose is None or (begins is not None and person_id is not None):
            raise wrong_fields([FieldFault(field="type", key="case.fault.other_door")])
        fields = Fields()
        meant = about(fields.read(change), whose, by.name, self._fresh)
        return meant, whose, [*fields.faults, *self._not_so(change, whose)]

    def _not_so(self, change: Change, whose: PersonId) -> Iterator[FieldFault]:
        """Give what is done in another way: what is broken is not fitted, and a district does not just change."""
        known = self._stores.directory.book().people.get(whose)
        if isinstance(change, ChangePerson) and known and known.district not in {"", change.person.district}:
            yield FieldFault(field="person.district", key="case.fault.transfer")
        if isinstance(change, Fit) and change.fitting.device_id in self._store.unusable():
            yield FieldFault(field="fitting.device_id", key="case.fault.not_usable")

    def _bound(self, person_id: PersonId, change: Change, by: Account) -> None:
        """Refuse a change about somebody beyond the bounds, or of a person who would be."""
        if isinstance(change, RegisterPerson):
            if not by.bounds.hold(person_id, change.person.district):
                raise wrong_fields([FieldFault(field=f"{_PERSON}.district", key="case.fault.beyond_bounds")])
            return
        if person_id not in self._stores.directory.book().people:
            raise missing(by, "person.refused.not_found")
        self._stores.duty.act(by, person_id)

    def _known(self, number: int, by: Account) -> Proposal:
        one = self._stores.proposals.get(number)
        if one is None:
            raise missing(by, "case.refused.no_proposal")
        return one

    def _may_act(self, one: Proposal, by: Account) -> None:
        if not self._within(one, by):
            raise RefusedError(HTTPStatus.FORBIDDEN, "duty.refused.act")

    def _within(self, one: Proposal, by: Account) -> bool:
        """Whether it concerns them: by the person's district, or by the one that is to take the case over."""
        return by.bounds.hold(one.person_id, self._where(one)) or self._takes_over(one, by)

    def _takes_over(self, one: Proposal, by: Account) -> bool:
        return isinstance(one.change, TransferPerson) and by.bounds.hold(one.person_id, one.change.district)

    def _may_answer(self, one: Proposal, by: Account) -> bool:
        """Whether another than the proposer looks, with the role; a case is taken over by the other district alone."""
        if one.proposed_by == by.login or not may(by.role, Action.ANSWER_PROPOSAL):
            return False
        return self._takes_over(one, by) if isinstance(one.change, TransferPerson) else self._within(one, by)

    def _where(self, one: Proposal) -> str:
        """Give the district of a proposal's person: as registered, or as proposed."""
        known = self._stores.directory.book().people.get(one.person_id)
        return known.district if known is not None else one.district

    def _rows(self, proposals: Iterable[Proposal], by: Account) -> tuple[ProposalRow, ...]:
        names, people = self._names(), self._stores.directory.book().people
        return tuple(self._row(one, names, people.get(one.person_id), by) for one in proposals)

    def _row(self, one: Proposal, names: dict[str, str], person: Person | None, by: Account) -> ProposalRow:
        waits = one.state is ProposalState.WAITING
        within = self._within(one, by)
        named = person or (one.change.person if isinstance(one.change, RegisterPerson) else None)
        return ProposalRow(
            number=one.number,
            person_id=one.person_id,
            person_name=named.name if named and self._stores.duty.identified(by, one.person_id) else "",
            district=self._where(one),
            change=one.change,
            grounds=one.grounds,
            stricter=sentences(one.stricter),
            state=one.state,
            proposed_by=one.proposed_by,
            proposed_by_name=names.get(one.proposed_by, one.proposed_by),
            proposed_at=one.proposed_at,
            answered_by=one.answered_by,
            answered_by_name=names.get(one.answered_by, one.answered_by),
            answered_at=one.answered_at,
            answer=one.answer,
            may_answer=waits and self._may_answer(one, by),
            may_withdraw=waits and within and one.proposed_by == by.login,
        )

    def _names(self) -> dict[str, str]:
        return {one.login: one.name for one in self._stores.accounts.all()}

    def _answerers(self, person_id: PersonId, district: str, by: Account) -> tuple[str, ...]:
        """Give who could agree to what somebody proposes."""
        return tuple(
            one.name
            for one in self._stores.accounts.all()
            if one.login != by.login
            and not one.suspended
            and may(one.role, Action.ANSWER_PROPOSAL)
            and one.bounds.hold(person_id, district)
        )

    def _refused(self, refused: RegisterRefusedError, change: Change, person_id: PersonId) -> CaseRefusedError:
        return wrong_fields(located(refused.faults, change, self._previews.words(person_id, change)))

    def _changed(self, person_id: PersonId, later: ChangedMeanwhileError) -> CaseRefusedError:
        rows = self._stores.cases.rows(person_id)
        return CaseRefusedError(
            HTTPStatus.CONFLICT,
            "case.refused.changed",
            changed=case_reading.history_of(rows, self._names(), after=later.base),
            version=max((one.version for one in rows), default=0),
        )

    def _answered(self, answered: NotWaitingError) -> RefusedError:
        found = answered.found
        if found is None:
            return not_found("case.refused.no_proposal")
        by = self._names().get(found.answered_by, found.answered_by)
        return RefusedError(HTTPStatus.CONFLICT, f"case.refused.already.{found.state}", by=by)

    def _own(self, one: Proposal, by: Account) -> RefusedError:
        """Say whom to ask instead, or that there is nobody."""
        others = self._answerers(one.person_id, self._where(one), by)
        if not others:
            return RefusedError(HTTPStatus.FORBIDDEN, "case.refused.nobody_else")
        return RefusedError(HTTPStatus.FORBIDDEN, "case.refused.own", others=", ".join(others))


def _district(change: Change, person: Person | None) -> str:
    if isinstance(change, RegisterPerson):
        return change.person.district
    return person.district if person is not None else ""
