"""From sound to what the ear hears: short spectra, gathered in bands that lie as the ear's do."""

from functools import cache

import numpy as np

from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Reals

_LINEAR_HZ = 200 / 3
_BEND_HZ = 1000.0
_BEND_MEL = _BEND_HZ / _LINEAR_HZ
_STEP = np.log(6.4) / 27


def slaney_mel(hz: Reals) -> Reals:
    """Give the pitch that is heard (Slaney 1998): straight below 1 kHz, logarithmic above."""
    return np.where(hz < _BEND_HZ, hz / _LINEAR_HZ, _BEND_MEL + np.log(np.maximum(hz, _BEND_HZ) / _BEND_HZ) / _STEP)


def slaney_hz(mel: Reals) -> Reals:
    """Give the frequency of a pitch."""
    return np.where(mel < _BEND_MEL, mel * _LINEAR_HZ, _BEND_HZ * np.exp(_STEP * (mel - _BEND_MEL)))


@cache
def bands(count: int, fft: int, low_hz: float = 0.0, high_hz: float = SAMPLE_HZ / 2) -> Reals:
    """Give the weights of each spectral line in each band, of equal area: shape (bands, lines)."""
    lowest, highest = slaney_mel(np.array([low_hz, high_hz])).tolist()
    edges = slaney_hz(np.linspace(lowest, highest, count + 2))
    lines = np.linspace(0, SAMPLE_HZ / 2, fft // 2 + 1)
    rising = (lines[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - lines[None]) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.maximum(0, np.minimum(rising, falling))
    return np.asarray(weights * (2 / (edges[2:] - edges[:-2]))[:, None])


def powers(sound: Reals, *, fft: int, hop: int) -> Reals:
    """Give the power spectra of frames whose middles lie `hop` samples apart, from the first sample on."""
    padded = np.pad(np.asarray(sound, dtype=np.float64), fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, fft)[::hop]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(fft) / fft)
    return np.asarray(np.abs(np.fft.rfft(frames * window, axis=1)) ** 2)


@cache
def cosines(kept: int, count: int) -> Reals:
    """Give the matrix that turns logarithms of bands into cepstra (the cosine transform, without its first row)."""
    rows = np.arange(1, kept + 1)[:, None] * (2 * np.arange(count)[None] + 1)
    return np.asarray(np.cos(np.pi * rows / (2 * count)) * np.sqrt(2 / count))
