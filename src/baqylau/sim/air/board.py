"""The home unit of the invented air: the real core on a board without a disk, and the server at the end of its line.

What the unit writes is sealed, opened, judged again with the transmitter's own keys and read into observations by what
does so on the server. While the line is cut, records wait and come afterwards, in one batch.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct

from baqylau.crypto.cose import PublicKey, SharedKey
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Supervision
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.link.beacons import Beacons, Latches
from baqylau.monitoring.server.link.reading import Reader
from baqylau.protocols.batch.envelope import Opened, opened_batch, sealed_batch
from baqylau.protocols.batch.records import Batch
from baqylau.sim.air.box import Box, document
from baqylau.sim.air.prescribed import UNIT
from baqylau.storage.equipment.device_keys import DeviceKey, KeyKind
from baqylau.storage.equipment.link_records import NO_BATCH, Kept

ON_THE_LINE_S = 0.5
_SEED = bytes(32)


class Cut(Struct, frozen=True):
    """From when to when the line is cut, seconds of the story."""

    from_s: float
    until_s: float


class Server:
    """What the server does with batches of one unit: proves, reads, and remembers how far."""

    def __init__(
        self,
        prescribed: Supervision,
        roots: Mapping[DeviceId, bytes],
        begun_at: datetime,
        unit: DeviceId = UNIT,
        key: PublicKey | SharedKey | None = None,
    ) -> None:
        """Take what is prescribed. `key`: by which the unit proves what it says, where it is not that of all units."""
        keys = [
            DeviceKey(id=0, device_id=one, kind=KeyKind.BEACON, serial=one, material=root, enrolled_at=begun_at)
            for one, root in roots.items()
        ]
        self.beacons = Beacons(keys)
        fleet = Fleet(prescribed.devices, [prescribed])
        self._reader = Reader(fleet=fleet, beacons=self.beacons, latches=Latches(()))
        self._unit = unit
        self._kept = Kept(device_id=unit)
        self._key = key or PublicKey(Signer(_SEED).public_key)
        self.faults: list[str] = []
        """Names of what was set aside."""

    def take(self, raw: bytes, now: datetime) -> list[Observation]:
        """Read a batch into observations."""
        opened = opened_batch(raw, lambda _device_id: self._key)
        if not isinstance(opened, Opened):
            self.faults.append(opened.fault)
            return []
        taken = self._reader.read(opened, raw, self._kept, {}, peer="", now=now)
        self._kept = Kept(device_id=self._unit, through=opened.last)
        self.faults += [one.fault for one in taken.aside]
        return [entry.observation for entry in taken.entries]


class Board(Box):
    """One home unit through a story, and the server to which it sends."""

    def __init__(
        self,
        prescribed: Supervision,
        roots: Mapping[DeviceId, bytes],
        begun_at: datetime,
        sources: tuple[str, ...],
        cuts: tuple[Cut, ...] = (),
    ) -> None:
        super().__init__(UNIT, sources, begun_at)
        self._cuts = cuts
        self.server = Server(prescribed, roots, begun_at)
        self.observations: list[Observation] = []
        """What reached the server's journal."""
        self._previous = NO_BATCH
        told = document(prescribed, UNIT, self.server.beacons, begun_at)
        if told is not None:
            self.configure(told)

    def tick(self, at_s: float) -> None:
        """Let time go by up to an instant; what waits for the line goes out when it is there."""
        super().tick(at_s)
        if self.waiting and not any(one.from_s <= at_s < one.until_s for one in self._cuts):
            self._send(at_s)

    def _send(self, at_s: float) -> None:
        batch = Batch(device_id=UNIT, previous=self._previous, configuration=self.version, records=tuple(self.waiting))
        raw = sealed_batch(batch, Signer(_SEED))
        self._previous, self.waiting = sha256(raw).digest(), []
        self.observations += self.server.take(raw, self.begun_at + timedelta(seconds=at_s + ON_THE_LINE_S))
