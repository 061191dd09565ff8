"""What lives in the demo beside the server: the devices of its people, and the radio of its households."""

import asyncio
from pathlib import Path
from random import Random

import msgspec
import typer

from baqylau.cli.doors import Doors, ports_of
from baqylau.cli.options import Lifeline
from baqylau.links import wall_clock
from baqylau.monitoring.server import lifeline as parent
from baqylau.sim.air.live import House, run_houses
from baqylau.sim.demo import run_demo_devices
from baqylau.sim.sky.live import Board, run_boards

app = typer.Typer()

HOST = "127.0.0.1"


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
    """Let the radio of the demo's households be on the air until we are asked to stop."""
    if lifeline:
        parent.hold()
    houses = msgspec.json.decode(file.read_bytes(), type=list[House])
    asyncio.run(
        run_houses(
            houses,
            now=wall_clock.now,
            sleep=wall_clock.sleep,
            random=Random(),  # noqa: S311 - noise of receivers
        )
    )
