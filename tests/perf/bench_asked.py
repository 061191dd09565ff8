"""A place on demand: from a hand at the workstation to a device on its line, and back to the map of who asked.

Measured is our part of it: the device here answers at once. What a device needs besides is held by the stories of each
device (`tests/unit/devices/tracker`: three minutes, from any state).
"""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

import httpx
from msgspec import Struct, field

from baqylau.domain.observations import Fix
from baqylau.links.wall_clock import monotonic_s, now
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.teltonika.commands import answered, order_in
from baqylau.sim.client import Line
from baqylau.sim.load import LoadOptions, LoadReport
from baqylau.sim.load_fleet import load_number, load_registry
from baqylau.storage.judging.live import Live
from baqylau.storage.registers.registers import Registers
from tests.perf.bench_calibration import Calibration
from tests.perf.bench_gateway import load
from tests.perf.figures import Figure, figure, quantile
from tests.perf.installation import HOST, Installation, await_door, free_port, populate, register, until
from tests.perf.screen import LOGIN, PASSWORD, Map, employ, looking

ASKED, EVERY_S = 200, 0.1
WALKING, RATE, SECONDS = 100, 100.0, 32.0
PREFIX, PROTOCOL = 660, "teltonika"
ANSWERED_S = 30.0
P99_S = 2.0
_HEAD_BYTES, _SUM_BYTES = 8, 4


class Asked(Struct, frozen=True):
    """When each person's place was asked for, when the device heard of it, and when the map showed it."""

    asked_s: dict[str, float] = field(default_factory=dict)
    heard_s: dict[str, float] = field(default_factory=dict)
    shown_s: dict[str, float] = field(default_factory=dict)

    def to_device_s(self) -> list[float]:
        """Give how long each order was on its way."""
        return [at_s - self.asked_s[one] for one, at_s in self.heard_s.items()]

    def to_map_s(self) -> list[float]:
        """Give how long each place took, from the hand to the map."""
        return [at_s - self.asked_s[one] for one, at_s in self.shown_s.items() if one in self.asked_s]


def figures(installation: Installation, calibration: Calibration) -> Iterator[Figure]:
    """Ask for places one after another, while others report theirs."""
    populate(installation, "wialon", WALKING)
    asked, report = measured(installation, ASKED, walking=True)
    beside = f"beside {report.achieved_rate:.0f} positions/s" if report else ""
    loop = calibration.loop
    yield figure(f"asked: order at the device {beside}, p99", quantile(asked.to_device_s(), 0.99), "s", beside=loop)
    yield figure("asked: place on the map of who asked, p50", quantile(asked.to_map_s(), 0.5), "s", beside=loop)
    p99 = quantile(asked.to_map_s(), 0.99)
    yield figure("asked: place on the map of who asked, p99", p99, "s", at_most=P99_S, beside=loop)
    yield figure("asked: places that never came", ASKED - len(asked.to_map_s()), "places", at_most=0)


def measured(installation: Installation, count: int, *, walking: bool) -> tuple[Asked, LoadReport | None]:
    """Run gateway, judge and workstation, and ask each of so many devices for its place."""
    register(installation, load_registry(PROTOCOL, count, now(), PREFIX))
    employ(installation.engine)
    port = free_port()
    web = installation.role("web", "--web-port", str(port))
    with installation.gateway() as (ports, _), installation.role("judge"), web:
        await_door(port)
        registers = Registers(installation.engine, now)
        until(lambda: not registers.unjudged_changes(), "the judge does not take over the registers")
        return asyncio.run(_measured(ports, port, Live(installation.engine), count, walking=walking))


async def _measured(
    ports: dict[str, int], web_port: int, live: Live, count: int, *, walking: bool
) -> tuple[Asked, LoadReport | None]:
    numbers = [load_number(index, PREFIX) for index in range(1, count + 1)]
    asked = Asked()
    (screen,) = await looking(web_port, 1, Map)
    lines = [asyncio.create_task(_device(ports[PROTOCOL], number, asked)) for number in numbers]
    connected = count + WALKING if walking else count
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as generator:
        load_of: Future[LoadReport] | None = generator.submit(load, _load(ports["wialon"])) if walking else None
        there = f"{connected} devices are not on the line"
        await asyncio.to_thread(until, lambda: live.health().devices_connected >= connected, there)
        await _ask(web_port, numbers, asked)
        await asyncio.to_thread(until, lambda: set(numbers) <= screen.seen_s.keys(), "a place does not come")
        report = None if load_of is None else await asyncio.to_thread(load_of.result)
    asked.shown_s.update(screen.seen_s)
    for line in lines:
        line.cancel()
    await asyncio.gather(*lines, return_exceptions=True)
    return asked, report


def _load(port: int) -> LoadOptions:
    return LoadOptions(protocol="wialon", line=Line(host=HOST, port=port), devices=WALKING, rate=RATE, seconds=SECONDS)


async def _ask(web_port: int, numbers: Sequence[str], asked: Asked) -> None:
    """Ask by the workstation's own door, one hand after another."""
    address = f"http://{HOST}:{web_port}"
    heads = {"Origin": address}
    async with httpx.AsyncClient(base_url=address, headers=heads, trust_env=False, timeout=ANSWERED_S) as desk:
        signed = await desk.post("/api/session", json={"login": LOGIN, "password": PASSWORD})
        desk.headers["X-CSRF-Token"] = signed.json()["csrf"]
        for number in numbers:
            asked.asked_s[number] = monotonic_s()
            given = await desk.post(f"/api/devices/{number}/commands", json={"type": "report"})
            given.raise_for_status()
            await asyncio.sleep(EVERY_S)


async def _device(port: int, number: str, asked: Asked) -> None:
    """Sign in, wait for the order, say that it is carried out, and where it was carried out."""
    device = FLEET[PROTOCOL].device(number, "")
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(device.hello())
        await reader.readexactly(1)
        head = await reader.readexactly(_HEAD_BYTES)
        packet = await reader.readexactly(int.from_bytes(head[4:], "big") + _SUM_BYTES)
        assert order_in(packet[:-_SUM_BYTES]) == "getrecord"
        asked.heard_s[number] = monotonic_s()
        place = Fix(latitude_deg=43.24, longitude_deg=76.9, satellites=9, hdop=0.9)
        writer.write(answered("record saved") + device.report([(now(), (place,))]))
        await reader.read()
    finally:
        writer.close()
