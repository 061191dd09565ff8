"""Photographs that are there already: the replay twin of a camera, and the camera of a bench."""

import asyncio
from itertools import cycle
from pathlib import Path


class PictureFolder:
    """Gives the JPEG files of a folder in turn."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self._pictures = cycle(sorted(folder.glob("*.jpg")))

    async def photo(self) -> bytes:
        """Give the next one; `OSError` when there is none."""
        picture = next(self._pictures, None)
        if picture is None:
            raise FileNotFoundError
        return await asyncio.to_thread(picture.read_bytes)


class NoCamera:
    """Where no camera is named: no photograph, so nobody is identified."""

    async def photo(self) -> bytes:
        """Say that there is none."""
        raise FileNotFoundError("no camera")
