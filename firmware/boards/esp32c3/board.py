"""An ESP32-C3 module: radio, flash, sleep, bench and the analogue inputs. Pins: the table in `firmware/README.md`."""

import sys
import time
from select import POLLIN, poll

from bluetooth import BLE
from cryptolib import aes
from esp32 import NVS, WAKEUP_ANY_HIGH, wake_on_gpio
from machine import ADC, Pin, deepsleep, lightsleep
from micropython import kbd_intr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

CHARGER_PIN = 3
COMPANY = 0xFFFF
"""Company number of the advertising; this one is for tests only: a maker needs a number of its own."""
EVENT_MS = 12
"""How long one advertising event on three channels may take, with its random delay."""
ONE_EVENT_US = 10_000_000
NON_RESOLVABLE = 3
ECB = 1
KEPT_BYTES_MAX = 64
LINE_BYTES_MAX = 160


class Esp32c3:
    """The board, as `firmware/runner.py` wants it."""

    def __init__(self, wakes: "tuple[int, ...]") -> None:
        """Take the pins that wake the board, besides the charger's; all of them rise. No key at the bench stops it."""
        kbd_intr(-1)
        self._charger = Pin(CHARGER_PIN, Pin.IN, Pin.PULL_DOWN)
        self._flash = NVS("baqylau")
        self._radio = BLE()
        self._bench = poll()
        self._bench.register(sys.stdin, POLLIN)
        self._said = ""
        self._identity = b""
        self._wakes = [self._charger]
        self._wakes.extend([Pin(pin, Pin.IN) for pin in wakes])

    def aes(self, key: bytes) -> "Callable[[bytes], bytes]":
        """Give the block cipher of the chip."""
        return aes(key, ECB).encrypt

    def count_ms(self) -> int:
        """Give the count of the clock that runs through light sleep."""
        return time.time_ns() // 1_000_000

    def rest(self, milliseconds: int) -> None:
        """Sleep lightly; at the charger stay awake, so that the bench is heard. A pin that is up wakes nothing."""
        if self.charging():
            time.sleep(milliseconds / 1000)
        elif milliseconds:
            wake_on_gpio([pin for pin in self._wakes if not pin.value()], WAKEUP_ANY_HIGH)
            lightsleep(milliseconds)

    def sleep(self) -> None:
        """Sleep deeply until the charger's pin rises; with the charger there, stay."""
        if not self.charging():
            wake_on_gpio([self._charger], WAKEUP_ANY_HIGH)
            deepsleep()

    def advertise(self, frame: bytes) -> None:
        """Send one non-connectable event, by a new address whenever the identity is new."""
        self._radio.active(True)  # noqa: FBT003 - the interpreter's own signature
        identity = frame[1:9]
        if identity != self._identity:
            self._radio.config(addr_mode=NON_RESOLVABLE)
            self._identity = identity
        head = bytes([len(frame) + 3, 0xFF]) + COMPANY.to_bytes(2, "little")
        self._radio.gap_advertise(ONE_EVENT_US, head + frame, connectable=False)
        time.sleep(EVENT_MS / 1000)
        self._radio.gap_advertise(None)
        self._radio.active(False)  # noqa: FBT003 - the interpreter's own signature

    def line(self) -> "str | None":
        """Give a whole line that the bench said, or None; what is too long is forgotten."""
        while self._bench.poll(0):
            one = sys.stdin.read(1)
            if one in ("\n", "\r"):
                line, self._said = self._said, ""
                if line:
                    return line
            else:
                self._said = (self._said + one)[-LINE_BYTES_MAX:]
        return None

    def say(self, line: str) -> None:
        """Answer the bench."""
        sys.stdout.write(line + "\n")

    def kept(self, name: str) -> bytes:
        """Give what was kept under a name."""
        value = bytearray(KEPT_BYTES_MAX)
        try:
            length = self._flash.get_blob(name, value)
        except OSError:
            return b""
        return bytes(value[:length])

    def keep(self, name: str, value: bytes) -> None:
        """Keep it surely: the flash's own log makes it whole or not at all."""
        self._flash.set_blob(name, value)
        self._flash.commit()

    def charging(self) -> bool:
        """Tell whether the charger, or the mains, is there."""
        return bool(self._charger.value())


def millivolts(pin: int) -> int:
    """Give the voltage at an analogue input, calibrated by the chip."""
    return ADC(Pin(pin), atten=ADC.ATTN_11DB).read_uv() // 1000
