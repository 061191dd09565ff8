"""Who is near: frames become traces of the officer's own people; all others are counted and never named. Pure.

A console's clock may be wrong by an hour: identities around two hours are recognised, and each transmitter's own clock
is learned from its first frame. The server judges every frame again that a check rests on.
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from statistics import median

from msgspec import Struct, field

from baqylau.crypto.blocks import aes
from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.commands import DelegatedKey
from baqylau.protocols.beacon.frame import eid_of
from baqylau.protocols.beacon.recognising import Clock, Recognised, Recogniser, Refusal
from baqylau.protocols.beacon.status import Status, unpack
from baqylau.protocols.beacon.system_time import seconds_at

CLOCK_DOUBT_S = 7200.0
"""How far the console's clock may be wrong and still hear its people [K]."""
NEAR_MS = 60_000
"""Whoever was heard within this time is near [K]."""
KEPT_MS = 120_000
"""How long single strengths are kept."""
LEVEL_FRAMES = 6
"""The strength shown is the median of so many frames. Notes on radio and GNSS, section 7."""


class Strength(Struct, frozen=True, array_like=True):
    """One frame: when by the clock that never jumps, and how strong."""

    ms: int
    dbm: float


class Trace(Struct):
    """What was heard of one transmitter of ours."""

    device_id: DeviceId
    frame: bytes
    at: datetime
    ms: int
    status: bytes
    strengths: deque[Strength] = field(default_factory=deque)

    @property
    def level_dbm(self) -> float:
        """The median of the last frames."""
        return median(one.dbm for one in list(self.strengths)[-LEVEL_FRAMES:])

    @property
    def told(self) -> Status:
        """What the transmitter says of itself."""
        return unpack(self.status)


class Air:
    """What is heard around the console."""

    def __init__(self, keys: Iterable[DelegatedKey] = (), now: datetime | None = None) -> None:
        """Take the keys of the officer's own people, and the console's time."""
        held = {(one.transmitter_id, one.period): one.key for one in keys}
        clock = Clock(learned_s=0.0 if now is None else seconds_at(now), doubt_s=CLOCK_DOUBT_S)
        own = {device_id: clock for device_id, _ in held}
        self._recogniser = Recogniser(aes, lambda device_id, period: held.get((device_id, period)), own)
        self.traces: dict[DeviceId, Trace] = {}
        self._others: dict[bytes, int] = {}
        self.heard_ms: int | None = None
        """When anything at all was heard last: until then the receivers work."""

    @property
    def clocks(self) -> dict[DeviceId, Clock]:
        """What is known of the clocks of the officer's own transmitters."""
        return self._recogniser.clocks

    def carry_on(self, before: "Air") -> None:
        """Take over what was heard before the keys changed, of whoever is still one of ours."""
        learned = before.clocks
        self._recogniser.clocks = {name: learned.get(name, clock) for name, clock in self.clocks.items()}
        self.traces = {name: trace for name, trace in before.traces.items() if name in self.clocks}
        self.heard_ms = before.heard_ms

    def hear(self, frame: bytes, rssi_dbm: float, at: datetime, ms: int) -> DeviceId | None:
        """Take what a receiver heard; give whose of ours it is."""
        self.heard_ms = ms
        result = self._recogniser.hear(frame, seconds_at(at))
        if isinstance(result, Recognised):
            trace = self.traces.setdefault(result.device_id, Trace(result.device_id, frame, at, ms, result.status))
            trace.frame, trace.at, trace.ms, trace.status = frame, at, ms, result.status
            _heard(trace, Strength(ms, rssi_dbm))
            return result.device_id
        if result.refusal is Refusal.REPEATED and result.device_id in self.traces:
            _heard(self.traces[result.device_id], Strength(ms, rssi_dbm))
            return result.device_id
        if result.refusal is Refusal.FOREIGN:
            self._others[eid_of(frame)] = ms
        return None

    def near(self, ms: int) -> list[Trace]:
        """Give who of ours is near, strongest first."""
        heard = [one for one in self.traces.values() if ms - one.ms <= NEAR_MS]
        return sorted(heard, key=lambda one: (-one.level_dbm, one.device_id))

    def others(self, ms: int, within_ms: int = NEAR_MS) -> int:
        """Count transmitters of other people that were heard."""
        self._others = {eid: heard_ms for eid, heard_ms in self._others.items() if ms - heard_ms <= KEPT_MS}
        return sum(1 for heard_ms in self._others.values() if ms - heard_ms <= within_ms)


def _heard(trace: Trace, one: Strength) -> None:
    trace.strengths.append(one)
    while one.ms - trace.strengths[0].ms > KEPT_MS:
        trace.strengths.popleft()
