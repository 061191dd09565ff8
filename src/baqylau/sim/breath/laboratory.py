"""A laboratory that adjusts an invented cell with reference gas, as `baqylau breath calibrate` has a real one do."""

from datetime import datetime, timedelta
from random import Random

from baqylau.devices.breath_unit.calibration_file import CalibrationFile
from baqylau.devices.breath_unit.metrology.calibration import Calibration, Gas, Point, adjusted
from baqylau.devices.breath_unit.metrology.transient import Transient, evaluated
from baqylau.sim.breath.cell import Cell, Drawn, trace

AT_C, WITH_MG_L = (18.0, 25.0, 32.0, 42.0), (0.10, 0.40, 0.95)
GAS_SPREAD = 0.002


def calibrated(cell: Cell, random: Random, made_at: datetime, unit: str = "unit/1") -> Calibration:
    """Adjust a cell."""
    points = [
        Point(alcohol_mg_l=level, transient=seen, cell_c=cell_c)
        for cell_c in AT_C
        for level in WITH_MG_L
        if isinstance(seen := evaluated(trace(cell, _sample(level, cell_c, random), random)), Transient)
    ]
    gas = Gas(certificate="G-1", valid_until=made_at + timedelta(days=365), uncertainty_share=0.005)
    return adjusted(points, unit=unit, cell="cell/1", version=1, made_at=made_at, by="laboratory", gas=gas)


def file(cell: Cell, random: Random, made_at: datetime, unit: str = "unit/1") -> CalibrationFile:
    """Give the file of a cell that was adjusted."""
    return CalibrationFile(version=1, adjustments=(calibrated(cell, random, made_at, unit),))


def _sample(level: float, cell_c: float, random: Random) -> Drawn:
    return Drawn(alcohol_mg_l=level * random.gauss(1.0, GAS_SPREAD), cell_c=cell_c)
