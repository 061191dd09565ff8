"""What lives in the demo beside the server: the devices of its people, and the radio of its households."""

import asyncio
from datetime import datetime
from pathlib import Path
from random import Random

import msgspec
import typer

from baqylau.cli.options import Lifeline
from baqylau.cli.roles.doors import Doors, ports_of
from baqylau.links import wall_clock
from baqylau.monitoring.server import lifeline as parent
from baqylau.sim.air.live import run_houses
from baqylau.sim.breath.live import run_breath
from baqylau.sim.demo import run_demo_devices
from baqylau.sim.demo_households import OnAir
from baqylau.sim.sky.gpsd import LiveGpsd
from baqylau.sim.sky.live import Board, run_boards
from baqylau.sim.speaking import speak

app = typer.Typer()

HOST = "127.0.0.1"
SKY_S = 1.0


@app.command("demo-devices", hidden=True)
def demo_devices(
    door: Doors = None,
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
) -> None:
    """Let the demo's devices live until we are asked to stop."""
    if lifeline:
        parent.hold()
    asyncio.run(
        run_demo_devices(
            HOST,
            ports_of(door),
            now=wall_clock.now,
            sleep=wall_clock.sleep,
            random=Random(),  # noqa: S311 - noise of receivers
        )
    )


@app.command("demo-worn", hidden=True)
def demo_worn(
    file: Path,
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
) -> None:
    """Let the boards of the demo's trackers be worn until we are asked to stop."""
    if lifeline:
        parent.hold()
    boards = msgspec.json.decode(file.read_bytes(), type=list[Board])
    asyncio.run(
        run_boards(
            boards,
            now=wall_clock.now,
            sleep=wall_clock.sleep,
            random=Random(),  # noqa: S311 - noise of receivers
        )
    )


@app.command("demo-air", hidden=True)
def demo_air(
    file: Path,
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
) -> None:
    """Let what the units of the demo's households hear and measure be there until we are asked to stop."""
    if lifeline:
        parent.hold()
    asyncio.run(_around(msgspec.json.decode(file.read_bytes(), type=OnAir)))


async def _around(units: OnAir) -> None:
    random, skies = Random(), [units.carried]  # noqa: S311 - noise of receivers

    def begun(at: datetime) -> list[LiveGpsd]:
        return [LiveGpsd(one, at, random) for one in skies]

    now, sleep = wall_clock.now, wall_clock.sleep
    async with asyncio.TaskGroup() as group:
        group.create_task(run_houses(units.houses, now=now, sleep=sleep, random=random))
        group.create_task(run_breath(units.breath, sleep=sleep, random=random))
        addresses = [(one.host, one.port) for one in skies]
        group.create_task(speak(addresses, begun, every_s=SKY_S, now=now, sleep=sleep))
