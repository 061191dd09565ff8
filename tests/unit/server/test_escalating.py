"""The operator is dead: what happens to the alarms, by the clock, and that it happens once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.acts import Channel, Contact, Escalate, Resume, Suspend, Take, Whom
from baqylau.domain.alarms import AlarmState, Level
from baqylau.domain.findings import ASKED_AFTER, Code, Threshold
from baqylau.domain.ids import AlarmId
from baqylau.monitoring.server.escalating import Escalating
from baqylau.storage.access.audit import Audit
from baqylau.storage.alarms.acting import do
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.feed import Feed
from baqylau.storage.alarms.waiting import Waiting
from baqylau.storage.database import transaction
from tests.unit.storage.found import Bench, found
from tests.unit.storage.kept import House


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


@pytest.fixture
def bench(house: House) -> Bench:
    return Bench(house.engine)


@pytest.fixture
def alarms(house: House) -> Alarms:
    return Alarms(house.engine, house.clock)


def live(house: House, minutes: float) -> int:
    """Let time pass with a server that is killed and started again every ten seconds; give how much was done."""
    done, until = 0, house.now + timedelta(minutes=minutes)
    while house.now < until:
        house.now += timedelta(seconds=10)
        done += Escalating(Waiting(house.engine), house.clock).look()
    return done


def levels(alarms: Alarms, number: AlarmId) -> list[tuple[datetime, Level]]:
    acts = alarms.grounds(number).acts
    return [(one.at, one.act.level) for one in acts if isinstance(one.act, Escalate)]


def test_with_a_dead_operator_an_urgent_alarm_is_with_the_duty_officer_after_six_minutes(
    house: House, bench: Bench, alarms: Alarms
) -> None:
    raised = house.now
    number = AlarmId(bench.say(found(Code.STRAP_OPEN, 0))[0])
    cursor = Feed(house.engine).cursor()

    assert live(house, 30) == 2

    assert levels(alarms, number) == [
        (raised + timedelta(minutes=3), Level.SENIOR),
        (raised + timedelta(minutes=6), Level.DUTY_OFFICER),
    ]
    one = alarms.get(number).alarm
    assert (one.state, one.level, one.escalated_at) == (
        AlarmState.OPEN,
        Level.DUTY_OFFICER,
        raised + timedelta(minutes=6),
    )
    assert [row.key for row in Feed(house.engine).after(cursor, 10)] == [str(number)] * 2
    assert [finding.code for finding in alarms.grounds(number).findings] == [Code.STRAP_OPEN] + [Code.TAKE_OVERDUE] * 2
    assert (one.count, alarms.get(number).finding.code) == (1, Code.STRAP_OPEN)
    entry = Audit(house.engine, house.clock).latest(1)[0]
    assert (entry.who, entry.what) == ("rule/escalation", "alarm.escalate")


def test_an_operator_who_dies_after_taking_it_does_not_take_it_along(
    house: House, bench: Bench, alarms: Alarms
) -> None:
    number = AlarmId(bench.say(found(Code.STRAP_OPEN, 0))[0])
    alarms.act(number, Take(), "dana")
    assert live(house, 14) == 0
    assert live(house, 1) == 1
    one = alarms.get(number).alarm
    assert (one.state, one.taken_by, one.level) == (AlarmState.OPEN, None, Level.SENIOR)
    assert alarms.act(number, Take(), "erlan").taken_by == "erlan"


def test_a_rest_ends_at_its_end_and_the_alarm_is_in_work_again(house: House, bench: Bench, alarms: Alarms) -> None:
    number = AlarmId(bench.say(found(Code.STRAP_OPEN, 0))[0])
    alarms.act(number, Contact(whom=Whom.WEARER, channel=Channel.CALL, reached=True), "dana")
    alarms.act(number, Suspend(until_at=house.now + timedelta(minutes=40), why="the patrol is there at one"), "dana")
    assert live(house, 39) == 0
    assert live(house, 1) == 1
    assert alarms.get(number).alarm.state is AlarmState.TAKEN
    last = alarms.grounds(number).acts[-1]
    assert (last.by, last.act) == ("rule/suspension", Resume())


def test_two_servers_at_once_climb_once(house: House, bench: Bench, alarms: Alarms) -> None:
    numbers = [AlarmId(bench.say(found(Code.STRAP_OPEN, 0, subject=f"d-{one}"))[0]) for one in range(5)]  # type: ignore[arg-type]
    house.now += timedelta(minutes=3)
    servers = [Escalating(Waiting(house.engine), house.clock) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(Escalating.look, servers)) == 5
    assert [len(levels(alarms, number)) for number in numbers] == [1] * 5


def test_a_server_that_is_killed_in_the_middle_has_done_nothing_by_halves(
    house: House, bench: Bench, alarms: Alarms, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = AlarmId(bench.say(found(Code.STRAP_OPEN, 0))[0])
    house.now += timedelta(minutes=3)

    def killed(*_args: object, **_words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as death:
        death.setattr("baqylau.storage.alarms.acting.append", killed)
        with pytest.raises(KeyboardInterrupt):
            Escalating(Waiting(house.engine), house.clock).look()
    assert alarms.get(number).alarm.level is Level.OPERATOR
    assert levels(alarms, number) == []
    assert Escalating(Waiting(house.engine), house.clock).look() == 1


LEFT = (Threshold(name=ASKED_AFTER, value=1800),)


def test_a_lost_link_is_asked_about_when_the_wearers_time_is_over_and_climbs_from_then_on(
    house: House, bench: Bench, alarms: Alarms
) -> None:
    lost_at = house.now
    number = AlarmId(bench.say(replace(found(Code.NO_COMMS, 0), thresholds=LEFT))[0])
    assert [one.alarm.id for one in alarms.open()] == [number], "it is seen at once"
    assert live(house, 44) == 0
    assert live(house, 1) == 1
    assert levels(alarms, number) == [(lost_at + timedelta(minutes=45), Level.SENIOR)]


def test_when_it_is_said_again_with_less_time_for_the_wearer_it_is_asked_about_sooner(
    house: House, bench: Bench
) -> None:
    lost, again = found(Code.NO_COMMS, 0), found(Code.NO_COMMS, 1)
    number = AlarmId(bench.say(replace(lost, thresholds=LEFT))[0])
    shorter = (Threshold(name=ASKED_AFTER, value=599),)
    assert bench.say(replace(again, thresholds=shorter), superseded=[lost.id]) == [number]
    assert live(house, 24.5) == 0
    assert live(house, 0.5) == 1


def test_a_wearer_who_was_told_and_mended_it_leaves_nothing_to_do(house: House, bench: Bench, alarms: Alarms) -> None:
    number = AlarmId(bench.say(replace(found(Code.NO_COMMS, 0), thresholds=LEFT))[0])
    with transaction(house.engine) as connection:
        told = Contact(whom=Whom.WEARER, channel=Channel.TEXT, reached=True)
        do(connection, number, told, by="rule/notices", at=house.now)
    bench.say(found(Code.COMMS_RESTORED, 300))
    live(house, 8)
    assert alarms.get(number).alarm.closed_by == "rule/settling"


def test_a_lost_link_that_comes_back_before_anybody_took_it_is_no_task(
    house: House, bench: Bench, alarms: Alarms
) -> None:
    number = AlarmId(bench.say(found(Code.NO_COMMS, 0))[0])
    bench.say(found(Code.COMMS_RESTORED, 60))
    live(house, 4)
    one = alarms.get(number).alarm
    assert (one.state, one.closed_by) == (AlarmState.CLOSED, "rule/settling")
    assert alarms.open() == []
