"""Bracelet and relay of the invented air: the real cores, with invented crystals and invented sensors."""

from collections.abc import Iterator, Mapping
from math import ceil, pi, sin
from types import ModuleType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from baqylau.crypto.blocks import aes
from baqylau.devices import strap
from baqylau.devices.beacon_inputs import Line, Order, Tick
from baqylau.devices.beacon_sender import Beacon
from baqylau.devices.bracelet import core as bracelet
from baqylau.devices.relay import core as relay
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
CUT: Mapping[str, object] = {"loop_ohm": 5_000_000, "loop_percent": 0.0}
CLOSED: Mapping[str, object] = {"loop_ohm": 1000, "loop_percent": 80.0}
"""What the strap's two loops show."""


class Sent(Struct, frozen=True, gc=False):
    """A frame on the air; its bytes are made when somebody hears it."""

    at_s: float
    beacon: Beacon


class _Transmitter:
    """A device that sends beacons through a story. Seconds are those of the story."""

    def __init__(self, core: ModuleType, begun_s: int, crystal: Crystal, root: bytes, serial: str) -> None:
        self._core, self._crystal = core, crystal
        self._state = core.begin(aes, 0)
        self._outbox: list[Sent] = []
        self._step(Line(0, f"PROVISION {serial} {root.hex()} {begun_s}"))

    @property
    def wakes_s(self) -> float:
        """When it has something to do next."""
        return self._crystal.true_s(self._state.wake_at_ms)

    def order(self, at_s: float, order: bytes) -> None:
        """Bring it an order of whoever holds its root."""
        self._step(Order(self._ms(at_s), order))

    def until(self, at_s: float) -> Iterator[Sent]:
        """Live on to an instant, and give what was sent."""
        end_ms = self._ms(at_s)
        while self._state.wake_at_ms < end_ms:
            self._step(Tick(self._state.wake_at_ms))
            yield from self._taken()
        self._sample(end_ms)
        yield from self._taken()

    def _sample(self, at_ms: int) -> None:
        """Let the core read its sensors."""
        raise NotImplementedError

    def _taken(self) -> list[Sent]:
        outbox, self._outbox = self._outbox, []
        return outbox

    def _ms(self, at_s: float) -> int:
        return ceil(self._crystal.count_ms(at_s))

    def _step(self, given: Any) -> None:
        self._state, outputs = self._core.step(self._state, given)
        at_s = self._crystal.true_s(given.at_ms)
        self._outbox += [Sent(at_s, one) for one in outputs if isinstance(one, Beacon)]


class Bracelet(_Transmitter):
    """The real core of a bracelet, provided and put on at the beginning of the story, a whole second of system time."""

    def __init__(self, begun_s: int, crystal: Crystal, root: bytes = ROOT, serial: str = "BR-1") -> None:
        """Take when the story begins, on the system's scale."""
        super().__init__(bracelet, begun_s, crystal, root, serial)
        self._sensors = WHOLE
        self.show(0.0)

    def show(self, at_s: float, **changed: Any) -> None:
        """Let the sensors show something from an instant on."""
        self._sensors = replace(self._sensors, **changed)
        self._sample(self._ms(at_s))

    def _sample(self, at_ms: int) -> None:
        one = self._sensors
        self._step(
            strap.Sample(
                at_ms,
                strap=(one.loop_ohm, one.loop_percent),
                case=(one.case_open, one.inside_lux),
                skin_counts=one.skin_counts,
                motion=(one.moves, one.knock_g),
                temperature_c=one.temperature_c,
                power=(one.battery_mv, one.charging),
            )
        )


class Stands(Struct, frozen=True, kw_only=True):
    """How a relay stands: on mains and still, unless the story says otherwise."""

    moves: bool = False
    mains: bool = True
    broken: bool = False
    """It sends nothing any more."""


class Relay(_Transmitter):
    """The real core of a relay; the unit's anchor, which is never away."""

    def __init__(self, begun_s: int, crystal: Crystal, root: bytes, serial: str = "RL-1") -> None:
        """Take when the story begins, on the system's scale."""
        super().__init__(relay, begun_s, crystal, root, serial)
        self._stands = Stands()
        self._sample(0)

    def show(self, at_s: float, **changed: Any) -> None:
        """Let something be otherwise from an instant on."""
        self._stands = replace(self._stands, **changed)
        self._sample(self._ms(at_s))

    def until(self, at_s: float) -> Iterator[Sent]:
        """Live on to an instant, and give what was sent."""
        return (one for one in super().until(at_s) if not self._stands.broken)

    def _sample(self, at_ms: int) -> None:
        self._step(
            relay.Sample(
                at_ms,
                case=(False, 0.0),
                motion=(self._stands.moves, (0, 0, 1000)),
                temperature_c=21.0,
                power=(4100, self._stands.mains),
            )
        )
