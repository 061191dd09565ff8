"""Sound of a microphone, through PyAV: an ALSA device, or its replay twin, the sound of a file in its own time."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Protocol

import numpy as np
import numpy.typing as npt

from baqylau.links.wall_clock import monotonic_s

Samples = npt.NDArray[np.int16]
"""Mono."""

RATE_HZ = 48_000


class MicrophoneError(Exception):
    """There is no microphone, it is in use, or it broke off."""


class Microphone(Protocol):
    """Whatever gives sound."""

    def sounds(self, going: Callable[[], bool]) -> Iterator[Samples]:
        """Give sound as it comes while `going`; blocks. `MicrophoneError`."""


class AlsaMicrophone:
    """A microphone of the board."""

    def __init__(self, device: str) -> None:
        """Take its ALSA name, such as `default` or `hw:1`."""
        self._device = device

    def sounds(self, going: Callable[[], bool]) -> Iterator[Samples]:
        """Give sound while `going`."""
        yield from _decoded(self._device, "alsa", going)


class FileMicrophone:
    """The sound of a file in a microphone's place, in its own time, then silence."""

    def __init__(self, file: Path) -> None:
        """Take the file."""
        self._file = file

    def sounds(self, going: Callable[[], bool]) -> Iterator[Samples]:
        """Give its sound while `going`."""
        began_s, given = monotonic_s(), 0
        for sound in _decoded(str(self._file), None, going):
            given += len(sound)
            yield sound
            Event().wait(max(began_s + given / RATE_HZ - monotonic_s(), 0.0))
        silence = np.zeros(RATE_HZ // 10, dtype=np.int16)
        while going():
            given += len(silence)
            yield silence
            Event().wait(max(began_s + given / RATE_HZ - monotonic_s(), 0.0))


def _decoded(name: str, form: str | None, going: Callable[[], bool]) -> Iterator[Samples]:
    try:
        import av  # noqa: PLC0415 - the extra `av` brings it
    except ModuleNotFoundError as missing:
        raise MicrophoneError("PyAV is not installed") from missing
    try:
        with av.open(name, format=form) as device:
            even = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
            for frame in device.decode(audio=0):
                if not going():
                    return
                for part in even.resample(frame):
                    yield part.to_ndarray()[0].astype(np.int16)
    except (av.FFmpegError, OSError, IndexError) as wrong:
        raise MicrophoneError(f"{name}: {wrong}") from wrong
