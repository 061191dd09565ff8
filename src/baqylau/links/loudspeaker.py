"""Where the duty room's voice sounds in a live call: an ALSA device through PyAV, or its replay twin, a sound file.

The device is open from `open` until the `close` of what it gives.
"""

import wave
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from baqylau.links.microphone import RATE_HZ, Samples

if TYPE_CHECKING:
    from av.container import OutputContainer


class LoudspeakerError(Exception):
    """There is no loudspeaker, it is in use, or it broke off."""


class Sounding(Protocol):
    """An open loudspeaker."""

    def play(self, sound: Samples) -> None:
        """Sound it after what came before; blocks while too much waits. `LoudspeakerError`."""

    def close(self) -> None:
        """Close it."""


class Loudspeaker(Protocol):
    """Whatever sounds."""

    def open(self) -> Sounding:
        """Open it. `LoudspeakerError`."""


class AlsaLoudspeaker:
    """A loudspeaker of the board."""

    def __init__(self, device: str) -> None:
        """Take its ALSA name, such as `default`."""
        self._device = device

    def open(self) -> Sounding:
        """Open the device."""
        try:
            return _Alsa(self._device)
        except (ImportError, OSError) as wrong:
            raise LoudspeakerError(f"{self._device}: {wrong}") from wrong


class _Alsa:
    def __init__(self, device: str) -> None:
        import av  # noqa: PLC0415 - the extra `av` brings it

        self._av = av
        self._file: OutputContainer = av.open(device, "w", format="alsa")
        self._stream = self._file.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono")
        self._samples = 0

    def play(self, sound: Samples) -> None:
        frame = self._av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[None, :]), format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        frame.pts, frame.time_base = self._samples, Fraction(1, RATE_HZ)
        self._samples += len(sound)
        try:
            self._file.mux(self._stream.encode(frame))
        except OSError as wrong:
            raise LoudspeakerError(str(wrong)) from wrong

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as wrong:
            raise LoudspeakerError(str(wrong)) from wrong


class FileLoudspeaker:
    """A sound file in a loudspeaker's place: what the last call sounded like."""

    def __init__(self, file: Path) -> None:
        """Take the file, WAV."""
        self._file = file

    def open(self) -> Sounding:
        """Begin the file anew."""
        try:
            return _File(self._file)
        except OSError as wrong:
            raise LoudspeakerError(f"{self._file}: {wrong}") from wrong


class _File:
    def __init__(self, file: Path) -> None:
        self._wave = wave.open(str(file), "wb")  # noqa: SIM115 - open for the whole call
        self._wave.setnchannels(1)
        self._wave.setsampwidth(2)
        self._wave.setframerate(RATE_HZ)

    def play(self, sound: Samples) -> None:
        self._wave.writeframes(sound.astype("<i2").tobytes())

    def close(self) -> None:
        self._wave.close()
