"""Traces of a screen or of print in a picture: regular patterns of fine lines. Kept as a score, never decided on."""

import numpy as np

from baqylau.monitoring.av_server.recording import Reals

_SIDE = 128
_RINGS = 40


def texture(inside: Reals) -> float | None:
    """Give by how much the strongest regular pattern stands above the usual fall of detail; None if too small.

    `inside`: lightness of a face. In natural pictures detail falls evenly with fineness; a grid adds peaks.
    """
    side = min(*inside.shape, _SIDE)
    if side < _SIDE // 2:
        return None
    top, left = (inside.shape[0] - side) // 2, (inside.shape[1] - side) // 2
    part = inside[top : top + side, left : left + side]
    window = np.hanning(side)
    spectrum = np.log(np.abs(np.fft.fftshift(np.fft.fft2((part - part.mean()) * np.outer(window, window)))) + 1e-3)
    across = np.arange(side) - side // 2
    far = np.hypot(*np.meshgrid(across, across)) / (side / 2)
    ring = np.clip((far * _RINGS).astype(np.int64), 0, _RINGS)
    usual = np.array([np.median(spectrum[ring == index]) for index in range(_RINGS + 1)])
    above = spectrum - usual[ring]
    fine = (far > 0.3) & (far < 1.0)  # noqa: PLR2004 - from where on skin has little of its own
    return float(np.sort(above[fine])[-4:].mean())
