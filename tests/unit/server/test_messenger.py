"""People are told what happens to alarms: at least once, in their language, with as little about anybody as can be."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.acts import Close, Escalate, Hold, Take
from baqylau.domain.alarms import Action, Cause, Level
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import ASKED_AFTER, Code, Threshold
from baqylau.domain.ids import AlarmId, SubjectId
from baqylau.domain.notices import ATTEMPTS_MAX, NoticeState
from baqylau.domain.notices import Channel as By
from baqylau.domain.people import Language
from baqylau.domain.targets import HttpGateway, HttpReceipts, SmppGateway, Target, Telling
from baqylau.locales import LANGUAGES, catalogue
from baqylau.monitoring.server.letters import notices_of
from baqylau.monitoring.server.messenger import LEASE, Messenger
from baqylau.monitoring.server.receipts import EVERY as RECEIPTS_EVERY
from baqylau.storage.alarms.acting import do
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.outbox import Outbox
from baqylau.storage.database import transaction
from baqylau.storage.registers.registers import Registers
from tests.unit.links.receivers import WebReceiver, sms_centre, until, web_receiver
from tests.unit.storage.found import Bench, found
from tests.unit.storage.kept import House, after
from tests.unit.storage.prescribed import PEOPLE, REGISTRY

SECRET = "between us"  # noqa: S105 - invented
PHONE = "+77010000000"
WORKED = Close(cause=Cause.ENTERED_ZONE, grounds="seen by the patrol", action=Action.TALKED_WITH_PERSON)


@pytest.fixture
def house(engine: Engine) -> House:
    """An installation with people who have telephones."""
    opened = House(engine)
    people = tuple(replace(one, phone=PHONE, district="Almaly") for one in PEOPLE)
    Registers(engine, opened.clock).save(replace(REGISTRY, people=people), by="installation")
    return opened


@pytest.fixture
def receiver() -> Iterator[WebReceiver]:
    with web_receiver() as opened:
        yield opened


class Office:
    """A messenger over the outbox of a house, and a judge who says what happened."""

    def __init__(self, house: House, telling: Telling) -> None:
        self.house = house
        self.outbox = Outbox(house.engine)
        self.messenger = Messenger(self.outbox, telling, now=house.clock, jitter=lambda: 1.0)
        self.bench = Bench(house.engine)

    def raised(self, code: Code = Code.EXCLUSION_ENTRY, subject: str = "zone-1") -> AlarmId:
        return AlarmId(self.bench.say(found(code, 0, subject=SubjectId(subject)))[0])

    def left_to_wearer(self) -> AlarmId:
        """Raise an alarm about a lost link that is the wearer's for half an hour."""
        lost = found(Code.NO_COMMS, 0, subject=SubjectId("t-1"))
        return AlarmId(self.bench.say(replace(lost, thresholds=(Threshold(name=ASKED_AFTER, value=1800),)))[0])

    def told(self, number: AlarmId) -> list[NoticeState]:
        """Send all that is due now, and give how far the notices of an alarm have come."""
        self.messenger.round()
        until(lambda: not any(one.state is NoticeState.SENDING for one in self.outbox.of_alarm(number)))
        return [one.state for one in self.outbox.of_alarm(number)]


Opener = Callable[[Telling], Office]


@pytest.fixture
def open_office(house: House) -> Iterator[Opener]:
    """Opens offices and ends their messengers."""
    with ExitStack() as stack:

        def opened(telling: Telling) -> Office:
            office = Office(house, telling)
            stack.callback(office.messenger.stop)
            return office

        yield opened


def hook(receiver: WebReceiver, **changes: object) -> Target:
    plain = Target(name="hook", channel=By.WEBHOOK, address=receiver.address, secret=SECRET, language=Language.EN)
    return replace(plain, **changes)


def told_of(receiver: WebReceiver) -> dict[str, object]:
    said: dict[str, object] = msgspec.json.decode(receiver.next().body)
    return said


def test_who_is_told_learns_the_number_the_matter_and_the_time_and_no_name(
    receiver: WebReceiver, open_office: Opener
) -> None:
    office = open_office(Telling(link="https://bq.example.test", targets=(hook(receiver),)))
    number = office.raised()
    assert office.told(number) == [NoticeState.DELIVERED]
    said = told_of(receiver)
    assert (said["alarm"], said["code"], said["priority"], said["why"]) == (number, "Z01", 1, "raised")
    assert str(said["text"]).splitlines() == [
        f"Alarm {number} was raised.",
        f"{catalogue('en')['alarm.Z01.title']}. Priority 1, since 10.03.2026 17:00.",
        f"https://bq.example.test/alarms/{number}",
    ]
    assert "Айгүл" not in str(said)
    assert office.told(number) == [NoticeState.DELIVERED]
    assert receiver.asked.empty()


def test_a_name_goes_only_to_who_is_allowed_it(receiver: WebReceiver, open_office: Opener) -> None:
    office = open_office(Telling(targets=(hook(receiver, names=True, language=Language.KK),)))
    office.told(office.raised())
    assert "Адам: Айгүл Нұрланова" in str(told_of(receiver)["text"])


def test_a_receiver_that_fails_is_tried_again_with_the_same_key(
    house: House, receiver: WebReceiver, open_office: Opener
) -> None:
    receiver.answers = [500, 503]
    office = open_office(Telling(targets=(hook(receiver),)))
    number = office.raised()
    assert office.told(number) == [NoticeState.FAILED]
    assert office.told(number) == [NoticeState.FAILED], "before its pause is over nothing is tried"
    house.now = after(5)
    assert office.told(number) == [NoticeState.FAILED]
    house.now = after(15)
    assert office.told(number) == [NoticeState.DELIVERED]
    assert len({receiver.next().headers["idempotency-key"] for _ in range(3)}) == 1


def test_what_never_succeeds_is_given_up(house: House, receiver: WebReceiver, open_office: Opener) -> None:
    receiver.answers = [500] * ATTEMPTS_MAX
    office = open_office(Telling(targets=(hook(receiver),)))
    number = office.raised()
    states = []
    for _ in range(ATTEMPTS_MAX):
        states += office.told(number)
        house.now += timedelta(minutes=31)
    assert states == [*[NoticeState.FAILED] * (ATTEMPTS_MAX - 1), NoticeState.GIVEN_UP]
    assert office.outbox.of_alarm(number)[0].last_error == "http_500"


def test_of_an_alarm_that_is_closed_nobody_is_told_any_more(
    house: House, receiver: WebReceiver, open_office: Opener
) -> None:
    receiver.answers = [500]
    office = open_office(Telling(targets=(hook(receiver),)))
    number = office.raised()
    assert office.told(number) == [NoticeState.FAILED]
    alarms = Alarms(house.engine, house.clock)
    alarms.act(number, Take(), "dana")
    alarms.act(number, WORKED, "dana")
    house.now = after(60)
    assert office.told(number) == [NoticeState.NEEDLESS]


def test_the_senior_is_told_when_nobody_answers_and_not_before(
    house: House, receiver: WebReceiver, open_office: Opener
) -> None:
    office = open_office(Telling(targets=(hook(receiver, levels=(1, 2)),)))
    number = office.raised()
    assert office.told(number) == []
    with transaction(house.engine) as connection:
        do(connection, number, Escalate(level=Level.SENIOR), by="rule/escalation", at=house.now)
    assert office.told(number) == [NoticeState.DELIVERED]
    assert str(told_of(receiver)["text"]).startswith(f"Alarm {number} was not answered in time. It is now with: senior")


def test_the_person_is_told_first_only_where_the_catalogue_and_the_installation_say_so(
    receiver: WebReceiver, open_office: Opener
) -> None:
    sms = HttpGateway(url=receiver.address, fields={"to": "{phone}", "text": "{text}"})
    office = open_office(Telling(sms=sms, wearer_first=True))
    assert office.told(office.raised(Code.STRAP_OPEN, "t-1")) == []
    number = office.raised(Code.BATTERY_LOW, "t-1")
    assert office.told(number) == [NoticeState.SENT]
    body = receiver.next().body
    assert b"to=%2B77010000000" in body
    assert b"Z01" not in body
    silent = open_office(Telling(sms=sms))
    assert silent.told(silent.raised(Code.BATTERY_LOW, "t-2")) == []


def test_a_lost_link_is_told_to_the_wearer_at_once_and_to_others_when_the_wearers_time_is_over(
    house: House, receiver: WebReceiver, open_office: Opener
) -> None:
    sms = HttpGateway(url=receiver.address, fields={"to": "{phone}", "text": "{text}"})
    office = open_office(Telling(sms=sms, wearer_first=True, targets=(hook(receiver),)))
    number = office.left_to_wearer()
    assert sorted(office.told(number)) == [NoticeState.QUEUED, NoticeState.SENT]
    assert b"to=%2B77010000000" in receiver.next().body
    house.now = after(1799)
    assert NoticeState.QUEUED in office.told(number)
    assert office.outbox.waiting_since() == after(1800), "it is not late before its time"
    house.now = after(1800)
    assert sorted(office.told(number)) == [NoticeState.DELIVERED, NoticeState.SENT]
    assert told_of(receiver)["alarm"] == number


def test_of_a_lost_link_that_came_back_or_joined_an_incident_meanwhile_nobody_else_is_told(
    house: House, receiver: WebReceiver, open_office: Opener
) -> None:
    office = open_office(Telling(targets=(hook(receiver),)))
    number = office.left_to_wearer()
    assert office.told(number) == [NoticeState.QUEUED]
    outage = office.raised(Code.AREA_OUTAGE, "401-01-7-1")
    with transaction(house.engine) as connection:
        do(connection, number, Hold(incident_id=outage), by="rule/correlation", at=house.now)
    house.now = after(1800)
    assert office.told(number) == [NoticeState.NEEDLESS]


def test_a_person_whose_telephone_has_the_message_was_contacted_and_one_with_no_receipt_was_not(
    house: House, open_office: Opener
) -> None:
    with sms_centre() as (centre, port):
        centre.fates, centre.keeps_receipts = ["DELIVRD"], True
        sms = SmppGateway(host="127.0.0.1", port=port, system_id="bq", password="right", source="Baqylau")  # noqa: S106 - invented
        office = open_office(Telling(sms=sms, wearer_first=True))
        reached, unknown = office.raised(Code.BATTERY_LOW, "t-1"), office.raised(Code.BATTERY_LOW, "t-2")
        assert {*office.told(reached), *office.told(unknown)} == {NoticeState.SENT}
        centre.tell_receipts()
        alarms = Alarms(house.engine, house.clock)
        until(lambda: _contacted(house, office, alarms) != [])
        assert len(_contacted(house, office, alarms)) == 1
        [(by, _)] = [(one.by, one.act) for one in alarms.grounds(_contacted(house, office, alarms)[0]).acts]
        assert by == "rule/notices"


def test_a_gateway_of_requests_is_asked_for_its_receipts_and_less_often_the_older_a_message_is(
    house: House, receiver: WebReceiver, open_office: Opener
) -> None:
    receipts = HttpReceipts(
        url=receiver.address + "?id={reference}&to={phone}", state="state", delivered=("ok",), reference="id"
    )
    sms = HttpGateway(url=receiver.address, fields={"m": "{text}"}, receipts=receipts)
    receiver.says = ['{"id": "g-1"}', '{"state": "waits"}', '{"state": "waits"}', '{"state": "ok"}']
    office = open_office(Telling(sms=sms, wearer_first=True))
    number = office.raised(Code.BATTERY_LOW, "t-1")
    assert office.told(number) == [NoticeState.SENT]
    began, asked_after = house.now, []
    until(lambda: bool(_contacted(house, office, Alarms(house.engine, house.clock))))
    assert receiver.next().query == ""
    while not receiver.asked.empty():
        asked_after.append(receiver.next().query)
    assert set(asked_after) == {"id=g-1&to=%2B77010000000"}
    assert len(asked_after) == 3
    assert house.now - began >= 3 * RECEIPTS_EVERY
    assert [one.state for one in office.outbox.of_alarm(number)] == [NoticeState.DELIVERED]


def _contacted(house: House, office: Office, alarms: Alarms) -> list[AlarmId]:
    """Let the messenger ask for receipts, and give the alarms whose wearer was reached."""
    house.now += RECEIPTS_EVERY
    office.messenger.round()
    return [one.alarm.id for one in alarms.open() if one.alarm.contacted_at is not None]


def test_every_code_of_which_the_person_is_told_first_has_words_for_it() -> None:
    wanted = {f"notice.wearer.{code}" for code, event in EVENTS.items() if event.tell_wearer_first}
    for language in LANGUAGES:
        assert wanted <= set(catalogue(language))


def test_a_target_that_is_gone_is_given_up_at_once(house: House, receiver: WebReceiver, open_office: Opener) -> None:
    number = open_office(Telling(targets=(hook(receiver),))).raised()
    Outbox(house.engine).spread(partial(notices_of, Telling(targets=(hook(receiver),))), house.now)
    assert open_office(Telling()).told(number) == [NoticeState.GIVEN_UP]


def test_two_messengers_at_once_tell_each_notice_once(house: House, receiver: WebReceiver, open_office: Opener) -> None:
    telling = Telling(targets=(hook(receiver),))
    one, two = open_office(telling), open_office(telling)
    bench = Bench(house.engine)
    numbers = [bench.say(found(Code.EXCLUSION_ENTRY, 0, subject=SubjectId(f"z-{n}")))[0] for n in range(40)]
    threads = [Thread(target=office.messenger.catch_up, args=(lambda: False,)) for office in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: one.outbox.counts() == {NoticeState.DELIVERED: len(numbers)})
    assert receiver.asked.qsize() == len(numbers)


STARTS_S = 60.0
"""How long a program may take to start on a busy machine."""
FILE = """
targets:
  - name: hook
    channel: webhook
    address: {address}
    secret: between us
"""


def test_a_messenger_that_is_killed_in_the_middle_loses_nothing(
    house: House, receiver: WebReceiver, tmp_path: Path
) -> None:
    (tmp_path / "notices.yaml").write_text(FILE.format(address=receiver.address))
    (tmp_path / "notices.yaml").chmod(0o600)
    receiver.waits_s = 0.05
    bench = Bench(house.engine)
    numbers = [bench.say(found(Code.EXCLUSION_ENTRY, 0, subject=SubjectId(f"z-{n}")))[0] for n in range(40)]
    outbox = Outbox(house.engine)
    with messenger(house.dsn, tmp_path) as process:
        until(lambda: receiver.asked.qsize() >= 5, within_s=STARTS_S)
        process.send_signal(signal.SIGKILL)
    house.change("UPDATE notice SET next_at = next_at - :lease WHERE state = 'sending'", lease=LEASE)
    with messenger(house.dsn, tmp_path):
        until(lambda: outbox.counts() == {NoticeState.DELIVERED: len(numbers)}, within_s=STARTS_S)
    came = Counter(receiver.asked.get_nowait().headers["idempotency-key"] for _ in range(receiver.asked.qsize()))
    assert len(came) == len(numbers)
    assert max(came.values()) <= 2, "once for each life"


@contextmanager
def messenger(dsn: str, data: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A messenger as a program of its own; killed at the end."""
    command = [sys.executable, "-m", "baqylau.cli", "messenger", "--data", str(data)]
    environment = {**os.environ, "BAQYLAU_DATABASE": dsn}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()
