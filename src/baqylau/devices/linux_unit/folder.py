"""The folder of one unit: its own key, and what the server told it when it was enrolled."""

import os
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId

SEED_BYTES = KEY_BYTES = 32


class Enrolment(Struct, frozen=True, kw_only=True):
    """What a unit needs to know of itself and of the server (`baqylau device enrol`)."""

    device_id: DeviceId
    serial: str
    server_key: str
    """Public key by which the server signs commands and answers, in hexadecimal."""
    root: str
    """Certificate by which the server is known on its line, PEM."""
    certificate: str
    """The unit's own, PEM."""


class NotEnrolledError(Exception):
    """There is no enrolment here, or it cannot be read as one."""


class RunningError(Exception):
    """Another program runs on this folder."""


class Folder:
    """A unit's folder; made when it is not there."""

    def __init__(self, path: Path) -> None:
        """Take the folder. Nobody else may look into it."""
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self.root = path / "root.pem"
        self._seed, self._enrolment = path / "seed", path / "enrolment.json"

    def signer(self) -> Signer:
        """Give the unit's key, made at the first call: 32 random bytes that only the owner may read."""
        if not self._seed.exists():
            made = self._seed.with_suffix(".new")
            handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(os.urandom(SEED_BYTES))
                file.flush()
                os.fsync(file.fileno())
            made.replace(self._seed)
        return Signer(self._seed.read_bytes())

    def enrol(self, raw: bytes) -> Enrolment:
        """Take what the server gave; `NotEnrolledError` when it is no enrolment."""
        enrolment = _read(raw)
        self.root.write_text(enrolment.root, encoding="ascii")
        self._enrolment.write_bytes(msgspec.json.encode(enrolment))
        return enrolment

    def enrolment(self) -> Enrolment:
        """Give it back; `NotEnrolledError` when there is none."""
        try:
            return _read(self._enrolment.read_bytes())
        except OSError as wrong:
            raise NotEnrolledError from wrong

    def alone(self) -> BinaryIO:
        """Hold the right to run on this folder as long as the file is open; `RunningError` when another has it."""
        return held(self.path / "unit.lock")


def held(path: Path) -> BinaryIO:
    """Hold a lock as long as the file is open; `RunningError` when another has it."""
    lock = path.open("ab")
    try:
        flock(lock, LOCK_EX | LOCK_NB)
    except BlockingIOError as taken:
        lock.close()
        raise RunningError from taken
    return lock


def _read(raw: bytes) -> Enrolment:
    try:
        enrolment = msgspec.json.decode(raw, type=Enrolment)
        key = bytes.fromhex(enrolment.server_key)
        enrolment.root.encode("ascii")
    except (msgspec.DecodeError, ValueError) as wrong:
        raise NotEnrolledError from wrong
    if len(key) != KEY_BYTES or not enrolment.device_id:
        raise NotEnrolledError
    return enrolment
