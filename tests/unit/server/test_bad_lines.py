"""Bad lines on real sockets: what becomes of them, whatever the protocol, behind the door that all share."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest
import uvloop
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Body, Fix, LinkEvent, LinkHealth
from baqylau.domain.people import Device, DeviceKind
from baqylau.monitoring.server.gateway import Gateway
from baqylau.monitoring.server.settings import Limits
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.openings import AnySession
from baqylau.protocols.session import Confirmed, DeviceSide
from baqylau.storage.registers.registry import Registry
from tests.unit.server.site import FAR_AWAY, START, Peer, Site, prescribed

LATER = START + timedelta(days=400)
NUMBER = "353173060000009"
PROTOCOLS = sorted(FLEET)
SIGNING_IN = sorted(set(PROTOCOLS) - {"osmand", "watch"})
"""Of these every line belongs to one device; the others only name a device in each report."""


def registered() -> Registry:
    """Give an installation with one device of each protocol, on nobody."""
    devices = [
        Device(id=DeviceId(f"of-{name}"), kind=DeviceKind.TRACKER, protocol=name, number=NUMBER) for name in PROTOCOLS
    ]
    return replace(prescribed(), devices=(*prescribed().devices, *devices))


@asynccontextmanager
async def shared_door(site: Site, limits: Limits | None = None) -> AsyncIterator[tuple[Gateway, int]]:
    """Give a gateway and the port behind which every protocol is understood."""
    async with site.gateway(limits) as (gateway, _):
        session = partial(AnySession, {name: row.session for name, row in FLEET.items()})
        yield gateway, await gateway.open("any", session, "127.0.0.1", 0)


async def until(condition: Callable[[], bool], *, within_s: float = 20.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within_s):
        while True:
            if condition():
                return
            await asyncio.sleep(0.01)


async def emptied(gateway: Gateway) -> None:
    """Close what is overdue until no line is left."""
    async with asyncio.timeout(20):
        while gateway.lines:
            gateway.close_overdue()
            await asyncio.sleep(0.01)


async def confirmed(peer: Peer, device: DeviceSide, *bodies: Body, minute: int = 0) -> int:
    """Report one record and wait until the server has answered for it; 0 when it closes the line instead."""
    at = START + timedelta(minutes=minute)
    peer.writer.write(device.hello() + device.report([(at, bodies)]))
    async with asyncio.timeout(20):
        while data := await peer.some():
            for reply in device.receive(data):
                if isinstance(reply, Confirmed):
                    return reply.count
    return 0


def fixes(site: Site, protocol: str) -> int:
    """Count the positions kept of the device of a protocol."""
    kept = site.journal.of_devices([DeviceId(f"of-{protocol}")], START - timedelta(days=1), LATER)
    return sum(isinstance(body, Fix) for one in kept for body in one.bodies)


@pytest.mark.parametrize("name", SIGNING_IN)
def test_of_two_devices_with_one_number_the_newer_has_the_line_and_both_words_are_kept(
    engine: Engine, name: str
) -> None:
    site = Site(engine, registered())

    async def story() -> None:
        async with shared_door(site) as (_, port):
            first, second = await Peer.call(port), await Peer.call(port)
            assert await confirmed(first, FLEET[name].device(NUMBER, ""), FAR_AWAY) == 1
            assert await confirmed(second, FLEET[name].device(NUMBER, ""), FAR_AWAY, minute=1) == 1
            while await first.some():
                pass

    asyncio.run(story())
    assert fixes(site, name) == 2


def test_two_devices_with_one_number_in_two_places_are_a_finding(engine: Engine) -> None:
    worn, *others = prescribed().devices
    site = Site(engine, replace(prescribed(), devices=(replace(worn, protocol="h02", password=""), *others)))
    elsewhere = Fix(
        latitude_deg=FAR_AWAY.latitude_deg + 2.0, longitude_deg=FAR_AWAY.longitude_deg, satellites=9, hdop=0.9
    )

    async def story() -> None:
        async with shared_door(site) as (_, port):
            for minute in range(6):
                place = elsewhere if minute % 2 else FAR_AWAY
                site.clock.pass_by(minutes=1)
                device = FLEET["h02"].device(worn.number, "")
                assert await confirmed(await Peer.call(port), device, place, minute=minute) == 1

    asyncio.run(story())
    site.judge().round()
    assert {one.alarm.code for one in site.alarms()} == {Code.JUMP}


def test_all_protocols_are_heard_at_once_behind_one_door(engine: Engine) -> None:
    site = Site(engine, registered())

    async def story() -> None:
        async with shared_door(site) as (_, port):
            peers = [await Peer.call(port) for _ in PROTOCOLS]
            devices = [FLEET[name].device(NUMBER, "") for name in PROTOCOLS]
            counts = await asyncio.gather(*(confirmed(*pair, FAR_AWAY) for pair in zip(peers, devices, strict=True)))
            assert set(counts) == {1}

    asyncio.run(story())
    assert [fixes(site, name) for name in PROTOCOLS] == [1] * len(PROTOCOLS)


def test_a_slow_sender_is_understood_and_hurts_nobody(engine: Engine) -> None:
    site = Site(engine, registered())

    async def story() -> None:
        async with shared_door(site) as (gateway, port):
            slow, device = await Peer.call(port), FLEET["queclink"].device(NUMBER, "")
            for byte in device.report([(START, (FAR_AWAY,))]):
                slow.writer.write(bytes([byte]))
                await slow.writer.drain()
                gateway.close_overdue()
            assert await confirmed(await Peer.call(port), FLEET["h02"].device(NUMBER, ""), FAR_AWAY) == 1
            assert device.receive(await slow.some())

    asyncio.run(story())
    assert fixes(site, "queclink") == fixes(site, "h02") == 1


@pytest.mark.parametrize("begun", [b"", b"+", b"+RESP:GTFRI,1A", b"*HQ,", b"\x78\x78\x05", b"\x00\x0f3", b"["])
def test_a_frame_that_never_ends_is_cut_off_in_time_and_kept_as_evidence(engine: Engine, begun: bytes) -> None:
    site = Site(engine, registered())

    async def story() -> None:
        async with shared_door(site, Limits(unfinished_s=0.05, sign_in_s=60.0 if begun else 0.05)) as (gateway, port):
            peer = await Peer.call(port)
            peer.writer.write(begun)
            await peer.writer.drain()
            await emptied(gateway)
            assert await peer.some() == b""

    asyncio.run(story())
    assert [kept.item.raw for kept in site.quarantine.latest(5)] == ([begun] if begun else [])


def test_a_half_open_line_makes_room_when_its_device_comes_back(engine: Engine) -> None:
    site = Site(engine, registered())

    async def story() -> None:
        async with shared_door(site) as (gateway, port):
            lost = await Peer.call(port)
            assert await confirmed(lost, FLEET["h02"].device(NUMBER, ""), FAR_AWAY) == 1
            back = await Peer.call(port)
            assert await confirmed(back, FLEET["h02"].device(NUMBER, ""), FAR_AWAY, minute=1) == 1
            await until(lambda: gateway.lines == 1)

    asyncio.run(story())
    assert fixes(site, "h02") == 2


def test_a_half_open_line_whose_device_stays_away_ends_after_its_time(engine: Engine) -> None:
    site = Site(engine, registered())

    async def story() -> None:
        async with shared_door(site, Limits(idle_s=0.05)) as (gateway, port):
            lost = await Peer.call(port)
            assert await confirmed(lost, FLEET["gt06"].device(NUMBER, ""), FAR_AWAY) == 1
            await emptied(gateway)
            assert await lost.some() == b""

    asyncio.run(story())


def test_signs_of_life_of_a_device_that_reported_are_kept_without_a_sign_in(engine: Engine) -> None:
    site = Site(engine, registered())

    async def story() -> None:
        async with shared_door(site) as (_, port):
            assert await confirmed(await Peer.call(port), FLEET["watch"].device(NUMBER, ""), FAR_AWAY) == 1

    asyncio.run(story())
    kept = site.journal.of_devices([DeviceId("of-watch")], START - timedelta(days=1), LATER)
    assert LinkHealth(event=LinkEvent.PING) in [body for one in kept for body in one.bodies]


def test_bytes_of_no_protocol_end_the_line_and_are_kept_as_evidence(engine: Engine) -> None:
    site = Site(engine, registered())

    async def story() -> None:
        async with shared_door(site) as (_, port):
            peer = await Peer.call(port)
            peer.writer.write(b"\x16\x03\x01 hello")
            assert await peer.some() == b""

    asyncio.run(story())
    [kept] = site.quarantine.latest(5)
    assert (kept.item.protocol, kept.item.fault) == ("any", "not_this_protocol")


def test_a_line_that_was_reset_before_we_came_to_it_is_no_fault_of_ours(engine: Engine) -> None:
    site = Site(engine, registered())
    faults: list[object] = []

    async def story() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context))
        async with shared_door(site) as (_, port):
            for _ in range(20):
                hasty = socket.create_connection(("127.0.0.1", port))
                hasty.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                hasty.close()
            assert await confirmed(await Peer.call(port), FLEET["wialon"].device(NUMBER, ""), FAR_AWAY) == 1

    uvloop.run(story())
    assert faults == []


def test_many_lines_at_once_are_held_and_the_next_one_is_refused(engine: Engine) -> None:
    site, many = Site(engine, registered()), 300

    async def story() -> None:
        async with shared_door(site, Limits(connections_max=many)) as (gateway, port):
            for _ in range(many - 1):
                await Peer.call(port)
            await until(lambda: gateway.lines == many - 1)
            tracker = await Peer.call(port)
            assert await confirmed(tracker, FLEET["queclink"].device(NUMBER, ""), FAR_AWAY) == 1
            assert await (await Peer.call(port)).some() == b""

    asyncio.run(story())
