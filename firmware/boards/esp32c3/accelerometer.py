"""The LIS2DH12 accelerometer on the board's I2C bus, 10 Hz, whose interrupt pin wakes the board."""

from machine import I2C, Pin

TYPE_CHECKING = False
if TYPE_CHECKING:
    Axes = tuple[int, int, int]

SDA_PIN, SCL_PIN = 5, 6
ADDRESS = 0x19
SET_UP = ((0x20, 0x2F), (0x21, 1), (0x22, 0x40), (0x23, 0x30), (0x24, 8), (0x32, 2), (0x33, 0), (0x30, 0x2A))
"""Register and value: 10 Hz at low power, high-pass for the interrupt, 16 g, held until read, 0.37 g on any axis."""
SOURCE, OUT, STEP_MG = 0x31, 0x28 | 0x80, 192
"""Interrupt source, first byte of the axes with auto-increment, thousandths of g of one count at 16 g in 8 bits."""
ACTIVE = 0x40


class Accelerometer:
    """Motion since it was last asked, and what it feels now."""

    def __init__(self) -> None:
        """Set the sensor up; one that does not answer is found out when it is read."""
        self._bus = I2C(0, sda=Pin(SDA_PIN), scl=Pin(SCL_PIN), freq=400_000)
        for register, value in SET_UP:
            self._write(register, value)

    def read(self) -> "tuple[bool | None, Axes | None]":
        """Give motion and the axes in thousandths of g; None for both when the sensor does not answer."""
        try:
            moved = self._bus.readfrom_mem(ADDRESS, SOURCE, 1)[0] & ACTIVE
            raw = self._bus.readfrom_mem(ADDRESS, OUT, 6)
        except OSError:
            return None, None
        x, y, z = [(one - 256 if one & 0x80 else one) * STEP_MG for one in raw[1::2]]
        return bool(moved), (x, y, z)

    def _write(self, register: int, value: int) -> None:
        try:
            self._bus.writeto_mem(ADDRESS, register, bytes([value]))
        except OSError:
            return
