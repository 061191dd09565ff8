"""A strap is cut at home: from the bracelet's core over the unit's own program to an alarm that somebody sees."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import msgspec
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.cli.households import AIR, UNITS, fitted_out, programs
from baqylau.domain.findings import Code
from baqylau.links.wall_clock import now
from baqylau.protocols.fleet import FLEET
from baqylau.sim.air.live import House, Scene, run_houses
from baqylau.sim.air.worn import CUT
from baqylau.storage.alarms import Alarms
from tests.perf.installation import HOST, Installation, await_door, free_port, until

HEARD_S = 12.0
"""By then a unit that has begun has opened its receiver and heard the bracelet."""
ON_SCREEN_S = 5.0 + 2.0


@contextmanager
def on_air(house: House, at_s: float) -> Iterator[Callable[[], datetime]]:
    """Let a house be on the air, where the strap is cut after so long; give what tells the instant of the cut."""
    loop, begun = asyncio.new_event_loop(), now()
    plot = (Scene(after_s=at_s, bracelet=CUT),)
    air = run_houses([replace(house, plot=plot)], now=now, sleep=asyncio.sleep, random=Random(1))  # noqa: S311 - noise
    task = loop.create_task(air)

    def live() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            loop.close()

    thread = threading.Thread(target=live)
    thread.start()
    yield lambda: begun + timedelta(seconds=at_s)
    loop.call_soon_threadsafe(task.cancel)
    thread.join()


@contextmanager
def program(data: Path, words: list[str]) -> Iterator[None]:
    """Run a home unit's program."""
    with (data / "unit.log").open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "baqylau.cli", *words], stdin=subprocess.PIPE, stdout=said, stderr=said
        )
    try:
        yield
    finally:
        process.terminate()
        process.communicate()


def cut_alarms(engine: Engine) -> list[datetime]:
    """Give when alarms of an opened strap were raised."""
    return [one.alarm.raised_at for one in Alarms(engine, now).open() if one.alarm.code is Code.STRAP_OPEN]


def test_a_strap_cut_at_home_is_an_alarm_within_seconds(engine: Engine, dsn: str, tmp_path: Path) -> None:
    begun_at, door = now(), free_port()
    ports = fitted_out(engine, tmp_path, founded_at=begun_at, started_at=begun_at, host=HOST, free=free_port)
    name, port = next(iter(ports.items()))
    house = next(
        one for one in msgspec.json.decode((tmp_path / AIR).read_bytes(), type=list[House]) if one.port == port
    )
    words = programs(tmp_path, {name: port}, host=HOST, server=f"https://localhost:{door}")[name]
    closed = [word for one in FLEET for word in ("--door", f"{one}=closed")]
    installation = Installation(data=tmp_path, dsn=dsn, engine=engine)
    with ExitStack() as stack:
        stack.enter_context(installation.role("gateway", "--door", f"link={door}", *closed))
        stack.enter_context(installation.role("judge"))
        await_door(door)
        stack.enter_context(program(tmp_path, words))
        until((tmp_path / UNITS / name / "lamp").exists, "the unit does not begin")
        cut_at = stack.enter_context(on_air(house, HEARD_S))
        until(lambda: bool(cut_alarms(engine)), "no alarm", within_s=HEARD_S + 30)
        seen_after_s = (now() - cut_at()).total_seconds()
    assert 0 < seen_after_s <= ON_SCREEN_S, seen_after_s
