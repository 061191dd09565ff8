"""The whole program beside a server that dies: nothing is lost, nothing comes twice, alarms come first."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from baqylau.crypto.cose import PublicKey
from baqylau.crypto.signing import Signer
from baqylau.devices.home_unit.shell import HOME_UNIT
from baqylau.devices.home_unit.state import State
from baqylau.devices.linux_unit import link, shell
from baqylau.devices.linux_unit.link import Identity
from baqylau.devices.linux_unit.shell import Ended, Parts, Shell
from baqylau.devices.linux_unit.spool import Spool
from baqylau.domain.commands import Command, ReportNow, Restart, TellPerson
from baqylau.domain.people import Language
from baqylau.links.board import Indicator
from baqylau.links.device_line import BATCHES, LineError
from baqylau.links.radio.replay import Tape
from baqylau.links.radio.words import Frame, Said, Sensor, SourceLostError, Waited, Word
from baqylau.protocols.batch.commands import Answer
from baqylau.protocols.batch.envelope import Opened, opened_batch, opened_poll, sealed_answer
from baqylau.protocols.batch.records import Alive, CommandResult, Poll, Reception, Record
from baqylau.protocols.beacon.status import Status
from baqylau.protocols.beacon.system_time import seconds_at
from tests.unit.devices.home_unit.home import BRACELET, UNIT, beacon, configuration
from tests.unit.rules.stories import at

SERVER, OWN = Signer(b"s" * 32), Signer(b"u" * 32)
BEGIN = at("22:30")


class FakeServer:
    """Keeps what is proven, tells the configuration and commands, and dies as often as it is told to."""

    def __init__(self, dies: float = 0.0) -> None:
        self.kept: dict[int, Record] = {}
        self.order: list[int] = []
        self.digests: list[bytes] = []
        self.previous: list[bytes] = []
        self.commands: list[Command] = []
        self.signer = SERVER
        self.asked = 0
        self._dies, self._random = dies, Random(5)  # noqa: S311 - when it dies

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        await asyncio.sleep(0)
        self._perhaps_die()
        if path == BATCHES:
            opened = opened_batch(body, {UNIT: PublicKey(OWN.public_key)}.get)
            assert isinstance(opened, Opened)
            assert not opened.rejected
            self._keep(opened)
            runs_by = opened.batch.configuration
        else:
            poll = opened_poll(body, {UNIT: PublicKey(OWN.public_key)}.get)
            assert isinstance(poll, Poll)
            runs_by = poll.configuration
            self.asked += 1
            await asyncio.sleep(waits_s and 0.01)
        self._perhaps_die()
        return self._answer(runs_by)

    def _perhaps_die(self) -> None:
        if self._random.random() < self._dies:
            raise LineError

    def _keep(self, opened: Opened) -> None:
        self.digests.append(opened.digest)
        self.previous.append(opened.batch.previous)
        for record in opened.batch.records:
            assert self.kept.setdefault(record.seq, record) == record
            if record.seq not in self.order:
                self.order.append(record.seq)

    def _answer(self, runs_by: int) -> bytes:
        through = next(seq for seq in range(len(self.kept) + 2) if seq + 1 not in self.kept)
        answer = Answer(
            device_id=UNIT,
            at=BEGIN,
            ack_through=through,
            also_kept=tuple((seq, seq) for seq in self.kept if seq > through),
            commands=tuple(self.commands),
            configuration=None if runs_by else configuration(BEGIN),
        )
        return sealed_answer(answer, self.signer)


class Night:
    """A receiver with a night behind it: plays its words one after another, when it is let."""

    name = "modem"

    def __init__(self, tape: Tape) -> None:
        self.tape, self.words_to_say, self.over = tape, asyncio.Queue[tuple[datetime, Word]](), asyncio.Event()

    async def words(self) -> AsyncIterator[Said]:
        while True:
            when, word = await self.words_to_say.get()
            yield Said(self.tape.moved(when), word)

    def say(self, when: datetime, word: Word) -> None:
        self.words_to_say.put_nowait((when, word))

    def minutes(self, begin: datetime, count: int, status: Status | None = None) -> datetime:
        """Let the bracelet be heard every 20 s for some minutes."""
        for second in range(1, 60 * count + 1):
            when = begin + timedelta(seconds=second)
            if second % 20 == 0:
                self.say(when, Frame(beacon(BRACELET, int(seconds_at(when)), status)[0], -60.0))
            elif second % 10 == 0:
                self.say(when, Waited())
        return begin + timedelta(minutes=count)


class Bench:
    """A unit's folder, its server, and its program, which can be started again and again."""

    def __init__(self, folder: Path, server: FakeServer) -> None:
        self.folder, self.server = folder, server
        self.tape = Tape(BEGIN, fast=True)
        self.night = Night(self.tape)
        self.shell: Shell[State] | None = None

    async def start(self) -> tuple[Shell[State], asyncio.Task[Ended]]:
        spool = Spool(self.folder)
        self.shell = Shell(
            Parts(
                identity=Identity(device_id=UNIT, signer=OWN, trusted=(SERVER.public_key,)),
                sources=(self.night,),
                clock=self.tape,
                spool=spool,
                indicator=Indicator(self.folder),
                line=self.server,
                random=Random(1),  # noqa: S311 - pauses
            ),
            HOME_UNIT,
        )
        running = asyncio.create_task(self.shell.run())
        running.add_done_callback(lambda _: spool.close())
        await asyncio.sleep(0)
        return self.shell, running

    async def until(self, true: Callable[[], bool]) -> None:
        for _ in range(4000):
            if true():
                return
            await asyncio.sleep(0.005)
        raise TimeoutError

    async def configured(self) -> None:
        shell = self.shell
        assert shell is not None
        await self.until(lambda: shell.state.configuration is not None)

    def everything_kept(self) -> bool:
        assert self.shell is not None
        return self.night.words_to_say.empty() and len(self.server.kept) == self.shell.state.seq

    def told(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.folder / "told.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "WAIT_FIRST_S", 0.01)
    monkeypatch.setattr(link, "WAIT_MAX_S", 0.05)
    monkeypatch.setattr(link, "POLLED_AGAIN_MS", 10)
    monkeypatch.setattr(shell, "AGAIN_S", (0.01, 0.02))


def play(story: Coroutine[None, None, None]) -> None:
    asyncio.run(story)


def test_a_night_arrives_whole_though_the_server_dies_and_the_program_is_started_again(tmp_path: Path) -> None:
    server = FakeServer(dies=0.4)

    async def story() -> None:
        bench = Bench(tmp_path, server)
        now = BEGIN
        for part in range(3):
            shell, running = await bench.start()
            await bench.configured()
            now = bench.night.minutes(now, 20)
            if part == 2:
                await bench.until(bench.everything_kept)
            else:
                await bench.until(bench.night.words_to_say.empty)
            shell.stop()
            assert await running is Ended.STOPPED
        assert bench.shell is not None
        waits = bench.shell.state.worn[BRACELET].counts["modem"].rssi_dbm
        heard = [one.said for one in server.kept.values() if isinstance(one.said, Reception)]
        assert sum(one.frames for one in heard) + len(waits) == 180
        assert sorted(server.kept) == list(range(1, max(server.kept) + 1))

    play(story())
    assert sum(isinstance(one.said, Alive) for one in server.kept.values()) >= 3


def test_each_batch_names_the_one_before_it(tmp_path: Path) -> None:
    server = FakeServer()

    async def story() -> None:
        bench = Bench(tmp_path, server)
        shell, running = await bench.start()
        await bench.configured()
        bench.night.minutes(BEGIN, 5)
        await bench.until(bench.everything_kept)
        shell.stop()
        await running

    play(story())
    assert server.previous == [bytes(32), *server.digests[:-1]]


def test_after_ten_hours_without_a_line_the_cut_strap_comes_first(tmp_path: Path) -> None:
    server = FakeServer()

    async def story() -> None:
        bench = Bench(tmp_path, server)
        shell, running = await bench.start()
        await bench.configured()
        server._dies = 1.0  # noqa: SLF001 - the story's own hand on it
        cut = Status(now=frozenset({"strap"}), latched=frozenset({"strap"}), events=1)
        now = bench.night.minutes(BEGIN, 100)
        now = bench.night.minutes(now, 1, cut)
        bench.night.minutes(now, 100, cut)
        await bench.until(bench.night.words_to_say.empty)
        await asyncio.sleep(0.1)
        before = len(server.order)
        server._dies = 0.0  # noqa: SLF001
        await bench.until(bench.everything_kept)
        shell.stop()
        await running
        arrived = [server.kept[seq] for seq in server.order[before:]]
        urgent = [number for number, record in enumerate(arrived) if record.urgent]
        assert urgent == list(range(len(urgent)))
        assert len(urgent) >= 2

    play(story())


def test_commands_are_done_once_a_forged_answer_is_nobodys_and_a_restart_is_one(tmp_path: Path) -> None:
    server = FakeServer()

    def command(number: int, order: ReportNow | Restart | TellPerson) -> Command:
        ends_at = BEGIN + timedelta(days=1)
        return Command(device_id=UNIT, number=number, issued_at=BEGIN, expires_at=ends_at, order=order)

    async def story() -> None:
        bench = Bench(tmp_path, server)
        server.signer = Signer(b"x" * 32)
        shell, running = await bench.start()
        await bench.until(lambda: server.asked > 3)
        assert shell.state.configuration is None
        server.signer = SERVER
        server.commands = [
            command(1, ReportNow()),
            command(2, TellPerson(message_id="m", text="Сәлем", language=Language.KK)),
            command(3, Restart()),
        ]
        assert await running is Ended.RESTART
        server.commands = []
        shell, running = await bench.start()
        bench.night.say(BEGIN + timedelta(seconds=5), Sensor("button", 1.0))
        await bench.until(lambda: not shell.state.messages and bench.everything_kept())
        shell.stop()
        await running
        results = [(r.said.number, r.said.state) for r in server.kept.values() if isinstance(r.said, CommandResult)]
        assert sorted(results) == [(1, "done"), (2, "acknowledged"), (2, "done"), (3, "done")]
        assert [(one["text"], one["aloud"]) for one in bench.told()] == [("Сәлем", False), ("Сәлем", True)]

    play(story())


def test_a_receiver_that_goes_away_is_a_fault_until_it_is_back(tmp_path: Path) -> None:
    class Loose(Night):
        tries = 0

        async def words(self) -> AsyncIterator[Said]:
            self.tries += 1
            if self.tries < 3:
                raise SourceLostError(self.name)
            async for said in super().words():
                yield said

    async def story() -> None:
        bench = Bench(tmp_path, FakeServer())
        bench.night = Loose(bench.tape)
        shell, running = await bench.start()
        lamp = tmp_path / "lamp"
        await bench.until(lambda: lamp.exists() and lamp.read_text("ascii") == "fault\n")
        bench.night.say(BEGIN + timedelta(seconds=1), Frame(b"", -50.0))
        await bench.until(lambda: not shell.state.sources["modem"].faulty)
        shell.stop()
        await running

    play(story())


def test_a_disk_that_fails_ends_the_program_loudly(tmp_path: Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path, FakeServer())
        shell, running = await bench.start()
        await bench.configured()
        shell._parts.spool.last_seq += 5  # noqa: SLF001 - as a torn disk would
        bench.night.minutes(BEGIN, 2)
        with pytest.raises(Exception, match=r"\d"):
            await running

    play(story())
