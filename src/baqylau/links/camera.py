"""Pictures of a camera, through PyAV: a V4L2 device, or its replay twin, a video file in its own time.

The device is open as long as somebody iterates and not a moment longer.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Protocol

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from baqylau.links.wall_clock import monotonic_s

Pixels = npt.NDArray[np.uint8]
"""Height, width, red green blue."""

WIDTH_PX, HEIGHT_PX, RATE_HZ = 640, 480, 15
_LATE_EVERY_S = 0.2


class CameraError(Exception):
    """There is no camera, it is in use, or it broke off."""


class Camera(Protocol):
    """Whatever gives pictures."""

    def pictures(self, going: Callable[[], bool]) -> Iterator[Pixels]:
        """Give pictures at some `RATE_HZ`, as they come, while `going`; blocks. `CameraError`."""


class V4lCamera:
    """A camera of the board."""

    def __init__(self, device: Path) -> None:
        """Take the device, such as /dev/video0."""
        self._device = device

    def pictures(self, going: Callable[[], bool]) -> Iterator[Pixels]:
        """Give pictures while `going`."""
        options = {"video_size": f"{WIDTH_PX}x{HEIGHT_PX}", "framerate": str(RATE_HZ)}
        for picture in _decoded(str(self._device), "v4l2", options, going):
            yield picture.pixels


class FileCamera:
    """A video file in a camera's place, in its own time, once."""

    def __init__(self, file: Path) -> None:
        """Take the file."""
        self._file = file

    def pictures(self, going: Callable[[], bool]) -> Iterator[Pixels]:
        """Give its pictures while `going`; those for which it is too late are passed over. The last one stays.

        Where all are late, as from a pipe or on a busy board, some come all the same.
        """
        began_s, last, shown_s, given_s = monotonic_s(), None, -1.0, 0.0
        for picture in _decoded(str(self._file), None, {}, going):
            behind_s = monotonic_s() - began_s - picture.at_s
            late = behind_s > 2 / RATE_HZ and monotonic_s() - given_s < _LATE_EVERY_S
            if picture.at_s - shown_s < 1 / RATE_HZ or late:
                continue
            last, shown_s, given_s = picture.pixels, picture.at_s, monotonic_s()
            Event().wait(max(-behind_s, 0.0))
            yield last
        while last is not None and going():
            Event().wait(1 / RATE_HZ)
            yield last


class _Picture(Struct, frozen=True):
    at_s: float
    pixels: Pixels


def _decoded(name: str, form: str | None, options: dict[str, str], going: Callable[[], bool]) -> Iterator[_Picture]:
    try:
        import av  # noqa: PLC0415 - the extra `av` brings it
    except ModuleNotFoundError as missing:
        raise CameraError("PyAV is not installed") from missing
    try:
        with av.open(name, format=form, options=options) as device:
            for frame in device.decode(video=0):
                if not going():
                    return
                high = round(frame.height * WIDTH_PX / frame.width / 2) * 2
                pixels = frame.to_ndarray(format="rgb24", width=WIDTH_PX, height=high)
                yield _Picture(frame.time or 0.0, np.asarray(pixels, dtype=np.uint8))
    except (av.FFmpegError, OSError, IndexError) as wrong:
        raise CameraError(f"{name}: {wrong}") from wrong
