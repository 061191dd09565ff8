"""Each kind of target takes what it is told over its own line, and a forwarder that is killed goes on in order."""

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

from baqylau.domain.findings import Code
from baqylau.domain.forwarding import EgtsTarget, MqttTarget, WialonTarget
from baqylau.domain.observations import Fix
from baqylau.storage.forwarding.bases import Bases
from baqylau.storage.forwarding.forwarding import Deliveries
from baqylau.storage.installation import installation
from baqylau.storage.journal.journal import Journal
from baqylau.storage.registers.registers import Registers
from baqylau.storage.vault import Vault
from tests.unit.links.receivers import WebReceiver, until, web_receiver
from tests.unit.server.forwarding_receivers import egts_server, wialon_server
from tests.unit.server.posted import POLICE, Post, allow, told
from tests.unit.storage.found import Bench, found
from tests.unit.storage.kept import AIGUL, BOLAT, HERE, House, after, heard
from tests.unit.storage.prescribed import REGISTRY

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
STARTS_S = 60.0


@pytest.fixture
def house(engine: Engine) -> House:
    opened = House(engine)
    Registers(engine, opened.clock).save(REGISTRY, by="installation")
    return opened


@pytest.fixture
def receiver() -> Iterator[WebReceiver]:
    with web_receiver() as opened:
        yield opened


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
        Bench(house.engine).say(found(Code.EXCLUSION_ENTRY, 60))
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
        Bench(house.engine).say(found(Code.EXCLUSION_ENTRY, 30))
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
