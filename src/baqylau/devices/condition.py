"""What devices that send beacons measure of themselves: charge, temperature, case. Runs in MicroPython.

Figures without another source are design values.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Measured(Protocol):
        """What remembers the figures."""

        battery_percent: float
        temperature_c: int
        now: frozenset[str]

    Figure = tuple[str, "float | None", float, float]

CURVE = ((3000, 0.0), (3450, 5.0), (3600, 20.0), (3700, 40.0), (3800, 60.0), (3950, 80.0), (4150, 100.0))
"""Millivolts of a lithium cell at rest, and its charge in percent."""
LOW_PERCENT, ENOUGH_PERCENT = 15.0, 20.0
"""The battery is low below the first until it is above the second."""
COLD_C, HOT_C = -20.0, 60.0
"""Beyond these something was done to the device."""
INSIDE_LUX = 20.0
"""Light inside the case: it is open, whatever its switch says."""


def charge_percent(millivolts: int) -> float:
    """Give the charge, between the points of the curve in straight lines."""
    if millivolts <= CURVE[0][0]:
        return 0.0
    low = CURVE[0]
    for high in CURVE[1:]:
        if millivolts <= high[0]:
            return low[1] + (high[1] - low[1]) * (millivolts - low[0]) / (high[0] - low[0])
        low = high
    return 100.0


def measure(sender: "Measured", battery_mv: "int | None", temperature_c: "float | None") -> None:
    """Let the sender tell these figures; what a sensor does not say stays as it was."""
    if battery_mv is not None:
        sender.battery_percent = charge_percent(battery_mv)
    if temperature_c is not None:
        sender.temperature_c = min(max(round(temperature_c), -127), 127)


def is_low(sender: "Measured") -> bool:
    """Tell whether the battery is low."""
    return sender.battery_percent < (ENOUGH_PERCENT if "battery_low" in sender.now else LOW_PERCENT)


def is_extreme(temperature_c: "float | None") -> bool:
    """Tell whether no wearer and no room is like that."""
    return temperature_c is not None and not COLD_C <= temperature_c <= HOT_C


def is_open(case: "tuple[bool | None, float | None]") -> bool:
    """Tell whether the case is open by its switch or by the light in it, in lux."""
    return bool(case[0]) or (case[1] or 0.0) >= INSIDE_LUX


def words(*held: "tuple[str, object]") -> "frozenset[str]":
    """Give the words that hold."""
    return frozenset([word for word, holds in held if holds])


def implausible(*figures: "Figure") -> "tuple[str, ...]":
    """Give the sensors that do not answer or show what cannot be: name, figure, least and most."""
    return tuple([name for name, figure, low, high in figures if figure is None or not low <= figure <= high])
