"""`python -m tests.quality.metrology`: how far a breath's figure is from the truth, and what deceives it.

Cells as they may be, each adjusted with reference gas and then used for up to two months between 5 and 40 °C by people
of all lungs; the cell is held at 20 °C at least, as the unit's heater does. Limits: `calibration.Limits`.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median, stdev

from msgspec import Struct
from msgspec.structs import replace

from baqylau.devices.breath_unit.metrology.blow import Acceptance, examined
from baqylau.devices.breath_unit.metrology.calibration import AdjustmentError, Calibration, Gas, Limits, Point, adjusted
from baqylau.devices.breath_unit.metrology.gas import BREATH_C, at_breath_temperature
from baqylau.devices.breath_unit.metrology.result import Result, Sample, measured
from baqylau.devices.breath_unit.metrology.transient import TraceFault, Transient, evaluated
from baqylau.domain.checks import SampleState
from baqylau.sim.breath.air import Person
from baqylau.sim.breath.cell import Cell, Drawn, drawn, foreign, trace
from baqylau.sim.breath.lungs import Blown, blown

MADE_AT = datetime(2026, 3, 1, tzinfo=UTC)
LEVELS_MG_L = (0.0, 0.02, 0.10, 0.16, 0.25, 0.40, 0.70, 0.95, 1.50, 1.95)
HEATED_C = 20.0
DRIFT_DAYS = 60.0
BREATHS = 20
CELLS = 500
OTHERS, OTHERS_BREATHS = 900, 12
REPEATING, SAMPLES = 60, 20
HEATED_AT_C = 34.0
_ADJUSTED_AT_C, _ADJUSTED_WITH_MG_L = (18.0, 25.0, 32.0, 42.0), (0.10, 0.40, 0.95)


class Level(Struct, frozen=True, kw_only=True):
    """What came of honest breaths that held so much alcohol in the depth of the lungs."""

    alcohol_mg_l: float
    breaths: int
    valid: int
    beyond: int
    """Valid results further from the truth than an instrument may err."""
    covered: int
    """Valid results whose stated uncertainty holds the truth."""
    mean_mg_l: float
    """Of the errors."""
    worst_mg_l: float
    worst_share: float
    """The largest error as a share of what is allowed."""


class Repeated(Struct, frozen=True, kw_only=True):
    """One gas measured again and again by each of many cells: how far the results of one cell spread."""

    alcohol_mg_l: float
    cells: int
    samples: int
    """Of each cell."""
    typical_sd_mg_l: float
    worst_sd_mg_l: float
    allowed_sd_mg_l: float
    """A third of the largest error."""


class Others(Struct, frozen=True, kw_only=True):
    """What came of cells, valves and converters of other makes."""

    cells: int
    not_adjusted: int
    """Refused by the workshop already."""
    breaths: int
    valid: int
    beyond: int
    covered: int
    worst_share: float


def dice(seed: int) -> Random:
    """Give chance that is the same each time."""
    return Random(seed)  # noqa: S311 - an invented breath


def calibrated(cell: Cell, random: Random) -> Calibration:
    """Adjust a cell as a laboratory does."""
    points = [
        Point(alcohol_mg_l=level, transient=seen, cell_c=cell_c)
        for cell_c in _ADJUSTED_AT_C
        for level in _ADJUSTED_WITH_MG_L
        if isinstance(seen := _seen(cell, level * random.gauss(1.0, 0.002), cell_c, 0.0, random), Transient)
    ]
    gas = Gas(certificate="G-1", valid_until=MADE_AT + timedelta(days=365), uncertainty_share=0.005)
    return adjusted(points, unit="unit/1", cell="cell/1", version=1, made_at=MADE_AT, by="laboratory", gas=gas)


def _seen(cell: Cell, alcohol_mg_l: float, cell_c: float, age_days: float, random: Random) -> Transient | TraceFault:
    return evaluated(trace(cell, Drawn(alcohol_mg_l=alcohol_mg_l, cell_c=cell_c, age_days=age_days), random))


def tested(cell: Cell, calibration: Calibration, air: Blown, age_days: float, random: Random) -> tuple[Result, float]:
    """Give what the unit says of what was blown, and what the truth is at 34 °C."""
    cell_c = max(air.blow.room_c + random.uniform(0.0, 3.0), HEATED_C)
    breath = examined(air.blow, Acceptance())
    sample = Sample(
        at=MADE_AT + timedelta(days=age_days),
        cell_c=cell_c,
        breath=breath,
        blank=_seen(cell, 0.0, cell_c, age_days, random),
        transient=_seen(cell, air.alcohol_mg_l, cell_c, age_days, random),
    )
    return measured(sample, calibration), at_breath_temperature(air.alcohol_mg_l, breath.temperature_c)


def honest(seeds: range) -> tuple[Level, ...]:
    """Let people of all lungs blow honestly, each seed into another cell."""
    told = [one for seed in seeds for one in _own(dice(seed))]
    return tuple(_level(level, [one[1:] for one in told if one[0] == level]) for level in LEVELS_MG_L)


def _own(random: Random) -> Iterator[tuple[float, Result, float]]:
    return _breaths(random, drawn(random))


def _level(level: float, told: list[tuple[Result, float]]) -> Level:
    valid = [(one, truth) for one, truth in told if one.state is SampleState.VALID]
    errors = [(one.alcohol_mg_l or 0.0) - truth for one, truth in valid]
    shares = [abs(error) / Limits().at(truth) for error, (_, truth) in zip(errors, valid, strict=True)]
    covered = [abs(error) <= (one.uncertainty_mg_l or 0.0) for error, (one, _) in zip(errors, valid, strict=True)]
    return Level(
        alcohol_mg_l=level,
        breaths=len(told),
        valid=len(valid),
        beyond=sum(share > 1 for share in shares),
        covered=sum(covered),
        mean_mg_l=sum(errors) / max(len(errors), 1),
        worst_mg_l=max(map(abs, errors), default=0.0),
        worst_share=max(shares, default=0.0),
    )


def others(seeds: range) -> Others:
    """Let people blow into cells that nobody built this unit for, each seed into another one that could be adjusted."""
    told, refused = list[tuple[float, Result, float]](), 0
    for seed in seeds:
        random = dice(seed)
        try:
            told += _breaths(random, foreign(random), OTHERS_BREATHS)
        except AdjustmentError:
            refused += 1
    seen = _level(0.0, [one[1:] for one in told])
    return Others(
        cells=len(seeds),
        not_adjusted=refused,
        breaths=seen.breaths,
        valid=seen.valid,
        beyond=seen.beyond,
        covered=seen.covered,
        worst_share=seen.worst_share,
    )


def _breaths(random: Random, cell: Cell, breaths: int = BREATHS) -> Iterator[tuple[float, Result, float]]:
    calibration = calibrated(cell, random)
    for _ in range(breaths):
        person = Person(
            capacity_l=random.uniform(1.8, 5.0),
            strength_l_s=random.uniform(0.25, 0.6),
            breath_c=random.gauss(34.5, 0.5),
            alcohol_mg_l=random.choice(LEVELS_MG_L),
        )
        air = blown(person, random.uniform(5.0, 40.0), random)
        yield (person.alcohol_mg_l, *tested(cell, calibration, air, random.uniform(0.0, DRIFT_DAYS), random))


def repeated(cells: range) -> tuple[Repeated, ...]:
    """Let each cell measure each gas twenty times, as one laboratory would in one afternoon."""
    spreads: dict[float, list[float]] = {level: [] for level in LEVELS_MG_L}
    for seed in cells:
        random = dice(seed)
        cell = drawn(random)
        calibration, age_days = calibrated(cell, random), random.uniform(0.0, DRIFT_DAYS)
        for level, found in spreads.items():
            found.append(stdev(_figures(cell, calibration, level, age_days, random)))
    return tuple(
        Repeated(
            alcohol_mg_l=level,
            cells=len(found),
            samples=SAMPLES,
            typical_sd_mg_l=median(found),
            worst_sd_mg_l=max(found),
            allowed_sd_mg_l=Limits().at(level) / 3,
        )
        for level, found in spreads.items()
    )


def _figures(cell: Cell, calibration: Calibration, level: float, age_days: float, random: Random) -> Iterator[float]:
    """Give one cell's results for one gas that comes like a breath; the heater holds half a kelvin."""
    blow = replace(blown(Person(breath_c=BREATH_C), HEATED_C, random), alcohol_mg_l=level)
    for _ in range(SAMPLES):
        cell_c = HEATED_AT_C + random.uniform(-0.5, 0.5)
        sample = Sample(
            at=MADE_AT + timedelta(days=age_days),
            cell_c=cell_c,
            breath=examined(blow.blow, Acceptance()),
            blank=_seen(cell, 0.0, cell_c, age_days, random),
            transient=_seen(cell, level, cell_c, age_days, random),
        )
        figure = measured(sample, calibration).alcohol_mg_l
        if figure is not None:
            yield figure


def lines(levels: tuple[Level, ...], spreads: tuple[Repeated, ...]) -> Iterator[str]:
    """Say it all."""
    yield "mg/L  breaths valid beyond within-U  mean-error  worst  of-allowed   SD-typical SD-worst  SD-allowed"
    for level, spread in zip(levels, spreads, strict=True):
        yield (
            f"{level.alcohol_mg_l:4.2f} {level.breaths:8d} {level.valid:5d} {level.beyond:6d} "
            f"{level.covered / max(level.valid, 1):8.2%} {level.mean_mg_l:+11.4f} {level.worst_mg_l:6.4f} "
            f"{level.worst_share:10.0%} {spread.typical_sd_mg_l:13.4f} {spread.worst_sd_mg_l:8.4f} "
            f"{spread.allowed_sd_mg_l:11.4f}"
        )


def main() -> None:
    """Print what was found."""
    for line in lines(honest(range(CELLS)), repeated(range(REPEATING))):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
