"""The whole program beside the physical model: board, camera, disk and server, with what can go wrong between them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from cbor2 import loads

from baqylau.crypto.cose import PublicKey
from baqylau.crypto.signing import Signer
from baqylau.devices.breath_unit.calibration_file import CalibrationFile, opened_file, sealed_file
from baqylau.devices.breath_unit.hands import CALIBRATION_FILE, Hands
from baqylau.devices.breath_unit.metrology.gas import DryGas, WetBath
from baqylau.devices.breath_unit.recordings import Recordings
from baqylau.devices.breath_unit.shell import BREATH_UNIT
from baqylau.devices.breath_unit.state import Phase, State
from baqylau.devices.breath_unit.workshop import Plan, Wanted, measured, with_adjustment, with_verification
from baqylau.devices.linux_unit.link import Identity
from baqylau.devices.linux_unit.media_spool import MediaSpool, Sealed
from baqylau.devices.linux_unit.shell import Ended as Over
from baqylau.devices.linux_unit.shell import Parts, Shell
from baqylau.devices.linux_unit.spool import Spool
from baqylau.domain.challenge import challenge
from baqylau.domain.checks import BreathSample, Calibrated, CheckKind, Ended, Ending, SampleState
from baqylau.domain.commands import BeginCheck, Command
from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.observations import Body
from baqylau.domain.people import Language
from baqylau.links.board import Indicator
from baqylau.links.breath_lines import Switch
from baqylau.links.device_line import BATCHES, LineError
from baqylau.links.radio.words import Stamp
from baqylau.protocols.batch.commands import Answer
from baqylau.protocols.batch.envelope import Opened, opened_batch, sealed_answer
from baqylau.protocols.batch.records import Own, Record
from baqylau.protocols.media.envelope import SignedManifest, opened_manifest
from baqylau.sim.breath.air import Person
from baqylau.sim.breath.board import ModelBoard
from baqylau.sim.breath.cell import Cell
from baqylau.sim.breath.home import Somebody
from baqylau.sim.breath.laboratory import file
from baqylau.sim.breath.line import ModelLine

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
UNIT = DeviceId("unit/1")
SERVER, OWN, WORKSHOP = Signer(b"s" * 32), Signer(b"u" * 32), Signer(b"w" * 32)
PICTURE = b"\xff\xd8 a picture \xff\xd9"
NONCE = b"n" * 16


class Server:
    """Keeps what is proven; may be away."""

    def __init__(self) -> None:
        self.kept: dict[int, Record] = {}
        self.commands: list[Command] = []
        self.away = False

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        await asyncio.sleep(0.005 if waits_s else 0)
        if self.away:
            raise LineError
        if path == BATCHES:
            opened = opened_batch(body, {UNIT: PublicKey(OWN.public_key)}.get)
            assert isinstance(opened, Opened)
            self.kept |= {one.seq: one for one in opened.batch.records}
        through = next(seq for seq in range(len(self.kept) + 2) if seq + 1 not in self.kept)
        answer = Answer(
            device_id=UNIT,
            at=BEGIN,
            ack_through=through,
            also_kept=(),
            commands=tuple(self.commands),
            configuration=None,
        )
        return sealed_answer(answer, SERVER)

    def bodies(self) -> list[Body]:
        records = [self.kept[seq] for seq in sorted(self.kept)]
        return [body for one in records if isinstance(one.said, Own) for body in one.said.bodies]


class Clock:
    """The model board's own."""

    fast = True

    def __init__(self, line: ModelLine) -> None:
        self._line = line

    def __call__(self) -> Stamp:
        return self._line.stamp()

    def is_set(self) -> bool:
        return True

    def from_network(self) -> bool:
        return True

    def told(self, at: datetime) -> None:
        del at


class Eye:
    """A camera that may be covered."""

    def __init__(self) -> None:
        self.looked: list[Phase | None] = []
        self.works = True
        self.unit: Callable[[], State] | None = None

    async def photo(self) -> bytes:
        session = None if self.unit is None else self.unit().session
        self.looked.append(None if session is None else session.phase)
        if not self.works:
            raise OSError
        return PICTURE


class Bench:
    """A unit on a bench. `somebody` does what it says."""

    def __init__(self, folder: Path, somebody: Somebody | None = None) -> None:
        self.folder, self.server, self.eye, self.somebody = folder, Server(), Eye(), somebody
        self.random = Random(7)  # noqa: S311 - an invented breath
        cell = Cell()
        self.board = ModelBoard(cell, self.random)
        self.line = ModelLine(self.board, BEGIN)
        self.line.passed = self._second
        self.calibration = file(cell, self.random, BEGIN - timedelta(days=1))
        self.calibrate(self.calibration)
        self.shell: Shell[State] | None = None
        self._told = 0
        self._breathe_at_ms = -1
        self._air: object = None

    def calibrate(self, made: CalibrationFile) -> None:
        (self.folder / CALIBRATION_FILE).write_bytes(sealed_file(made, "lab", WORKSHOP))

    def ask(self, number: int = 1, minutes: int = 15) -> None:
        now = self.line.stamp().at
        order = BeginCheck(
            check_id=CheckId(f"check-{number}"),
            kind=CheckKind.BREATH,
            person_id=PersonId("person/1"),
            nonce=NONCE,
            due_at=now,
            remind_at=now + timedelta(minutes=5),
            expires_at=now + timedelta(minutes=minutes),
            language=Language.RU,
        )
        until = now + timedelta(minutes=minutes)
        self.server.commands = [Command(device_id=UNIT, number=number, issued_at=now, expires_at=until, order=order)]

    @property
    def state(self) -> State:
        assert self.shell is not None
        return self.shell.state

    async def started(self) -> asyncio.Task[Over]:
        spool = Spool(self.folder)
        recordings = Recordings(self.folder, UNIT, OWN)
        clock = Clock(self.line)
        hands = Hands(self.folder, recordings, self.line, self.eye, clock, {"lab": WORKSHOP.public_key})
        parts = Parts(
            identity=Identity(device_id=UNIT, signer=OWN, trusted=(SERVER.public_key,)),
            sources=(),
            others=(self.line, hands),
            clock=clock,
            spool=spool,
            indicator=Indicator(self.folder),
            line=self.server,
            random=Random(1),  # noqa: S311 - pauses
            hands=hands,
        )
        self.shell = Shell(parts, BREATH_UNIT)
        self.line.hold = lambda: self._behind(hands)
        self.eye.unit = lambda: self.state
        running = asyncio.create_task(self.shell.run())
        running.add_done_callback(lambda _: spool.close())
        running.add_done_callback(lambda _: recordings.close())
        return running

    def _behind(self, hands: Hands) -> bool:
        """Tell whether the program is slower than the model's time."""
        session = self.state.session
        photos = session is not None and any(one.kept is None for one in session.photos)
        rows = session is not None and self.state.last_ms + 300 < self.line.stamp().monotonic_ms
        return not hands.idle or photos or rows

    def _second(self) -> None:
        """Let somebody hear what was said, and press the button when they are asked."""
        if self.somebody is None:
            return
        told = self.folder / "told.jsonl"
        lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
        for line in lines[self._told :]:
            self._hear(line)
        self._told = len(lines)
        waiting = self.shell is not None and self.state.waiting and self.state.session is None
        if waiting and not self.board.switches[Switch.BUTTON]:
            self.board.switch(Switch.BUTTON, on=True)
        elif not waiting and self.board.switches[Switch.BUTTON]:
            self.board.switch(Switch.BUTTON, on=False)

    def _hear(self, line: str) -> None:
        assert self.somebody is not None
        session = self.state.session
        words = {"Глубоко": "blow", "Теперь": "blow_again", "Не вынимая": "hum"}
        word = next((said for begin, said in words.items() if f'"{begin}' in line), "")
        if session is None or not word:
            return
        hum = next(one for one in challenge(CheckKind.BREATH, NONCE) if type(one).__name__ == "Hum")
        air = self.somebody.told(word, str(getattr(hum, "seconds", 1)), self.board.room.room_c, self.board.ms)
        if air is not None:
            self.board.breathe(air)

    async def until(self, true: Callable[[], bool]) -> None:
        for _ in range(15_000):
            if true():
                return
            await asyncio.sleep(0.005)
        raise AssertionError(self.server.bodies())

    async def stop(self, running: "asyncio.Task[Over]") -> None:
        assert self.shell is not None
        self.shell.stop()
        await running

    def told(self, kind: type) -> list[Body]:
        return [one for one in self.server.bodies() if isinstance(one, kind)]


def _sober() -> Somebody:
    return Somebody(Person(), Random(3))  # noqa: S311 - an invented breath


async def _tested(bench: Bench) -> BreathSample:
    running = await bench.started()
    await bench.until(lambda: bench.state.board is not None and bench.state.calibration is not None)
    bench.ask()
    await bench.until(lambda: bool(bench.told(Ended)) and bool(bench.told(BreathSample)))
    await bench.stop(running)
    (sample,) = bench.told(BreathSample)
    assert isinstance(sample, BreathSample)
    return sample


def test_a_test_goes_from_the_order_to_signed_evidence(tmp_path: Path) -> None:
    bench = Bench(tmp_path, _sober())
    sample = asyncio.run(_tested(bench))
    (ended,) = bench.told(Ended)
    assert isinstance(ended, Ended)
    assert (sample.state, ended.how) == (SampleState.VALID, Ending.DONE)
    assert sample.alcohol_mg_l == pytest.approx(0.0, abs=0.005)
    sealed, items = _evidence(tmp_path)
    opened = opened_manifest(sealed.raw, {UNIT: PublicKey(OWN.public_key)}.get)
    assert isinstance(opened, SignedManifest)
    assert opened.digest == ended.manifest
    assert opened.manifest.items == sealed.items
    assert sample.trace == sealed.items[-1].sha256 == sha256(items[-1]).digest()
    assert tuple(mark.step for mark in opened.manifest.marks) == challenge(CheckKind.BREATH, NONCE)
    trace = loads(items[-1])
    assert len(trace["blows"]) == 2
    assert all(len(one["photos_ms"]) == 3 for one in trace["blows"])
    assert items[:-1] == [PICTURE] * 8
    assert None not in bench.eye.looked


def _evidence(folder: Path) -> tuple[Sealed, list[bytes]]:
    """Give what waits for the server."""
    spool = MediaSpool(folder, OWN, UNIT)
    sealed = spool.waiting()
    assert sealed is not None
    items = [spool.piece(sealed.check_id, one, 0) for one in sealed.items]
    spool.close()
    return sealed, items


def test_nobody_is_photographed_when_there_is_no_test(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        running = await bench.started()
        await bench.until(lambda: bench.board.ms > 600_000)
        await bench.stop(running)

    bench = Bench(tmp_path)
    asyncio.run(story(bench))
    assert bench.eye.looked == []


def test_a_cut_of_power_in_the_middle_of_a_blow_loses_nothing_and_accuses_nobody(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        running = await bench.started()
        await bench.until(lambda: bench.state.board is not None and bench.state.calibration is not None)
        bench.ask()
        await bench.until(lambda: _blowing(bench.state))
        await bench.stop(running)
        bench.somebody = None
        running = await bench.started()
        await bench.until(lambda: bool(bench.told(Ended)))
        await bench.stop(running)

    bench = Bench(tmp_path, _sober())
    asyncio.run(story(bench))
    (ended,), (sample,) = bench.told(Ended), bench.told(BreathSample)
    assert isinstance(ended, Ended)
    assert isinstance(sample, BreathSample)
    assert (ended.how, sample.state, sample.why) == (Ending.POWER_LOST, SampleState.INTERRUPTED, ("power_lost",))
    _, items = _evidence(tmp_path)
    flow = loads(items[-1])["blows"][0]["flow_ml_s"]
    assert max(flow) > 100


def _blowing(state: State) -> bool:
    session = state.session
    return session is not None and session.phase is Phase.BLOW and session.recorded.passed.volume_l > 0.3


def test_the_server_may_be_away_and_gets_everything_later(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        running = await bench.started()
        await bench.until(lambda: bench.state.board is not None and bench.state.calibration is not None)
        bench.ask()
        await bench.until(lambda: bench.state.session is not None)
        bench.server.away = True
        await bench.until(lambda: bench.state.session is None)
        await bench.stop(running)
        assert not bench.told(Ended)
        bench.server.away = False
        running = await bench.started()
        await bench.until(lambda: bool(bench.told(BreathSample)) and bool(bench.told(Ended)))
        await bench.stop(running)

    bench = Bench(tmp_path, _sober())
    asyncio.run(story(bench))
    (ended,) = bench.told(Ended)
    assert isinstance(ended, Ended)
    assert ended.how is Ending.DONE


def test_a_covered_or_broken_camera_identifies_nobody(tmp_path: Path) -> None:
    bench = Bench(tmp_path, _sober())
    bench.eye.works = False
    sample = asyncio.run(_tested(bench))
    assert (sample.state, sample.alcohol_mg_l, sample.why) == (SampleState.NOT_IDENTIFIED, None, ("photos",))


def test_a_unit_without_its_calibration_says_so_and_asks_nobody(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        running = await bench.started()
        await bench.until(lambda: bool(bench.told(Calibrated)))
        bench.ask()
        await bench.until(lambda: bool(bench.told(Ended)))
        await bench.stop(running)

    bench = Bench(tmp_path, _sober())
    (tmp_path / CALIBRATION_FILE).write_bytes(sealed_file(bench.calibration, "lab", Signer(b"x" * 32)))
    asyncio.run(story(bench))
    told, ended = bench.told(Calibrated)[-1], bench.told(Ended)[0]
    assert isinstance(told, Calibrated)
    assert isinstance(ended, Ended)
    assert (told.locked, told.why, ended.how) == (True, "not_signed", Ending.UNIT_FAULT)


PLAN = Plan(
    gas=file(Cell(), Random(1), BEGIN).calibration.gas,  # noqa: S311 - an invented cell
    points=tuple(
        Wanted(standard=standard, cell_c=cell_c)
        for cell_c in (25.0, 34.0, 42.0)
        for standard in (DryGas(nominal_mg_l=0.10), WetBath(solution_g_l=1.0292), DryGas(nominal_mg_l=0.95))
    ),
)


def test_a_workshop_adjusts_and_verifies_with_gas_on_the_board_itself() -> None:
    board = ModelBoard(Cell(), Random(4))  # noqa: S311 - an invented cell
    seen: list[float] = []

    async def ready(wanted: Wanted | None, alcohol_mg_l: float) -> None:
        board.gas_mg_l = None if wanted is None else alcohol_mg_l
        seen.append(alcohol_mg_l)

    async def story() -> tuple[CalibrationFile, CalibrationFile]:
        first = await measured(ModelLine(board, BEGIN), PLAN, ready)
        made = with_adjustment(None, first, PLAN, unit=UNIT, at=BEGIN, by="laboratory")
        again = await measured(ModelLine(board, BEGIN), PLAN, ready)
        return made, with_verification(made, again, PLAN, at=BEGIN + timedelta(days=60), by="technician")

    made, looked = asyncio.run(story())
    assert seen[1] == pytest.approx(0.10 * 935.0 / 1013.25)
    assert looked.last is not None
    assert looked.last.passed
    assert looked.version == made.version + 1
    assert opened_file(sealed_file(looked, "lab", WORKSHOP), {"lab": WORKSHOP.public_key}) == looked
    assert looked.locked(unit=UNIT, cell="cell/1", at=BEGIN + timedelta(days=61)) is None
