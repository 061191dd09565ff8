"""What every device that sends beacons does alike: it latches, counts, says, keeps and listens to orders.

A device's core copies the sender and then lets it change, so that a step leaves what it was given as it was. Time is
the device's own count of milliseconds, which begins anew with every loss of power. Runs in MicroPython.
"""

from baqylau.devices.beacon_clock import COUNTS, LANES, LAST_S, BeaconClock, resumed
from baqylau.devices.beacon_keys import BeaconKeys
from baqylau.protocols.beacon.orders import CLOCK, CONFIRM, FITTED, SHIP
from baqylau.protocols.beacon.status import LATCHED, UNKNOWN_TEMPERATURE, Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.protocols.beacon.modes import Cipher

COUNTED = frozenset(("strap", "case", "off_body"))
"""What is counted and latched when it begins and counted when it ends."""
FAST_MS = 60_000
"""How long beacons come every second after something happened. Notes on radio and GNSS, 1.2."""
LATE_MS = 500
"""A beacon that could not go out by then is left out: it would tell a wrong instant."""
SOON = 8
"""Among how many instants the earliest is chosen for what cannot wait."""
ASLEEP_MS = 86_400_000
"""How long nothing needs to be done for a device that sends nothing."""
_RECORD = 2
"""Form of the record; its first byte."""
_RECORD_BYTES = 10 + 4 * LANES


class Keep:
    """Write this record down, surely, before anything that follows it is done."""

    def __init__(self, record: bytes) -> None:
        """Take what must outlive a loss of power."""
        self.record = record


class KeepRoot:
    """Write the device's name and its root down, where nothing but the next start reads them."""

    def __init__(self, serial: str, root: bytes) -> None:
        """Take what a bench gave the device."""
        self.serial = serial
        self.root = root


class Beacon:
    """Send this now. The bytes are made when they are asked for: air that nobody hears costs nothing."""

    def __init__(self, keys: BeaconKeys, kind: int, pair: "tuple[int, int]", status: bytes) -> None:
        """Take what the frame tells."""
        self._keys = keys
        self.kind = kind
        self.at_s = pair[0]
        self.sub = pair[1]
        self.status = status

    def frame(self) -> bytes:
        """Give the 27 bytes."""
        return self._keys.frame(self.kind, self.at_s, self.sub, self.status)


class Say:
    """Answer the bench with this line."""

    def __init__(self, line: str) -> None:
        """Take the line, without its end."""
        self.line = line


class Sleep:
    """Switch off everything but what wakes the device: charger, magnet, bench."""


class Sender:
    """The state that devices of this kind share."""

    FIELDS = (
        "keys",
        "serial",
        "new_root",
        "clock",
        "pair",
        "due_ms",
        "fast_until_ms",
        "asleep",
        "unkept",
        "number",
        "now",
        "latched",
        "events",
        "minutes",
        "minute",
        "battery_percent",
        "temperature_c",
        "configuration",
        "failing",
        "said",
        "status",
        "extra",
    )

    def __init__(self, kind: int, every_s: int, cipher: "Cipher") -> None:
        """Begin without keys: asleep until a bench gives some."""
        self.kind = kind
        self.every_s = every_s
        self.cipher = cipher
        self.keys: BeaconKeys | None = None
        self.serial = ""
        self.new_root = b""
        """A root that is not written down yet."""
        self.clock: BeaconClock = resumed(0, (0,) * LANES, 0)
        self.pair = (0, 0)
        """Second and count of the next beacon."""
        self.due_ms = 0
        """When it is due."""
        self.fast_until_ms = 0
        self.asleep = True
        self.unkept = False
        self.number = 0
        """Of the last order."""
        self.now: frozenset[str] = frozenset()
        self.latched: frozenset[str] = frozenset()
        self.events = 0
        self.minutes = 0
        self.minute = -1
        """The last minute, of the device's count, whose motion is counted."""
        self.battery_percent = 0.0
        self.temperature_c = UNKNOWN_TEMPERATURE
        self.configuration = 0
        self.failing: tuple[str, ...] = ()
        """Sensors whose figures cannot be."""
        self.said: tuple[object, ...] = ()
        self.status = b""
        """The 8 bytes, and what they were made of."""
        self.extra = b""
        """What the device adds to the record."""

    def copy(self) -> "Sender":
        """Give another one that is the same."""
        other = Sender(self.kind, self.every_s, self.cipher)
        for name in self.FIELDS:
            setattr(other, name, getattr(self, name))
        return other

    def wake_at_ms(self, at_ms: int) -> int:
        """Give the count at which there is something to do next."""
        return at_ms + ASLEEP_MS if self.asleep else self.due_ms

    # --- what is so -------------------------------------------------------------------------------------------------

    def tell(self, now: "frozenset[str]", sudden: "frozenset[str]", at_ms: int) -> None:
        """Take what is so now, and what happened and has no end: shock, restart, radio fault, temperature."""
        edges = (now ^ self.now) & COUNTED
        self.events = self.events + len(edges) + len(sudden) & 0xFFFF
        self.latched |= (now & edges) | sudden
        self.now = now
        if edges or sudden:
            self.unkept = True
            self.fast_until_ms = at_ms + FAST_MS
            self.hurry(at_ms)

    def count_motion(self, at_ms: int, *, moves: bool) -> None:
        """Count the minutes up to now in which the wearer moved, by what was so until now and is so from now on."""
        minute = at_ms // 60_000
        if "moving" in self.now:
            self.minutes += minute - self.minute
        elif moves and minute > self.minute:
            self.minutes += 1
        if moves or "moving" in self.now:
            self.minutes, self.minute = self.minutes & 0xFF, minute

    def repack(self) -> None:
        """Put into 8 bytes what is so, when it is not what they say."""
        words = (self.now, self.latched, self.failing, self.clock.told)
        said = (words, self.events, self.minutes, self.battery_percent, self.temperature_c)
        if said == self.said:
            return
        own = (("clock_unset", not self.clock.told), ("self_test_failed", self.failing))
        self.said, self.status = (
            said,
            Status(
                self.now | frozenset([word for word, holds in own if holds]),
                self.latched,
                self.battery_percent,
                self.temperature_c,
                self.events,
                self.minutes,
                self.configuration,
            ).pack(),
        )

    # --- when it is said --------------------------------------------------------------------------------------------

    def plan(self, at_ms: int) -> None:
        """Choose the next instant of the ordinary beat."""
        keys = self.keys
        if keys is None:
            return
        clock, now_ms = self.clock, self.clock.system_ms(at_ms)
        fast = at_ms < self.fast_until_ms
        every_s, count = 1 if fast else self.every_s, clock.first_count()
        second = -(-max(now_ms // 1000, clock.last[0] + 1) // every_s) * every_s
        due_ms = second * 1000 + keys.delay_ms(second, count)
        if due_ms <= now_ms:
            second += every_s
            due_ms = second * 1000 + keys.delay_ms(second, count)
        self.pair, self.due_ms = (second, count), due_ms - clock.offset_ms

    def hurry(self, at_ms: int) -> None:
        """Choose the earliest of the next instants: this second has one often, the next one always.

        A beacon that is due already stays: it goes out now and says the new.
        """
        keys = self.keys
        if keys is None or self.due_ms <= at_ms <= self.due_ms + LATE_MS:
            return
        self.plan(at_ms)
        clock, now_ms = self.clock, self.clock.system_ms(at_ms)
        for second in (now_ms // 1000, now_ms // 1000 + 1):
            for count in range(clock.first_count() + COUNTS - SOON, clock.first_count() + COUNTS):
                due_ms = second * 1000 + keys.delay_ms(second, count) - clock.offset_ms
                if (second, count) > clock.last and at_ms < due_ms < self.due_ms:
                    self.pair, self.due_ms = (second, count), due_ms

    def outputs(self, at_ms: int) -> "list[object]":
        """Give what is to be done now: what must be kept comes first."""
        keys = self.keys
        if keys is None or self.asleep:
            return self.kept()
        beacons: list[object] = []
        if at_ms >= self.due_ms:
            if at_ms - self.due_ms <= LATE_MS:
                clock = self.clock.used(self.pair)
                self.unkept = self.unkept or clock.spent != self.clock.spent
                self.clock = clock
                beacons.append(Beacon(keys, self.kind, self.pair, self.status))
            self.plan(at_ms)
        return self.kept() + beacons

    # --- what outlives a loss of power ------------------------------------------------------------------------------

    def kept(self) -> "list[object]":
        """Give what is not written down yet. A new root comes before the record: an old record is safe beside it."""
        if not self.unkept:
            return []
        outputs: list[object] = [KeepRoot(self.serial, self.new_root)] if self.new_root else []
        self.unkept, self.new_root = False, b""
        latched = sum([1 << at for at, word in enumerate(LATCHED) if word in self.latched])
        spent = b"".join([second.to_bytes(4, "big") for second in self.clock.spent])
        counts = self.events.to_bytes(2, "big") + self.number.to_bytes(4, "big")
        head = bytes([_RECORD, self.clock.lane, latched, self.minutes])
        outputs.append(Keep(head + counts + spent + bytes([self.asleep]) + self.extra))
        return outputs

    def resume(self, serial: str, root: bytes, record: bytes, at_ms: int) -> None:
        """Go on after a loss of power with what was kept. Raises ValueError when the record is not one of ours.

        Without its record a root must not be used: what it has spent would be unknown.
        """
        if len(record) <= _RECORD_BYTES or record[0] != _RECORD:
            raise ValueError("record")
        self.serial, self.keys = serial, BeaconKeys(root, self.cipher)
        spent = tuple([int.from_bytes(record[at : at + 4], "big") for at in range(10, _RECORD_BYTES, 4)])
        self.clock = resumed(record[1], spent, at_ms)
        self.latched = frozenset([word for at, word in enumerate(LATCHED) if record[2] >> at & 1])
        self.now = self.latched & COUNTED
        self.minutes = record[3]
        self.events, self.number = int.from_bytes(record[4:6], "big"), int.from_bytes(record[6:10], "big")
        self.asleep = bool(record[_RECORD_BYTES])
        self.extra = record[_RECORD_BYTES + 1 :]
        self.plan(at_ms)

    def wake(self, at_ms: int) -> None:
        """Begin to send, when there is something to send with: a charger woke the device."""
        if self.keys is not None:
            self.asleep, self.unkept = False, True
            self.plan(at_ms)

    # --- what it is told --------------------------------------------------------------------------------------------

    def provide(self, serial: str, root: bytes, at_s: int, at_ms: int) -> None:
        """Take name, root and time from a bench. What a root has spent stays spent when it is given again."""
        if self.keys is None or not self.keys.is_of(root):
            self.keys, self.number = BeaconKeys(root, self.cipher), 0
            self.clock = resumed(0, (0,) * LANES, at_ms)
        self.serial, self.new_root, self.asleep, self.unkept = serial, root, False, True
        self.latched, self.events, self.extra = self.now & COUNTED, 0, bytes(len(self.extra))
        self.clock = self.clock.set_to(at_s, at_ms)
        self.plan(at_ms)

    def obey(self, order: bytes, at_ms: int) -> int:
        """Carry out an order and give its kind; 0 for one that is forged, old or unknown and changes nothing."""
        opened = self.keys.opened(order) if self.keys is not None else None
        if opened is None or opened[0] not in (CLOCK, CONFIRM, FITTED, SHIP) or opened[1] <= self.number:
            return 0
        kind, number, figure = opened
        if kind == CLOCK and figure > LAST_S:
            return 0
        self.number, self.unkept = number, True
        if kind == CLOCK:
            self.clock = self.clock.set_to(figure, at_ms)
            self.plan(at_ms)
        elif kind == CONFIRM and figure == self.events:
            self.latched &= self.now
        elif kind == FITTED:
            self.latched = frozenset()
        elif kind == SHIP:
            self.asleep = True
        return kind
