"""The sensors of bracelet and relay on an ESP32-C3: from volts to figures, nothing more."""

import esp32
from machine import Pin

from baqylau.devices import strap
from baqylau.devices.relay import core as relay
from firmware.boards.esp32c3.accelerometer import Accelerometer
from firmware.boards.esp32c3.board import Esp32c3, millivolts

LOOP_PIN, OPTICAL_PIN, BATTERY_PIN, LIGHT_PIN = 0, 1, 2, 4
LED_PIN, SKIN_PIN, CASE_PIN, MOTION_PIN = 7, 8, 10, 20
SUPPLY_MV = 3300
SERIES_OHM = 100_000
"""Between supply and the strap's conductive loop."""
OPEN_OHM = 10_000_000
FULL_LIGHT_MV = 2500
"""What the optical loop's receiver gives through a whole, straight fibre."""
LUX_A_MV = 0.1
DIVIDER = 2
SKIN_READS = 64
SKIN_COUNTS_MAX = 0xFFFF


class Sensors:
    """What bracelet and relay have both."""

    def __init__(self, board: Esp32c3) -> None:
        """Take the board."""
        self.board = board
        self.case_switch = Pin(CASE_PIN, Pin.IN, Pin.PULL_UP)
        self.accelerometer = Accelerometer()

    def case(self) -> "tuple[bool, float]":
        """Give the case's switch and the light in it."""
        return bool(self.case_switch.value()), millivolts(LIGHT_PIN) * LUX_A_MV

    def power(self) -> "tuple[int, bool]":
        """Give the battery's voltage and whether it is charged."""
        return millivolts(BATTERY_PIN) * DIVIDER, self.board.charging()


class BraceletSensors(Sensors):
    """Strap, skin and knocks besides."""

    def __init__(self, board: Esp32c3) -> None:
        """Take the board."""
        super().__init__(board)
        self._led = Pin(LED_PIN, Pin.OUT, value=0)
        self._skin = Pin(SKIN_PIN, Pin.IN, Pin.PULL_UP)

    def sample(self, at_ms: int) -> strap.Sample:
        """Read everything."""
        moves, axes = self.accelerometer.read()
        knock_g = None if axes is None else max([abs(axis) for axis in axes]) / 1000
        return strap.Sample(
            at_ms,
            (self._loop_ohm(), self._loop_percent()),
            self.case(),
            self._skin_counts(),
            (moves, knock_g),
            esp32.mcu_temperature(),
            self.power(),
        )

    def _loop_ohm(self) -> int:
        """Give the resistance of the conductive loop, from its share of the supply."""
        voltage_mv = millivolts(LOOP_PIN)
        return min(voltage_mv * SERIES_OHM // max(SUPPLY_MV - voltage_mv, 1), OPEN_OHM)

    def _loop_percent(self) -> float:
        """Give the light that comes back through the optical loop, less the light that is there without the lamp."""
        dark_mv = millivolts(OPTICAL_PIN)
        self._led.value(1)
        lit_mv = millivolts(OPTICAL_PIN)
        self._led.value(0)
        return max(lit_mv - dark_mv, 0) * 100 / FULL_LIGHT_MV

    def _skin_counts(self) -> int:
        """Give the charge time of the electrode: it grows with what lies on it."""
        counts = 0
        for _ in range(SKIN_READS):
            self._skin.init(Pin.OUT, value=0)
            self._skin.init(Pin.IN, Pin.PULL_UP)
            while not self._skin.value() and counts < SKIN_COUNTS_MAX:
                counts += 1
        return counts


class RelaySensors(Sensors):
    """Gravity besides."""

    def sample(self, at_ms: int) -> relay.Sample:
        """Read everything."""
        return relay.Sample(at_ms, self.case(), self.accelerometer.read(), esp32.mcu_temperature(), self.power())
