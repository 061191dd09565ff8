"""The home unit of the invented air: the real core on a board without a disk, and the server at the end of its line.

What the unit writes is sealed, opened, judged again with the transmitter's own keys and read into observations by what
does so on the server. While the line is cut, records wait and come afterwards, in one batch.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypedDict

from msgspec import Struct

from baqylau.crypto.cose import PublicKey
from baqylau.crypto.signing import Signer
from baqylau.devices.home_unit.core import HomeUnit
from baqylau.devices.home_unit.state import begin
from baqylau.devices.linux_unit.inputs import (
    ClockTold,
    Configured,
    FrameHeard,
    Input,
    NoiseHeard,
    Sensed,
    Started,
    Tick,
)
from baqylau.devices.linux_unit.outputs import Output, Upload, Write
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Supervision
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.link.beacons import Beacons, Latches
from baqylau.monitoring.server.link.configuration import configuration, drafts, renewed
from baqylau.monitoring.server.link.reading import Reader
from baqylau.protocols.batch.envelope import Opened, opened_batch, sealed_batch
from baqylau.protocols.batch.records import Batch, ClockQuality, Record
from baqylau.sim.air.hearing import Reception
from baqylau.sim.air.prescribed import UNIT
from baqylau.storage.equipment.device_keys import DeviceKey, KeyKind
from baqylau.storage.equipment.link_records import NO_BATCH, Kept

BOOTED_MS = 60_000
"""The board's monotonic clock when the story begins."""
ON_THE_LINE_S = 0.5
_SEED = bytes(32)


class Cut(Struct, frozen=True):
    """From when to when the line is cut, seconds of the story."""

    from_s: float
    until_s: float


class Server:
    """What the server does with batches of one unit: proves, reads, and remembers how far."""

    def __init__(self, prescribed: Supervision, roots: Mapping[DeviceId, bytes], begun_at: datetime) -> None:
        keys = [
            DeviceKey(id=0, device_id=one, kind=KeyKind.BEACON, serial=one, material=root, enrolled_at=begun_at)
            for one, root in roots.items()
        ]
        self.beacons = Beacons(keys)
        fleet = Fleet(prescribed.devices, [prescribed])
        self._reader = Reader(fleet=fleet, beacons=self.beacons, latches=Latches(()))
        self._kept = Kept(device_id=UNIT)
        self._key = PublicKey(Signer(_SEED).public_key)
        self.faults: list[str] = []
        """Names of what was set aside."""

    def take(self, raw: bytes, now: datetime) -> list[Observation]:
        """Read a batch into observations."""
        opened = opened_batch(raw, lambda _device_id: self._key)
        if not isinstance(opened, Opened):
            self.faults.append(opened.fault)
            return []
        taken = self._reader.read(opened, raw, self._kept, {}, peer="", now=now)
        self._kept = Kept(device_id=UNIT, through=opened.last)
        self.faults += [one.fault for one in taken.aside]
        return [entry.observation for entry in taken.entries]


class Board:
    """One home unit through a story. Seconds are those of the story."""

    def __init__(
        self,
        prescribed: Supervision,
        roots: Mapping[DeviceId, bytes],
        begun_at: datetime,
        sources: tuple[str, ...],
        cuts: tuple[Cut, ...] = (),
    ) -> None:
        self._begun_at, self._sources, self._cuts = begun_at, sources, cuts
        self.server = Server(prescribed, roots, begun_at)
        self.said: list[Output] = []
        """Everything that the core wanted done, but for what it wrote and sent."""
        self.observations: list[Observation] = []
        """What reached the server's journal."""
        self._waiting: list[Record] = []
        self._previous = NO_BATCH
        self._version = 0
        self._unit, self._state = HomeUnit(), begin(UNIT)
        self._step(Started(sources=sources, **self._clocks(0.0)))
        self._step(ClockTold(quality=ClockQuality.NETWORK, **self._clocks(0.0)))
        self._step(Sensed(mains=True, battery_percent=100.0, moved=False, opened=False, **self._clocks(0.0)))
        self._configure(prescribed)

    def _configure(self, prescribed: Supervision) -> None:
        """Take the document that the server makes of the registers."""
        draft = drafts(prescribed.devices, {prescribed.person_id: prescribed}, {}, {}, self._begun_at)[UNIT]
        version = renewed(draft, None, self._begun_at)
        if version is not None:
            document = configuration(draft, version, self.server.beacons)
            self._version = document.version
            self._step(Configured(configuration=document, **self._clocks(0.0)))

    def hear(self, one: Reception) -> None:
        """Let a receiver of the unit hear something."""
        said = FrameHeard(source=one.source, frame=one.frame, rssi_dbm=one.rssi_dbm, **self._clocks(one.at_s))
        self._step(said)

    def noise(self, at_s: float, noise_dbm: float) -> None:
        """Let the receivers of the unit say how loud their band is."""
        for source in self._sources:
            self._step(NoiseHeard(source=source, noise_dbm=noise_dbm, **self._clocks(at_s)))

    def sense(self, at_s: float, **shown: bool) -> None:
        """Let the sensors of the box show something."""
        self._step(Sensed(**shown, **self._clocks(at_s)))

    def tick(self, at_s: float) -> None:
        """Let time go by up to an instant; what waits for the line goes out when it is there."""
        self._step(Tick(**self._clocks(at_s)))
        if self._waiting and not any(one.from_s <= at_s < one.until_s for one in self._cuts):
            self._send(at_s)

    def _step(self, said: Input) -> None:
        self._state, outputs = self._unit.step(self._state, said)
        for one in outputs:
            if isinstance(one, Write):
                self._waiting.append(one.record)
            elif not isinstance(one, Upload):
                self.said.append(one)

    def _send(self, at_s: float) -> None:
        batch = Batch(
            device_id=UNIT, previous=self._previous, configuration=self._version, records=tuple(self._waiting)
        )
        raw = sealed_batch(batch, Signer(_SEED))
        self._previous, self._waiting = sha256(raw).digest(), []
        self.observations += self.server.take(raw, self._begun_at + timedelta(seconds=at_s + ON_THE_LINE_S))

    def _clocks(self, at_s: float) -> "_Clocks":
        at_ms = round(at_s * 1000)
        return {"at": self._begun_at + timedelta(milliseconds=at_ms), "monotonic_ms": BOOTED_MS + at_ms}


class _Clocks(TypedDict):
    at: datetime
    monotonic_ms: int
