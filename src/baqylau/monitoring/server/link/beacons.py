"""Beacons that a unit heard, judged again: opened with the transmitter's own keys, never believed on a unit's word.

The unit has learned the transmitter's clock and keeps the narrow window of `spec/beacon.md`, B7. Here the window is as
wide as the clocks of both may be wrong without any learning: enough to see a frame that was made at another time, and
the same answer whenever and in whatever order frames come.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from msgspec import Struct

from baqylau.crypto.blocks import aes
from baqylau.domain.ids import DeviceId
from baqylau.protocols.beacon.frame import FRAME_BYTES, VERSION, eid_of, told_time, unseal
from baqylau.protocols.beacon.keys import epoch_of, identity, identity_key, period_key, period_of, root_of, status_key
from baqylau.protocols.beacon.recognising import DRIFT, Block, Refusal
from baqylau.protocols.beacon.status import Status, unpack
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.storage.equipment.device_keys import DeviceKey, KeyKind
from baqylau.storage.equipment.link_records import Status as Latched

WINDOW_S = 60.0
"""How far a unit's clock may be wrong after 30 days alone, at 20 ppm, and some seconds more."""
CACHED_MAX = 40_000
"""Period keys that are kept ready; beyond it all are worked out anew."""
LATCHES_MAX = 64
"""Changes of what one transmitter has latched that are remembered."""


_ROOTS: tuple[tuple[KeyKind, Callable[[bytes], bytes]], ...] = ((KeyKind.HMAC, root_of), (KeyKind.BEACON, bytes))
"""By which key a device sends beacons: a root of its own goes before what follows from a shared secret."""


class Root(Struct, frozen=True, gc=False):
    """What opens a transmitter's beacons."""

    material: bytes
    since_s: float
    """When its clock was set, at the latest."""


class Beacons:
    """Opens the frames of all transmitters. Period keys are kept ready."""

    def __init__(self, keys: Collection[DeviceKey]) -> None:
        self._roots = {
            key.device_id: Root(made(key.material), seconds_at(key.enrolled_at))
            for kind, made in _ROOTS
            for key in keys
            if key.kind is kind
        }
        self._blocks: dict[tuple[DeviceId, int], tuple[Block, Block]] = {}

    def knows(self, transmitter_id: DeviceId) -> bool:
        """Whether this transmitter has keys in use."""
        return transmitter_id in self._roots

    def period_key(self, transmitter_id: DeviceId, period: int) -> bytes | None:
        """Give the key that a receiver needs for one period."""
        root = self._roots.get(transmitter_id)
        return None if root is None else period_key(root.material, period)

    def open(self, transmitter_id: DeviceId, frame: bytes, first_at: datetime, last_at: datetime) -> bytes | Refusal:
        """Give the 8 bytes of status of a frame that was heard between two instants, or why it is not believed."""
        if len(frame) != FRAME_BYTES:
            return Refusal.LENGTH
        if frame[0] >> 5 != VERSION:
            return Refusal.VERSION
        first_s, last_s = seconds_at(min(first_at, last_at)), seconds_at(last_at)
        reach_s = WINDOW_S + DRIFT * abs(last_s - self._roots[transmitter_id].since_s)
        for epoch in range(max(epoch_of(int(first_s - reach_s)), 0), epoch_of(int(last_s + reach_s)) + 1):
            known_by, sealed_by = self._blocks_of(transmitter_id, period_of(epoch))
            if identity(known_by, epoch) == eid_of(frame):
                told = told_time(frame, epoch)
                status = unseal(sealed_by, frame, *told)
                fresh = first_s - reach_s <= told[0] <= last_s + reach_s
                return (status if fresh else Refusal.STALE) if status is not None else Refusal.BROKEN
        return Refusal.FOREIGN

    def _blocks_of(self, transmitter_id: DeviceId, period: int) -> tuple[Block, Block]:
        name = transmitter_id, period
        known = self._blocks.get(name)
        if known is None:
            if len(self._blocks) >= CACHED_MAX:
                self._blocks.clear()
            key = period_key(self._roots[transmitter_id].material, period)
            known = self._blocks[name] = aes(identity_key(key)), aes(status_key(key))
        return known


class Latches:
    """What each transmitter had latched, and since when: of what is latched already it tells nothing new.

    Asked and told by instants, so that frames that come late are compared with what was before them.
    """

    def __init__(self, known: Iterable[Latched]) -> None:
        self._known: dict[DeviceId, list[tuple[datetime, bytes]]] = {}
        for one in known:
            self._put(one)

    def before(self, transmitter_id: DeviceId, at: datetime) -> Status | None:
        """Give a status with the latched words as they were before an instant."""
        held = self._known.get(transmitter_id, [])
        place = bisect_left(held, (at, b""))
        return unpack(held[place - 1][1]) if place else None

    def note(self, transmitter_id: DeviceId, at: datetime, status: bytes) -> Latched | None:
        """Remember the status of an instant; give it when its latched words differ from those before."""
        before, now = self.before(transmitter_id, at), unpack(status)
        if before is not None and (before.latched, before.events) == (now.latched, now.events):
            return None
        changed = Latched(device_id=transmitter_id, at=at, status=status)
        self._put(changed)
        return changed

    def _put(self, one: Latched) -> None:
        held = self._known.setdefault(one.device_id, [])
        place = bisect_right(held, (one.at, one.status))
        if not place or held[place - 1] != (one.at, one.status):
            held.insert(place, (one.at, one.status))
        del held[:-LATCHES_MAX]
