"""Better models for voices, which an installation brings as ONNX: they hear 80 bands, as Kaldi makes them."""

from pathlib import Path

import numpy as np

from baqylau.monitoring.av_server.onnx_sessions import opened
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Reals

_BANDS = 80
_FRAME = 400
_HOP = 160
_FFT = 512
_LOW_HZ = 20.0
_EMPHASIS = 0.97
_FLOOR = 1.1920929e-07


class OnnxVoice:
    """A network that takes `(1, frames, 80)` and gives one vector, as those of WeSpeaker and 3D-Speaker do."""

    def __init__(self, path: Path, mark: str) -> None:
        """Take the file, and the name and hash under which its vectors go."""
        self._session = opened(path)
        self._input = self._session.get_inputs()[0].name
        self.mark = mark

    def vector(self, speech: Reals) -> Reals:
        """Give the vector, of length one."""
        heard = filter_banks(speech).astype(np.float32)[None]
        raw = np.asarray(self._session.run(None, {self._input: heard})[0], dtype=np.float64).reshape(-1)
        return np.asarray(raw / max(float(np.linalg.norm(raw)), 1e-9))


def filter_banks(speech: Reals) -> Reals:
    """Give the logarithms of 80 bands every 10 ms, each band's mean over the whole taken away."""
    frames = np.lib.stride_tricks.sliding_window_view(np.asarray(speech, dtype=np.float64) * 32768, _FRAME)[::_HOP]
    level = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([level[:, :1], level[:, :-1]], axis=1)
    window = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(_FRAME) / (_FRAME - 1))
    spectra = np.abs(np.fft.rfft((level - _EMPHASIS * before) * window, _FFT, axis=1)) ** 2
    heard = np.log(np.maximum(spectra @ _bands().T, _FLOOR))
    return np.asarray(heard - heard.mean(axis=0))


def _bands() -> Reals:
    """Give triangles that are even in mel = 1127 ln(1 + f/700)."""
    lines = _mel(np.arange(_FFT // 2 + 1) * SAMPLE_HZ / _FFT)
    lowest, highest = _mel(np.array([_LOW_HZ, SAMPLE_HZ / 2])).tolist()
    edges = np.linspace(lowest, highest, _BANDS + 2)
    rising = (lines[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - lines[None]) / (edges[2:] - edges[1:-1])[:, None]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)))


def _mel(hz: Reals) -> Reals:
    return np.asarray(1127 * np.log1p(hz / 700))
