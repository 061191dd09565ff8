"""What alarms weigh is counted from the alarms alone."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.acts import Channel as By
from baqylau.domain.acts import Close, Contact, Escalate, Take, Whom
from baqylau.domain.alarms import Action, Cause, Level
from baqylau.domain.escalation import SETTLED
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, SubjectId
from baqylau.domain.settling import SETTLING
from baqylau.monitoring.workstation.load_figures import LoadFigures, figures_of
from baqylau.storage.alarms.acting import do
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.figures import Figures
from baqylau.storage.database import transaction
from baqylau.storage.registers.registers import Registers
from tests.perf.bench_weight import many_alarms
from tests.unit.storage.found import Bench, found
from tests.unit.storage.kept import NOON, House, after
from tests.unit.storage.prescribed import BEGIN, REGISTRY

DAY = timedelta(days=1)
ZONE = "Asia/Almaty"


def load(house: House, from_at: datetime = NOON - DAY, until_at: datetime = NOON + DAY) -> LoadFigures:
    counted = Figures(house.engine).load(from_at, until_at, now=until_at + DAY, zone=ZONE)
    return figures_of(counted, from_at, until_at)


def worked(house: House, number: AlarmId, cause: Cause, *, taken_s: float, closed_s: float, by: str = "dana") -> None:
    alarms = Alarms(house.engine, house.clock)
    house.now = after(taken_s)
    alarms.act(number, Take(), by)
    alarms.act(number, Contact(whom=Whom.WEARER, channel=By.CALL, reached=True), by)
    house.now = after(closed_s)
    alarms.act(number, Close(cause=cause, grounds="as it was", action=Action.TALKED_WITH_PERSON), by)


@pytest.fixture
def numbers(house: House) -> list[AlarmId]:
    """Four alarms of priority 1, each about a zone of its own."""
    bench = Bench(house.engine)
    return [AlarmId(bench.say(found(Code.EXCLUSION_ENTRY, 0, subject=SubjectId(f"z-{n}")))[0]) for n in range(4)]


def test_causes_times_and_hands_are_counted(house: House, numbers: list[AlarmId]) -> None:
    Registers(house.engine, house.clock).save(REGISTRY, by="installation")
    worked(house, numbers[0], Cause.ENTERED_ZONE, taken_s=60, closed_s=600)
    worked(house, numbers[1], Cause.DEVICE_FAULT, taken_s=120, closed_s=1_200, by="erlan")
    figures = load(house)
    assert (figures.people, round(figures.person_days, 6)) == (1, 2.0)
    assert (figures.alarms, figures.tasks, figures.tasks_per_person_day) == (4, 4, 2.0)
    assert (figures.take.count, figures.take.p50_s, figures.take.p90_s) == (2, 60.0, 120.0)
    assert (figures.contact.p90_s, figures.close.p50_s, figures.close.p90_s) == (120.0, 600.0, 1_200.0)
    assert (figures.closed, figures.real_share, figures.device_faults_per_person) == (2, 0.5, 1.0)
    assert figures.open_after_day == 2
    assert [(one.login, one.taken, one.closed) for one in figures.operators] == [("dana", 1, 1), ("erlan", 1, 1)]
    assert [(one.code, one.alarms, one.real_share) for one in figures.by_code] == [(Code.EXCLUSION_ENTRY, 4, 0.5)]
    assert [(one.priority, one.alarms, one.close.count) for one in figures.by_priority] == [(1, 4, 2)]


def test_the_first_hands_count_also_after_the_alarm_climbed(house: House, numbers: list[AlarmId]) -> None:
    alarms = Alarms(house.engine, house.clock)
    house.now = after(30)
    alarms.act(numbers[0], Take(), "dana")
    with transaction(house.engine) as connection:
        do(connection, numbers[0], Escalate(level=Level.SENIOR), by="rule/escalation", at=after(930))
    figures = load(house)
    assert (figures.take.count, figures.take.p50_s, figures.escalated_share) == (1, 30.0, 0.25)


def test_what_was_over_before_anybody_saw_it_is_counted(house: House) -> None:
    bench = Bench(house.engine)
    for subject in ("t-1", "t-2"):
        bench.say(found(Code.BATTERY_LOW, 0, subject=SubjectId(subject)))
    bench.say(found(Code.CHARGING, 60, subject=SubjectId("t-1")))
    assert load(house).cleared_before_seen_share == 0.5


def test_what_settled_before_anybody_took_it_was_nobodys_task(house: House) -> None:
    bench = Bench(house.engine)
    numbers = [bench.say(found(Code.NO_COMMS, 0, subject=SubjectId(f"t-{n}")))[0] for n in range(2)]
    bench.say(found(Code.COMMS_RESTORED, 60, subject=SubjectId("t-0")))
    with transaction(house.engine) as connection:
        do(connection, AlarmId(numbers[0]), SETTLED, by=SETTLING, at=after(180))
    figures = load(house)
    assert (figures.alarms, figures.tasks, figures.closed) == (2, 1, 1)


@pytest.mark.parametrize(
    ("at", "share"),
    [
        (datetime(2026, 3, 10, 4, tzinfo=UTC), 0.0),
        (datetime(2026, 3, 10, 13, tzinfo=UTC), 1.0),
        (datetime(2026, 3, 10, 3, 59, tzinfo=UTC), 1.0),
        (datetime(2026, 3, 14, 6, tzinfo=UTC), 1.0),
    ],
    ids=["tuesday-0900", "tuesday-1800", "tuesday-0859", "saturday-1100"],
)
def test_working_hours_are_those_of_the_installation(house: House, at: datetime, share: float) -> None:
    said = replace(found(Code.EXCLUSION_ENTRY, 0), at=at)
    Bench(house.engine).say(said, at=at)
    assert load(house, at - DAY, at + DAY).after_hours_share == share


def test_days_under_an_order_are_counted_once_and_only_within_the_stretch(house: House) -> None:
    orders = (*REGISTRY.orders, replace(REGISTRY.orders[0], id=type(REGISTRY.orders[0].id)("o-2")))
    Registers(house.engine, house.clock).save(replace(REGISTRY, orders=orders), by="installation")
    assert load(house, BEGIN - DAY, BEGIN + DAY).person_days == 1.0
    assert load(house, BEGIN - 2 * DAY, BEGIN - DAY).people == 0


def test_of_nothing_there_is_no_share(house: House) -> None:
    figures = load(house)
    assert (figures.alarms, figures.per_person_month, figures.real_share, figures.take.p50_s) == (0, None, None, None)
    assert figures.by_code == ()


def test_however_many_there_are_each_is_counted_once(engine: Engine) -> None:
    house = House(engine)
    house.change(many_alarms(3_000))
    figures = load(house, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert (figures.alarms, figures.take.count, figures.closed) == (3_000, 3_000, 3_000)
