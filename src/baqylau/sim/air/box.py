"""The real core of a unit on a board without a disk: what it writes down waits until somebody takes it."""

from datetime import datetime, timedelta
from typing import Any, TypedDict

from baqylau.devices.home_unit.shell import HOME_UNIT
from baqylau.devices.linux_unit.inputs import (
    ClockTold,
    Configured,
    FrameHeard,
    NoiseHeard,
    Sensed,
    Started,
    Tick,
    UnitInput,
)
from baqylau.devices.linux_unit.outputs import Output, Upload, Write
from baqylau.devices.linux_unit.shell import Kind
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import Supervision
from baqylau.monitoring.server.link.beacons import Beacons
from baqylau.monitoring.server.link.configuration import configuration, drafts, renewed
from baqylau.protocols.batch.commands import Configuration
from baqylau.protocols.batch.records import ClockQuality, Record
from baqylau.sim.air.hearing import Reception

BOOTED_MS = 60_000
"""The board's monotonic clock when the story begins."""


class Box:
    """One unit through a story. Seconds are those of the story."""

    def __init__(
        self,
        unit: DeviceId,
        sources: tuple[str, ...],
        begun_at: datetime,
        kind: Kind[Any] = HOME_UNIT,
        *,
        mains: bool = True,
    ) -> None:
        """Switch it on, with a clock that is right, and nothing that it runs by yet."""
        self.begun_at, self._sources = begun_at, sources
        self.said: list[Output] = []
        """Everything that the core wanted done, but for what it wrote and sent."""
        self.waiting: list[Record] = []
        """What it wrote and nobody took."""
        self.version = 0
        """Of the configuration by which it runs."""
        self.wanted = self.urgent = False
        """Whether it wants to send, and whether that must not wait."""
        self._unit, self._state = kind.core(), kind.begin(unit)
        self._step(Started(sources=sources, **self._clocks(0.0)))
        self._step(ClockTold(quality=ClockQuality.NETWORK, **self._clocks(0.0)))
        self._step(Sensed(mains=mains, battery_percent=100.0, moved=False, opened=False, **self._clocks(0.0)))

    @property
    def state(self) -> Any:
        """Give how the core stands."""
        return self._state

    def configure(self, document: Configuration) -> None:
        """Take by what to run, at the beginning of the story."""
        self.version = document.version
        self._step(Configured(configuration=document, **self._clocks(0.0)))

    def hear(self, one: Reception) -> None:
        """Let a receiver of the unit hear something."""
        said = FrameHeard(source=one.source, frame=one.frame, rssi_dbm=one.rssi_dbm, **self._clocks(one.at_s))
        self._step(said)

    def noise(self, at_s: float, noise_dbm: float) -> None:
        """Let the receivers of the unit say how loud their band is."""
        for source in self._sources:
            self._step(NoiseHeard(source=source, noise_dbm=noise_dbm, **self._clocks(at_s)))

    def sense(self, at_s: float, **shown: Any) -> None:
        """Let the sensors of the box show something."""
        self._step(Sensed(**shown, **self._clocks(at_s)))

    def take(self, at_s: float, kind: type[UnitInput], **fields: object) -> None:
        """Let something come that only units of its kind take."""
        self._step(kind(**fields, **self._clocks(at_s)))

    def tick(self, at_s: float) -> None:
        """Let time go by up to an instant."""
        self._step(Tick(**self._clocks(at_s)))

    def _step(self, said: UnitInput) -> None:
        self._state, outputs = self._unit.step(self._state, said)
        for one in outputs:
            match one:
                case Write(record=record):
                    self.waiting.append(record)
                case Upload(urgent=urgent):
                    self.wanted, self.urgent = True, self.urgent or urgent
                case _:
                    self.said.append(one)

    def _clocks(self, at_s: float) -> "_Clocks":
        at_ms = round(at_s * 1000)
        return {"at": self.begun_at + timedelta(milliseconds=at_ms), "monotonic_ms": BOOTED_MS + at_ms}


class _Clocks(TypedDict):
    at: datetime
    monotonic_ms: int


def document(prescribed: Supervision, unit: DeviceId, beacons: Beacons, at: datetime) -> Configuration | None:
    """Give what the server makes of the registers for a unit at an instant."""
    draft = drafts(prescribed.devices, {prescribed.person_id: prescribed}, {}, {}, at)[unit]
    version = renewed(draft, None, at)
    return None if version is None else configuration(draft, version, beacons)
