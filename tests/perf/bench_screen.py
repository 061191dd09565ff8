"""From a device's frame to the operators' screens: real gateway, judge and workstation under load, fifty looking.

`python -m tests.perf.bench_screen --seconds 300` looks longer than `make bench` does; `taskset -c 0,1`
before it gives it two cores.
"""

import asyncio
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from baqylau.domain.observations import Strap
from baqylau.links.wall_clock import monotonic_s, now
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import DeviceSide
from baqylau.sim.client import Line
from baqylau.sim.load import LoadOptions, LoadReport
from baqylau.sim.load_fleet import load_number
from baqylau.storage.judging.live import Live
from baqylau.storage.registers.registers import Registers
from tests.perf import bench_calibration, scripted
from tests.perf.bench_calibration import Calibration
from tests.perf.bench_gateway import load
from tests.perf.figures import Figure, figure, quantile, show, wide_console
from tests.perf.installation import HOST, Installation, await_door, free_port, installed, populate, register, until
from tests.perf.screen import delays_s, employ, looking

SCREENS = 50
DEVICES, RATE, SECONDS = 500, 500.0, 24.0
ALARMS = 60
PREFIX = 880
SETTLE_S = 3.0
"""Load before the first alarm, and patience after the last."""
P99_S = 1.0


def figures(installation: Installation, calibration: Calibration, seconds: float = SECONDS) -> Iterator[Figure]:
    """Open a strap every third of a second while 500 devices walk; wait until every screen has shown it."""
    populate(installation, "wialon", DEVICES)
    register(installation, scripted.registry(ALARMS, now(), prefix=PREFIX))
    employ(installation.engine, SCREENS)
    port = free_port()
    web = installation.role("web", "--web-port", str(port))
    with installation.gateway() as (ports, _), installation.role("judge"), web:
        await_door(port)
        registers = Registers(installation.engine, now)
        until(lambda: not registers.unjudged_changes(), "the judge does not take over the registers")
        taken, report = asyncio.run(_measured(ports, port, Live(installation.engine), seconds))
    name = f"screen: a strap opened, to {SCREENS} operators beside {report.achieved_rate:.0f} positions/s"
    yield figure(f"{name}, p50", quantile(taken, 0.5), "s", beside=calibration.loop)
    yield figure(f"{name}, p99", quantile(taken, 0.99), "s", at_most=P99_S, beside=calibration.loop)
    yield figure("screen: alarms that did not reach a screen", ALARMS * SCREENS - len(taken), "alarms", at_most=0)


async def _measured(ports: dict[str, int], web_port: int, live: Live, seconds: float) -> tuple[list[float], LoadReport]:
    screens = await looking(web_port, SCREENS, people=SCREENS)
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as generator:
        walking: Future[LoadReport] = generator.submit(load, _load(ports["wialon"], seconds))
        await asyncio.to_thread(until, lambda: live.health().devices_connected >= DEVICES, "the load does not begin")
        sent_s = await _alarmed(ports, seconds)
        report = await asyncio.wrap_future(walking)
    assert not any(screen.lost for screen in screens), "a feed broke"
    return delays_s(sent_s, screens), report


def _load(port: int, seconds: float) -> LoadOptions:
    return LoadOptions(protocol="wialon", line=Line(host=HOST, port=port), devices=DEVICES, rate=RATE, seconds=seconds)


async def _alarmed(ports: dict[str, int], seconds: float) -> dict[str, float]:
    """Open a strap at even pauses; give when each was sent."""
    devices = [await _called(ports, index) for index in range(1, ALARMS + 1)]
    await asyncio.sleep(SETTLE_S)
    sent_s: dict[str, float] = {}
    for index, (device, writer) in enumerate(devices, 1):
        frame = device.report([(now(), (Strap(open=True),))])
        sent_s[load_number(index, PREFIX)] = monotonic_s()
        writer.write(frame)
        await asyncio.sleep((seconds - 2 * SETTLE_S) / ALARMS)
    await asyncio.sleep(SETTLE_S)
    for _, writer in devices:
        writer.close()
    return sent_s


async def _called(ports: dict[str, int], index: int) -> tuple[DeviceSide, asyncio.StreamWriter]:
    protocol = scripted.protocol_of(index)
    device = FLEET[protocol].device(load_number(index, PREFIX), "")
    reader, writer = await asyncio.open_connection(HOST, ports[protocol])
    if hello := device.hello():
        writer.write(hello)
        assert device.receive(await reader.read(1024)), "the sign-in is answered"
    return device, writer


def _main() -> None:
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=SECONDS)
    console = wide_console()
    with installed() as installation:
        calibration = bench_calibration.calibrate(installation.dsn)
        measured = list(figures(installation, calibration, asked.parse_args().seconds))
    show("Fifty screens on this machine", measured, console)


if __name__ == "__main__":
    _main()
