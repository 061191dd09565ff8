"""Who blows into a breath unit of the city when it asks: the physical board, somebody's breath, and the unit's core."""

from random import Random

from msgspec.structs import replace

from baqylau.devices.breath_unit.acts import Photograph, Sign, ToBoard
from baqylau.devices.breath_unit.inputs import BoardSaid, PhotoTaken, RowsCame, Signed
from baqylau.devices.breath_unit.orders import VOICE
from baqylau.devices.linux_unit.inputs import ButtonPressed
from baqylau.devices.linux_unit.outputs import Do, Output, Say
from baqylau.links.breath_lines import Board, Row, Switched
from baqylau.sim.air.box import Box
from baqylau.sim.breath.air import Air, Person
from baqylau.sim.breath.board import ModelBoard
from baqylau.sim.breath.home import BLOCK_MS, REACTION_MS, Somebody
from baqylau.sim.breath.live import cell_of
from baqylau.sim.city.standing import COMES_S, Standing

ASKED = f"{VOICE}due"


class Breather:
    """Somebody at home with a unit. Seconds are those of the city."""

    def __init__(self, number: int, stands: Standing, named: Board) -> None:
        """Take which unit it is, what they do when it asks, and what its board calls itself."""
        self._number, self._stands, self._named = number, stands, named
        self._random = Random(f"{number}/breath")  # noqa: S311 - an invented life
        self._comes_s: float | None = None
        self._breathes: list[tuple[int, Air]] = []
        self._sits_down(0.0)

    def answer(self, box: Box, from_s: float, until_s: float) -> None:
        """Do what the unit asks for, from one instant to another."""
        self._hear(box, from_s)
        if self._comes_s is not None and self._comes_s < until_s:
            self._sits_down(self._comes_s)
            box.take(self._comes_s, ButtonPressed)
            self._comes_s = None
        while box.state.session is not None and self._board.ms + BLOCK_MS <= 1000 * until_s:
            self._tenth(box)
            self._hear(box, self._board.ms / 1000)

    def _sits_down(self, at_s: float) -> None:
        """Come to a board in which nothing of an earlier breath is left, as drunk as they are by now."""
        self._board = ModelBoard(cell_of(self._number), self._random, board=self._named)
        self._board.ms = round(at_s * 1000)
        self._somebody = Somebody(replace(Person(), alcohol_mg_l=self._stands.alcohol_mg_l(at_s)), self._random)
        self._breathes.clear()

    def _tenth(self, box: Box) -> None:
        """Let a tenth of a second of a test pass."""
        for air in [air for ms, air in self._breathes if ms <= self._board.ms]:
            self._board.breathe(air)
        self._breathes = [one for one in self._breathes if one[0] > self._board.ms]
        words = list(self._board.words(self._board.ms + BLOCK_MS))
        at_s = self._board.ms / 1000
        for word in words:
            if isinstance(word, Board | Switched):
                box.take(at_s, BoardSaid, what=word)
        rows = tuple(word for word in words if isinstance(word, Row))
        if rows:
            box.take(at_s, RowsCame, rows=rows)
        if self._board.ms % 1000 == 0:
            box.tick(at_s)

    def _hear(self, box: Box, at_s: float) -> None:
        """Do everything that the unit wanted since the last time, and what it wants when that is done."""
        while box.said:
            said, box.said = box.said, []
            for one in said:
                self._do(box, one, at_s)

    def _do(self, box: Box, said: Output, at_s: float) -> None:
        match said:
            case Say(key=key) if key == ASKED and self._stands.answers:
                self._comes_s = at_s + self._random.randint(*COMES_S)
            case Say(key=key, place=place):
                air = self._somebody.told(key.removeprefix(VOICE), place, self._board.room.room_c, self._board.ms)
                if air is not None:
                    self._breathes.append((self._board.ms + self._random.randint(*REACTION_MS), air))
            case Do(act=ToBoard(order=order)):
                self._board.order(order)
            case Do(act=Photograph(check_id=check_id, photo=photo)):
                box.take(at_s, PhotoTaken, check_id=check_id, photo=photo, kept=True)
            case Do(act=Sign(check_id=check_id)):
                box.take(at_s, Signed, check_id=check_id, items=1, manifest=bytes(32), trace=bytes(32))
            case _:
                pass
