"""A disk of its own for a test, which can be full."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

MEGABYTE = 1 << 20
_AGAIN_S = 0.01


class NoDiskError(Exception):
    """No disk can be mounted here; says why."""


class OwnDisk:
    """A disk in memory, over a folder."""

    def __init__(self, place: Path, megabytes: int) -> None:
        """Take the folder over which it lies."""
        self.place, self._bytes = place, megabytes * MEGABYTE

    def fill(self) -> None:
        """Leave no room at all."""
        while not self._is_of(self._used_bytes()):
            sleep(_AGAIN_S)

    def make_room(self) -> None:
        """Give back what was taken."""
        if not self._is_of(self._bytes):
            raise OSError(self.place)

    def _used_bytes(self) -> int:
        now = os.statvfs(self.place)
        return (now.f_blocks - now.f_bfree) * now.f_frsize

    def _is_of(self, size_bytes: int) -> bool:
        """Make it so large; False when more is in use already."""
        return not _mount(self.place, f"remount,size={size_bytes}")


@contextmanager
def own_disk(place: Path, megabytes: int) -> Iterator[OwnDisk]:
    """Lay a disk of this size over a new folder. `NoDiskError` where that is not allowed."""
    if os.geteuid() != 0:
        msg = "only root mounts a disk"
        raise NoDiskError(msg)
    place.mkdir()
    if _mount(place, f"size={megabytes * MEGABYTE},mode=755"):
        msg = "no disk can be mounted here"
        raise NoDiskError(msg)
    try:
        yield OwnDisk(place, megabytes)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _mount(place: Path, options: str) -> int:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode
