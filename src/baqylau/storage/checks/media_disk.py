"""The folder in which sealed pieces lie, each under the digest of its own bytes.

A piece is first whole and on disk among the new ones; once the database knows it, it moves to its place. So after a
kill at any moment whatever the database knows is there, and what it does not know is among the new ones alone.
"""

import os
from collections.abc import Callable, Collection, Iterable
from hashlib import sha256
from pathlib import Path


class PieceLostError(Exception):
    """A piece that the database knows is not there, or is not what it was."""


class MediaDisk:
    """The folder; made when it is not there."""

    def __init__(self, folder: Path) -> None:
        """Take the folder. Nobody else may look into it."""
        self._folder = folder
        self._new = folder / "new"
        self._new.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, sealed: bytes) -> str:
        """Bring bytes onto the disk, among the new ones, and give their name. `OSError` when there is no room."""
        name = sha256(sealed).hexdigest()
        path = self._new / name
        try:
            with path.open("wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise
        _on_disk(self._new)
        return name

    def settle(self, name: str) -> None:
        """Move a piece that the database knows to its place."""
        place = self._place(name)
        if not place.parent.exists():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            _on_disk(self._folder)
        (self._new / name).replace(place)

    def get(self, name: str) -> bytes:
        """Give the bytes of a piece, or raise `PieceLostError`."""
        for path in (self._place(name), self._new / name, self._place(name)):
            try:
                sealed = path.read_bytes()
            except FileNotFoundError:
                continue
            if sha256(sealed).hexdigest() == name:
                return sealed
            break
        raise PieceLostError(name)

    def remove(self, names: Iterable[str]) -> None:
        """Remove pieces; one that is not there is none."""
        for name in names:
            for path in (self._place(name), self._new / name):
                path.unlink(missing_ok=True)

    def tidy(self, known: Callable[[Collection[str]], Collection[str]]) -> int:
        """Bring the new ones to where they belong: known ones to their place, others away; give how many went.

        Only for whoever alone writes here.
        """
        names = [path.name for path in self._new.iterdir()]
        here = set(known(names))
        for name in names:
            if name in here:
                self.settle(name)
            else:
                (self._new / name).unlink()
        return len(names) - len(here)

    def free_bytes(self) -> int:
        """Give how much room there is."""
        room = os.statvfs(self._folder)
        return room.f_bavail * room.f_frsize

    def _place(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _on_disk(folder: Path) -> None:
    """Make a change of names in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
