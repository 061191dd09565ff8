"""The whole program of a breath unit beside the physical model: board, camera, disk, and somebody who follows it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Protocol

from baqylau.crypto.cose import PublicKey
from baqylau.crypto.signing import Signer
from baqylau.devices.breath_unit.calibration_file import CalibrationFile, sealed_file
from baqylau.devices.breath_unit.hands import CALIBRATION_FILE, Hands
from baqylau.devices.breath_unit.recordings import Recordings
from baqylau.devices.breath_unit.shell import BREATH_UNIT
from baqylau.devices.breath_unit.state import Phase, State
from baqylau.devices.linux_unit.link import Identity
from baqylau.devices.linux_unit.shell import Ended as Over
from baqylau.devices.linux_unit.shell import Parts, Shell
from baqylau.devices.linux_unit.spool import Spool
from baqylau.domain.challenge import challenge
from baqylau.domain.checks import CheckKind
from baqylau.domain.commands import BeginCheck, Command
from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.observations import Body
from baqylau.domain.people import Language
from baqylau.links.board import Indicator
from baqylau.links.breath_lines import Board as MeasuringBoard
from baqylau.links.breath_lines import Switch
from baqylau.links.device_line import BATCHES, LineError
from baqylau.links.radio.words import Stamp
from baqylau.protocols.batch.commands import Answer
from baqylau.protocols.batch.envelope import Opened, opened_batch, sealed_answer
from baqylau.protocols.batch.records import Own, Record
from baqylau.sim.breath.air import Person
from baqylau.sim.breath.board import ModelBoard
from baqylau.sim.breath.cell import FULL_SCALE_UA, Cell
from baqylau.sim.breath.home import Somebody
from baqylau.sim.breath.laboratory import file
from baqylau.sim.breath.line import ModelLine

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
UNIT = DeviceId("unit/1")
SERVER, OWN, WORKSHOP = Signer(b"s" * 32), Signer(b"u" * 32), Signer(b"w" * 32)
PICTURE = b"\xff\xd8 a picture \xff\xd9"
NONCE = b"n" * 16
HEARD = {
    "Глубоко": "blow",
    "Теперь": "blow_again",
    "Не вынимая": "hum",
    "Терең дем": "blow",
    "Енді": "blow_again",
    "Мүштікті аузыңыздан": "hum",
}
"""How what a person has to do begins."""


class Line(Protocol):
    """The way to a server."""

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        """Give the answer's bytes, or raise `LineError`."""


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

    server_key, own_key = SERVER, OWN
    dioxide = False

    def __init__(
        self, folder: Path, somebody: Somebody | None = None, *, unit: DeviceId = UNIT, begin: datetime = BEGIN
    ) -> None:
        self.folder, self.server, self.eye, self.somebody = folder, Server(), Eye(), somebody
        self.unit = unit
        self.way: Line = self.server
        self.random = Random(7)  # noqa: S311 - an invented breath
        cell = Cell()
        told = MeasuringBoard(serial="model", cell="cell/1", full_scale_ua=FULL_SCALE_UA, dioxide=self.dioxide)
        self.board = ModelBoard(cell, self.random, board=told)
        self.line = ModelLine(self.board, begin)
        self.line.passed = self._second
        self.held = False
        """Whether time stands still."""
        self.calibration = file(cell, self.random, begin - timedelta(days=1), unit)
        self.calibrate(self.calibration)
        self.shell: Shell[State] | None = None
        self._running: asyncio.Task[Over] | None = None
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
        recordings = Recordings(self.folder, self.unit, self.own_key)
        clock = Clock(self.line)
        hands = Hands(self.folder, recordings, self.line, self.eye, clock, {"lab": WORKSHOP.public_key})
        parts = Parts(
            identity=Identity(device_id=self.unit, signer=self.own_key, trusted=(self.server_key.public_key,)),
            sources=(),
            others=(self.line, hands),
            clock=clock,
            spool=spool,
            indicator=Indicator(self.folder),
            line=self.way,
            random=Random(1),  # noqa: S311 - pauses
            hands=hands,
        )
        self.shell = Shell(parts, BREATH_UNIT)
        self.line.hold = lambda: self._behind(hands)
        self.eye.unit = lambda: self.state
        self._running = running = asyncio.create_task(self.shell.run())
        running.add_done_callback(lambda _: spool.close())
        running.add_done_callback(lambda _: recordings.close())
        return running

    def _behind(self, hands: Hands) -> bool:
        """Tell whether the program is slower than the model's time."""
        session = self.state.session
        photos = session is not None and any(one.kept is None for one in session.photos)
        rows = session is not None and self.state.last_ms + 300 < self.line.said_ms
        return self.held or not hands.idle or photos or rows

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
        word = next((said for begin, said in HEARD.items() if f'"{begin}' in line), "")
        if session is None or not word:
            return
        hum = next(one for one in challenge(CheckKind.BREATH, session.order.nonce) if type(one).__name__ == "Hum")
        air = self.somebody.told(word, str(getattr(hum, "seconds", 1)), self.board.room.room_c, self.board.ms)
        if air is not None:
            self.board.breathe(air)

    async def until(self, true: Callable[[], bool]) -> None:
        for _ in range(15_000):
            if true():
                return
            if self._running is not None and self._running.done():
                self._running.result()
            await asyncio.sleep(0.005)
        raise AssertionError(self.server.bodies())

    async def stop(self, running: "asyncio.Task[Over]") -> None:
        assert self.shell is not None
        self.shell.stop()
        await running
        self._running = None

    def told(self, kind: type) -> list[Body]:
        return [one for one in self.server.bodies() if isinstance(one, kind)]


def sober() -> Somebody:
    return Somebody(Person(), Random(3))  # noqa: S311 - an invented breath


def blowing(state: State) -> bool:
    """Whether air flows."""
    session = state.session
    return session is not None and session.phase is Phase.BLOW and session.recorded.passed.volume_l > 0.3
