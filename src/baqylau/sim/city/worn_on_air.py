"""A tracker of our own in the city, at work: the real core with its ring and its link, over a simulated board.

Its receiver is heard only while the core has it switched on, in the bytes of its serial line. When and what is told is
the core's own doing.
"""

from datetime import datetime
from pathlib import Path

from baqylau.crypto.cose import SharedKey
from baqylau.devices.tracker.folder import TrackerEnrolment
from baqylau.devices.tracker.inputs import Located, TimeTold
from baqylau.devices.tracker.link import CONFIGURATION
from baqylau.devices.tracker.machine import Machine
from baqylau.devices.tracker.nmea import NmeaReader
from baqylau.domain.people import Supervision
from baqylau.monitoring.server.link.beacons import Beacons
from baqylau.protocols.batch.envelope import sealed_configuration
from baqylau.sim.air.box import document
from baqylau.sim.city.registers import secret, unit_id
from baqylau.sim.city.worn_board import SENSED_S, WornBoard

STEP_S = 1.0


class WornTracker:
    """One tracker. Seconds are those of the city."""

    def __init__(
        self, number: int, board: WornBoard, prescribed: Supervision, begun_at: datetime, folder: Path
    ) -> None:
        """Switch it on, with a clock that is right. `folder`: where it keeps what it wrote."""
        self._board, self._reader = board, NmeaReader()
        name = unit_id(number)
        enrolment = TrackerEnrolment(device_id=name, serial=name, secret=secret(name).hex(), root="")
        _runs_by(folder, prescribed, begun_at, enrolment)
        self.machine = Machine(enrolment, folder, surely_at_once=False)
        self.machine.give([TimeTold(0, round(begun_at.timestamp() * 1000))])
        self._sensed_s = -SENSED_S
        self.at_s = 0.0
        """How far it has come."""
        self.waits_since_s: float | None = None
        """Since when something waits; whoever sent everything forgets it."""

    def live_until(self, until_s: float) -> None:
        """Live on up to an instant."""
        from_s = self.at_s
        while self.at_s < until_s:
            self._see(round(self.at_s * 1000))
            self.at_s += STEP_S if self.machine.receiver_on else SENSED_S
        self.machine.pass_time(round(until_s * 1000))
        if self.waits_since_s is None and self.machine.ring.waiting():
            self.waits_since_s = from_s

    def _see(self, at_ms: int) -> None:
        """Let the board say what it says of an instant."""
        self.machine.pass_time(at_ms)
        if self.at_s - self._sensed_s >= SENSED_S:
            self._sensed_s = self.at_s
            self.machine.give(self._board.senses(self.at_s, at_ms))
        if self.machine.receiver_on:
            for line in self._board.said(self.at_s).decode().splitlines():
                self._reader.take(line)
            epoch = self._reader.end()
            if epoch is not None:
                self.machine.give([Located(at_ms, epoch)])


def _runs_by(folder: Path, prescribed: Supervision, begun_at: datetime, enrolment: TrackerEnrolment) -> None:
    """Let the tracker have what the server makes of the registers, as if it had come on its line."""
    runs_by = document(prescribed, enrolment.device_id, Beacons([]), begun_at)
    if runs_by is not None:
        key = SharedKey(bytes.fromhex(enrolment.secret))
        (folder / "ring").mkdir(parents=True, exist_ok=True)
        (folder / "ring" / CONFIGURATION).write_bytes(sealed_configuration(runs_by, key))
