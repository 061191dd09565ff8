"""A network that hears spoken digits, which an installation brings as ONNX: for those who have none enrolled too."""

from pathlib import Path
from typing import Protocol

import numpy as np

from baqylau.monitoring.av_server.models import Calibration
from baqylau.monitoring.av_server.onnx_sessions import opened
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Reals
from baqylau.monitoring.av_server.voices_onnx import filter_banks

_LEAST_S = 0.12
_DIGITS = 10
_BANDS = 80
_SURE = 0.5
_TRIED_FRAMES = 50


class DigitModel(Protocol):
    """Hears which digit was said, whoever says it."""

    mark: str

    def digit(self, sound: Reals) -> int | None:
        """Give the digit; None where nothing was said, something else, or too unclearly."""
        ...


class OnnxDigits:
    """A network that takes `(1, frames, 80)` as those for voices do, and gives a value for each digit from 0 to 9.

    Further values stand for what is no digit. The calibration's score is the share of the surest (softmax).
    """

    def __init__(self, path: Path, mark: str, calibration: Calibration | None) -> None:
        """Take the file, its mark, and from where on it is believed. `ValueError` where it gives too few values."""
        self._session = opened(path)
        self._input = self._session.get_inputs()[0].name
        self.mark, self._calibration = mark, calibration
        if len(self._values(np.zeros((_TRIED_FRAMES, _BANDS)))) < _DIGITS:
            msg = "too few outputs"
            raise ValueError(msg)

    def digit(self, sound: Reals) -> int | None:
        """Give the digit; None where nothing was said, something else, or too unclearly."""
        if len(sound) < _LEAST_S * SAMPLE_HZ:
            return None
        values = self._values(filter_banks(sound))
        shares = np.exp(values - values.max())
        best = int(shares.argmax())
        share = float(shares[best] / shares.sum())
        believed = share >= _SURE if self._calibration is None else self._calibration.matches(share)
        return best if best < _DIGITS and believed else None

    def _values(self, heard: Reals) -> Reals:
        raw = self._session.run(None, {self._input: heard.astype(np.float32)[None]})[0]
        return np.asarray(raw, dtype=np.float64).reshape(-1)
