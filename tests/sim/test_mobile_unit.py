"""A mobile unit's whole program at the door of a real server: a bracelet that is left behind, a day without a line."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.crypto.signing import Signer
from baqylau.devices.linux_unit import link
from baqylau.devices.linux_unit.link import Identity
from baqylau.devices.linux_unit.shell import Ended, Parts, Shell
from baqylau.devices.linux_unit.spool import Spool
from baqylau.devices.mobile_unit.shell import MOBILE_UNIT
from baqylau.devices.mobile_unit.state import State
from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, FittingId
from baqylau.domain.observations import CallAsked, Distrust, Fix, Heard
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.zones import Point
from baqylau.links.board import Indicator
from baqylau.links.device_line import LineError, ServerLine
from baqylau.links.radio.replay import Tape
from baqylau.links.radio.words import Frame, Said, Sensor, Sky, Waited, Word
from baqylau.monitoring.server import keeper
from baqylau.storage.equipment.device_keys import KeyKind
from baqylau.storage.registers.registry import Registry
from tests.unit.devices.mobile_unit.handheld import epoch
from tests.unit.server.link.household import (
    AINUR,
    BEGUN,
    BRACELET,
    HOME,
    ROOT,
    SERVER,
    UNIT,
    Household,
    bodies_of,
    frame,
    household,
    told_of,
)
from tests.unit.server.site import START

MOBILE = DeviceId("mu-1")
OWN = Signer(bytes([11] * 32))
OUT = Point(HOME.center.latitude_deg + 0.05, HOME.center.longitude_deg)
EVERY_S = 50
"""How often something is heard here: just often enough to be near."""


def carried() -> Registry:
    """The household, and a unit that its person carries; the one at home is on nobody."""
    at_home = household()
    device = Device(id=MOBILE, kind=DeviceKind.MOBILE_UNIT, protocol="link", number="M-0001")
    fitting = Fitting(id=FittingId("f-mu"), device_id=MOBILE, person_id=AINUR, from_at=BEGUN)
    fittings = tuple(one for one in at_home.fittings if one.device_id != UNIT)
    return replace(at_home, devices=(*at_home.devices, device), fittings=(*fittings, fitting))


class Line:
    """The way to the server, which can be cut."""

    def __init__(self, address: str) -> None:
        self.cut = False
        self._line = ServerLine(address, None)

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        if self.cut:
            raise LineError
        return await self._line.post(path, body, min(waits_s, 1.0))

    async def close(self) -> None:
        await self._line.close()


class Day:
    """What the unit's receivers say, one word after another, and the clock of everything that takes part."""

    name = "modem"

    def __init__(self, site: Household) -> None:
        self._site, self.tape = site, Tape(START, fast=True)
        self.waiting = asyncio.Queue[tuple[datetime, Word]]()

    async def words(self) -> AsyncIterator[Said]:
        while True:
            when, word = await self.waiting.get()
            self._site.clock.at = when
            yield Said(self.tape.moved(when), word)

    def goes_on(self, begin: datetime, minutes: float, *, worn: bool) -> datetime:
        """Let time pass outside: satellites and strangers are heard, the bracelet where it is worn."""
        end = begin + timedelta(minutes=minutes)
        while begin < end:
            begin += timedelta(seconds=EVERY_S)
            self.say(begin, Frame(frame(begin, root=ROOT) if worn else b"a stranger's", -60.0))
            self.say(begin, Sky(epoch(begin.timestamp(), OUT)))
            self.say(begin, Waited())
        return begin

    def say(self, when: datetime, word: Word) -> None:
        self.waiting.put_nowait((when, word))


class Bench:
    """A folder, the server behind a line, and the program that can be started again."""

    def __init__(self, folder: Path, site: Household, address: str) -> None:
        self.folder, self.site, self.line = folder, site, Line(address)
        self.day = Day(site)
        self.shell: Shell[State]

    def start(self) -> asyncio.Task[Ended]:
        spool = Spool(self.folder)
        parts = Parts(
            identity=Identity(device_id=MOBILE, signer=OWN, trusted=(SERVER.public_key,)),
            sources=(self.day,),
            clock=self.day.tape,
            spool=spool,
            indicator=Indicator(self.folder),
            line=self.line,
            random=Random(1),  # noqa: S311 - pauses
        )
        self.shell = Shell(parts, MOBILE_UNIT)
        running = asyncio.create_task(self.shell.run())
        running.add_done_callback(lambda _: spool.close())
        return running

    async def until(self, true: Callable[[], bool]) -> None:
        for _ in range(6000):
            if true():
                return
            await asyncio.sleep(0.01)
        raise TimeoutError

    async def lived_until(self, at: datetime) -> None:
        await self.until(lambda: self.shell.state.last_at == at)

    async def all_kept(self) -> None:
        def kept() -> bool:
            told = self.site.records.all().get(MOBILE)
            return told is not None and told.through == self.shell.state.seq

        await self.until(kept)

    def stop(self) -> None:
        self.shell.stop()


def told(engine: Engine, folder: Path, story: Callable[[Bench], Coroutine[None, None, None]]) -> Household:
    """Tell a story of one unit at the server's door, and let the server judge it."""
    site = Household(engine, carried()).enrol()
    site.keys.enrol(MOBILE, KeyKind.ED25519, "M-0001", OWN.public_key, by="test")

    async def tell() -> None:
        async with site.door() as (_, client):
            bench = Bench(folder, site, str(client.base_url))
            await story(bench)
            await bench.line.close()

    folder.mkdir(exist_ok=True)
    asyncio.run(tell())
    site.judge().catch_up(lambda: False)
    return site


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a line here; and the clock of the story leaps, while the server listens all the time."""
    monkeypatch.setattr(link, "WAIT_FIRST_S", 0.05)
    monkeypatch.setattr(link, "WAIT_MAX_S", 0.1)
    monkeypatch.setattr(link, "URGENT_WAIT_S", 0.1)
    monkeypatch.setattr(keeper, "BLIND_AFTER", timedelta(days=9))


def test_a_bracelet_that_is_left_behind_is_an_alarm_and_the_wearer_was_told_first(
    engine: Engine, tmp_path: Path
) -> None:
    async def story(bench: Bench) -> None:
        running = bench.start()
        await bench.until(lambda: bench.shell.state.configuration is not None)
        at = bench.day.goes_on(START, 10, worn=True)
        at = bench.day.goes_on(at, 15, worn=False)
        bench.day.say(at, Sensor("call", 1.0))
        await bench.lived_until(at)
        await bench.all_kept()
        bench.stop()
        assert await running is Ended.STOPPED

    site = told(engine, tmp_path / "unit", story)
    assert {view.alarm.code for view in site.alarms()} >= {Code.SEPARATION, Code.CALL_ASKED}
    said = (tmp_path / "unit" / "told.jsonl").read_text("utf-8").splitlines()
    assert len(said) == 3
    assert len(bodies_of(site, MOBILE, Fix)) >= 15
    assert bodies_of(site, MOBILE, CallAsked) == [CallAsked()]


NOT_YET_ON_DISK = 20
"""Frames that a cut of power takes: time runs hundreds of times faster here, so an instant of writing is minutes."""


def test_after_a_day_without_a_line_and_a_cut_of_power_everything_is_there_once(engine: Engine, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"

    async def story(bench: Bench) -> None:
        running = bench.start()
        await bench.until(lambda: bench.shell.state.configuration is not None)
        bench.line.cut = True
        at = bench.day.goes_on(START, 12 * 60, worn=True)
        await bench.lived_until(at)
        shutil.copytree(before, after)
        bench.stop()
        await running
        bench.folder = after
        running = bench.start()
        at = bench.day.goes_on(at, 12 * 60, worn=True)
        bench.line.cut = False
        await bench.lived_until(at)
        await bench.all_kept()
        bench.stop()
        await running

    site = told(engine, before, story)
    fixed = [one.observed_at for one in told_of(site, MOBILE) for body in one.bodies if isinstance(body, Fix)]
    assert len(fixed) == len(set(fixed)) >= 24 * 36
    frames = sum(one.frames for one in bodies_of(site, BRACELET, Heard) if isinstance(one, Heard))
    assert 24 * 72 - NOT_YET_ON_DISK <= frames <= 24 * 72
    assert bodies_of(site, MOBILE, Distrust) == []
    assert Code.SEPARATION not in {view.alarm.code for view in site.alarms()}
