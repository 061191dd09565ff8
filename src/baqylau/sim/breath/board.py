"""The measuring board as a physical thing, and its replay twin: it says the lines of the real one and does its orders.

In it are a cell (`cell`), an intake that keeps a rest of the last breath until it is purged, a heater and a room. What
a valve takes is what the intake holds at that moment, so the unit's own timing decides what it measures.
"""

from collections.abc import Iterator
from math import exp, inf, nan
from random import Random

import numpy as np
from msgspec import Struct

from baqylau.devices.breath_unit.metrology.gas import charge_uc
from baqylau.links.breath_lines import (
    SEQ_ROUND,
    SOUND_A_ROW,
    Board,
    Heat,
    Identify,
    Order,
    Pump,
    Row,
    Stream,
    Switch,
    Switched,
    TakeSample,
    Word,
    understood,
    written,
)
from baqylau.sim.breath.air import Air
from baqylau.sim.breath.cell import FULL_SCALE_UA, Cell

ROW_MS = 20
_SWITCHES_EVERY_MS = 10_000
_HEATS_S = 8.0
_PURGED_S, _AIRED_S = 0.5, 30.0
"""A rest in the intake falls to a third in so long, with the pump and without."""
_MEMORY_S = 60.0
_NOISES = 4096
_SILENT = bytes([128] * SOUND_A_ROW)


class Room(Struct, frozen=True, kw_only=True):
    """Where the unit stands."""

    room_c: float = 22.0
    ambient_hpa: float = 935.0
    alcohol_mg_l: float = 0.0
    """In the room's own air."""


class ModelBoard:
    """One board in one room. Time is milliseconds since its start, and passes by `words` alone."""

    def __init__(
        self,
        cell: Cell,
        random: Random,
        room: Room | None = None,
        *,
        board: Board | None = None,
        age_days: float = 0.0,
    ) -> None:
        """Take the cell, its age, chance, and the room."""
        self.room = room or Room()
        self.board = board or Board(serial="model", cell="cell/1", full_scale_ua=FULL_SCALE_UA)
        self.ms = 0
        self.switches = {Switch.CASE: False, Switch.INTAKE: False, Switch.MAINS: True, Switch.BUTTON: False}
        self.gas_mg_l: float | None = None
        """Reference gas that flows through the intake, where a workshop has joined it."""
        self.broken: frozenset[str] = frozenset()
        """Fields of a row whose sensor is unplugged."""
        self.overrun: frozenset[str] = frozenset()
        """Fields of a row whose converter is at its end."""
        self._cell, self._random, self._age_days = cell, random, age_days
        self._streaming, self._seq, self._told_ms = False, 0, -_SWITCHES_EVERY_MS
        self._target_c: float | None = None
        self._cell_c, self._rest_mg_l = self.room.room_c, 0.0
        self._pump_until_ms = 0
        self._air: Air | None = None
        self._air_from_ms = 0
        self._samples: list[tuple[float, float, float]] = []
        self._before: tuple[float, float] = (-1e9, 0.0)
        self._take = self._asked = False
        self._noise = np.random.default_rng(random.getrandbits(64)).normal(0.0, cell.noise_ua, _NOISES).tolist()

    def breathe(self, air: Air) -> None:
        """Let air come to the mouthpiece from now on."""
        self._air, self._air_from_ms = air, self.ms

    def switch(self, switch: Switch, *, on: bool) -> None:
        """Turn a switch."""
        self.switches[switch] = on
        self._asked = True

    def order(self, order: Order) -> None:
        """Do what it is ordered."""
        match order:
            case Identify():
                self._asked = True
                self._told_ms = -_SWITCHES_EVERY_MS
            case Stream(on=on):
                self._streaming = on
            case TakeSample():
                self._take = True
            case Pump(ms=ms):
                self._pump_until_ms = self.ms + ms
            case Heat(cell_c=cell_c):
                self._target_c = cell_c

    def hear(self, line: bytes) -> None:
        """Take a line; one that is garbled does nothing."""
        order = understood(line)
        if order is not None:
            self.order(order)

    def lines(self, until_ms: int) -> Iterator[bytes]:
        """Give what it says up to an instant, as lines."""
        return (written(word) for word in self.words(until_ms))

    def words(self, until_ms: int) -> Iterator[Word]:
        """Give what it says up to an instant."""
        while self.ms + ROW_MS <= until_ms:
            self.ms += ROW_MS
            if self._asked or self.ms - self._told_ms >= _SWITCHES_EVERY_MS:
                yield from self._tell()
            row = self._row()
            if self._streaming:
                yield row

    def _tell(self) -> Iterator[Word]:
        if self._told_ms < 0:
            yield self.board
        self._told_ms, self._asked = self.ms, False
        for switch, on in self.switches.items():
            yield Switched(switch=switch, on=on)

    def _row(self) -> Row:
        """Let 20 ms pass."""
        place = (self.ms - self._air_from_ms) // ROW_MS
        air = self._air if self._air is not None and place < self._air.rows else None
        target = self.room.room_c if self._target_c is None else max(self._target_c, self.room.room_c)
        self._cell_c += (target - self._cell_c) * ROW_MS / 1000 / _HEATS_S
        inside = self._inside(air, place)
        taken, self._take = self._take, False
        if taken:
            self._sample(inside)
        self._seq = (self._seq + 1) % SEQ_ROUND
        if not self._streaming:
            return _NO_ROW
        return self._measured(air, place, taken=taken)

    def _inside(self, air: Air | None, place: int) -> float:
        """Give the alcohol in the intake."""
        if self.gas_mg_l is not None:
            self._rest_mg_l = self.gas_mg_l
        elif air is not None and air.flow_l_s[place] > 0:
            self._rest_mg_l = float(air.alcohol_mg_l[place])
        else:
            within_s = _PURGED_S if self.ms < self._pump_until_ms else _AIRED_S
            self._rest_mg_l += (self.room.alcohol_mg_l - self._rest_mg_l) * ROW_MS / 1000 / within_s
        return self._rest_mg_l

    def _sample(self, alcohol_mg_l: float) -> None:
        cell, seconds = self._cell, self.ms / 1000
        at, before_mg_l = self._before
        memory = cell.memory * min(exp(1 - (seconds - at) / _MEMORY_S), 2.0)
        warmer_k = self._cell_c - 25.0
        share = cell.conversion * (1 + cell.linear_per_k * warmer_k + cell.square_per_k2 * warmer_k**2)
        share *= 1 - cell.ageing_per_day * self._age_days
        taken_ml = self._random.gauss(1.0, cell.valve_spread)
        charge = share * charge_uc(alcohol_mg_l + memory * before_mg_l, taken_ml)
        quick = exp(cell.activation_k * (1 / 298.15 - 1 / (self._cell_c + 273.15)))
        self._samples = [*self._samples[-5:], (seconds, charge, (1 + cell.slowing_per_day * self._age_days) / quick)]
        self._before = (seconds, alcohol_mg_l)

    def _current_ua(self) -> float:
        cell, seconds = self._cell, self.ms / 1000
        current = cell.dark_ua + cell.drift_ua_s * (seconds % 60) / 60
        for at, charge, slow in self._samples:
            after = seconds - at
            if after < 90:  # noqa: PLR2004 - nothing is left then
                rise, decay = cell.rise_s * slow, cell.decay_s * slow
                current += charge * (exp(-after / decay) - exp(-after / rise)) / (decay - rise)
        current += self._noise[self._seq % _NOISES]
        return inf if current >= self.board.full_scale_ua else float(round(current / cell.step_ua) * cell.step_ua)

    def _measured(self, air: Air | None, place: int, *, taken: bool) -> Row:
        room_c = self.room.room_c
        measured = {
            "current_ua": self._current_ua(),
            "pressure_pa": 0.0 if air is None else max(float(air.pressure_pa[place]), 0.0),
            "flow_l_s": 0.0 if air is None else float(air.flow_l_s[place]),
            "breath_c": room_c if air is None else float(air.warmth_c[place]),
            "room_c": room_c,
            "cell_c": self._cell_c,
            "ambient_hpa": self.room.ambient_hpa,
            "dioxide_percent": self._dioxide(air, place),
        }
        measured |= dict.fromkeys(self.broken & measured.keys(), nan)
        measured |= dict.fromkeys(self.overrun & measured.keys(), inf)
        return Row(
            seq=self._seq,
            sampled=taken,
            pumping=self.ms < self._pump_until_ms,
            sound=_SILENT if air is None else air.sound[place].tobytes(),
            **measured,
        )

    def _dioxide(self, air: Air | None, place: int) -> float:
        if not self.board.dioxide:
            return nan
        return 0.04 if air is None else float(air.dioxide_percent[place])


_NO_ROW = Row(
    seq=0,
    current_ua=nan,
    pressure_pa=nan,
    flow_l_s=nan,
    breath_c=nan,
    room_c=nan,
    cell_c=nan,
    ambient_hpa=nan,
    dioxide_percent=nan,
)
