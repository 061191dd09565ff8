"""`python -m tests.quality.metrology`: how far a breath's figure is from the truth, and what deceives it.

Cells as they may be, each adjusted with reference gas and then used for up to two months between 5 and 40 °C by people
of all lungs; the cell is held at 20 °C at least, as the unit's heater does. Limits: `calibration.Limits`.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from msgspec import Struct

from baqylau.devices.breath_unit.metrology.blow import Acceptance, examined
from baqylau.devices.breath_unit.metrology.calibration import Calibration, Gas, Limits, Point, adjusted
from baqylau.devices.breath_unit.metrology.gas import at_breath_temperature
from baqylau.devices.breath_unit.metrology.result import Result, Sample, measured
from baqylau.devices.breath_unit.metrology.transient import TraceFault, Transient, evaluated
from baqylau.domain.checks import SampleState
from baqylau.sim.breath.air import Person
from baqylau.sim.breath.cell import Cell, Drawn, drawn, trace
from baqylau.sim.breath.lungs import Blown, blown

MADE_AT = datetime(2026, 3, 1, tzinfo=UTC)
LEVELS_MG_L = (0.0, 0.02, 0.10, 0.16, 0.25, 0.40, 0.70, 0.95, 1.50, 1.95)
HEATED_C = 20.0
DRIFT_DAYS = 60.0
BREATHS = 20
CELLS = 500
_ADJUSTED_AT_C, _ADJUSTED_WITH_MG_L = (18.0, 25.0, 32.0, 42.0), (0.10, 0.40, 0.95)


class Accuracy(Struct, frozen=True, kw_only=True):
    """What came of many breaths of people who meant it honestly."""

    breaths: int
    valid: int
    beyond: int
    """Valid results further from the truth than an instrument may err."""
    covered: int
    """Valid results whose stated uncertainty holds the truth."""
    worst_share: float
    """The largest error as a share of what is allowed."""


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


def honest(seeds: range) -> Accuracy:
    """Let people of all lungs blow honestly, each seed into another cell."""
    told = [one for seed in seeds for one in _breaths(dice(seed))]
    valid = [(result, truth) for result, truth in told if result.state is SampleState.VALID]
    shares = [abs((result.alcohol_mg_l or 0.0) - truth) / Limits().at(truth) for result, truth in valid]
    covered = [abs((one.alcohol_mg_l or 0.0) - truth) <= (one.uncertainty_mg_l or 0.0) for one, truth in valid]
    return Accuracy(
        breaths=len(told),
        valid=len(valid),
        beyond=sum(share > 1 for share in shares),
        covered=sum(covered),
        worst_share=max(shares),
    )


def _breaths(random: Random) -> Iterator[tuple[Result, float]]:
    cell = drawn(random)
    calibration = calibrated(cell, random)
    for _ in range(BREATHS):
        person = Person(
            capacity_l=random.uniform(1.8, 5.0),
            strength_l_s=random.uniform(0.25, 0.6),
            breath_c=random.gauss(34.5, 0.5),
            alcohol_mg_l=random.choice(LEVELS_MG_L),
        )
        air = blown(person, random.uniform(5.0, 40.0), random)
        yield tested(cell, calibration, air, random.uniform(0.0, DRIFT_DAYS), random)


def main() -> None:
    """Print what was found."""
    found = honest(range(CELLS))
    sys.stdout.write(
        f"{found.breaths} honest breaths, {found.valid} valid, {found.beyond} beyond the limit of error, "
        f"{found.covered / found.valid:.2%} within their uncertainty, worst {found.worst_share:.0%} of the limit\n"
    )


if __name__ == "__main__":
    main()
