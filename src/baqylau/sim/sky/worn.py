"""A tracker of our own that is worn: the very core of the device over a simulated board, and what it tells the server.

The receiver speaks only while the core has it switched on, and in the bytes of its serial line; the modem says when the
network comes and goes; the sensors say whether somebody moves. When and what is told is the core's own doing
(`devices/tracker`): one place a minute, four while anything is in doubt, at once when the sky goes.
"""

from collections.abc import Iterator, Sequence
from random import Random

from msgspec import Struct

from baqylau.crypto.blocks import aes
from baqylau.devices.strap import Sample
from baqylau.devices.tracker import core
from baqylau.devices.tracker.inputs import Located, Tick, TimeTold
from baqylau.devices.tracker.inputs import Network as Registered
from baqylau.devices.tracker.nmea import NmeaReader
from baqylau.devices.tracker.outputs import Receiver as Switched
from baqylau.devices.tracker.outputs import Write
from baqylau.domain.observations import Body
from baqylau.protocols.batch.records import Own, Record
from baqylau.protocols.batch.wire import Rejected, record_of
from baqylau.sim.sky.disturbances import Disturbance
from baqylau.sim.sky.network import Network
from baqylau.sim.sky.receiver import Model, Receiver
from baqylau.sim.sky.sentences import sentences
from baqylau.sim.sky.way import Truth, Way

JUDGES = Model(tells_gain=False, judges_jam=True)
"""A receiver on a serial line: it says how badly it is jammed, and nothing of its gain."""
SENSED_S = 5
FULL_MV = 3950


class Told(Struct, frozen=True, kw_only=True):
    """One record, beside the truth of its instant."""

    truth: Truth
    bodies: tuple[Body, ...]


class _Worn:
    """The core on its simulated board."""

    def __init__(self, started_at_s: float) -> None:
        self._begun_ms = round(started_at_s * 1000)
        self.state = core.begin(aes, 0, "TR-000001")
        self.on = False
        self.records: list[Record | Rejected] = []
        self._reader = NmeaReader()
        self.give(TimeTold(0, self._begun_ms))

    def give(self, given: object) -> None:
        self.state, outputs = core.step(self.state, given)  # type: ignore[arg-type]
        for output in outputs:
            if isinstance(output, Write):
                self.records.append(record_of(1, output.content))
            elif isinstance(output, Switched):
                self.on = output.on

    def pass_time(self, at_ms: int) -> None:
        while self.state.wake_at_ms <= at_ms:
            self.give(Tick(self.state.wake_at_ms))

    def hear(self, at_ms: int, lines: bytes) -> None:
        """Let the receiver say what it says of one instant."""
        for line in lines.decode().splitlines():
            self._reader.take(line)
        epoch = self._reader.end()
        if epoch is not None and self.on:
            self.give(Located(at_ms, epoch))

    def told(self) -> list[tuple[float, tuple[Body, ...]]]:
        """Give what was written down since the last time, with the second that each is of."""
        records, self.records = self.records, []
        return [
            (max(one.observed_at.timestamp() - self._begun_ms / 1000, 0.0), one.said.bodies)
            for one in records
            if isinstance(one, Record) and isinstance(one.said, Own)
        ]


def reports(
    way: Way, disturbances: Sequence[Disturbance], seed: int, started_at_s: float, model: Model = JUDGES
) -> Iterator[Told]:
    """Let somebody wear a tracker along a way, from its cold start."""
    receiver, network = Receiver(seed, started_at_s, model), Network(Random(seed))  # noqa: S311 - a simulated town
    worn, registered = _Worn(started_at_s), None
    for into_s in range(int(way.lasts_s)):
        truth, at_ms = way.at(float(into_s)), into_s * 1000
        worn.pass_time(at_ms)
        level_dbm = network.level_dbm(truth, disturbances)
        if (level_dbm is not None) is not registered or into_s % SENSED_S == 0:
            registered = level_dbm is not None
            worn.give(Registered(at_ms, there=registered, signal_dbm=level_dbm))
        if into_s % SENSED_S == 0:
            worn.give(_sensed(at_ms, moves=truth.moving))
        worn.hear(at_ms, sentences(receiver.epoch(truth, disturbances)))
        yield from (Told(truth=way.at(when_s), bodies=bodies) for when_s, bodies in worn.told())


def _sensed(at_ms: int, *, moves: bool) -> Sample:
    return Sample(at_ms, (47_000, 80.0), (False, 0.0), 900, (moves, 0.4 if moves else 0.0), 31.0, (FULL_MV, False))
