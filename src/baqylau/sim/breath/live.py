"""A breath unit's board in real time, and somebody at home who does what the unit says.

The board is offered on a socket as a real one would be on its line. Whoever blows follows what the unit's own program
writes for its screen (`told.jsonl`), and presses the button some seconds after they were asked.
"""

import asyncio
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.people import Language
from baqylau.links.breath_lines import Board, Switch
from baqylau.locales import catalogue
from baqylau.sim.breath.air import Air, Person
from baqylau.sim.breath.board import ModelBoard
from baqylau.sim.breath.cell import FULL_SCALE_UA, Cell, drawn
from baqylau.sim.breath.home import REACTION_MS, Somebody
from baqylau.sim.breath.line import serve
from baqylau.sim.client import Sleep

STEP_S = 0.1
COMES_S = (4.0, 8.0)
"""So long somebody takes to come when they are asked."""
PRESSED_S = 0.4
ELIMINATED_MG_L_H = 0.07
"""By so much the alcohol of a breath falls in an hour [K]."""
CELL = "cell/1"
_ASKED = frozenset({"due", "remind"})
_SAYS = "breath.say."


class BreathHome(Struct, frozen=True, kw_only=True):
    """One home: where its board is offered, and who blows."""

    host: str
    port: int
    """0: any that is free."""
    told: str
    """File in which the unit writes what it tells the person."""
    told_from: int
    """From so many bytes on it is told to them."""
    language: Language
    seed: int
    """Of the cell: it is the same one after each start."""
    person: Person


class _Line(Struct):
    text: str


def cell_of(seed: int) -> Cell:
    """Give the cell of a home."""
    return drawn(Random(seed))  # noqa: S311 - an invented cell


class Resident:
    """Who lives there. Seconds are those since the program began."""

    def __init__(self, home: BreathHome, board: ModelBoard, random: Random) -> None:
        """Let them be at home with the board."""
        self._home, self._board, self._random = home, board, random
        self._read_to = home.told_from
        self._somebody: Somebody | None = None
        self._presses_s: float | None = None
        self._breathes: list[tuple[int, Air]] = []

    def live(self, after_s: float) -> None:
        """Read what the unit says, and do it."""
        for text in self._told():
            self._hear(text, after_s)
        if self._presses_s is not None and after_s >= self._presses_s:
            down = after_s < self._presses_s + PRESSED_S
            self._board.switch(Switch.BUTTON, on=down)
            self._presses_s = self._presses_s if down else None
        due = [air for ms, air in self._breathes if ms <= self._board.ms]
        self._breathes = [one for one in self._breathes if one[0] > self._board.ms]
        for air in due:
            self._board.breathe(air)

    def _told(self) -> list[str]:
        path = Path(self._home.told)
        if not path.exists() or path.stat().st_size == self._read_to:
            return []
        with path.open("rb") as file:
            file.seek(self._read_to)
            lines = file.read().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        self._read_to += sum(map(len, whole))
        return [msgspec.json.decode(line, type=_Line).text for line in whole]

    def _hear(self, text: str, after_s: float) -> None:
        word, place = understood(text, self._home.language)
        if word in _ASKED and self._presses_s is None:
            left_mg_l = max(self._home.person.alcohol_mg_l - ELIMINATED_MG_L_H * after_s / 3600, 0.0)
            self._somebody = Somebody(replace(self._home.person, alcohol_mg_l=left_mg_l), self._random)
            self._presses_s = after_s + self._random.uniform(*COMES_S)
        elif self._somebody is not None:
            air = self._somebody.told(word, place, self._board.room.room_c, self._board.ms)
            if air is not None:
                self._breathes.append((self._board.ms + self._random.randint(*REACTION_MS), air))


def understood(text: str, language: Language) -> tuple[str, str]:
    """Give what a sentence of the unit asks for, and its number where it names one; nothing of another's."""
    for key, said in catalogue(language).items():
        if key.startswith(_SAYS) and isinstance(said, str):
            before, place, after = said.partition("{place}")
            fits = text.startswith(before) and text.endswith(after) if place else text == said
            if fits:
                return key.removeprefix(_SAYS), text[len(before) : len(text) - len(after)] if place else ""
    return "", ""


async def run_breath(home: BreathHome, *, sleep: Sleep, random: Random) -> None:
    """Let the board be there, and whoever lives there at home, until cancelled."""
    chance = Random(random.getrandbits(64))  # noqa: S311 - noise
    named = Board(serial="model", cell=CELL, full_scale_ua=FULL_SCALE_UA, dioxide=True)
    board = ModelBoard(cell_of(home.seed), chance, board=named)
    resident = Resident(home, board, chance)
    async with asyncio.TaskGroup() as group:
        group.create_task(serve(board, home.host, home.port, lambda _: None))
        group.create_task(_at_home(resident, sleep))


async def _at_home(resident: Resident, sleep: Sleep) -> None:
    begun_s = asyncio.get_running_loop().time()
    while True:
        resident.live(asyncio.get_running_loop().time() - begun_s)
        await sleep(STEP_S)
