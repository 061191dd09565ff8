"""A household on a machine that has no time for it: late words are no recordings, and slow ones nobody carries on."""

from collections.abc import Iterator
from datetime import timedelta
from heapq import merge
from random import Random

import pytest
from msgspec.structs import replace

from baqylau.devices.linux_unit.inputs import FrameHeard, Tick, UnitInput
from baqylau.devices.linux_unit.shell import understood
from baqylau.links.radio.board_line import BoardLine
from baqylau.links.radio.modem import read, written
from baqylau.links.radio.words import Frame, Stamp
from baqylau.protocols.batch.records import Doubt, Reception
from baqylau.sim.air.live import STEP_S, House, LiveHouse, Worn
from tests.unit.devices.home_unit.home import BRACELET, RELAY, SOURCE, Home, root

CALM_S, ENDS_S = 300.0, 900.0
"""The machine has time for five minutes, then ten minutes none."""
STALLS_S = (0.05, 0.1, 0.3, 0.8, 2.0, 9.0)


def house() -> LiveHouse:
    bracelet, relay = (Worn(serial=str(one), root=root(one)) for one in (BRACELET, RELAY))
    home = House(host="127.0.0.1", port=0, bracelet=bracelet, relay=relay)
    return LiveHouse(home, Home().at, Random(1))  # noqa: S311 - noise


def turns(who: str, draw: Random, *, starves: bool) -> Iterator[tuple[float, str]]:
    """Give when a program comes to its turn."""
    now_s = 0.0
    while now_s < ENDS_S:
        yield now_s, who
        now_s += draw.choice(STALLS_S) if starves and now_s > CALM_S else STEP_S


class Machine:
    """The house's program, the line, and the unit's program on one machine."""

    def __init__(self, *, counted: bool) -> None:
        self.home, self.air, self.board = Home(), house(), BoardLine()
        self.began_at, self.began_ms = self.home.at, self.home.ms
        self.counted = counted
        self.waiting: list[bytes] = []
        self.tick_due_s = 1.0

    def speak(self, now_s: float) -> None:
        self.waiting += self.air.lines(now_s)

    def hear(self, now_s: float) -> None:
        """Let the unit read all that waits, and tick when it is due."""
        self.home.at = self.began_at + timedelta(seconds=now_s)
        self.home.ms = self.began_ms + round(1000 * now_s)
        waiting, self.waiting = self.waiting, []
        for line in waiting:
            said = self.board.said(line if self.counted else without_count(line), Stamp(self.home.at, self.home.ms))
            heard: UnitInput | None = None if said is None else understood(SOURCE, said)
            if isinstance(heard, FrameHeard):
                self.home.take(
                    FrameHeard, **{name: getattr(heard, name) for name in ("source", "frame", "rssi_dbm", "late_ms")}
                )
        if now_s >= self.tick_due_s:
            self.home.take(Tick, late_ms=round(1000 * (now_s - self.tick_due_s)))
            self.tick_due_s = now_s + 1.0


def without_count(line: bytes) -> bytes:
    """Give the line as a board says it that has no count, such as a Bluetooth adapter's."""
    word = read(line)
    return written(replace(word, count_ms=None)) if isinstance(word, Frame) else line


def lived(seed: int, *, air_starves: bool, counted: bool) -> Home:
    machine, draw = Machine(counted=counted), Random(seed)  # noqa: S311 - noise
    air = turns("air", Random(seed + 100), starves=air_starves)  # noqa: S311 - noise
    for now_s, who in merge(air, turns("unit", draw, starves=True)):
        if who == "air":
            machine.speak(now_s)
        else:
            machine.hear(now_s)
    return machine.home


@pytest.mark.parametrize("seed", range(3))
def test_a_starved_machine_is_no_second_device(seed: int) -> None:
    home = lived(seed, air_starves=True, counted=True)
    assert home.said_in(Doubt) == []
    heard = {one.transmitter_id: one for one in home.said_in(Reception)}
    assert set(heard) == {BRACELET, RELAY}


@pytest.mark.parametrize("seed", range(3))
def test_nor_is_a_starved_unit_whose_receiver_tells_no_count(seed: int) -> None:
    assert lived(seed, air_starves=False, counted=False).said_in(Doubt) == []
