"""Worn receivers in real time: what a tracker's board would say, played onto sockets for tracker programs.

Each board listens on its own address, and the program of its tracker connects to it as to any board. The wearer goes
along a way, over and over; what is done to the receiver is done in the first round.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from baqylau.devices.strap import Sample
from baqylau.devices.tracker import board_line
from baqylau.devices.tracker.inputs import Network as Registered
from baqylau.sim.client import Sleep
from baqylau.sim.sky.disturbances import Bag, Disturbance
from baqylau.sim.sky.network import Network
from baqylau.sim.sky.receiver import Receiver
from baqylau.sim.sky.sentences import sentences
from baqylau.sim.sky.way import Leg, Way
from baqylau.sim.sky.worn import JUDGES
from baqylau.sim.speaking import speak
from baqylau.sim.town_plan import Place

STEP_S, SENSED_S = 1.0, 5.0
FULL_MV = 3950


class Board(Struct, frozen=True, kw_only=True):
    """A tracker's board, who wears it, and what is done to it."""

    host: str
    port: int
    """0: any that is free."""
    start: Place
    legs: tuple[Leg, ...]
    wrapped: tuple[Bag, ...] = ()
    cut_s: float | None = None
    """When the strap is cut; it stays so for a minute."""


class LiveBoard:
    """A board that is worn. Seconds are those since it began."""

    def __init__(self, board: Board, begun_at: datetime, random: Random) -> None:
        """Put it on; its receiver begins cold."""
        self._board, self._way = board, Way(board.start, *board.legs)
        self._receiver = Receiver(random.getrandbits(32), begun_at.timestamp(), JUDGES)
        self._network = Network(random)
        self._done: tuple[Disturbance, ...] = board.wrapped
        self._there: bool | None = None
        self._sensed_s = -SENSED_S

    def lines(self, after_s: float) -> list[bytes]:
        """Give what the board says at an instant later than all before."""
        truth = replace(self._way.at(after_s % self._way.lasts_s), into_s=after_s)
        said = [sentences(self._receiver.epoch(truth, self._done))]
        level_dbm, due = self._network.level_dbm(truth, self._done), after_s - self._sensed_s >= SENSED_S
        there = level_dbm is not None
        if there is not self._there or due:
            self._there = there
            said.append(board_line.on_network(Registered(0, there=self._there, signal_dbm=level_dbm)))
        if due:
            self._sensed_s = after_s
            said.append(board_line.written(self._sensed(after_s, moves=truth.moving)))
        return said

    def _sensed(self, after_s: float, *, moves: bool) -> Sample:
        cut_s = self._board.cut_s
        is_cut = cut_s is not None and cut_s <= after_s < cut_s + 60
        loop = (0, 0.0) if is_cut else (47_000, 80.0)
        return Sample(0, loop, (False, 0.0), 900, (moves, 0.4 if moves else 0.0), 31.0, (FULL_MV, False))


async def run_boards(
    boards: Sequence[Board],
    *,
    now: Callable[[], datetime],
    sleep: Sleep,
    random: Random,
    opened: Callable[[Sequence[int]], None] | None = None,
) -> None:
    """Let all boards be worn until cancelled. `opened` is told their ports; `OSError` when one is taken."""

    def begun(at: datetime) -> list[LiveBoard]:
        return [LiveBoard(board, at, Random(random.getrandbits(64))) for board in boards]  # noqa: S311 - noise

    addresses = [(board.host, board.port) for board in boards]
    await speak(addresses, begun, every_s=STEP_S, now=now, sleep=sleep, opened=opened)
