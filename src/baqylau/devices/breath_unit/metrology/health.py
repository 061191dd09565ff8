"""Whether the unit may measure at all: its own test before each check, and how its cell ages.

A fault found here is the unit's: it is told, the check ends, and nothing is held against the person. Bounds are design
values unless the notes name them.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from baqylau.devices.breath_unit.metrology.calibration import Calibration, quickness
from baqylau.devices.breath_unit.metrology.transient import Transient

CELL_C = (18.0, 45.0)
"""The heater holds the cell here."""
AMBIENT_HPA = (500.0, 1100.0)
ROOM_C = (0.0, 45.0)
REST_L_S = 0.03
REST_PA = 50.0
DARK_MAX_UA = 30.0
NOISE_MAX_UA = 5.0
WORN_SHARE = 1.4
"""A cell that decays so much more slowly than when it was adjusted is near its end; at 1.6 it measures nothing."""


class Resting(Struct, frozen=True, kw_only=True):
    """What the sensors show while nobody blows; a sensor that is not there shows nan."""

    current_ua: Sequence[float]
    flow_l_s: Sequence[float]
    pressure_pa: Sequence[float]
    breath_c: float
    room_c: float
    cell_c: float
    ambient_hpa: float


def faults(resting: Resting) -> tuple[str, ...]:
    """Give what fails, by name; nothing when all is well."""
    current = np.asarray(resting.current_ua, dtype=np.float64)
    found = {
        "current": current.size == 0 or not np.isfinite(current).all() or abs(float(current.mean())) > DARK_MAX_UA,
        "noise": current.size > 0 and float(current.std()) > NOISE_MAX_UA,
        "flow": not _at_rest(resting.flow_l_s, REST_L_S),
        "pressure": not _at_rest(resting.pressure_pa, REST_PA),
        "breath_temperature": not _between(resting.breath_c, ROOM_C),
        "room_temperature": not _between(resting.room_c, ROOM_C),
        "cell_temperature": not _between(resting.cell_c, CELL_C),
        "ambient": not _between(resting.ambient_hpa, AMBIENT_HPA),
    }
    return tuple(name for name, failed in found.items() if failed)


def _at_rest(shown: Sequence[float], most: float) -> bool:
    values = np.asarray(shown, dtype=np.float64)
    return values.size > 0 and bool(np.isfinite(values).all()) and abs(float(values.mean())) <= most


def _between(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def worn(calibration: Calibration, transient: Transient, cell_c: float) -> bool:
    """Tell whether the cell has grown slow: time for another one, though it still measures."""
    if transient.decay_s is None:
        return False
    return transient.decay_s * quickness(cell_c) > WORN_SHARE * calibration.decay_s
