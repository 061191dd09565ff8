"""A unit of the city that stands at home, at work: the real core of a breath or audio-visual unit, its board and case.

The breath unit's cell was adjusted by an invented laboratory, and somebody blows when it asks; somebody sits down
before an audio-visual one. What a board of theirs does otherwise is to be there, to say how its case and its
calibration stand, and to give signs of life.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from random import Random

import numpy as np

from baqylau.devices.av_unit.shell import av_unit
from baqylau.devices.breath_unit.inputs import BoardSaid, CalibrationRead
from baqylau.devices.breath_unit.shell import BREATH_UNIT
from baqylau.devices.linux_unit.inputs import Ordered
from baqylau.domain.commands import Command
from baqylau.domain.people import DeviceKind, Supervision
from baqylau.links.breath_lines import Board, Switch, Switched
from baqylau.monitoring.server.link.beacons import Beacons
from baqylau.sim.air.box import Box, document
from baqylau.sim.breath import laboratory
from baqylau.sim.breath.cell import FULL_SCALE_UA
from baqylau.sim.breath.live import CELL, cell_of
from baqylau.sim.city.blowing import Breather
from baqylau.sim.city.registers import unit_id
from baqylau.sim.city.showing import Sitter
from baqylau.sim.city.standing import Standing

TICK_S = 10.0
ADJUSTED_BEFORE = timedelta(days=20)
BOARD = Board(serial="model", cell=CELL, full_scale_ua=FULL_SCALE_UA, dioxide=True)


class StandingUnit:
    """One unit. Seconds are those of the city."""

    def __init__(self, number: int, stands: Standing, prescribed: Supervision, begun_at: datetime) -> None:
        """Switch it on."""
        self._breath, self._opened_s = stands.kind is DeviceKind.BREATH_UNIT, stands.opened_s
        self.at_s = 0.0
        """How far it has come."""
        self._somebody = Breather(number, stands, BOARD) if self._breath else Sitter(number, stands)
        kind = BREATH_UNIT if self._breath else av_unit(lamp=False, calls=False)
        self.box = Box(unit_id(number), (), begun_at, kind)
        if self._breath:
            chance, made_at = Random(number), begun_at - ADJUSTED_BEFORE  # noqa: S311 - an invented laboratory
            made = laboratory.file(cell_of(number), chance, made_at, unit_id(number))
            self.box.take(0.0, BoardSaid, what=BOARD)
            self.box.take(0.0, CalibrationRead, file=made)
        runs_by = document(prescribed, unit_id(number), Beacons([]), begun_at)
        if runs_by is not None:
            self.box.configure(runs_by)

    def order(self, commands: Iterable[Command]) -> None:
        """Let it have commands now."""
        for one in commands:
            self.box.take(self.at_s, Ordered, command=one)

    def live_until(self, until_s: float) -> None:
        """Live on up to an instant."""
        for at_s, happens in sorted(self._happens(until_s), key=itemgetter(0)):
            self._answered(at_s)
            happens()
        self._answered(until_s)

    def _answered(self, until_s: float) -> None:
        """Let whoever lives there do what the unit asks for."""
        self._somebody.answer(self.box, self.at_s, until_s)
        self.at_s = until_s

    def _happens(self, until_s: float) -> Iterator[tuple[float, Callable[[], None]]]:
        for at_s in np.arange(self.at_s + TICK_S, until_s + TICK_S / 2, TICK_S).tolist():
            yield at_s, partial(self.box.tick, at_s)
        for spell in self._opened_s:
            for at_s, is_open in zip(spell, (True, False), strict=True):
                if self.at_s <= at_s < until_s:
                    yield at_s, partial(self._case, at_s, is_open)

    def _case(self, at_s: float, is_open: bool) -> None:  # noqa: FBT001 - what the switch of the case says
        if self._breath:
            self.box.take(at_s, BoardSaid, what=Switched(switch=Switch.CASE, on=is_open))
        else:
            self.box.sense(at_s, opened=is_open)
