"""The tracker's disk on a machine with an operating system: a folder, surely written."""

import os
from pathlib import Path


class FolderDisk:
    """The files of one tracker (`ring.Disk`)."""

    def __init__(self, folder: Path, *, at_once: bool = True) -> None:
        """Take the folder; made when it is not there. Without `at_once` what is written is sure when it is closed."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._at_once = at_once
        self._open: tuple[str, int] | None = None

    def close(self) -> None:
        """Let go of the file that is added to."""
        if self._open is not None:
            os.fsync(self._open[1])
            os.close(self._open[1])
            self._open = None

    def names(self) -> list[str]:
        """Give the names of what is there."""
        return [one.name for one in self._folder.iterdir() if one.is_file()]

    def read(self, name: str) -> bytes:
        """Give what is there under a name; nothing when there is nothing."""
        path = self._folder / name
        return path.read_bytes() if path.exists() else b""

    def add(self, name: str, content: bytes) -> None:
        """Put it to the end of a file; on disk when this returns."""
        if self._open is None or self._open[0] != name:
            self.close()
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            self._open = name, os.open(self._folder / name, flags, 0o600)
        os.write(self._open[1], content)
        if self._at_once:
            os.fdatasync(self._open[1])

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole or not at all; on disk when this returns."""
        made = self._folder / f"{name}.new"
        with made.open("wb") as file:
            file.write(content)
            file.flush()
            if self._at_once:
                os.fsync(file.fileno())
        made.replace(self._folder / name)

    def remove(self, name: str) -> None:
        """Remove a file."""
        if self._open is not None and self._open[0] == name:
            self.close()
        (self._folder / name).unlink(missing_ok=True)
