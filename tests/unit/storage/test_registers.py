"""The registers keep what was known when, save all or nothing, and say who has to be judged again."""

from datetime import timedelta

import psycopg
import pytest
from msgspec.structs import replace
from sqlalchemy import text

from baqylau.domain.ids import (
    ConsentId,
    DeviceId,
    FindingId,
    FittingId,
    MaintenanceId,
    OrderId,
    PersonId,
    RestrictionId,
)
from baqylau.domain.orders import Consent, Fitting, NoContact, PresenceRegime
from baqylau.domain.people import Device, DeviceKind, Maintenance, Supervision
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Point
from baqylau.storage.access.audit import Audit
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.judgement import Anew, JudgedBatch, JudgeStore
from baqylau.storage.registers.registers import Registers, Registry
from baqylau.storage.registers.registry import Fault, RegisterRefusedError
from tests.unit.storage.found import seated
from tests.unit.storage.kept import AIGUL, BOLAT, NOON, House, after
from tests.unit.storage.prescribed import BEGIN, END, LEAVE, ORDER, PEOPLE, REGISTRY, SPARE, TRACKER, WORN, ZONE


@pytest.fixture
def registers(house: House) -> Registers:
    """Registers into which everything prescribed was saved once."""
    filled = Registers(house.engine, house.clock)
    filled.save(REGISTRY, by="dana")
    return filled


def marks(registers: Registers, after_id: int = 0) -> dict[PersonId, object]:
    return {one.person_id: one.effective_from for one in registers.changes_after(after_id)}


def test_what_was_saved_is_what_is_prescribed(registers: Registers) -> None:
    everything = Supervision(
        person_id=AIGUL,
        orders=(ORDER,),
        restrictions=(ZONE,),
        permissions=(LEAVE,),
        fittings=(WORN,),
        devices=(TRACKER,),
    )
    assert registers.supervision(AIGUL) == everything
    assert registers.supervisions() == {AIGUL: everything, BOLAT: Supervision(person_id=BOLAT)}
    assert registers.supervisions([AIGUL]) == {AIGUL: everything}
    assert registers.people() == list(PEOPLE)
    assert registers.devices() == [TRACKER, SPARE]
    assert registers.person(BOLAT) == PEOPLE[1]
    assert registers.person(PersonId("nobody")) is None


def test_before_anything_is_saved_there_is_nothing(house: House) -> None:
    registers = Registers(house.engine, house.clock)
    assert (registers.version(), registers.supervisions(), registers.unjudged_changes()) == (0, {}, [])


def test_saving_the_same_again_changes_nothing_but_the_version(registers: Registers) -> None:
    before = len(registers.changes_after(0))
    assert registers.save(REGISTRY, by="dana") == registers.version() == 2
    assert len(registers.changes_after(0)) == before


def test_what_was_known_then_can_still_be_asked_for(house: House, registers: Registers) -> None:
    house.now = after(3600)
    longer = replace(ORDER, until_at=END + timedelta(days=10))
    registers.save(Registry(orders=(longer,)), by="dana")

    assert registers.supervision(AIGUL).orders == (longer,)
    assert registers.supervision(AIGUL, known_at=after(3599)).orders == (ORDER,)
    assert registers.supervision(AIGUL, known_at=after(3600)).orders == (longer,)
    assert registers.supervision(AIGUL, known_at=after(-1)).orders == ()


def test_a_new_version_of_a_restriction_ends_the_old_one_where_it_begins(registers: Registers) -> None:
    wider = replace(ZONE, version=2, from_at=after(60), warning_m=100.0)
    registers.save(Registry(restrictions=(wider,)), by="dana")
    assert registers.supervision(AIGUL).restrictions == (replace(ZONE, until_at=after(60)), wider)

    registers.save(Registry(restrictions=(ZONE,)), by="dana")
    assert registers.supervision(AIGUL).restrictions == (replace(ZONE, until_at=after(60)), wider)


def test_people_are_found_by_any_words_of_theirs_in_any_case(registers: Registers) -> None:
    assert [one.id for one in registers.search("АЙГҮЛ")] == [AIGUL]
    assert [one.id for one in registers.search("серік жаңа")] == [BOLAT]
    assert registers.search("100%") == []


def test_a_first_saving_has_everybody_judged_from_the_first_instant_that_matters(registers: Registers) -> None:
    assert marks(registers) == {AIGUL: BEGIN}


@pytest.mark.parametrize(
    ("registry", "effective"),
    [
        (Registry(orders=(replace(ORDER, until_at=after(500)),)), after(500)),
        (Registry(orders=(replace(ORDER, court="another"),)), BEGIN),
        (Registry(fittings=(replace(WORN, until_at=after(30)),)), after(30)),
        (Registry(fittings=(replace(WORN, from_at=BEGIN - timedelta(days=1)),)), BEGIN - timedelta(days=1)),
        (Registry(permissions=(replace(LEAVE, until_at=after(60)),)), after(60)),
        (Registry(restrictions=(replace(ZONE, version=2, from_at=after(9)),)), after(9)),
        (Registry(devices=(replace(TRACKER, silence_limit_s=60),)), BEGIN),
    ],
)
def test_a_change_matters_from_the_first_instant_for_which_it_says_something_else(
    registers: Registers, registry: Registry, effective: object
) -> None:
    last = registers.changes_after(0)[-1].id
    registers.save(registry, by="dana")
    assert marks(registers, last) == {AIGUL: effective}


def test_a_device_that_goes_over_to_another_concerns_both(registers: Registers) -> None:
    last = registers.changes_after(0)[-1].id
    registers.save(Registry(fittings=(replace(WORN, person_id=BOLAT),)), by="dana")
    assert marks(registers, last) == {AIGUL: BEGIN, BOLAT: BEGIN}
    assert registers.supervision(AIGUL).devices == ()
    assert registers.supervision(BOLAT).devices == (TRACKER,)


def test_a_new_name_or_a_device_on_nobody_concerns_no_judgement(registers: Registers) -> None:
    last = registers.changes_after(0)[-1].id
    registers.save(
        Registry(people=(replace(PEOPLE[0], name="Aigul"),), devices=(replace(SPARE, silence_limit_s=60),)), by="dana"
    )
    assert marks(registers, last) == {}


def test_changes_wait_until_a_judged_batch_answers_them(house: House, registers: Registers) -> None:
    [change] = registers.unjudged_changes()
    store = JudgeStore(house.engine)
    epochs = seated(house.engine)
    store.commit(JudgedBatch(epochs=epochs, cursors={}, people=(), changes=(change.id,), judged_at=NOON))
    assert registers.unjudged_changes() == []
    assert registers.changes_after(0) == [change]


NOBODY = PersonId("nobody")
APART = NoContact(
    id=RestrictionId("r-2"),
    order_id=ORDER.id,
    version=1,
    clause="not to meet",
    from_at=BEGIN,
    other_id=BOLAT,
    distance_m=500.0,
    protected=True,
)
CONSENT = Consent(id=ConsentId("c-1"), person_id=BOLAT, from_at=BEGIN, form="3/2026")
WORK = Maintenance(
    id=MaintenanceId("m-1"),
    person_id=AIGUL,
    device_id=TRACKER.id,
    from_at=NOON,
    until_at=after(3600),
    reason="new strap",
    by="dana",
)
HOME_IN_THE_MARKET = PresenceRegime(
    id=RestrictionId("r-3"),
    order_id=ORDER.id,
    version=1,
    clause="to be at home",
    from_at=BEGIN,
    places=(Circle(name="home", center=Point(43.25, 76.95), radius_m=50),),
    schedule=Schedule(timezone="Asia/Almaty", windows=(Window(start_min=0, end_min=360),)),
)


@pytest.mark.parametrize(
    ("registry", "fault"),
    [
        (
            Registry(orders=(replace(ORDER, id=OrderId("o-2"), person_id=NOBODY),)),
            Fault(kind="order", key="o-2", field="person_id", reason="unknown"),
        ),
        (
            Registry(restrictions=(replace(ZONE, order_id=OrderId("o-9")),)),
            Fault(kind="restriction", key="r-1", field="order_id", reason="unknown"),
        ),
        (
            Registry(orders=(replace(ORDER, until_at=BEGIN),)),
            Fault(kind="order", key="o-1", field="until_at", reason="ends_before_it_begins"),
        ),
        (
            Registry(devices=(replace(SPARE, number=TRACKER.number),)),
            Fault(kind="device", key="t-2", field="number", reason="number_taken"),
        ),
        (
            Registry(fittings=(replace(WORN, id=FittingId("f-2"), person_id=BOLAT, from_at=after(5)),)),
            Fault(kind="fitting", key="f-2", field="from_at", reason="overlaps"),
        ),
        (
            Registry(restrictions=(replace(APART, other_id=AIGUL),)),
            Fault(kind="restriction", key="r-2", field=AIGUL, reason="contact_with_oneself"),
        ),
        (
            Registry(restrictions=(replace(APART, other_id=NOBODY),)),
            Fault(kind="restriction", key="r-2", field="other_id", reason="unknown"),
        ),
        (
            Registry(restrictions=(HOME_IN_THE_MARKET,)),
            Fault(kind="restriction", key="r-3", field="r-1", reason="place_excluded"),
        ),
        (
            Registry(consents=(replace(CONSENT, until_at=BEGIN),)),
            Fault(kind="consent", key="c-1", field="until_at", reason="ends_before_it_begins"),
        ),
        (
            Registry(maintenances=(replace(WORK, device_id=DeviceId("t-9")),)),
            Fault(kind="maintenance", key="m-1", field="device_id", reason="unknown"),
        ),
    ],
)
def test_what_is_not_as_it_must_be_is_named_and_nothing_at_all_is_saved(
    registers: Registers, registry: Registry, fault: Fault
) -> None:
    with pytest.raises(RegisterRefusedError) as refused:
        registers.save(replace(registry, people=(replace(PEOPLE[1], name="Bolat"),)), by="dana")
    assert refused.value.faults == (fault,)
    assert registers.person(BOLAT) == PEOPLE[1]
    assert registers.version() == 1


def test_a_protected_persons_consent_stands_with_both_and_its_withdrawal_concerns_both(registers: Registers) -> None:
    registers.save(Registry(restrictions=(APART,), consents=(CONSENT,)), by="dana")
    assert registers.supervision(AIGUL).consents == registers.supervision(BOLAT).consents == (CONSENT,)
    assert registers.supervisions()[AIGUL].consents == registers.supervisions()[BOLAT].consents == (CONSENT,)
    (last,) = registers.changes_after(0)[-1:]
    withdrawn = replace(CONSENT, until_at=after(5))
    registers.save(Registry(consents=(withdrawn,)), by="dana")
    assert marks(registers, last.id) == {AIGUL: after(5), BOLAT: after(5)}
    assert registers.supervision(AIGUL).consents == (withdrawn,)


def test_work_on_equipment_is_part_of_what_judging_knows(registers: Registers) -> None:
    registers.save(Registry(maintenances=(WORK,)), by="dana")
    assert registers.supervision(AIGUL).maintenances == (WORK,)


def test_an_order_may_end_early_whatever_was_to_come_after_it(registers: Registers) -> None:
    later = replace(ZONE, version=2, from_at=after(3600))
    registers.save(Registry(restrictions=(later,)), by="dana")
    registers.save(Registry(orders=(replace(ORDER, until_at=after(60)),)), by="dana")
    assert registers.supervision(AIGUL).orders[0].until_at == after(60)


def test_a_device_may_go_over_when_its_fitting_has_ended(registers: Registers) -> None:
    handed_over = (
        replace(WORN, until_at=after(5)),
        replace(WORN, id=FittingId("f-2"), person_id=BOLAT, from_at=after(5)),
    )
    registers.save(Registry(fittings=handed_over), by="dana")
    assert registers.supervision(BOLAT).devices == (TRACKER,)


def test_a_saving_is_in_the_audit_and_told_to_the_other_programs(house: House, registers: Registers) -> None:
    with psycopg.connect(house.dsn, autocommit=True) as listener:
        listener.execute("LISTEN registers")
        registers.save(Registry(people=PEOPLE), by="dana")
        assert [one.channel for one in listener.notifies(timeout=5, stop_after=1)] == ["registers"]
    newest = Audit(house.engine, house.clock).latest(1)[0]
    assert (newest.who, newest.what, newest.object) == ("dana", "registers.save", "registers/2")


def recorded(house: House) -> list[tuple[str, str, str, str]]:
    with house.engine.connect() as connection:
        ids = connection.scalars(text("SELECT id FROM finding WHERE superseded_at IS NULL")).all()
    written = Findings(house.engine).written([FindingId(one) for one in ids])
    assert all(one.alarm_id is None for one in written)
    return sorted((one.finding.subject, one.finding.person_id, one.finding.code, one.finding.by) for one in written)


def test_a_change_of_order_or_rule_is_in_the_record_of_the_person_with_who_made_it_and_the_version(
    house: House, registers: Registers
) -> None:
    first = [("registers/1", AIGUL, "W04", "dana"), ("registers/1", AIGUL, "W05", "dana")]
    assert recorded(house) == first
    registers.save(Registry(people=PEOPLE, devices=(TRACKER,), orders=(ORDER,), fittings=(WORN,)), by="erlan")
    assert recorded(house) == first

    registers.save(Registry(orders=(replace(ORDER, until_at=END + timedelta(days=10)),)), by="erlan")
    registers.save(Registry(restrictions=(replace(ZONE, version=2, from_at=after(60), warning_m=100.0),)), by="dana")
    registers.save(Registry(permissions=(replace(LEAVE, until_at=after(600)),)), by="erlan")
    assert recorded(house)[2:] == [
        ("registers/3", AIGUL, "W04", "erlan"),
        ("registers/4", AIGUL, "W05", "dana"),
        ("registers/5", AIGUL, "W05", "erlan"),
    ]


def test_nothing_is_recorded_of_a_change_that_is_only_tried_or_refused(house: House, registers: Registers) -> None:
    before = recorded(house)
    registers.would_be(Registry(orders=(replace(ORDER, until_at=after(60)),)), AIGUL)
    with pytest.raises(RegisterRefusedError):
        registers.save(Registry(orders=(replace(ORDER, until_at=BEGIN),)), by="dana")
    assert recorded(house) == before


@pytest.mark.usefixtures("registers")
def test_judging_anew_does_not_take_away_what_is_recorded_of_the_registers(house: House) -> None:
    anew = Anew(person_id=AIGUL, since=after(60))
    assert JudgeStore(house.engine).stood([anew])[AIGUL].findings == ()
    assert len(recorded(house)) == 2


def test_what_stands_in_a_flat_serves_everybody_there_once_each(registers: Registers) -> None:
    unit = Device(id=DeviceId("hu-1"), kind=DeviceKind.HOME_UNIT, protocol="link", number="H-1")
    theirs = tuple(
        Fitting(id=FittingId(f"f-{person_id}"), device_id=unit.id, person_id=person_id, from_at=BEGIN)
        for person_id in (AIGUL, BOLAT)
    )
    registers.save(Registry(devices=(unit,), fittings=theirs), by="dana")
    assert theirs[0] in registers.supervision(AIGUL).fittings
    assert registers.supervision(BOLAT).devices == (unit,)
    for wrong in (
        Registry(fittings=(replace(theirs[1], id=FittingId("f-again"), from_at=NOON),)),
        Registry(devices=(replace(unit, kind=DeviceKind.BRACELET),)),
    ):
        with pytest.raises(RegisterRefusedError, match="overlaps"):
            registers.save(wrong, by="dana")
