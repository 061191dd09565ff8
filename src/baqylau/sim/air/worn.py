"""The bracelet of the invented air: the real core, with an invented crystal and invented sensors."""

from collections.abc import Iterator
from math import ceil, pi, sin

from msgspec import Struct
from msgspec.structs import replace

from baqylau.crypto.blocks import aes
from baqylau.devices.beacon_inputs import Line, Order, Tick
from baqylau.devices.beacon_sender import Beacon
from baqylau.devices.bracelet import core
from baqylau.sim.air.life import DAY_S

ROOT = bytes(range(32))


class Crystal(Struct, frozen=True, kw_only=True):
    """How a device's own count of milliseconds runs beside true time."""

    ppm: float = 0.0
    day_ppm: float = 0.0
    """How far its rate swings over a day, with the warmth of the body."""

    def count_ms(self, at_s: float) -> float:
        """Give the device's count at a true instant."""
        swing_s = self.day_ppm * 1e-6 * DAY_S / (2 * pi) * sin(2 * pi * at_s / DAY_S)
        return 1000 * (at_s * (1 + self.ppm * 1e-6) + swing_s)

    def true_s(self, count_ms: float) -> float:
        """Give the true instant of a count."""
        near_s = count_ms / 1000
        return near_s - (self.count_ms(near_s) / 1000 - near_s)


class Sensors(Struct, frozen=True, kw_only=True):
    """What the sensors of a bracelet show; in order and on a leg unless the story says otherwise."""

    loop_ohm: int = 1000
    loop_percent: float = 80.0
    case_open: bool = False
    inside_lux: float = 0.0
    skin_counts: int = 900
    moves: bool = False
    knock_g: float = 0.1
    temperature_c: float = 31.0
    battery_mv: int = 4100
    charging: bool = False


WHOLE = Sensors()
CUT = Sensors(loop_ohm=5_000_000, loop_percent=0.0)


class Sent(Struct, frozen=True, gc=False):
    """A frame on the air; its bytes are made when somebody hears it."""

    at_s: float
    beacon: Beacon


class Bracelet:
    """One bracelet through a story. Seconds are those of the story."""

    def __init__(self, begun_s: int, crystal: Crystal, root: bytes = ROOT, serial: str = "BR-1") -> None:
        """Provide and fit it at the beginning of the story, which is a whole second of system time."""
        self._crystal = crystal
        self._sensors = WHOLE
        self._state = core.begin(aes, 0)
        self._outbox: list[Sent] = []
        self._step(Line(0, f"PROVISION {serial} {root.hex()} {begun_s}"))
        self.show(0.0)

    def show(self, at_s: float, **changed: object) -> None:
        """Let the sensors show something from an instant on."""
        self._sensors = replace(self._sensors, **changed)
        self._sample(ceil(self._crystal.count_ms(at_s)))

    def order(self, at_s: float, order: bytes) -> None:
        """Bring it an order of whoever holds its root."""
        self._step(Order(ceil(self._crystal.count_ms(at_s)), order))

    def until(self, at_s: float) -> Iterator[Sent]:
        """Live on to an instant, and give what was sent."""
        end_ms = ceil(self._crystal.count_ms(at_s))
        while self._state.wake_at_ms < end_ms:
            self._step(Tick(self._state.wake_at_ms))
            yield from self._taken()
        self._sample(end_ms)
        yield from self._taken()

    def _taken(self) -> list[Sent]:
        outbox, self._outbox = self._outbox, []
        return outbox

    def _sample(self, at_ms: int) -> None:
        one = self._sensors
        self._step(
            core.Sample(
                at_ms,
                strap=(one.loop_ohm, one.loop_percent),
                case=(one.case_open, one.inside_lux),
                skin_counts=one.skin_counts,
                motion=(one.moves, one.knock_g),
                temperature_c=one.temperature_c,
                power=(one.battery_mv, one.charging),
            )
        )

    def _step(self, given: "core.Sample | Tick | Line | Order") -> None:
        self._state, outputs = core.step(self._state, given)
        at_s = self._crystal.true_s(given.at_ms)
        self._outbox += [Sent(at_s, one) for one in outputs if isinstance(one, Beacon)]
