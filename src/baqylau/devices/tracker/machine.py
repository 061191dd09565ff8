"""The tracker's core with its ring and its link on one disk: what every run of it has, live or replayed.

Records are on disk before anything else that the core wants is done. No meaning is decided here.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from baqylau.crypto.blocks import aes
from baqylau.devices.beacon_sender import Beacon
from baqylau.devices.tracker.core import State, begin, step
from baqylau.devices.tracker.disk import FolderDisk
from baqylau.devices.tracker.folder import TrackerEnrolment
from baqylau.devices.tracker.inputs import Tick
from baqylau.devices.tracker.link import Link
from baqylau.devices.tracker.outputs import Keep, Message, Receiver, Restart, Upload, Warn, Write
from baqylau.devices.tracker.ring import Ring
from baqylau.domain.people import Language
from baqylau.locales import text
from baqylau.protocols.beacon.keys import root_of

log = structlog.get_logger()

KEPT, TOLD, SENT = "kept", "told.txt", "short-messages.txt"


class Machine:
    """One tracker."""

    def __init__(
        self,
        enrolment: TrackerEnrolment,
        folder: Path,
        at_ms: int = 0,
        *,
        surely_at_once: bool = True,
        sends: Callable[[bytes], object] | None = None,
    ) -> None:
        """Begin, or go on with what is in the folder. `sends`: a radio for its own beacons, where there is one."""
        self._folder = folder
        self._disk = FolderDisk(folder / "ring", at_once=surely_at_once)
        self.ring = Ring(self._disk)
        self.link = Link(enrolment.device_id, bytes.fromhex(enrolment.secret), self.ring, self._disk)
        said = self.link.configuration
        root = b"" if sends is None else root_of(self.link.secret)
        self._sends = sends
        self.state: State = begin(aes, at_ms, enrolment.device_id, self._disk.read(KEPT), said, root)
        self.receiver_on = self.wants_restart = False
        self.wanted: Callable[[bool], None] = _nothing
        """Called when there is something to send, with whether it is urgent."""

    def close(self) -> None:
        """Let go of the disk; everything is written."""
        self._disk.close()

    def give(self, given: Iterable[object]) -> None:
        """Let the core take inputs in their order."""
        for one in given:
            self.state, outputs = step(self.state, one)  # type: ignore[arg-type]
            for output in outputs:
                self._perform(output)

    def pass_time(self, at_ms: int) -> None:
        """Let the core see every instant up to this one at which it wanted to be woken."""
        while self.state.wake_at_ms <= at_ms:
            self.give([Tick(self.state.wake_at_ms)])

    def _perform(self, output: object) -> None:
        match output:
            case Write(content=content, urgent=urgent):
                self.ring.write(content, urgent=urgent)
            case Keep(kept=kept):
                self._disk.write(KEPT, kept)
            case Upload(urgent=urgent):
                self.wanted(urgent)
            case Receiver(on=on):
                self.receiver_on = on
            case Restart():
                self.wants_restart = True
            case _:
                self._say(output)

    def _say(self, output: object) -> None:
        """Let others know: by radio, by SMS, and the wearer."""
        match output:
            case Beacon() if self._sends is not None:
                self._sends(output.frame())
            case Warn():
                self._tell(output)
            case Message(said=said):
                self._add(SENT, said.sealed(self.link.secret).hex())
            case _:
                raise TypeError(output)

    def _tell(self, warned: Warn) -> None:
        """Write down what the wearer is told: the board's own programs say it."""
        language = Language(warned.language)
        said = warned.text or text(language, f"tracker.warning.{warned.word}")
        self._add(TOLD, f"{warned.word} {language} {'urgent' if warned.urgent else 'calm'} {said}")

    def _add(self, name: str, line: str) -> None:
        with (self._folder / name).open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def _nothing(_urgent: bool) -> None:  # noqa: FBT001 - a callback's word
    """Nobody wants to know."""
