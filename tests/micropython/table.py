"""A device on a table: power, flash, air, bench and sensors around its core. Runs in MicroPython too."""

from binascii import hexlify

from baqylau.devices.beacon_inputs import Line, Order, RadioFault, Tick
from baqylau.devices.beacon_sender import Beacon, Keep, KeepRoot, Say, Sleep
from baqylau.protocols.beacon.orders import CLOCK, CONFIRM, FITTED, SHIP, order_key, seal_order
from baqylau.protocols.beacon.status import unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from baqylau.protocols.beacon.modes import Cipher
    from baqylau.protocols.beacon.status import Status

ROOT = bytes(range(32))
BEGIN_S = 215_000_000
SITTING: "dict[str, Any]" = {
    "strap": (47_000, 80.0),
    "case": (False, 0.0),
    "skin_counts": 900,
    "motion": (False, 0.1),
    "temperature_c": 31.0,
    "power": (3950, False),
}
"""What a bracelet's sensors show on a wearer who sits."""
STANDING: "dict[str, Any]" = {
    "case": (False, 0.0),
    "motion": (False, (0, 0, 1000)),
    "temperature_c": 22.0,
    "power": (4100, True),
}
"""What a relay's sensors show on its wall."""
NO_FUSE = -1


class Heard:
    """A beacon as it went out."""

    def __init__(self, true_ms: int, beacon: Beacon) -> None:
        self.true_ms = true_ms
        self.beacon = beacon
        self.pair = (beacon.at_s, beacon.sub)

    def status(self) -> "Status":
        return unpack(self.beacon.status)


class Table:
    """`fuse` counts the outputs until power is lost, in the middle of whatever is being done."""

    def __init__(self, core: "ModuleType", cipher: "Cipher", shown: "dict[str, Any]") -> None:
        self.core = core
        self.cipher = cipher
        self.shown = dict(shown)
        self.true_ms = 0
        self.serial, self.root, self.record = "", b"", b""
        self.air: list[Heard] = []
        self.said: list[str] = []
        self.slept = 0
        self.orders = 0
        self.fuse = NO_FUSE
        self.power_up()

    def power_up(self) -> None:
        """Power comes: the device's count begins anew, and only what was kept is there."""
        self.booted_ms = self.true_ms
        if not self.record:
            self.root = b""
        self.state: Any = self.core.begin(self.cipher, 0, self.serial, self.root, self.record)

    def power_lost(self, off_ms: int) -> None:
        self.true_ms += off_ms
        self.power_up()

    def at_ms(self) -> int:
        return self.true_ms - self.booted_ms

    def give(self, given: "Any") -> None:
        self.state, outputs = self.core.step(self.state, given)
        for output in outputs:
            if self.fuse == 0:
                self.fuse = NO_FUSE
                self.power_up()
                return
            self.fuse -= self.fuse > 0
            self.perform(output)

    def perform(self, output: object) -> None:
        if isinstance(output, Keep):
            self.record = output.record
        elif isinstance(output, KeepRoot):
            self.serial, self.root = output.serial, output.root
        elif isinstance(output, Beacon):
            self.air.append(Heard(self.true_ms, output))
        elif isinstance(output, Say):
            self.said.append(output.line)
        else:
            assert isinstance(output, Sleep)
            self.slept += 1

    def wait(self, seconds: float) -> None:
        """Let time go by; the board wakes when the core asked for it."""
        until_ms = self.true_ms + int(seconds * 1000)
        while self.booted_ms + self.state.wake_at_ms <= until_ms:
            self.true_ms = max(self.booted_ms + self.state.wake_at_ms, self.true_ms)
            self.give(Tick(self.at_ms()))
        self.true_ms = until_ms

    def show(self, **shown: "Any") -> None:
        """Let the sensors show something else from now on."""
        self.shown.update(shown)
        self.give(self.core.Sample(self.at_ms(), **self.shown))

    def ask(self, line: str) -> str:
        """Say something at the bench; give the answer."""
        self.give(Line(self.at_ms(), line))
        return self.said[-1]

    def provision(self, at_s: int = BEGIN_S, root: bytes = ROOT) -> None:
        """Give name, root and time, and let the sensors speak."""
        self.ask("PROVISION B-17 " + hexlify(root).decode() + " " + str(at_s))
        self.show()

    def order(self, kind: int, figure: int = 0, root: bytes = ROOT) -> bytes:
        """Bring a new order, and give its bytes."""
        self.orders += 1
        order = seal_order(self.cipher(order_key(root)), kind, self.orders, figure)
        self.bring(order)
        return order

    def bring(self, order: bytes) -> None:
        self.give(Order(self.at_ms(), order))

    def set_clock(self, at_s: int) -> None:
        self.order(CLOCK, at_s)

    def confirm(self) -> None:
        self.order(CONFIRM, self.air[-1].status().events)

    def fit(self) -> None:
        self.order(FITTED)

    def ship(self) -> None:
        self.order(SHIP)

    def break_radio(self) -> None:
        self.give(RadioFault(self.at_ms()))
