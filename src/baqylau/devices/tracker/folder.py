"""The folder of one tracker's program: who it is, and the secret that it shares with the server."""

from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from baqylau.devices.linux_unit.folder import NotEnrolledError, held
from baqylau.domain.ids import DeviceId

SECRET_BYTES = 32


class TrackerEnrolment(Struct, frozen=True, kw_only=True):
    """What a tracker needs to know (`baqylau device provision --out`). It is secret."""

    device_id: DeviceId
    serial: str
    secret: str
    """Shared with the server, hexadecimal."""
    root: str
    """Certificate by which the server is known on its line, PEM."""


class Folder:
    """A tracker's folder; made when it is not there. Nobody else may look into it."""

    def __init__(self, path: Path) -> None:
        """Take the folder."""
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self.root = path / "root.pem"
        self._enrolment = path / "enrolment.json"

    def enrol(self, raw: bytes) -> TrackerEnrolment:
        """Take what the server gave; `NotEnrolledError` when it is no enrolment."""
        enrolment = _read(raw)
        self.root.write_text(enrolment.root, encoding="ascii")
        self._enrolment.touch(mode=0o600)
        self._enrolment.write_bytes(msgspec.json.encode(enrolment))
        return enrolment

    def enrolment(self) -> TrackerEnrolment:
        """Give it back; `NotEnrolledError` when there is none."""
        try:
            return _read(self._enrolment.read_bytes())
        except OSError as wrong:
            raise NotEnrolledError from wrong

    def alone(self) -> BinaryIO:
        """Hold the right to run on this folder as long as the file is open; `RunningError` when another has it."""
        return held(self.path / "tracker.lock")


def _read(raw: bytes) -> TrackerEnrolment:
    try:
        enrolment = msgspec.json.decode(raw, type=TrackerEnrolment)
        secret = bytes.fromhex(enrolment.secret)
        enrolment.root.encode("ascii")
    except (msgspec.DecodeError, ValueError) as wrong:
        raise NotEnrolledError from wrong
    if len(secret) != SECRET_BYTES or not enrolment.device_id:
        raise NotEnrolledError
    return enrolment
