"""Single photographs: of a camera, or of a folder of pictures, its replay twin."""

import asyncio
from io import BytesIO
from itertools import cycle
from pathlib import Path

from baqylau.links.camera import Camera, CameraError, Pixels

SETTLED_PICTURES = 3
"""The first ones of a camera that was just opened are dark."""
QUALITY = 88


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


class Stills:
    """Photographs of a camera of the board: it is open for the moment of each and no longer."""

    def __init__(self, camera: Camera) -> None:
        """Take the camera."""
        self._camera = camera

    async def photo(self) -> bytes:
        """Take one; `OSError` when there is none to be had."""
        return await asyncio.to_thread(self._photo)

    def _photo(self) -> bytes:
        looked = 0

        def going() -> bool:
            return looked < SETTLED_PICTURES

        last: Pixels | None = None
        try:
            for picture in self._camera.pictures(going):
                looked, last = looked + 1, picture
        except CameraError as wrong:
            raise OSError(str(wrong)) from wrong
        if last is None:
            raise FileNotFoundError("no picture")
        return _jpeg(last)


def _jpeg(picture: Pixels) -> bytes:
    try:
        from PIL import Image  # noqa: PLC0415 - the extra `av` brings it
    except ModuleNotFoundError as missing:
        raise OSError("Pillow is not installed") from missing
    written = BytesIO()
    Image.fromarray(picture).save(written, "JPEG", quality=QUALITY)
    return written.getvalue()
