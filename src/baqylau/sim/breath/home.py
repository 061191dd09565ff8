"""One breath unit in one invented home: the real core, the physical board, and somebody who does what they are told.

Nothing waits: an hour takes as long as its arithmetic. `Home.test` lets the server ask for a check and gives what the
unit told of it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import TypedDict

from msgspec import Struct
from msgspec.structs import replace

from baqylau.devices.breath_unit.acts import KeepRows, Photograph, Sign, ToBoard
from baqylau.devices.breath_unit.calibration_file import CalibrationFile
from baqylau.devices.breath_unit.core import BreathUnit
from baqylau.devices.breath_unit.inputs import (
    BoardSaid,
    BreathInput,
    CalibrationRead,
    PhotoTaken,
    RowsCame,
    Signed,
)
from baqylau.devices.breath_unit.state import State, begin
from baqylau.devices.linux_unit.inputs import ButtonPressed, ClockTold, Ordered, Started, Tick
from baqylau.devices.linux_unit.outputs import Do, Output, Say, Write
from baqylau.domain.checks import BreathSample, CheckKind, Ended
from baqylau.domain.commands import BeginCheck, Command
from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.observations import Body
from baqylau.domain.people import Language
from baqylau.links.breath_lines import Board, Row, Switched, Word, ordered, read, written
from baqylau.protocols.batch.records import ClockQuality, Own, Record
from baqylau.sim.breath.air import Air, Person, Trick, breath, deceived, hum, hummed
from baqylau.sim.breath.board import ModelBoard

UNIT = DeviceId("unit/1")
BLOCK_MS = 100
REACTION_MS = (500, 1500)
BOOTED_MS = 60_000
GIVE_UP_MS = 20 * 60_000


class Somebody:
    """Who does what the unit says, as well as they can, or a trick instead."""

    def __init__(
        self, person: Person, random: Random, *, trick: Trick | None = None, minutes_after: float = 60.0
    ) -> None:
        """Take who it is, what they try, and how long ago anything was in their mouth."""
        self._person, self._random, self._trick = person, random, trick
        self._minutes_after, self._from_ms = minutes_after, -1

    def told(self, word: str, place: str, room_c: float, ms: int) -> Air | None:
        """Give the air that comes of a prompt."""
        if self._from_ms < 0:
            self._from_ms = ms
        minutes = self._minutes_after + (ms - self._from_ms) / 60_000
        match word:
            case "again_insufficient":
                self._person = replace(self._person, strength_l_s=0.8 * self._person.strength_l_s)
                return None
            case "blow" | "blow_again":
                air = breath(self._person, room_c, self._random, minutes)
                return air if self._trick is None else deceived(air, self._trick, room_c, self._random)
            case "hum":
                air = hum(self._person, room_c, self._random, float(place) + self._random.uniform(0.1, 0.6))
                return air if self._trick is None else hummed(air, self._trick, self._random)
            case _:
                return None


class Told(Struct, frozen=True, kw_only=True):
    """What the unit told of one check."""

    sample: BreathSample | None
    ended: Ended | None
    bodies: tuple[Body, ...]
    said: tuple[str, ...]
    """The words that the person was told."""
    photos: int
    seconds: float


class Home:
    """The unit, its board and its clock."""

    def __init__(
        self, board: ModelBoard, file: CalibrationFile, random: Random, begun_at: datetime, *, lines: bool = False
    ) -> None:
        """Take the board and its calibration. `lines`: everything goes through the lines of the protocol."""
        self.board, self._random, self.begun_at, self._lines = board, random, begun_at, lines
        self.state: State = begin(UNIT)
        self.records: list[Record] = []
        self.outputs: list[Output] = []
        self.kept: list[Row] = []
        self.signed: list[Sign] = []
        self._unit = BreathUnit()
        self._rows: list[Row] = []
        self.somebody: Somebody | None = None
        self._breathe_at: list[tuple[int, Air]] = []
        self._number = 0
        self.begin(file)

    def begin(self, file: CalibrationFile) -> None:
        """Start the program, for the first time or after a cut of power."""
        self.take(Started(sources=(), **self._clocks()))
        self.take(ClockTold(quality=ClockQuality.NETWORK, **self._clocks()))
        self.take(BoardSaid(what=self.board.board, **self._clocks()))
        self.take(CalibrationRead(file=file, **self._clocks()))

    def order(self, check_id: str, nonce: bytes, *, person_id: str = "person/1") -> None:
        """Let the server ask for a check now."""
        self._number += 1
        now = self._clocks()["at"]
        order = BeginCheck(
            check_id=CheckId(check_id),
            kind=CheckKind.BREATH,
            person_id=PersonId(person_id),
            nonce=nonce,
            due_at=now,
            remind_at=now + timedelta(minutes=5),
            expires_at=now + timedelta(minutes=15),
            language=Language.KK,
        )
        until = now + timedelta(minutes=15)
        command = Command(device_id=UNIT, number=self._number, issued_at=now, expires_at=until, order=order)
        self.take(Ordered(command=command, **self._clocks()))

    def test(self, somebody: Somebody, nonce: bytes) -> Told:
        """Let the server ask, and somebody give a test."""
        check_id = f"{self._number + 1:032x}"
        self.somebody, records, outputs = somebody, len(self.records), len(self.outputs)
        from_ms = self.board.ms
        self.order(check_id, nonce)
        self.take(ButtonPressed(**self._clocks()))
        while self.state.session is not None and self.board.ms < from_ms + GIVE_UP_MS:
            self.go_on()
        bodies = tuple(
            body for record in self.records[records:] if isinstance(record.said, Own) for body in record.said.bodies
        )
        done = [one.act for one in self.outputs[outputs:] if isinstance(one, Do)]
        said = [one.key.removeprefix("breath.say.") for one in self.outputs[outputs:] if isinstance(one, Say)]
        return Told(
            sample=next((one for one in bodies if isinstance(one, BreathSample)), None),
            ended=next((one for one in bodies if isinstance(one, Ended)), None),
            bodies=bodies,
            said=tuple(said),
            photos=sum(isinstance(one, Photograph) for one in done),
            seconds=(self.board.ms - from_ms) / 1000,
        )

    def go_on(self, until: Callable[[], bool] | None = None) -> None:
        """Let a tenth of a second pass, or as many as it takes."""
        while True:
            self._tenth()
            if until is None or until():
                return

    def _tenth(self) -> None:
        due = [air for ms, air in self._breathe_at if ms <= self.board.ms]
        self._breathe_at = [(ms, air) for ms, air in self._breathe_at if ms > self.board.ms]
        for air in due:
            self.board.breathe(air)
        for word in self.board.words(self.board.ms + BLOCK_MS):
            heard = read_line(word) if self._lines else word
            match heard:
                case Row():
                    self._rows.append(heard)
                case Board() | Switched():
                    self.take(BoardSaid(what=heard, **self._clocks()))
        if self._rows:
            rows, self._rows = tuple(self._rows), []
            self.take(RowsCame(rows=rows, **self._clocks()))
        if self.board.ms % 1000 == 0:
            self.take(Tick(**self._clocks()))

    def take(self, said: BreathInput) -> None:
        """Let the core take something, and do what it wants."""
        self.state, outputs = self._unit.step(self.state, said)
        self.outputs += outputs
        for one in outputs:
            match one:
                case Write(record=record):
                    self.records.append(record)
                case Say(key=key, place=place):
                    self._hears(key.removeprefix("breath.say."), place)
                case Do(act=act):
                    self._do(act)
                case _:
                    pass

    def _hears(self, word: str, place: str) -> None:
        if self.somebody is None:
            return
        air = self.somebody.told(word, place, self.board.room.room_c, self.board.ms)
        if air is not None:
            self._breathe_at.append((self.board.ms + self._random.randint(*REACTION_MS), air))

    def _do(self, act: Struct) -> None:
        match act:
            case ToBoard(order=order) if self._lines:
                self.board.hear(ordered(order))
            case ToBoard(order=order):
                self.board.order(order)
            case KeepRows(rows=rows):
                self.kept += rows
            case Photograph(check_id=check_id, photo=photo):
                self.take(PhotoTaken(check_id=check_id, photo=photo, kept=True, **self._clocks()))
            case Sign(check_id=check_id):
                self.signed.append(act)
                self.take(Signed(check_id=check_id, items=1, manifest=bytes(32), trace=bytes(32), **self._clocks()))

    def _clocks(self) -> "_Clocks":
        ms = self.board.ms
        return {"at": self.begun_at + timedelta(milliseconds=ms), "monotonic_ms": BOOTED_MS + ms}


class _Clocks(TypedDict):
    at: datetime
    monotonic_ms: int


def read_line(word: Word) -> Word | None:
    """Give a word as it comes out of its line."""
    return read(written(word))
