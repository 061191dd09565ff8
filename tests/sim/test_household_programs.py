"""A strap is cut at home: from the bracelet's core over the unit's own program to an alarm that somebody sees."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.cli.simulation.households import UNITS, fitted_out, programs
from baqylau.domain import consolidation
from baqylau.domain.alarms import Alarm
from baqylau.domain.findings import Code
from baqylau.domain.observations import Heard
from baqylau.domain.people import DeviceKind
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.judge import Judge
from baqylau.monitoring.server.settings import DOORS, LINK
from baqylau.sim.air.live import House, Scene, run_houses
from baqylau.sim.air.worn import CUT
from baqylau.sim.demo_households import OnAir, everybody
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.registers.registers import Registers
from tests.perf.bench_judge import new_judge
from tests.perf.installation import HOST, Installation, await_door, free_port, until

HEARD_S = 12.0
"""By then a unit that has begun has opened its receiver and heard the bracelet."""
ON_SCREEN_S = 5.0 + 2.0
CUT_S = 25.0
"""By then the unit has told the server of the bracelet, and the link was taken down."""
DOWN_S = 3.0
"""So long after the cut the link comes back."""


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


def cut_alarms(engine: Engine) -> list[Alarm]:
    """Give the alarms of an opened strap."""
    return [one.alarm for one in Alarms(engine, now).open() if one.alarm.code is Code.STRAP_OPEN]


class Home(Struct, frozen=True):
    """One household of an installation: its house, the name of its unit, and where the server listens."""

    installation: Installation
    around: OnAir
    unit: str
    door: int

    @property
    def house(self) -> House:
        return self.around.houses[0]

    def gateway(self) -> AbstractContextManager[int]:
        """Run the gateway with nothing but the link open."""
        closed = [word for one in DOORS if one != LINK for word in ("--door", f"{one}=closed")]
        return self.installation.role("gateway", "--door", f"link={self.door}", *closed)

    @contextmanager
    def program(self) -> Iterator[None]:
        """Run the unit's own program, and go on when it has begun."""
        data, server = self.installation.data, f"https://localhost:{self.door}"
        words = programs(data, self.around, server=server, av_server=server)[self.unit]
        with program(data, words):
            until((data / UNITS / self.unit / "lamp").exists, "the unit does not begin")
            yield


@pytest.fixture
def home(engine: Engine, dsn: str, tmp_path: Path) -> Home:
    """A household that is fitted out."""
    begun_at, door = now(), free_port()
    around = fitted_out(engine, tmp_path, founded_at=begun_at, started_at=begun_at, host=HOST, free=free_port)
    first = next(one for one in everybody() if one.transmitters)
    unit = str(first.device_id(first.unit))
    return Home(Installation(data=tmp_path, dsn=dsn, engine=engine), around, unit, door)


def test_a_strap_cut_at_home_is_an_alarm_within_seconds(home: Home, engine: Engine) -> None:
    with ExitStack() as stack:
        stack.enter_context(home.gateway())
        stack.enter_context(home.installation.role("judge"))
        await_door(home.door)
        stack.enter_context(home.program())
        cut_at = stack.enter_context(on_air(home.house, HEARD_S))
        until(lambda: bool(cut_alarms(engine)), "no alarm", within_s=HEARD_S + 30)
        seen_after_s = (now() - cut_at()).total_seconds()
    assert 0 < seen_after_s <= ON_SCREEN_S, seen_after_s


def test_a_strap_that_is_cut_while_the_link_is_down_is_an_alarm_when_it_is_back_late_and_with_the_devices_own_time(
    home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consolidation, "LATE_AFTER", timedelta(seconds=DOWN_S))
    judge = new_judge(home.installation)
    with ExitStack() as stack:
        with home.gateway():
            await_door(home.door)
            stack.enter_context(home.program())
            cut_at = stack.enter_context(on_air(home.house, CUT_S))
            until(lambda: heard(home), "the unit has told nothing of a bracelet", within_s=CUT_S)
        assert now() < cut_at(), "the link is down before"
        until(lambda: now() > cut_at() + timedelta(seconds=DOWN_S), "time stands still", within_s=CUT_S + DOWN_S + 1)
        back_at = now()
        stack.enter_context(home.gateway())
        judge.start()
        until(lambda: bool(judged(judge, engine)), "no alarm", within_s=60)
    (alarm,) = cut_alarms(engine)
    assert abs(alarm.began_at - cut_at()) <= timedelta(seconds=2), "by the device's own time"
    assert alarm.began_at < back_at < alarm.raised_at
    assert alarm.late


def heard(home: Home) -> bool:
    """Whether the server keeps a reception of a bracelet."""
    worn = [one.id for one in Registers(home.installation.engine, now).devices() if one.kind is DeviceKind.BRACELET]
    told = home.installation.journal.of_devices(worn, now() - timedelta(hours=1))
    return any(isinstance(body, Heard) for one in told for body in one.bodies)


def judged(judge: Judge, engine: Engine) -> list[Alarm]:
    """Judge what there is, and give the alarms of an opened strap."""
    judge.catch_up(lambda: False)
    return cut_alarms(engine)
