"""The technicians' pages are walked: their commands, in their order, against a gateway and units that really run."""

import asyncio
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from queue import Queue
from random import Random
from time import monotonic, sleep

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.cli.roles.doors import options
from baqylau.domain.ids import DeviceId, OrderId, PersonId, RestrictionId
from baqylau.domain.orders import Order, PresenceRegime
from baqylau.domain.people import Person
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Point
from baqylau.links import wall_clock
from baqylau.monitoring.workstation.equipment.messages import ReceiverPresence
from baqylau.monitoring.workstation.stores import Stores
from baqylau.rules.presence.radio import Presence
from baqylau.sim.air.live import House, Worn, run_houses
from baqylau.storage.installation import installation
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from baqylau.storage.vault import Vault
from tests.arch.tree import ROOT
from tests.perf.installation import free_port

PAGE = ROOT / "docs" / "how-to" / "fit-a-household.md"
CARRIED = ROOT / "docs" / "how-to" / "give-a-unit-to-carry.md"
AIGERIM, UNIT, MOBILE = PersonId("aigerim"), DeviceId("hu-1"), DeviceId("mu-1")
WITHIN_S = 60.0
pytestmark = pytest.mark.timeout(180)


def steps(page: Path = PAGE) -> list[list[str]]:
    """A page's commands in their order, without the program's name."""
    blocks = re.findall(r"^```console\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [shlex.split(line[2:])[1:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def registered(engine: Engine) -> None:
    """The person with an order and hours at home, as the page expects them."""
    begun_at = datetime.now(UTC) - timedelta(days=1)
    order = Order(
        id=OrderId("o-1"),
        person_id=AIGERIM,
        court="Invented court",
        act_number="1-26",
        act_date=date(2026, 1, 1),
        from_at=begun_at,
        until_at=begun_at + timedelta(days=300),
    )
    nights = PresenceRegime(
        id=RestrictionId("r-1"),
        order_id=order.id,
        version=1,
        clause="to be at home",
        from_at=begun_at,
        places=(Circle(name="Home", center=Point(43.25, 76.92), radius_m=60.0),),
        schedule=Schedule(timezone="Asia/Almaty", windows=(Window(start_min=22 * 60, end_min=6 * 60),)),
    )
    registry = Registry(people=(Person(id=AIGERIM, name="Айгерім"),), orders=(order,), restrictions=(nights,))
    Registers(engine, wall_clock.now).save(registry, by="installation")


@contextmanager
def running(*words: str) -> Iterator[None]:
    """Run one of our programs beside the test, and stop it as a service would."""
    program = subprocess.Popen([sys.executable, "-m", "baqylau.cli", *words], stdin=subprocess.DEVNULL)
    try:
        yield
        assert program.poll() is None, words
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait(timeout=20)


@contextmanager
def on_air(house: House) -> Iterator[None]:
    """Let the bracelet and the relay send, and a board hear them."""
    begun: Queue[Callable[[], object]] = Queue()

    async def live() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        noise = Random(7)  # noqa: S311 - invented noise
        houses = run_houses([house], now=wall_clock.now, sleep=wall_clock.sleep, random=noise)
        task = loop.create_task(houses)
        begun.put(lambda: loop.call_soon_threadsafe(stop.set))
        await stop.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    thread = threading.Thread(target=asyncio.run, args=(live(),))
    thread.start()
    stop = begun.get(timeout=10)
    try:
        yield
    finally:
        stop()
        thread.join(10)


class Technician:
    """Types what the page says, and puts in what a real home has in place of the page's examples."""

    def __init__(self, engine: Engine, data: Path, link: int) -> None:
        self.link = link
        self.radio = free_port()
        self._typed: list[str] = []
        vault = Vault(engine, installation(data / "keys", os.urandom).key, os.urandom)
        self._stores = Stores(engine, vault, "Asia/Almaty", wall_clock.now, os.urandom)

    def types(self, words: list[str]) -> str:
        if "--key" in words:
            words[words.index("--key") + 1] = self._typed[-1].strip()
        if "--seconds" in words:
            words = [*words[:5], "--room", "kitchen", "--seconds", "10"]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, (words, done.output)
        self._typed.append(done.stdout)
        return done.stdout

    def provisions(self, words: list[str]) -> Worn:
        """Say the shown line to the device, as the bench does."""
        _, serial, root, _ = self.types(words).splitlines()[0].split()
        return Worn(serial=serial, root=bytes.fromhex(root))

    def unit(self, words: list[str]) -> list[str]:
        """The words that start the unit, with this home's receiver and this installation's address."""
        words[words.index("--server") + 1] = f"https://127.0.0.1:{self.link}"
        words[words.index("--source") + 1] = f"socket:127.0.0.1:{self.radio}"
        if "--gnss" in words:
            words[words.index("--gnss") + 1] = ""
        return words

    def waits_for_presence(self) -> None:
        self._wait(lambda: self._hearing()[0].presence is Presence.PRESENT)

    def waits_for_the_carried_unit(self) -> None:
        def hears() -> bool:
            heard = (one for one in self._hearing() if one.receiver_id == MOBILE)
            return any(one.presence is Presence.PRESENT for one in heard)

        self._wait(hears)

    def waits_for_the_walk(self) -> list[str]:
        self._wait(lambda: bool(self._stores.link_records.words("walk", [UNIT])))
        (word,) = self._stores.link_records.words("walk", [UNIT])
        return [room["name"] for room in word.body["rooms"]]

    def _hearing(self) -> tuple[ReceiverPresence, ...]:
        at = wall_clock.now()
        supervision = self._stores.directory.book().supervision(AIGERIM)
        return self._stores.hearing.of(supervision, at - timedelta(minutes=10), at)

    @staticmethod
    def _wait(until: Callable[[], bool]) -> None:
        deadline_s = monotonic() + WITHIN_S
        while not until():
            assert monotonic() < deadline_s
            sleep(0.3)


def test_a_technician_who_types_the_pages_sees_presence_the_walk_test_and_the_carried_unit(
    dsn: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BAQYLAU_DATABASE", dsn)
    monkeypatch.setenv("BAQYLAU_DATA", str(tmp_path / "data"))
    registered(engine)
    technician = Technician(engine, tmp_path / "data", free_port())
    bracelet, relay, *first, unit, walk, commands, listed = steps()
    worn = technician.provisions(bracelet), technician.provisions(relay)
    for words in first:
        technician.types(words)
    house = House(host="127.0.0.1", port=technician.radio, bracelet=worn[0], relay=worn[1])
    with running("gateway", *options({"link": technician.link})), on_air(house), running(*technician.unit(unit)):
        technician.waits_for_presence()
        technician.types(walk)
        assert technician.waits_for_the_walk() == ["kitchen"]
        assert "walk" in technician.types(commands)
        shown = technician.types(listed)
        assert all(name in shown for name in ("br-1", "re-1", "hu-1", "aigerim"))
        *enrolled, carried, tell, report, orders = steps(CARRIED)
        for words in enrolled:
            technician.types(words)
        with running(*technician.unit(carried)):
            technician.waits_for_the_carried_unit()
            for words in (tell, report):
                technician.types(words)
            assert all(word in technician.types(orders) for word in ("tell", "report"))
