"""The same bytes by every way: TLS with our own certificate, a real MQTT broker; and peers who only hold the line."""

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gmqtt import Client
from gmqtt.mqtt.constants import MQTTv50
from sqlalchemy import Engine

from baqylau.crypto.certificates import chain_pem
from baqylau.crypto.signing import Signer
from baqylau.domain.observations import Power
from baqylau.monitoring.server.link import gateway as link_gateway
from baqylau.monitoring.server.link.gateway import LinkDoor, link_handlers
from baqylau.monitoring.server.link.link_file import LinkFile, LinkFileError, link_file_in
from baqylau.monitoring.server.link.mqtt import Bridge
from baqylau.storage.equipment.authorities import authorities, server_chain
from tests.perf.installation import free_port
from tests.unit.server.link.household import UNIT, Household, Unit, heard, own
from tests.unit.server.site import START, counted_bytes

MOSQUITTO = shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto")


def test_a_unit_believes_the_servers_own_certificate_by_its_root_alone(engine: Engine, tmp_path: Path) -> None:
    site, unit, random = Household(engine).enrol(), Unit(), counted_bytes()
    chain, key = server_chain(tmp_path, ("em.example.test",), random, START)
    assert key.stat().st_mode & 0o077 == 0
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    root = authorities(tmp_path, random, START).root
    trust = ssl.create_default_context(cadata=chain_pem(root).decode())

    async def story() -> None:
        async with site.door(context, trust) as (_, client):
            answer = await client.post("/v1/batches", content=unit.batch(1, [(START, own())]))
            assert unit.opened(answer.content).answer.ack_through == 1

    asyncio.run(story())


def test_who_opens_a_line_and_says_nothing_is_cut_off(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Household(engine).enrol()
    monkeypatch.setattr(link_gateway, "HEAD_WITHIN_S", 0.2)
    monkeypatch.setattr(link_gateway, "BODY_WITHIN_S", 0.2)

    async def story() -> None:
        async with site.desk() as desk:
            door = LinkDoor(link_handlers(desk), None)
            port = await door.open("127.0.0.1", 0)
            beginnings = (b"", b"POST /v1/ba", b"POST /v1/batches HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc")
            answers = await asyncio.gather(*(held(port, one) for one in beginnings))
            assert [one.partition(b"\r\n")[0] for one in answers] == [b"", b"", b"HTTP/1.1 408 Request Timeout"]
            await door.close()

    asyncio.run(story())


async def held(port: int, beginning: bytes) -> bytes:
    """Begin to say something and give what comes back until the line is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(beginning)
    async with asyncio.timeout(10):
        said = await reader.read()
    writer.close()
    return said


def test_who_finds_the_door_full_is_asked_to_come_again_and_it_is_told(engine: Engine) -> None:
    site, unit, told = Household(engine).enrol(), Unit(), list[int]()

    async def story() -> None:
        async with site.desk() as desk:
            door = LinkDoor(link_handlers(desk), None, 1, told.append)
            address = f"http://127.0.0.1:{await door.open('127.0.0.1', 0)}/v1/batches"
            batch = unit.batch(1, [(START, own())])
            async with httpx.AsyncClient(trust_env=False) as within, httpx.AsyncClient(trust_env=False) as beyond:
                assert (await within.post(address, content=batch)).status_code == 200
                refused = await beyond.post(address, content=batch)
                assert (refused.status_code, refused.text, told) == (503, "no_line", [2])
                assert (refused.headers["retry-after"], refused.headers["connection"]) == ("5", "close")
                assert (await within.post(address, content=batch)).status_code == 200
            async with httpx.AsyncClient(trust_env=False) as later:
                assert (await later.post(address, content=batch)).status_code == 200
            assert told == [2]
            await door.close()

    asyncio.run(story())


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[int]:
    """A real broker on a port of this machine."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed: scripts/system installs Debian's")
    port = free_port()
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    with subprocess.Popen([MOSQUITTO, "-c", str(settings)], stderr=subprocess.DEVNULL) as process:
        for _ in range(200):
            with socket.socket() as attempt:
                attempt.settimeout(1)
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
        yield port
        process.terminate()


async def device_at(broker: int) -> tuple[Client, "asyncio.Queue[bytes]"]:
    """A device on the broker, and what it is told."""
    client, told = Client("hu-1", clean_session=True), asyncio.Queue[bytes]()
    ready = asyncio.Event()

    def hear(_client: Client, _topic: str, payload: bytes, *_: object) -> int:
        told.put_nowait(payload)
        return 0

    client.on_message = hear
    client.on_subscribe = lambda *_: ready.set()
    await client.connect("127.0.0.1", broker, version=MQTTv50)
    client.subscribe(f"d/{UNIT}/dn", qos=1)
    await asyncio.wait_for(ready.wait(), 10)
    return client, told


def test_the_same_bytes_over_a_broker_are_kept_and_answered(engine: Engine, broker: int) -> None:
    site, unit, forger = Household(engine).enrol(), Unit(), Unit(Signer(bytes([3] * 32)))

    async def story() -> None:
        async with site.desk() as desk:
            bridge = Bridge(desk, "127.0.0.1", broker, None, ("", ""))
            await bridge.open()
            await asyncio.wait_for(bridge.listening.wait(), 10)
            client, told = await device_at(broker)
            client.publish(f"d/{UNIT}/up", forger.batch(1, [(START, own())]), qos=1)
            for raw in (unit.batch(1, [(START, own()), (START, heard(START))]), unit.poll(START)):
                client.publish(f"d/{UNIT}/up", raw, qos=1)
                answer = unit.opened(await asyncio.wait_for(told.get(), 10)).answer
                assert answer.ack_through == 2
            assert told.empty(), "who is not believed is told nothing"
            await client.disconnect()
            await bridge.close()

    asyncio.run(story())
    kept = site.journal.of_devices([UNIT], START, START)
    assert [body for one in kept for body in one.bodies if isinstance(body, Power)] == [Power(external=True)]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("plain: perhaps", "Expected `bool`"),
        ("colour: blue", "unknown field"),
        ("certificate: a.pem", "go together"),
        ("mqtt: http://broker", "begins with mqtts"),
        ("mqtt: mqtt://broker.example", "needs mqtts"),
        ("mqtt_password: between us", "mode to 600"),
    ],
)
def test_a_file_that_cannot_be_meant_is_said(tmp_path: Path, said: str, why: str) -> None:
    assert link_file_in(tmp_path) == LinkFile()
    (tmp_path / "link.yaml").write_text(said)
    (tmp_path / "link.yaml").chmod(0o644)
    with pytest.raises(LinkFileError, match=why):
        link_file_in(tmp_path)
