"""Adjusting and verifying with reference gas: the board takes a sample of each point of a plan and nothing is left out.

A plan names the gas, its certificate, and the points: which standard, at which temperature of the cell. The room's
pressure is the board's own, and counts for dry gas.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from baqylau.devices.breath_unit import measuring
from baqylau.devices.breath_unit.calibration_file import CalibrationFile
from baqylau.devices.breath_unit.metrology.calibration import Gas, Point, adjusted, verified
from baqylau.devices.breath_unit.metrology.gas import DryGas, WetBath
from baqylau.devices.breath_unit.metrology.transient import TraceFault, Transient
from baqylau.devices.breath_unit.recording import LineBrokenError, joined
from baqylau.devices.breath_unit.state import Recorded
from baqylau.links.breath_lines import RATE_HZ, Board, Heat, Order, Pump, Row, Rows, Stream, TakeSample
from baqylau.links.radio.words import Particular, Said

WARM_WITHIN_K = 1.0
WARMED_WITHIN_ROWS = round(900 * RATE_HZ)
TAKEN_WITHIN_ROWS = round(180 * RATE_HZ)
TRIES = 3
PURGE_MS = 5_000


class Wanted(Struct, frozen=True, kw_only=True):
    """One point of a plan."""

    standard: WetBath | DryGas
    cell_c: float = 34.0


class Plan(Struct, frozen=True, kw_only=True):
    """What is measured, with which gas."""

    gas: Gas
    points: tuple[Wanted, ...]


class WorkshopError(Exception):
    """A point cannot be measured; the argument says why."""


class Line(Protocol):
    """The board."""

    async def order(self, order: Order) -> None:
        """Order something."""

    def words(self) -> AsyncIterator[Said]:
        """Give what it says."""


Ready = Callable[[Wanted | None, float], Awaitable[None]]
"""Asks a person to join the gas of a point, told what it holds in mg/L; or, with None, to take the last one off."""


class Measured(Struct, frozen=True):
    """What was measured of a plan."""

    board: Board
    points: tuple[Point, ...]


async def measured(line: Line, plan: Plan, ready: Ready) -> Measured:
    """Measure all points of a plan; raise `WorkshopError`, or what the line raises."""
    board: Board | None = None
    points: list[Point] = []
    async with aclosing(_words(line)) as words:
        async for what in words:
            if isinstance(what, Board):
                board = what
                break
        if board is None:
            raise WorkshopError("no board")
        await line.order(Stream(on=True))
        for wanted in plan.points:
            points.append(await _point(line, words, wanted, ready, board))  # noqa: PERF401 - one after another
        await line.order(Heat(None))
        await line.order(Stream(on=False))
    return Measured(board, tuple(points))


async def _words(line: Line) -> AsyncGenerator[object, None]:
    async for said in line.words():
        if isinstance(said.word, Particular):
            yield said.word.what


async def _point(line: Line, words: AsyncIterator[object], wanted: Wanted, ready: Ready, board: Board) -> Point:
    """Measure one point. The room's air comes before it, so that the cell remembers nothing of the last one."""
    await line.order(Heat(wanted.cell_c))
    await ready(None, 0.0)
    await line.order(Pump(PURGE_MS))
    await _seen(line, words, board)
    row = await _warm(words, wanted.cell_c)
    alcohol_mg_l = wanted.standard.alcohol_mg_l(row.ambient_hpa)
    await ready(wanted, alcohol_mg_l)
    seen, cell_c = await _seen(line, words, board)
    return Point(alcohol_mg_l=alcohol_mg_l, transient=seen, cell_c=cell_c)


async def _seen(line: Line, words: AsyncIterator[object], board: Board) -> tuple[Transient, float]:
    """Take a sample; give what the current says, and how warm the cell was."""
    for _ in range(TRIES):
        recorded = await _taken(line, words)
        seen = measuring.transient(recorded, board.full_scale_ua)
        if isinstance(seen, Transient):
            return seen, recorded.rows[recorded.sample or 0].cell_c
        if seen is not TraceFault.RESTLESS:
            raise WorkshopError(seen)
    raise WorkshopError(TraceFault.RESTLESS)


async def _warm(words: AsyncIterator[object], cell_c: float) -> Row:
    """Wait for the heater."""
    passed = 0
    async for what in words:
        if isinstance(what, Rows):
            passed += len(what.rows)
            if abs(what.rows[-1].cell_c - cell_c) < WARM_WITHIN_K:
                return what.rows[-1]
            if passed > WARMED_WITHIN_ROWS:
                raise WorkshopError("heater")
    raise WorkshopError("line")


async def _taken(line: Line, words: AsyncIterator[object]) -> Recorded:
    """Take a sample with its baseline before and its decay after it."""
    recorded, asked = Recorded(), False
    async for what in words:
        if not isinstance(what, Rows):
            continue
        try:
            recorded = joined(recorded, what.rows)
        except LineBrokenError as broken:
            raise WorkshopError("line_broken") from broken
        if measuring.whole(recorded):
            return recorded
        if len(recorded.rows) > TAKEN_WITHIN_ROWS:
            raise WorkshopError("no_sample")
        if not asked and measuring.settled(recorded.rows):
            asked = True
            await line.order(TakeSample())
    raise WorkshopError("line")


def with_adjustment(
    file: CalibrationFile | None, seen: Measured, plan: Plan, *, unit: str, at: datetime, by: str
) -> CalibrationFile:
    """Give the file with an adjustment; `AdjustmentError` where the points carry none."""
    version = 1 if file is None else file.version + 1
    made = adjusted(seen.points, unit=unit, cell=seen.board.cell, version=version, made_at=at, by=by, gas=plan.gas)
    return CalibrationFile(version=1, adjustments=(made,)) if file is None else file.adjusted(made)


def with_verification(file: CalibrationFile, seen: Measured, plan: Plan, *, at: datetime, by: str) -> CalibrationFile:
    """Give the file with a verification, whether it passed or not."""
    return file.verified(verified(file.calibration, seen.points, at=at, by=by, gas=plan.gas))
