"""The whole way from a life to what is found: real bracelet, real unit, real server's reading, real rules."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from heapq import merge
from operator import attrgetter

import numpy as np
from msgspec import Struct

from baqylau.devices.linux_unit.outputs import Output
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Supervision
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.sim.air.board import Board, Cut
from baqylau.sim.air.hearing import Air, Reception, in_order
from baqylau.sim.air.life import DAY_S
from baqylau.sim.air.prescribed import BEGUN_AT, BRACELET, supervision
from baqylau.sim.air.score import found
from baqylau.sim.air.worn import ROOT, Bracelet, Crystal, Sent

BEGUN_S = int(seconds_at(BEGUN_AT))
ROOTS: Mapping[DeviceId, bytes] = {BRACELET: ROOT}

Shown = tuple[float, Mapping[str, object]]
"""From when on the bracelet's sensors show something, and what."""
Attack = Callable[[Sequence[Sent], list[Reception], np.random.Generator], list[Reception]]
"""Takes what a bracelet sends and what the receivers would hear; gives what they hear."""


class Happens(Struct, frozen=True, kw_only=True):
    """Everything that a story sets besides the home itself."""

    shown: tuple[Shown, ...] = ()
    attacks: tuple[Attack, ...] = ()
    cuts: tuple[Cut, ...] = ()
    """When the unit's line is cut."""
    noise: tuple[tuple[float, float], ...] = ()
    """From when on the band is how loud, in dBm."""
    box: tuple[tuple[float, Mapping[str, bool]], ...] = ()
    """What the sensors of the unit's box show, and when."""
    quiet_house: bool = False
    """No neighbour's equipment is heard."""


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of a story."""

    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...]
    said: tuple[Output, ...]
    """What the unit wanted done at home."""
    faults: tuple[str, ...]
    """What the server set aside, by name."""

    @property
    def codes(self) -> tuple[Code, ...]:
        """Which findings there are, in their order."""
        return tuple(one.code for one in sorted(self.findings, key=attrgetter("at")))


NOTHING = Happens()


def told(
    air: Air, seed: int, happens: Happens = NOTHING, *, crystal: Crystal | None = None, tick_s: float = 1.0
) -> Outcome:
    """Let a household live through its story, frame by frame."""
    dice = np.random.default_rng(seed)
    sent = emitted(air, happens.shown, crystal or Crystal(ppm=8.0, day_ppm=0.5))
    receptions = air.heard(sent, dice)
    if not happens.quiet_house:
        receptions = in_order([*receptions, *air.strangers(dice)])
    for attack in happens.attacks:
        receptions = in_order(attack(sent, receptions, dice))
    return judged(air, receptions, happens, supervision(), tick_s)


def emitted(air: Air, shown: Iterable[Shown], crystal: Crystal) -> list[Sent]:
    """Give what the bracelet sends through the story."""
    bracelet, sent = Bracelet(BEGUN_S, crystal), list[Sent]()
    walks: list[Shown] = [
        (at_s, {"moves": moves}) for one in air.life.leaves for at_s, moves in _steps(one.out_s, one.back_s)
    ]
    for at_s, changed in sorted([*shown, *walks], key=_when):
        sent += bracelet.until(at_s)
        bracelet.show(at_s, **changed)
    return [*sent, *bracelet.until(air.life.ends_s)]


def _steps(out_s: float, back_s: float) -> tuple[tuple[float, bool], ...]:
    return (out_s, True), (back_s, False)


def _when(shown: Shown) -> float:
    return shown[0]


def judged(
    air: Air, receptions: Iterable[Reception], happens: Happens, prescribed: Supervision, tick_s: float
) -> Outcome:
    """Let the unit hear, and the rules judge what reached the server."""
    board = Board(prescribed, ROOTS, BEGUN_AT, air.sources, happens.cuts)
    ticks = ((tick_s * number, board.tick) for number in range(1, int(air.life.ends_s / tick_s) + 1))
    heard = ((one.at_s, _hearing(board, one)) for one in receptions)
    noise = ((at_s, _noise(board, dbm)) for at_s, dbm in _each_minute(happens.noise, air.life.ends_s))
    box = ((at_s, _sensing(board, shown)) for at_s, shown in happens.box)
    for at_s, do in merge(ticks, heard, noise, box, key=_first):
        do(at_s)
    until = BEGUN_AT + timedelta(seconds=air.life.days * DAY_S)
    return Outcome(
        observations=tuple(board.observations),
        findings=found(prescribed, board.observations, until),
        said=tuple(board.said),
        faults=tuple(board.server.faults),
    )


def _first(timed: "tuple[float, Callable[[float], None]]") -> float:
    return timed[0]


def _hearing(board: Board, one: Reception) -> Callable[[float], None]:
    return lambda _at_s: board.hear(one)


def _sensing(board: Board, shown: Mapping[str, bool]) -> Callable[[float], None]:
    return lambda at_s: board.sense(at_s, **shown)


def _noise(board: Board, noise_dbm: float) -> Callable[[float], None]:
    return lambda at_s: board.noise(at_s, noise_dbm)


def _each_minute(levels: Sequence[tuple[float, float]], until_s: float) -> Iterable[tuple[float, float]]:
    """Say again each minute how loud the band is, from the first time on."""
    ends = [at_s for at_s, _ in levels[1:]] + [until_s]
    for (from_s, level_dbm), end_s in zip(levels, ends, strict=False):
        yield from ((float(at_s), level_dbm) for at_s in np.arange(from_s, end_s, 30.0))
