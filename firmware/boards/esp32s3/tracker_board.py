"""The tracker's board: ESP32-S3 module, satellite receiver and LTE modem on UARTs, the bracelet's sensors.

Pins: the table in `firmware/README.md`.
"""

import sys
import time
from binascii import unhexlify
from os import urandom
from select import POLLIN, poll

import esp32
from bluetooth import BLE
from cryptolib import aes
from esp32 import NVS
from machine import ADC, UART, Pin, lightsleep, reset
from micropython import kbd_intr

from baqylau.devices.strap import Sample
from firmware.boards.esp32s3.flash_disk import FlashDisk
from firmware.boards.esp32s3.lte_modem import LteModem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from baqylau.devices.tracker.ring import Disk

LOOP_PIN, OPTICAL_PIN, BATTERY_PIN, LIGHT_PIN = 1, 2, 3, 5
LED_PIN, SKIN_PIN, CASE_PIN, HELP_PIN, MOTION_PIN, CHARGER_PIN = 6, 7, 8, 9, 10, 11
GNSS_TX_PIN, GNSS_RX_PIN, GNSS_POWER_PIN, VIBRATION_PIN, TONE_PIN = 12, 13, 14, 15, 16
GNSS_BAUD = 9600
COMPANY = 0xFFFF
"""Company number of the advertising; this one is for tests only: a maker needs a number of its own."""
EVENT_MS, ONE_EVENT_US, NON_RESOLVABLE = 12, 10_000_000, 3
SUPPLY_MV, SERIES_OHM, OPEN_OHM, FULL_LIGHT_MV, LUX_A_MV, DIVIDER = 3300, 100_000, 10_000_000, 2500, 0.1, 2
SKIN_READS, SKIN_COUNTS_MAX = 64, 0xFFFF
ECB = 1
SCAN_RESULT = 5
"""The interpreter's number of "something was heard"."""
SCAN_US, WINDOW_US = 1_000_000, 250_000
"""The radio listens a quarter of each second, and always while the receiver looks for a place: a relay sends every
second, so its three frames come within ten, and sixty silent seconds are no chance."""
HEARD_MAX = 32
WARN_MS = 800
KEPT_BYTES_MAX = 128
LINE_MAX = 200


class TrackerBoard:
    """The board, as `firmware/tracker/runner.py` wants it."""

    def __init__(self) -> None:
        """Set the pins up; no key at the bench stops it."""
        kbd_intr(-1)
        self._flash = NVS("baqylau")
        self.disk: Disk = FlashDisk()
        self._case, self._help = Pin(CASE_PIN, Pin.IN, Pin.PULL_UP), Pin(HELP_PIN, Pin.IN, Pin.PULL_UP)
        self._skin, self._led = Pin(SKIN_PIN, Pin.IN, Pin.PULL_UP), Pin(LED_PIN, Pin.OUT, value=0)
        self._motion, self._charger = Pin(MOTION_PIN, Pin.IN), Pin(CHARGER_PIN, Pin.IN, Pin.PULL_DOWN)
        self._power, self._vibration = Pin(GNSS_POWER_PIN, Pin.OUT, value=0), Pin(VIBRATION_PIN, Pin.OUT, value=0)
        self._tone = Pin(TONE_PIN, Pin.OUT, value=0)
        self._gnss = UART(1, baudrate=GNSS_BAUD, tx=GNSS_TX_PIN, rx=GNSS_RX_PIN, timeout=0, rxbuf=2048)
        self._said = b""
        self._heard: list[tuple[bytes, float]] = []
        self._identity = b""
        self._modem: LteModem | None = None
        self._bench = poll()
        self._bench.register(sys.stdin, POLLIN)
        self._radio = BLE()
        self._radio.active(True)  # noqa: FBT003 - the interpreter's own signature
        self._radio.irq(self._scanned)
        self._radio.gap_scan(0, SCAN_US, WINDOW_US)

    def aes(self, key: bytes) -> "Callable[[bytes], bytes]":
        """Give the block cipher of the chip."""
        return aes(key, ECB).encrypt

    def identity(self) -> "tuple[str, bytes]":
        """Give the device's id and its secret, as a bench gave them; nothing before."""
        return self._kept("id").decode(), self._kept("secret")

    def bench(self) -> None:
        """Take `SHARE <id> <secret> <seconds>` and `SERVER <address> <number for SMS>`."""
        while self._bench.poll(0):
            words = sys.stdin.readline().split()
            if words[:1] == ["SHARE"] and len(words) > 2 and not self._kept("id"):  # noqa: PLR2004 - its words
                self._keep("secret", unhexlify(words[2]))
                self._keep("id", words[1].encode())
                sys.stdout.write("OK\n")
            elif words[:1] == ["SERVER"] and len(words) > 2:  # noqa: PLR2004 - its words
                self._keep("server", words[1].encode())
                self._keep("number", words[2].encode())
                sys.stdout.write("OK\n")
            else:
                sys.stdout.write("NO\n")

    def count_ms(self) -> int:
        """Give the count of the clock that runs through light sleep."""
        return time.time_ns() // 1_000_000

    def rest(self, milliseconds: int) -> None:
        """Sleep lightly; while the receiver speaks, only wait."""
        if self._power.value() or self._charger.value():
            time.sleep(milliseconds / 1000)
        elif milliseconds:
            lightsleep(milliseconds)

    def sample(self, at_ms: int) -> Sample:
        """Read all sensors."""
        moves = bool(self._motion.value())
        case = bool(self._case.value()), _millivolts(LIGHT_PIN) * LUX_A_MV
        power = _millivolts(BATTERY_PIN) * DIVIDER, bool(self._charger.value())
        strap = self._loop_ohm(), self._loop_percent()
        return Sample(at_ms, strap, case, self._skin_counts(), (moves, 0.0), esp32.mcu_temperature(), power)

    def pressed(self) -> bool:
        """Tell whether the button for help is held."""
        return not self._help.value()

    def receiver(self, *, on: bool) -> None:
        """Switch the satellite receiver; its memory of orbits stays powered."""
        self._power.value(int(on))
        self._radio.gap_scan(0, SCAN_US, SCAN_US if on else WINDOW_US)

    def sentence(self) -> "str | None":
        """Give a line that the receiver said, or None; what is too long is forgotten."""
        self._said = (self._said + (self._gnss.read() or b""))[-2048:]
        line, end, rest = self._said.partition(b"\n")
        if not end:
            return None
        self._said = rest
        return "".join([chr(one) for one in line if one < 128])  # noqa: PLR2004 - ASCII

    def beacon(self) -> "tuple[bytes, float] | None":
        """Give a frame that the radio heard and its strength, or None."""
        return self._heard.pop(0) if self._heard else None

    def advertise(self, frame: bytes) -> None:
        """Send one non-connectable event beside listening, by a new address whenever the identity is new."""
        identity = frame[1:9]
        if identity != self._identity:
            self._radio.config(addr_mode=NON_RESOLVABLE)
            self._identity = identity
        head = bytes([len(frame) + 3, 0xFF]) + COMPANY.to_bytes(2, "little")
        self._radio.gap_advertise(ONE_EVENT_US, head + frame, connectable=False)
        time.sleep(EVENT_MS / 1000)
        self._radio.gap_advertise(None)

    def on_network(self) -> bool:
        """Tell whether the modem is on the mobile network."""
        return self._line().registered()

    def post(self, path: str, body: bytes) -> "bytes | None":
        """Give the server's answer to a request, or None."""
        return self._line().post(path, body)

    def message(self, content: bytes) -> None:
        """Send an SMS of bytes."""
        self._line().message(self._kept("number").decode(), content)

    def warn(self, *, aloud: bool) -> None:
        """Let the wearer feel it, and hear it."""
        self._vibration.value(1)
        self._tone.value(int(aloud))
        time.sleep(WARN_MS / 1000)
        self._vibration.value(0)
        self._tone.value(0)

    def random(self) -> float:
        """Draw a number from 0 to 1."""
        return urandom(1)[0] / 255

    def restart(self) -> None:
        """Start anew."""
        reset()

    def _line(self) -> LteModem:
        if self._modem is None:
            self._modem = LteModem(self._kept("server").decode())
        return self._modem

    def _scanned(self, event: int, told: "tuple[int, bytes, int, int, bytes]") -> None:
        """Take an advertisement that can be a beacon."""
        if event == SCAN_RESULT and len(told[4]) == 31 and bytes(told[4][1:2]) == b"\xff":  # noqa: PLR2004 - a whole one
            self._heard = self._heard[1 - HEARD_MAX :]
            self._heard.append((bytes(told[4][4:]), float(told[3])))

    def _loop_ohm(self) -> int:
        """Give the resistance of the conductive loop, from its share of the supply."""
        voltage_mv = _millivolts(LOOP_PIN)
        return min(voltage_mv * SERIES_OHM // max(SUPPLY_MV - voltage_mv, 1), OPEN_OHM)

    def _loop_percent(self) -> float:
        """Give the light that comes back through the optical loop, less the light that is there without the lamp."""
        dark_mv = _millivolts(OPTICAL_PIN)
        self._led.value(1)
        lit_mv = _millivolts(OPTICAL_PIN)
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

    def _kept(self, name: str) -> bytes:
        value = bytearray(KEPT_BYTES_MAX)
        try:
            length = self._flash.get_blob(name, value)
        except OSError:
            return b""
        return bytes(value[:length])

    def _keep(self, name: str, value: bytes) -> None:
        self._flash.set_blob(name, value)
        self._flash.commit()


def _millivolts(pin: int) -> int:
    """Give the voltage at an analogue input, calibrated by the chip."""
    return ADC(Pin(pin), atten=ADC.ATTN_11DB).read_uv() // 1000
