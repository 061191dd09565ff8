"""The tracker's ring on the flash's own file system (LittleFS): what is closed outlives a loss of power."""

import os

FOLDER = "/ring"


class FlashDisk:
    """The files of one tracker (`ring.Disk`)."""

    def __init__(self) -> None:
        """Begin with the folder; made when it is not there."""
        if FOLDER[1:] not in os.listdir("/"):
            os.mkdir(FOLDER)

    def names(self) -> "list[str]":
        """Give the names of what is there."""
        return os.listdir(FOLDER)

    def read(self, name: str) -> bytes:
        """Give what is there under a name; nothing when there is nothing."""
        try:
            with open(_path(name), "rb") as file:
                return file.read()
        except OSError:
            return b""

    def add(self, name: str, content: bytes) -> None:
        """Put it to the end of a file."""
        with open(_path(name), "ab") as file:
            file.write(content)

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole or not at all: another one takes its name."""
        with open(_path(name) + ".new", "wb") as file:
            file.write(content)
        os.rename(_path(name) + ".new", _path(name))

    def remove(self, name: str) -> None:
        """Remove a file."""
        os.remove(_path(name))


def _path(name: str) -> str:
    return FOLDER + "/" + name
