"""The voice of somebody who says digits: recorded takes, laid out in time."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from baqylau.monitoring.av_server.enrolment import sound
from baqylau.monitoring.av_server.recording import SAMPLE_HZ

Samples = npt.NDArray[np.int16]
Reals = npt.NDArray[np.float64]

RATE_HZ = 48_000
_LEVEL = 0.12
"""Root of the mean square of a digit, of full scale."""
_HISS = 3e-4


def take(file: Path) -> Reals:
    """Read a recorded digit at `RATE_HZ`, at the level of a voice an arm's length away."""
    heard = np.asarray(sound(file.read_bytes()), dtype=np.float64)
    times = RATE_HZ // SAMPLE_HZ
    padded = np.pad(heard, (0, -len(heard) % 2))
    finer = np.fft.irfft(np.fft.rfft(padded), len(padded) * times) * times
    return np.asarray(finer * (_LEVEL / max(float(np.sqrt(np.mean(finer**2))), 1e-6)))


class Track:
    """Sound that is put together while it is listened to."""

    def __init__(self, draw: np.random.Generator) -> None:
        """Begin in a quiet room."""
        self._draw = draw
        self._said: list[tuple[int, Reals]] = []

    def say(self, at_s: float, what: Reals) -> None:
        """Let something be heard from an instant on."""
        self._said.append((round(at_s * RATE_HZ), what))

    def between(self, from_s: float, until_s: float) -> Samples:
        """Give what is heard."""
        begin, end = round(from_s * RATE_HZ), round(until_s * RATE_HZ)
        heard = self._draw.normal(0, _HISS, end - begin)
        for at, what in self._said:
            first, last = max(at, begin), min(at + len(what), end)
            if first < last:
                heard[first - begin : last - begin] += what[first - at : last - at]
        return (np.clip(heard, -1, 1) * 32_767).astype(np.int16)

    def loudness(self, at_s: float) -> float:
        """Give how loud it is at an instant, 0 to 1 for a voice."""
        middle, half = round(at_s * RATE_HZ), RATE_HZ // 30
        loud = 0.0
        for at, what in self._said:
            part = what[max(0, middle - half - at) : max(0, middle + half - at)]
            if len(part):
                loud = max(loud, float(np.sqrt(np.mean(part**2))))
        return min(1.0, loud / (2 * _LEVEL))


class Voice:
    """A speaker: for each digit some takes that are said one after the other."""

    def __init__(self, takes: dict[int, Sequence[Reals]]) -> None:
        """Take the recorded digits."""
        self._takes = takes
        self._said = 0

    def digit(self, number: int) -> Reals:
        """Say a digit; of its takes each time the next."""
        self._said += 1
        return self._takes[number][self._said % len(self._takes[number])]
