"""The simulated board of a tracker of ours that somebody of the city wears: its receiver, its modem and its sensors."""

from datetime import datetime
from itertools import pairwise
from random import Random

from baqylau.devices.condition import CURVE
from baqylau.devices.strap import Sample
from baqylau.devices.tracker import board_line
from baqylau.devices.tracker.inputs import Network
from baqylau.sim.city.charging import level_at, rises
from baqylau.sim.city.on_the_way import deceivers, legs_of, spells
from baqylau.sim.sky.disturbances import Disturbance
from baqylau.sim.sky.network import Network as Mobile
from baqylau.sim.sky.receiver import Receiver
from baqylau.sim.sky.sentences import sentences
from baqylau.sim.sky.way import Way
from baqylau.sim.sky.worn import JUDGES
from baqylau.sim.stories import Story

SENSED_S = 5.0
WHOLE, CUT = (47_000, 80.0), (0, 0.0)
"""What the loops of the strap show: ohm, and per cent of the light."""


class WornBoard:
    """One board. Seconds are those of the city; each instant is later than all before."""

    def __init__(self, number: int, story: Story, begun_at: datetime, done: tuple[Disturbance, ...] = ()) -> None:
        """Put it on. `done`: what is done to everybody's receiver where it goes."""
        self._charge, self._done = story.charge, (*done, *deceivers(story))
        self._cut = [spell for spell, told in spells(story) if told.strap_open]
        self._way = Way(story.legs[0].way[0], *legs_of(story))
        self._receiver = Receiver(number, begun_at.timestamp(), JUDGES)
        self._network = Mobile(Random(number))  # noqa: S311 - a simulated town

    def said(self, at_s: float) -> bytes:
        """Give what the receiver says, in the bytes of its line."""
        return sentences(self._receiver.epoch(self._way.at(at_s), self._done))

    def senses(self, at_s: float, at_ms: int) -> tuple[Network, Sample]:
        """Give what modem and sensors say. `at_ms`: the count of the tracker."""
        truth = self._way.at(at_s)
        level_dbm = self._network.level_dbm(truth, self._done)
        moves = truth.moving or truth.scene != self._way.at(at_s + SENSED_S).scene
        strap = CUT if any(from_s <= at_s < until_s for from_s, until_s in self._cut) else WHOLE
        power = round(millivolts(level_at(self._charge, at_s))), rises(self._charge, at_s)
        motion = moves, 0.4 if moves else 0.0
        shown = Sample(at_ms, strap, (False, 0.0), 900, motion, 31.0, power)
        return Network(at_ms, there=level_dbm is not None, signal_dbm=level_dbm), shown


class LiveWorn:
    """The same in real time, for the program of a tracker: lines of its board, from some time after the city on."""

    def __init__(self, board: WornBoard, late_s: float) -> None:
        self._board, self._late_s, self._sensed_s = board, late_s, -SENSED_S

    def lines(self, after_s: float) -> list[bytes]:
        """Give what the board says at an instant later than all before."""
        said = [self._board.said(self._late_s + after_s)]
        if after_s - self._sensed_s >= SENSED_S:
            self._sensed_s = after_s
            network, shown = self._board.senses(self._late_s + after_s, 0)
            said += [board_line.on_network(network), board_line.written(shown)]
        return said


def millivolts(percent: float) -> float:
    """Give what a cell shows that is so full."""
    for (low_mv, low), (high_mv, high) in pairwise(CURVE):
        if percent <= high:
            return low_mv + (high_mv - low_mv) * (percent - low) / (high - low)
    return CURVE[-1][0]
