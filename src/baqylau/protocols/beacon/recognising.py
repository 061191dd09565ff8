"""Whose beacon it is, and whether it is fresh: the receiver's side (`spec/beacon.md`, B7).

A receiver holds the period keys of its own devices and nothing else. It knows every identity that they go by around
now, opens what goes by one, and believes it only within a few seconds of the instant at which that device's clock, as
far as it has been learned, should have said it. So a recording is dead in seconds even when the original was never
heard, and a delay that grows slowly cannot drag the learned clock along faster than a crystal drifts.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum

from msgspec import Struct

from baqylau.domain.ids import DeviceId
from baqylau.protocols.beacon.frame import FRAME_BYTES, VERSION, eid_of, kind_of, told_time, unseal
from baqylau.protocols.beacon.instants import delay_ms
from baqylau.protocols.beacon.keys import EPOCH_S, epoch_of, identity, identity_key, period_of, status_key

Block = Callable[[bytes], bytes]

WINDOW_S = 3.0
"""A beacon may be this far from the instant at which it is expected. Notes on radio and GNSS, 1.3."""
DRIFT = 20e-6
"""How fast a device's clock may go wrong: 20 ppm. Notes on radio and GNSS, 1.3."""
LEARNING = 0.2
"""Share of each new difference that is taken over into the learned clock."""


class Refusal(StrEnum):
    """Why a frame is not believed."""

    LENGTH = "length"
    VERSION = "version"
    FOREIGN = "foreign"
    """It goes by no identity of ours."""
    BROKEN = "broken"
    """It goes by an identity of ours and its tag does not fit."""
    STALE = "stale"
    """It was made at another time than it was heard: replayed, relayed with delay, or the clock is wrong."""
    REPEATED = "repeated"
    """The very frame was heard already, or a later one: another channel, another adapter, or a repetition."""


class Refused(Struct, frozen=True, kw_only=True, gc=False):
    """A frame that is not believed; whose it claims to be, where its identity is ours."""

    refusal: Refusal
    device_id: DeviceId | None = None
    made_s: float | None = None
    """When it was made, by our clock and as far as that device's is known; None where its tag does not fit."""


class Recognised(Struct, frozen=True, kw_only=True, gc=False):
    """A fresh frame of one of our devices."""

    device_id: DeviceId
    kind: int
    at_s: int
    """When the device made it, by its own clock."""
    sub: int
    sent_s: float
    """When it went out, by the device's clock: its second and its own delay within it (`spec/beacon.md`, B9)."""
    status: bytes
    """The 8 authenticated bytes (`status.unpack`)."""


class Clock(Struct, frozen=True, kw_only=True, gc=False):
    """What is known of one device's clock."""

    offset_s: float = 0.0
    """How far it is ahead of ours."""
    doubt_s: float = 0.0
    """How far that may be wrong, besides drift since it was learned."""
    learned_s: float
    last: tuple[int, int] = (-1, 0)
    """Second and count of the last frame that was believed."""

    def doubt_at(self, heard_s: float) -> float:
        """Give how far the offset may be wrong at an instant."""
        return self.doubt_s + DRIFT * max(heard_s - self.learned_s, 0.0)

    def after(self, heard_s: float, told: tuple[int, int]) -> "Clock":
        """Give the clock after a believed frame. It never learns faster than a crystal drifts."""
        reach_s = self.doubt_at(heard_s)
        difference_s = LEARNING * (told[0] - heard_s - self.offset_s)
        moved_s = min(max(difference_s, -reach_s), reach_s)
        return Clock(offset_s=self.offset_s + moved_s, doubt_s=reach_s - abs(moved_s), learned_s=heard_s, last=told)


class _Key(Struct, frozen=True):
    device_id: DeviceId
    epoch: int
    own: Block
    """Holds the key of the identity."""
    block: Block
    """Holds the key of the status."""


class Recogniser:
    """Recognises the beacons of its own devices. One per receiver program; its clocks can be kept and given back."""

    def __init__(
        self,
        cipher: Callable[[bytes], Block],
        period_key: Callable[[DeviceId, int], bytes | None],
        clocks: dict[DeviceId, Clock],
    ) -> None:
        """Take the block cipher, the delegated keys (None for a period that was not delegated) and the clocks."""
        self._cipher = cipher
        self._period_key = period_key
        self.clocks = dict(clocks)
        self._table: dict[bytes, _Key] = {}
        self._epoch: int | None = None
        self._blocks: dict[tuple[DeviceId, int], tuple[Block, Block] | None] = {}

    def own(self, devices: dict[DeviceId, Clock]) -> None:
        """Take over which devices are ours from now on; clocks that are known already stay."""
        self.clocks = {device_id: self.clocks.get(device_id, clock) for device_id, clock in devices.items()}
        self._epoch = None

    def hear(self, frame: bytes, heard_s: float) -> Recognised | Refused:
        """Take 27 bytes from the air at an instant of our clock. Never raises, whatever the bytes."""
        if len(frame) != FRAME_BYTES:
            return Refused(refusal=Refusal.LENGTH)
        if frame[0] >> 5 != VERSION:
            return Refused(refusal=Refusal.VERSION)
        self._turn(heard_s)
        key = self._table.get(eid_of(frame))
        if key is None:
            return Refused(refusal=Refusal.FOREIGN)
        told = told_time(frame, key.epoch)
        status = unseal(key.block, frame, *told)
        if status is None:
            return Refused(refusal=Refusal.BROKEN, device_id=key.device_id)
        refusal = self._stale(key.device_id, told, heard_s)
        if refusal is not None:
            made_s = told[0] - self.clocks[key.device_id].offset_s
            return Refused(refusal=refusal, device_id=key.device_id, made_s=made_s)
        self.clocks[key.device_id] = self.clocks[key.device_id].after(heard_s, told)
        kind = kind_of(frame)
        sent_s = told[0] + delay_ms(key.own, *told) / 1000
        return Recognised(device_id=key.device_id, kind=kind, at_s=told[0], sub=told[1], sent_s=sent_s, status=status)

    def _stale(self, device_id: DeviceId, told: tuple[int, int], heard_s: float) -> Refusal | None:
        clock = self.clocks[device_id]
        if abs(told[0] - heard_s - clock.offset_s) > WINDOW_S + clock.doubt_at(heard_s):
            return Refusal.STALE
        return Refusal.REPEATED if told <= clock.last else None

    def _turn(self, heard_s: float) -> None:
        """Work out the identities around now, once an epoch."""
        epoch = epoch_of(int(heard_s))
        if epoch == self._epoch:
            return
        self._epoch = epoch
        self._table = dict(self._identities(heard_s))
        periods = {period_of(key.epoch) for key in self._table.values()}
        self._blocks = {name: blocks for name, blocks in self._blocks.items() if name[1] in periods}

    def _identities(self, heard_s: float) -> Iterable[tuple[bytes, _Key]]:
        for device_id, clock in self.clocks.items():
            theirs = epoch_of(int(heard_s + clock.offset_s))
            reach = 1 + int(clock.doubt_at(heard_s) // EPOCH_S)
            for epoch in range(max(theirs - reach, 0), theirs + reach + 1):
                blocks = self._blocks_of(device_id, period_of(epoch))
                if blocks is not None:
                    yield identity(blocks[0], epoch), _Key(device_id, epoch, *blocks)

    def _blocks_of(self, device_id: DeviceId, period: int) -> tuple[Block, Block] | None:
        name = device_id, period
        if name not in self._blocks:
            key = self._period_key(device_id, period)
            self._blocks[name] = (self._cipher(identity_key(key)), self._cipher(status_key(key))) if key else None
        return self._blocks[name]
