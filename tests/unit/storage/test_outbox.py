"""What happens to an alarm is announced with it or not at all, and each notice is in one pair of hands at a time."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baqylau.crypto.digests import finding_id
from baqylau.domain.acts import Channel as ByText
from baqylau.domain.acts import Close, Contact, Escalate, Whom
from baqylau.domain.alarms import Action, Cause, Level
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId
from baqylau.domain.notices import WEARER, Channel, Notice, NoticeId, NoticeState, Why, failed, taken_over
from baqylau.storage.alarms.acting import do
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.announcing import announce
from baqylau.storage.alarms.outbox import News, Outbox
from baqylau.storage.database import driver, transaction
from tests.unit.storage.found import Bench, found
from tests.unit.storage.kept import NOON, House, after

LEASE = timedelta(seconds=90)


@pytest.fixture
def number(house: House) -> AlarmId:
    """An alarm that waits."""
    return AlarmId(Bench(house.engine).say(found(Code.EXCLUSION_ENTRY, 0))[0])


@pytest.fixture
def outbox(house: House) -> Outbox:
    return Outbox(house.engine)


def to_duty(news: News) -> Iterator[Notice]:
    said = news.announcement
    yield Notice(
        id=NoticeId(finding_id(str(said.id))),
        alarm_id=said.alarm_id,
        target="duty",
        channel=Channel.WEBHOOK,
        why=said.why,
        level=said.level,
        created_at=said.at,
        next_at=said.at,
    )


def test_an_alarm_is_announced_once_however_often_it_repeats(house: House, number: AlarmId, outbox: Outbox) -> None:
    Bench(house.engine, "another").say(*(found(Code.EXCLUSION_ENTRY, at_s) for at_s in range(1, 101)))
    assert outbox.spread(to_duty, NOON) == 1
    assert [(one.alarm_id, one.why, one.level) for one in outbox.of_alarm(number)] == [(number, Why.RAISED, 0)]


def test_each_step_up_is_announced(house: House, number: AlarmId, outbox: Outbox) -> None:
    with transaction(house.engine) as connection:
        do(connection, number, Escalate(level=Level.SENIOR), by="rule/escalation", at=after(180))
    outbox.spread(to_duty, after(180))
    assert [(one.why, one.level) for one in outbox.of_alarm(number)] == [(Why.RAISED, 0), (Why.ESCALATED, 1)]


def test_what_was_rolled_back_is_not_announced(house: House, number: AlarmId, outbox: Outbox) -> None:
    outbox.spread(to_duty, NOON)
    with house.engine.connect() as connection:
        announce(driver(connection).cursor(), [(number, Why.ESCALATED, 1)], NOON)
        connection.rollback()
    assert outbox.spread(to_duty, NOON) == 0


def test_two_who_spread_at_once_write_each_notice_once(house: House, outbox: Outbox) -> None:
    bench = Bench(house.engine)
    for at_s in range(20):
        bench.say(found(Code.EXCLUSION_ENTRY, at_s, subject=f"zone-{at_s}"))  # type: ignore[arg-type]
    with ThreadPoolExecutor(4) as pool:
        spread = list(pool.map(lambda _: outbox.spread(to_duty, NOON, 5), range(8)))
    assert sum(spread) == 20
    assert outbox.counts() == {NoticeState.QUEUED: 20}


def test_a_notice_that_is_being_sent_is_nobody_elses_until_its_lease_ends(number: AlarmId, outbox: Outbox) -> None:
    outbox.spread(to_duty, NOON)
    [due] = outbox.take(NOON, LEASE, 10)
    assert (due.notice.state, due.notice.attempts, due.alarm.id) == (NoticeState.SENDING, 1, number)
    assert outbox.take(after(89), LEASE, 10) == []
    [again] = outbox.take(after(90), LEASE, 10)
    assert (again.notice.id, again.notice.attempts) == (due.notice.id, 2)
    assert not outbox.settle(taken_over(due.notice, after(91))), "whose lease was lost has nothing more to say"
    assert outbox.settle(taken_over(again.notice, after(91)))
    assert [one.state for one in outbox.of_alarm(number)] == [NoticeState.SENT]


def test_what_failed_comes_due_again_and_keeps_its_error(number: AlarmId, outbox: Outbox) -> None:
    outbox.spread(to_duty, NOON)
    [due] = outbox.take(NOON, LEASE, 10)
    outbox.settle(failed(due.notice, NOON, "http_500", lasting=False, jitter=1))
    assert outbox.take(after(4.9), LEASE, 10) == []
    assert [one.notice.last_error for one in outbox.take(after(5), LEASE, 10)] == ["http_500"]
    assert outbox.of_alarm(number)[0].attempts == 2


def test_four_who_take_at_once_share_the_work(house: House, outbox: Outbox) -> None:
    bench = Bench(house.engine)
    for at_s in range(40):
        bench.say(found(Code.EXCLUSION_ENTRY, at_s, subject=f"zone-{at_s}"))  # type: ignore[arg-type]
    outbox.spread(to_duty, NOON)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: outbox.take(after(60), LEASE, 10), range(8)))
    names = [due.notice.id for some in taken for due in some]
    assert len(names) == len(set(names)) == 40


def test_a_receipt_finds_its_notice_once(number: AlarmId, outbox: Outbox) -> None:
    outbox.spread(to_duty, NOON)
    [due] = outbox.take(NOON, LEASE, 10)
    assert not outbox.awaiting(NOON, 10)
    outbox.settle(taken_over(due.notice, NOON, reference="17"))
    assert outbox.awaiting(NOON, 10)
    assert outbox.receipt("17", after(5), delivered=True)
    assert not outbox.receipt("17", after(6), delivered=False)
    assert not outbox.receipt("18", after(6), delivered=True)
    assert [(one.state, one.delivered_at) for one in outbox.latest(tuple(NoticeState), 5)] == [
        (NoticeState.DELIVERED, after(5))
    ]
    assert outbox.of_alarm(number)[0].reference == "17"


def to_wearer(news: News) -> Iterator[Notice]:
    yield from (replace(one, target=WEARER, channel=Channel.SMS, why=Why.WEARER_FIRST) for one in to_duty(news))


def named(name: str, notices: Iterable[Notice]) -> list[Notice]:
    return [replace(one, id=NoticeId(name)) for one in notices]


def contacts(house: House, number: AlarmId) -> tuple[datetime | None, list[tuple[str, Contact]]]:
    alarms = Alarms(house.engine, house.clock)
    done = [(one.by, one.act) for one in alarms.grounds(number).acts if isinstance(one.act, Contact)]
    return alarms.get(number).alarm.contacted_at, done


def test_a_wearer_counts_as_contacted_when_the_message_was_delivered_and_not_before(
    house: House, number: AlarmId, outbox: Outbox
) -> None:
    outbox.spread(to_wearer, NOON)
    [due] = outbox.take(NOON, LEASE, 10)
    outbox.settle(taken_over(due.notice, NOON, reference="17"))
    assert contacts(house, number) == (None, [])
    outbox.receipt("17", after(5), delivered=True)
    outbox.receipt("17", after(6), delivered=True)
    reached = Contact(whom=Whom.WEARER, channel=ByText.TEXT, reached=True)
    assert contacts(house, number) == (after(5), [("rule/notices", reached)])


def test_a_message_that_was_not_delivered_or_went_to_somebody_else_is_no_contact_with_the_wearer(
    house: House, number: AlarmId, outbox: Outbox
) -> None:
    outbox.spread(lambda news: (*to_duty(news), *named("wearer's", to_wearer(news))), NOON)
    told = {one.notice.target: one.notice for one in outbox.take(NOON, LEASE, 10)}
    outbox.settle(taken_over(told["duty"], NOON, delivered=True))
    outbox.settle(taken_over(told[WEARER], NOON, reference="18"))
    outbox.receipt("18", after(5), delivered=False)
    assert contacts(house, number) == (None, [])


def test_a_message_delivered_after_the_alarm_was_closed_changes_nothing_of_it(
    house: House, number: AlarmId, outbox: Outbox
) -> None:
    outbox.spread(to_wearer, NOON)
    [due] = outbox.take(NOON, LEASE, 10)
    outbox.settle(taken_over(due.notice, NOON, reference="19"))
    closed = Close(cause=Cause.ENTERED_ZONE, grounds="seen by the patrol", action=Action.TALKED_WITH_PERSON)
    with transaction(house.engine) as connection:
        do(connection, number, Contact(whom=Whom.WEARER, channel=ByText.CALL, reached=False), by="dana", at=after(1))
        do(connection, number, closed, by="dana", at=after(2))
    assert outbox.receipt("19", after(5), delivered=True)
    assert contacts(house, number)[0] == after(1)
