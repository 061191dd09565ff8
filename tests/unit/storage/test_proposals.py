"""Proposed changes: what is milder holds at once, what is stricter waits for somebody else; nothing gets lost."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.ids import FittingId, OrderId, PermissionId, PersonId, RestrictionId
from baqylau.domain.orders import ExclusionZone, Fitting, Permission, Revocation, Suspension
from baqylau.domain.people import Language, Person
from baqylau.domain.proposals import (
    AddOrder,
    Change,
    ChangeOrder,
    ChangePerson,
    EndRestriction,
    Fit,
    GrantPermission,
    ProposalState,
    RegisterPerson,
    ResumeOrder,
    RevokeOrder,
    SetRestriction,
    SuspendOrder,
    TransferPerson,
    Unfit,
    WithdrawPermission,
)
from baqylau.domain.schedules import Schedule, Window
from baqylau.storage.access.audit import Audit
from baqylau.storage.registers.cases import Cases
from baqylau.storage.registers.proposals import (
    Asked,
    ChangedMeanwhileError,
    NotWaitingError,
    OwnProposalError,
    Proposals,
)
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import RegisterRefusedError
from tests.unit.storage.kept import AIGUL, BOLAT, NOON
from tests.unit.storage.prescribed import END, LEAVE, ORDER, PEOPLE, REGISTRY, SPARE, WORN, ZONE

MARKET = RestrictionId("r-1")
NEW = PersonId("p-new")


class Chamber:
    """Registers with the invented people, and two inspectors."""

    def __init__(self, engine: Engine) -> None:
        self.now = NOON
        self.registers = Registers(engine, self.clock)
        self.proposals = Proposals(engine, self.clock)
        self.cases = Cases(engine)
        self.audit = Audit(engine, self.clock)
        self.registers.save(REGISTRY, by="installation")

    def clock(self) -> datetime:
        return self.now

    def asked(self, change: Change, person_id: PersonId = AIGUL, base: int | None = None) -> Asked:
        known = self.cases.version(person_id) if base is None else base
        return Asked(person_id=person_id, district="North", change=change, base=known, grounds="letter 17")


@pytest.fixture
def chamber(engine: Engine) -> Chamber:
    return Chamber(engine)


def wider() -> SetRestriction:
    assert isinstance(ZONE, ExclusionZone)
    circle = replace(ZONE.zone, radius_m=500.0)
    return SetRestriction(restriction=replace(ZONE, version=0, from_at=NOON, zone=circle))


def narrower() -> SetRestriction:
    assert isinstance(ZONE, ExclusionZone)
    circle = replace(ZONE.zone, radius_m=100.0)
    return SetRestriction(restriction=replace(ZONE, version=0, from_at=NOON, zone=circle))


def test_a_milder_change_holds_at_once_and_everything_says_who_made_it(chamber: Chamber) -> None:
    made = chamber.proposals.propose(chamber.asked(narrower()), "dana")
    assert (made.state, made.stricter, made.answered_by) == (ProposalState.APPLIED, (), "")
    first, second = chamber.registers.supervision(AIGUL).restrictions
    assert (first.version, first.until_at, second.version, second.until_at) == (1, NOON, 2, None)
    row = chamber.cases.rows(AIGUL)[-1]
    assert (row.by, row.kind, row.key, row.version, row.proposal) == (
        "dana",
        "restriction",
        "r-1/2",
        made.version,
        made.number,
    )
    assert [one.what for one in chamber.audit.latest(2)] == ["registers.save", "proposal.apply"]
    assert chamber.audit.verify() == []


def test_a_stricter_change_waits_and_holds_once_a_second_person_agrees(chamber: Chamber) -> None:
    before = chamber.registers.supervision(AIGUL)
    waits = chamber.proposals.propose(chamber.asked(wider()), "dana")
    assert (waits.state, [one.key for one in waits.stricter]) == (ProposalState.WAITING, ["zone_larger"])
    assert chamber.registers.supervision(AIGUL) == before
    assert list(chamber.proposals.waiting()) == [waits] == list(chamber.proposals.waiting(AIGUL))

    with pytest.raises(OwnProposalError):
        chamber.proposals.answer(waits.number, "dana", "I agree with myself", agreed=True)
    agreed = chamber.proposals.answer(waits.number, "erlan", "seen the court act", agreed=True)
    assert (agreed.state, agreed.answered_by, agreed.answer) == (ProposalState.APPLIED, "erlan", "seen the court act")
    assert chamber.registers.supervision(AIGUL).restrictions[-1].version == 2
    assert (chamber.cases.rows(AIGUL)[-1].by, chamber.cases.rows(AIGUL)[-1].proposal) == ("dana", waits.number)
    assert [(one.who, one.what) for one in chamber.audit.latest(3)] == [
        ("dana", "registers.save"),
        ("erlan", "proposal.agree"),
        ("dana", "proposal.wait"),
    ]
    with pytest.raises(NotWaitingError):
        chamber.proposals.answer(waits.number, "erlan", "again", agreed=True)


def test_a_refused_or_withdrawn_proposal_changes_nothing_and_stays_readable(chamber: Chamber) -> None:
    before = chamber.registers.supervision(AIGUL)
    first, second = (chamber.proposals.propose(chamber.asked(wider()), "dana").number for _ in range(2))
    assert chamber.proposals.answer(first, "erlan", "not in the act", agreed=False).state is ProposalState.REFUSED
    with pytest.raises(OwnProposalError):
        chamber.proposals.withdraw(second, "erlan")
    assert chamber.proposals.withdraw(second, "dana").state is ProposalState.WITHDRAWN
    assert chamber.registers.supervision(AIGUL) == before
    assert list(chamber.proposals.waiting()) == []
    kept = chamber.proposals.get(first)
    assert kept is not None
    assert (kept.state, kept.answer, kept.version) == (ProposalState.REFUSED, "not in the act", None)
    assert chamber.proposals.get(999) is None


def test_whoever_proposes_upon_an_older_version_is_told(chamber: Chamber) -> None:
    base = chamber.cases.version(AIGUL)
    chamber.proposals.propose(chamber.asked(narrower(), base=base), "dana")
    with pytest.raises(ChangedMeanwhileError) as told:
        chamber.proposals.propose(chamber.asked(EndRestriction(restriction_id=MARKET, until_at=NOON), base=base), "er")
    assert (told.value.base, told.value.version) == (base, chamber.cases.version(AIGUL))


def test_what_waits_is_not_applied_over_a_later_change_of_the_same_row(chamber: Chamber) -> None:
    waits = chamber.proposals.propose(chamber.asked(wider()), "dana")
    also = chamber.proposals.propose(chamber.asked(ChangeOrder(order=replace(ORDER, until_at=END + timedelta(1)))), "d")
    chamber.proposals.propose(chamber.asked(narrower()), "erlan")
    with pytest.raises(ChangedMeanwhileError):
        chamber.proposals.answer(waits.number, "erlan", "yes", agreed=True)
    still = chamber.proposals.get(waits.number)
    assert still is not None
    assert still.state is ProposalState.WAITING
    assert chamber.proposals.answer(also.number, "erlan", "of another row", agreed=True).version is not None


def test_a_case_begins_with_the_person_and_the_order_when_a_second_person_agrees(chamber: Chamber) -> None:
    order = replace(ORDER, id=OrderId("o-new"), person_id=NEW)
    zone = replace(ZONE, id=RestrictionId("r-new"), order_id=order.id)
    begins = RegisterPerson(
        person=Person(id=NEW, name="Invented", language=Language.KK), order=order, restrictions=(zone,)
    )
    waits = chamber.proposals.propose(chamber.asked(begins, NEW), "dana")
    assert [one.key for one in waits.stricter] == ["order_added", "restriction_added"]
    assert chamber.registers.person(NEW) is None
    chamber.proposals.answer(waits.number, "erlan", "yes", agreed=True)
    assert chamber.registers.supervision(NEW).restrictions == (zone,)
    with pytest.raises(RegisterRefusedError, match="id_taken"):
        chamber.proposals.propose(chamber.asked(begins, NEW), "dana")


FUTURE = SetRestriction(restriction=replace(wider().restriction, from_at=NOON + timedelta(days=3)))


def test_an_end_takes_back_the_versions_that_were_to_begin_after_it(chamber: Chamber) -> None:
    number = chamber.proposals.propose(chamber.asked(FUTURE), "dana").number
    chamber.proposals.answer(number, "erlan", "yes", agreed=True)
    chamber.proposals.propose(chamber.asked(EndRestriction(restriction_id=MARKET, until_at=NOON)), "dana")
    first, second = chamber.registers.supervision(AIGUL).restrictions
    assert (first.until_at, second.from_at, second.until_at) == (NOON, FUTURE.restriction.from_at, second.from_at)
    with pytest.raises(RegisterRefusedError, match="ended_already"):
        chamber.proposals.propose(chamber.asked(EndRestriction(restriction_id=MARKET, until_at=NOON)), "dana")


def test_a_version_that_begins_before_a_planned_one_takes_its_place_wholly(chamber: Chamber) -> None:
    number = chamber.proposals.propose(chamber.asked(FUTURE), "dana").number
    chamber.proposals.answer(number, "erlan", "yes", agreed=True)
    chamber.proposals.propose(chamber.asked(narrower()), "dana")
    assert [(one.version, one.from_at, one.until_at) for one in chamber.registers.supervision(AIGUL).restrictions] == [
        (1, ZONE.from_at, NOON),
        (2, FUTURE.restriction.from_at, FUTURE.restriction.from_at),
        (3, NOON, None),
    ]


def test_nobody_writes_over_what_belongs_to_somebody_else(chamber: Chamber) -> None:
    order = replace(ORDER, id=OrderId("o-b"), person_id=BOLAT)
    for change in (
        AddOrder(order=replace(ORDER, person_id=BOLAT)),
        AddOrder(order=order, restrictions=(replace(ZONE, order_id=order.id, version=7),)),
        GrantPermission(permission=replace(LEAVE, person_id=BOLAT)),
        Fit(fitting=replace(WORN, person_id=BOLAT)),
    ):
        with pytest.raises(RegisterRefusedError, match="id_taken"):
            chamber.proposals.propose(chamber.asked(change, BOLAT), "dana")


def granted(**fields: object) -> GrantPermission:
    return GrantPermission(permission=replace(LEAVE, id=PermissionId("x-2"), **fields))


REASONS: list[tuple[Change, list[str]]] = [
    (ChangePerson(person=replace(PEOPLE[0], name="Another Name")), []),
    (granted(), []),
    (WithdrawPermission(permission_id=LEAVE.id, until_at=NOON + timedelta(hours=1)), ["permission_cut"]),
    (WithdrawPermission(permission_id=LEAVE.id, until_at=NOON), ["permission_cut"]),
    (ChangeOrder(order=replace(ORDER, until_at=END - timedelta(days=1))), []),
    (ChangeOrder(order=replace(ORDER, until_at=END + timedelta(1))), ["order_ends_later", "restriction_lasts_longer"]),
    (AddOrder(order=replace(ORDER, id=OrderId("o-2"))), ["order_added"]),
    (Fit(fitting=Fitting(id=FittingId("f-2"), device_id=SPARE.id, person_id=AIGUL, from_at=NOON)), []),
    (Unfit(fitting_id=WORN.id, until_at=NOON), []),
]


def test_each_kind_of_change_says_why_it_would_wait_and_trying_keeps_nothing(chamber: Chamber) -> None:
    before = chamber.registers.version(), chamber.registers.supervision(AIGUL)
    for change, reasons in REASONS:
        assert [one.key for one in chamber.proposals.tried(AIGUL, change).stricter] == reasons, change
    assert (chamber.registers.version(), chamber.registers.supervision(AIGUL)) == before


FAULTS: list[tuple[Change, str]] = [
    (ChangePerson(person=PEOPLE[1]), "of_another"),
    (AddOrder(order=ORDER), "id_taken"),
    (AddOrder(order=replace(ORDER, id=OrderId("o-2"), person_id=BOLAT)), "of_another"),
    (AddOrder(order=replace(ORDER, id=OrderId("o-2")), restrictions=(ZONE,)), "of_another"),
    (ChangeOrder(order=replace(ORDER, id=OrderId("o-9"))), "unknown"),
    (SetRestriction(restriction=replace(ZONE, order_id=OrderId("o-9"))), "unknown"),
    (EndRestriction(restriction_id=RestrictionId("r-9"), until_at=NOON), "unknown"),
    (GrantPermission(permission=LEAVE), "id_taken"),
    (granted(restriction_id=RestrictionId("r-9")), "unknown"),
    (granted(until_at=LEAVE.from_at), "ends_before_it_begins"),
    (WithdrawPermission(permission_id=LEAVE.id, until_at=LEAVE.until_at), "ended_already"),
    (Fit(fitting=WORN), "id_taken"),
    (Unfit(fitting_id=FittingId("f-9"), until_at=NOON), "unknown"),
]


def test_what_speaks_of_things_that_are_not_so_is_refused_and_nothing_is_kept(chamber: Chamber) -> None:
    before = chamber.registers.version()
    for change, fault in FAULTS:
        with pytest.raises(RegisterRefusedError) as refused:
            chamber.proposals.propose(chamber.asked(change), "dana")
        assert fault in {one.reason for one in refused.value.faults}, change
    assert (chamber.registers.version(), list(chamber.proposals.waiting())) == (before, [])


def test_night_work_every_week_is_as_many_permissions_and_is_stopped_as_one(chamber: Chamber) -> None:
    until_at = NOON + timedelta(days=28)
    nights = Schedule(timezone="Asia/Almaty", windows=(Window(weekdays=(1, 3), start_min=1320, end_min=360),))
    work = replace(LEAVE, id=PermissionId("x-9"), from_at=NOON, until_at=until_at, reason="night work")
    chamber.proposals.propose(chamber.asked(GrantPermission(permission=work, weekly=nights)), "dana")

    def times() -> list[Permission]:
        found = chamber.registers.supervision(AIGUL).permissions
        return sorted((one for one in found if one.reason == "night work"), key=lambda one: one.from_at)

    written = times()
    assert len(written) == 8
    assert {one.until_at - one.from_at for one in written} == {timedelta(hours=8)}
    assert all(one.from_at >= NOON and one.until_at <= until_at for one in written)
    stop = WithdrawPermission(permission_id=PermissionId("x-9"), until_at=NOON + timedelta(days=14))
    proposed = chamber.proposals.propose(chamber.asked(stop), "dana")
    assert {one.key for one in proposed.stricter} == {"permission_cut"}
    chamber.proposals.answer(proposed.number, "bolat", "letter 18", agreed=True)
    assert sum(one.until_at > one.from_at for one in times()) == 4


def test_hours_that_never_come_are_no_permission(chamber: Chamber) -> None:
    never = Schedule(timezone="Asia/Almaty", windows=())
    change = GrantPermission(permission=replace(LEAVE, id=PermissionId("x-9")), weekly=never)
    with pytest.raises(RegisterRefusedError) as refused:
        chamber.proposals.propose(chamber.asked(change), "dana")
    assert [one.reason for one in refused.value.faults] == ["never_comes"]


def spell(start: int, end: int | None) -> SuspendOrder:
    until_at = None if end is None else NOON + timedelta(days=end)
    one = Suspension(from_at=NOON + timedelta(days=start), until_at=until_at, act="2-26", reason="in hospital")
    return SuspendOrder(order_id=ORDER.id, suspension=one)


def test_an_order_is_suspended_at_once_resumed_by_two_and_judged_again_from_there_alone(chamber: Chamber) -> None:
    suspended = chamber.proposals.propose(chamber.asked(spell(1, 9)), "dana")
    assert suspended.state is ProposalState.APPLIED
    excused = chamber.registers.supervision(AIGUL).permissions[-1]
    assert (excused.restriction_id, excused.granted_by, excused.until_at) == (MARKET, "2-26", NOON + timedelta(days=9))
    for wrong in (spell(3, 5), spell(0, 2)):
        with pytest.raises(RegisterRefusedError, match="suspended_already"):
            chamber.proposals.propose(chamber.asked(wrong), "dana")
    resume = ResumeOrder(order_id=ORDER.id, at=NOON + timedelta(days=4), act="3-26")
    waits = chamber.proposals.propose(chamber.asked(resume), "dana")
    assert [one.key for one in waits.stricter] == ["permission_cut"]
    chamber.proposals.answer(waits.number, "serik", "the letter is there", agreed=True)
    (order,) = chamber.registers.supervision(AIGUL).orders
    assert [one.until_at for one in order.suspensions] == [NOON + timedelta(days=4)]
    assert [one.effective_from for one in chamber.registers.changes_after(0)][-2:] == [
        NOON + timedelta(days=1),
        NOON + timedelta(days=4),
    ]
    corrected = chamber.proposals.propose(chamber.asked(ChangeOrder(order=replace(ORDER, court="Another court"))), "d")
    assert corrected.state is ProposalState.APPLIED
    assert len(chamber.registers.supervision(AIGUL).orders[0].suspensions) == 1


def test_a_revoked_order_ends_there_and_is_not_interrupted_any_more(chamber: Chamber) -> None:
    gone = Revocation(at=NOON + timedelta(days=2), act="4-26", reason="appeal")
    chamber.proposals.propose(chamber.asked(RevokeOrder(order_id=ORDER.id, revocation=gone)), "dana")
    (order,) = chamber.registers.supervision(AIGUL).orders
    assert (order.until_at, order.revoked) == (gone.at, gone)
    with pytest.raises(RegisterRefusedError, match="revoked_already"):
        chamber.proposals.propose(chamber.asked(spell(0, 1)), "dana")


def test_a_case_is_handed_over_when_a_second_person_takes_it(chamber: Chamber) -> None:
    there = TransferPerson(district="South", address="", act="letter 5")
    waits = chamber.proposals.propose(chamber.asked(there), "dana")
    assert [(one.key, one.params) for one in waits.stricter] == [("transferred", {"district": "South"})]
    chamber.proposals.answer(waits.number, "serik", "taken over", agreed=True)
    person = chamber.registers.person(AIGUL)
    assert person is not None
    assert (person.district, person.address) == ("South", PEOPLE[0].address)
    with pytest.raises(RegisterRefusedError, match="the_same"):
        chamber.proposals.propose(chamber.asked(there), "dana")
