"""What leaves for other systems: at least once, in order, and by a recorded basis or not at all."""

import asyncio
import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from gmqtt import Client
from gmqtt.mqtt.constants import MQTTv50
from sqlalchemy import Engine

from baqylau.crypto.authentication import code
from baqylau.domain.findings import Code
from baqylau.domain.forwarding import Basis, EgtsTarget, MqttTarget, Target, WebhookTarget, WialonTarget
from baqylau.domain.ids import PersonId
from baqylau.domain.observations import Fix, FixSource, Strap
from baqylau.monitoring.server.forwarding.forwarder import way_to
from baqylau.monitoring.server.forwarding.relay import LONGEST_PAUSE_S, Relay, Sources
from baqylau.monitoring.server.watching_over import Disk, Limits, conditions
from baqylau.storage.alarms import Alarms
from baqylau.storage.audit import Audit
from baqylau.storage.bases import Bases, BasisRefusedError
from baqylau.storage.feed import Feed
from baqylau.storage.forwarding import Deliveries, Delivery
from baqylau.storage.installation import installation
from baqylau.storage.journal import Journal
from baqylau.storage.judgement import JudgeStore
from baqylau.storage.ourselves import ATTEMPTS_BEFORE_WORD, Ourselves
from baqylau.storage.registers import Registers
from baqylau.storage.vault import Vault
from tests.unit.links.receivers import WebReceiver, until, web_receiver
from tests.unit.server.forwarding_receivers import egts_server, wialon_server
from tests.unit.storage.found import Bench, found
from tests.unit.storage.kept import AIGUL, BOLAT, HERE, House, after, heard
from tests.unit.storage.prescribed import REGISTRY

POLICE = "Town police"
SECRET = "between the two of us"  # noqa: S105 - invented
MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
STARTS_S = 60.0


class Post:
    """An installation that forwards to one target."""

    def __init__(self, house: House, target: Target) -> None:
        self.house, self.target = house, target
        self.bases = Bases(house.engine, house.clock)
        self.deliveries = Deliveries(house.engine)
        feed, alarms = Feed(house.engine), Alarms(house.engine, house.clock)
        sources = Sources(house.journal, feed, alarms, self.bases, self.deliveries)
        self.relay = Relay(target, sources, way_to(target, house.clock), house.clock, lambda: 1.0)

    def allow(self, *people: PersonId, from_s: float = -60, until_s: float = 3600) -> Basis:
        return allow(self.bases, *people, from_at=after(from_s), until_at=after(until_s))

    def hear(self, *people: PersonId, at_s: float, fix: Fix = HERE) -> None:
        self.house.now = max(self.house.now, after(at_s))
        self.house.journal.append([heard(one, after(at_s), fix, Strap(open=True)) for one in people])

    def carry(self) -> Delivery:
        """Carry all that is due now, and give how it goes with the target."""
        while self.relay.round():
            pass
        (state,) = self.deliveries.all(self.house.now)
        return state


def allow(bases: Bases, *people: PersonId, from_at: datetime, until_at: datetime) -> Basis:
    names = {one: str(4000 + number) for number, one in enumerate(people, 1)}
    return bases.record(
        recipient=POLICE, text_of_basis="Act 7", people=names, from_at=from_at, until_at=until_at, by="dana"
    )


@pytest.fixture
def house(engine: Engine) -> House:
    opened = House(engine)
    Registers(engine, opened.clock).save(REGISTRY, by="installation")
    return opened


@pytest.fixture
def receiver() -> Iterator[WebReceiver]:
    with web_receiver() as opened:
        yield opened


@pytest.fixture
def post(house: House, receiver: WebReceiver) -> Iterator[Post]:
    opened = Post(house, WebhookTarget(name="police", recipient=POLICE, url=receiver.address, secret=SECRET))
    yield opened
    opened.relay.close()


def told(receiver: WebReceiver) -> list[dict[str, object]]:
    """Give all items that a receiver was told, in their order."""
    asked = [receiver.asked.get_nowait() for _ in range(receiver.asked.qsize())]
    return [item for one in asked for item in json.loads(one.body)["items"]]


def test_without_a_basis_nothing_leaves_and_what_came_before_one_leaves_never(
    post: Post, receiver: WebReceiver
) -> None:
    post.hear(AIGUL, at_s=1)
    assert post.carry().bases == 0
    post.allow(AIGUL)
    post.hear(AIGUL, at_s=2)
    state = post.carry()
    assert (state.sent, state.behind, state.bases) == (1, 0, 1)
    (item,) = told(receiver)
    assert item["at"] == after(2).isoformat()


def test_nothing_of_anybody_else_leaves_and_of_the_named_only_their_place(post: Post, receiver: WebReceiver) -> None:
    basis = post.allow(AIGUL)
    post.hear(AIGUL, BOLAT, at_s=1)
    post.hear(AIGUL, at_s=2, fix=Fix(latitude_deg=43.0, longitude_deg=77.0, source=FixSource.CELL))
    post.carry()
    (item,) = told(receiver)
    assert item == {
        "type": "position",
        "id": item["id"],
        "object": "4001",
        "at": after(1).isoformat(),
        "latitude_deg": HERE.latitude_deg,
        "longitude_deg": HERE.longitude_deg,
        "altitude_m": None,
        "speed_m_s": None,
        "course_deg": None,
        "satellites": None,
        "hdop": None,
        "accuracy_m": None,
        "source": "gnss",
    }
    assert post.deliveries.disclosed() == [("police", basis.number, AIGUL, "2026-03-10", 1, 0)]


def test_when_a_basis_ends_what_still_waited_stays_here(post: Post, receiver: WebReceiver) -> None:
    basis = post.allow(AIGUL)
    post.hear(AIGUL, at_s=1)
    receiver.answers = [503]
    assert post.carry().last_error == "http_503"
    assert post.bases.end(basis.number, "the court lifted it", by="dana")
    assert not post.bases.end(basis.number, "again", by="dana")
    told(receiver)
    post.house.now = after(600)
    assert (post.carry().sent, post.carry().behind) == (0, 0)
    assert not told(receiver)
    acts = [(one.who, one.what, one.object) for one in Audit(post.house.engine, post.house.clock).latest(2)]
    assert acts == [
        ("dana", "forwarding.basis.end", f"basis/{basis.number}"),
        ("dana", "forwarding.basis.record", f"basis/{basis.number}"),
    ]


def test_a_basis_ends_by_itself(post: Post, receiver: WebReceiver) -> None:
    post.allow(AIGUL, until_s=10)
    post.hear(AIGUL, at_s=9)
    post.house.now = after(10)
    assert post.carry().bases == 0
    assert not told(receiver)


def test_a_basis_covers_instants_and_not_only_days_on_which_we_send(post: Post, receiver: WebReceiver) -> None:
    post.allow(AIGUL, from_s=5)
    post.house.now = after(20)
    post.hear(AIGUL, at_s=4)
    post.hear(AIGUL, at_s=6)
    post.carry()
    assert [item["at"] for item in told(receiver)] == [after(6).isoformat()]


def test_a_basis_needs_a_right_people_we_know_and_a_time(post: Post) -> None:
    with pytest.raises(BasisRefusedError, match="unknown_person"):
        post.allow(PersonId("nobody"))
    with pytest.raises(BasisRefusedError, match="empty"):
        post.allow()
    with pytest.raises(BasisRefusedError, match="no_time"):
        post.allow(AIGUL, until_s=-60)


def test_what_is_not_taken_is_tried_again_with_growing_pauses_and_in_order(post: Post, receiver: WebReceiver) -> None:
    post.allow(AIGUL)
    post.hear(AIGUL, at_s=1)
    receiver.answers = [500, 500, 500]
    pauses: list[float] = []
    for attempt in range(1, 4):
        state = post.carry()
        assert (state.attempts, state.last_error) == (attempt, "http_500")
        assert state.next_at is not None
        pauses.append((state.next_at - post.house.now).total_seconds())
        post.hear(AIGUL, at_s=1 + attempt / 10)
        assert post.carry().attempts == attempt, "not before its time"
        post.house.now = state.next_at
    assert pauses == sorted(pauses)
    assert pauses[-1] <= LONGEST_PAUSE_S
    told(receiver)
    assert post.carry().attempts == 0
    assert [item["at"] for item in told(receiver)] == [after(1 + tenth / 10).isoformat() for tenth in range(4)]


def test_a_target_that_takes_nothing_for_long_is_an_alarm_until_it_takes_again(
    post: Post, receiver: WebReceiver
) -> None:
    def said() -> list[str]:
        signs = Ourselves(post.house.engine).signs(post.house.now)
        found_now = conditions(signs, Disk(1 << 50, 1 << 50), post.house.now, post.house.now, Limits())
        return [one.subject for one in found_now if one.subject.startswith("forwarding/")]

    post.allow(AIGUL)
    post.hear(AIGUL, at_s=1)
    receiver.answers = [500] * ATTEMPTS_BEFORE_WORD
    for _ in range(ATTEMPTS_BEFORE_WORD):
        assert said() == []
        next_at = post.carry().next_at
        assert next_at is not None
        post.house.now = next_at
    assert said() == ["forwarding/police"]
    post.carry()
    assert said() == []


def test_an_alarm_leaves_with_its_code_and_state_and_no_words(post: Post, receiver: WebReceiver) -> None:
    post.allow(AIGUL)
    alarms = Bench(JudgeStore(post.house.engine))
    alarms.say(found(Code.EXCLUSION_ENTRY, 1))
    alarms.say(found(Code.EXCLUSION_ENTRY, 1, person_id=BOLAT))
    state = post.carry()
    (item,) = told(receiver)
    assert (item["type"], item["object"], item["alarm"], item["alarm_state"]) == (
        "alarm",
        "4001",
        Code.EXCLUSION_ENTRY.value,
        "open",
    )
    assert set(item) == {"type", "id", "object", "at", "alarm", "alarm_number", "alarm_state", "alarm_priority"}
    assert state.sent == 1


def test_a_webhook_is_signed_and_carries_the_same_key_at_each_attempt(post: Post, receiver: WebReceiver) -> None:
    post.allow(AIGUL)
    post.hear(AIGUL, at_s=1)
    receiver.answers = [500]
    post.carry()
    post.house.now = after(60)
    post.carry()
    first, second = receiver.next(), receiver.next()
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    moment, signature = second.headers["baqylau-signature"].removeprefix("t=").split(",v1=")
    assert signature == code(SECRET.encode(), moment.encode() + b"." + second.body)


def test_a_platform_gets_egts_by_object_and_again_after_a_line_that_broke(house: House) -> None:
    with egts_server() as (server, readings, logins):
        target = EgtsTarget(name="egts", recipient=POLICE, host="127.0.0.1", port=server.port, dispatcher=17)
        post = Post(house, target)
        post.allow(AIGUL, BOLAT)
        server.hangs_up = 1
        for second in range(120):
            post.hear(AIGUL, BOLAT, at_s=second)
        state = post.carry()
        assert (state.sent, state.last_error) == (0, "hung_up")
        house.now = after(600)
        assert post.carry().sent == 240
        Bench(JudgeStore(house.engine)).say(found(Code.EXCLUSION_ENTRY, 60))
        assert post.carry().sent == 241
        post.relay.close()
    assert [login.number for login in logins] == ["dispatcher-17"]
    for oid in ("4001", "4002"):
        times = [one.observed_at for one in readings[:-1] if one.number == oid]
        assert times == [after(second) for second in range(120)]
    place = readings[0].bodies[0]
    assert isinstance(place, Fix)
    assert place.latitude_deg == pytest.approx(HERE.latitude_deg, abs=1e-6)
    assert readings[-1].number == "4001"


def test_a_server_gets_the_retranslators_packets_by_name(house: House) -> None:
    with wialon_server() as (server, messages):
        post = Post(house, WialonTarget(name="wialon", recipient=POLICE, host="127.0.0.1", port=server.port))
        post.allow(AIGUL)
        server.hangs_up = 1
        for second in range(60):
            post.hear(AIGUL, BOLAT, at_s=second)
        assert post.carry().last_error == "hung_up"
        house.now = after(600)
        assert post.carry().sent == 60
        Bench(JudgeStore(house.engine)).say(found(Code.EXCLUSION_ENTRY, 30))
        post.carry()
        post.relay.close()
    assert [one.at for one in messages] == [after(second) for second in [*range(60), 30]]
    assert {one.name for one in messages} == {"4001"}
    assert messages[-1].alarm
    assert messages[-1].texts["alarm"] == Code.EXCLUSION_ENTRY.value
    assert messages[-1].fix is not None, "the last place that left goes with the alarm"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[int]:
    """A real broker that lets nobody write under `closed`."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed: scripts/system installs Debian's")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "acl").write_text("topic readwrite open/#\n")
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(
        f"user {getpass.getuser()}\nlistener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
        f"acl_file {tmp_path / 'acl'}\n"
    )
    with subprocess.Popen([MOSQUITTO, "-c", str(settings)], stderr=subprocess.DEVNULL) as process:
        until(lambda: _answers(port))
        yield port
        process.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.settimeout(1)
        return attempt.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def subscribed(port: int, topic: str) -> Iterator[list[tuple[str, bytes]]]:
    """Somebody who hears what a broker is told, and what was heard so far."""
    heard_so_far: list[tuple[str, bytes]] = []
    ready, over = Event(), Event()

    def hear(_client: Client, where: str, payload: bytes, *_: object) -> int:
        heard_so_far.append((where, payload))
        return 0

    async def listen() -> None:
        client = Client("police", clean_session=True)
        client.on_message = hear
        client.on_subscribe = lambda *_: ready.set()
        await client.connect("127.0.0.1", port, version=MQTTv50)
        client.subscribe(topic, qos=1)
        await asyncio.to_thread(over.wait)
        await client.disconnect()

    thread = Thread(target=lambda: asyncio.run(listen()))
    thread.start()
    try:
        assert ready.wait(10)
        yield heard_so_far
    finally:
        over.set()
        thread.join(10)


def test_a_broker_gets_a_message_for_each_item(house: House, broker: int) -> None:
    target = MqttTarget(name="mqtt", recipient=POLICE, host="127.0.0.1", port=broker, topic="open/baqylau", plain=True)
    post = Post(house, target)
    post.allow(AIGUL)
    with subscribed(broker, "open/#") as messages:
        for second in range(5):
            post.hear(AIGUL, BOLAT, at_s=second)
        assert post.carry().sent == 5
        until(lambda: len(messages) == 5)
    assert {where for where, _ in messages} == {"open/baqylau/4001/position"}
    assert [json.loads(payload)["at"] for _, payload in messages] == [after(second).isoformat() for second in range(5)]


def test_what_a_broker_refuses_was_not_taken(house: House, broker: int) -> None:
    target = MqttTarget(name="mqtt", recipient=POLICE, host="127.0.0.1", port=broker, topic="closed", plain=True)
    post = Post(house, target)
    post.allow(AIGUL)
    post.hear(AIGUL, at_s=1)
    state = post.carry()
    assert (state.sent, state.last_error) == (0, "mqtt_135")


def test_a_target_that_is_not_there_is_a_failure_by_name(house: House) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        post = Post(house, WialonTarget(name="wialon", recipient=POLICE, host="127.0.0.1", port=probe.getsockname()[1]))
        post.allow(AIGUL)
        post.hear(AIGUL, at_s=1)
        assert post.carry().last_error == "not_reached"


FILE = """
targets:
  - {{name: police, kind: webhook, recipient: Town police, url: "{address}", secret: between the two of us}}
"""


def test_a_forwarder_that_is_killed_loses_nothing_and_keeps_the_order(
    engine: Engine, receiver: WebReceiver, tmp_path: Path
) -> None:
    house = House(engine)
    house.now = datetime.now(after(0).tzinfo)
    Registers(engine, house.clock).save(REGISTRY, by="installation")
    vault = Vault(engine, installation(tmp_path / "keys", os.urandom).key, os.urandom)
    journal = Journal(engine, vault, house.clock, os.urandom)
    (tmp_path / "forwarding.yaml").write_text(FILE.format(address=receiver.address))
    (tmp_path / "forwarding.yaml").chmod(0o600)
    Deliveries(engine).begin("police", POLICE, house.now)
    year = timedelta(days=365)
    allow(Bases(engine, house.clock), AIGUL, from_at=house.now - year, until_at=house.now + year)
    instants = [house.now - timedelta(seconds=1000 - second) for second in range(1000)]
    journal.append([heard(AIGUL, at) for at in instants])
    receiver.waits_s = 0.1
    with forwarder(house.dsn, tmp_path) as process:
        until(lambda: receiver.asked.qsize() >= 2, within_s=STARTS_S)
        process.send_signal(signal.SIGKILL)
    with forwarder(house.dsn, tmp_path):
        until(lambda: Deliveries(engine).all(house.now)[0].behind == 0, within_s=STARTS_S)
    came = [str(item["at"]) for item in told(receiver)]
    assert list(dict.fromkeys(came)) == [at.isoformat() for at in instants]
    assert len(came) <= len(instants) + 200, "only what was on its way came twice"


@contextmanager
def forwarder(dsn: str, data: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A forwarder as a program of its own; killed at the end."""
    command = [sys.executable, "-m", "baqylau.cli", "forwarder", "--data", str(data)]
    environment = {**os.environ, "BAQYLAU_DATABASE": dsn}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()
