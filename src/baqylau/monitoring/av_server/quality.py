"""How good a picture of a face is: large, sharp and light enough. What is poor weighs less, or not at all."""

import numpy as np
from msgspec import Struct

from baqylau.monitoring.av_server.recording import Pixels, Reals
from baqylau.monitoring.av_server.report import Fault

WIDTH_LEAST_PX = 64
WIDTH_GOOD_PX = 110
SHARP_LEAST = 12.0
SHARP_GOOD = 60.0
DARK = 45.0
BRIGHT = 225.0
CONTRAST_LEAST = 12.0
WEIGHT_LEAST = 0.6
"""Of a picture that is just good enough."""
_SIDE = 96
"""Faces are brought to this width before their sharpness is measured, so that it does not depend on distance."""
_RED, _GREEN, _BLUE = 0.299, 0.587, 0.114


class Look(Struct, frozen=True, kw_only=True):
    """A face's size in pixels, its sharpness, its lightness and its contrast (0 to 255)."""

    width_px: int
    sharpness: float
    lightness: float
    contrast: float

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Give what is too poor to compare."""
        poor = {
            Fault.TOO_SMALL: self.width_px < WIDTH_LEAST_PX,
            Fault.BLURRED: self.sharpness < SHARP_LEAST,
            Fault.DARK: self.lightness < DARK or self.contrast < CONTRAST_LEAST,
            Fault.GLARING: self.lightness > BRIGHT,
        }
        return tuple(fault for fault, found in poor.items() if found)

    @property
    def weight(self) -> float:
        """Give from 0 to 1 how much a comparison of it counts."""
        if self.faults:
            return 0.0
        size = (self.width_px - WIDTH_LEAST_PX) / (WIDTH_GOOD_PX - WIDTH_LEAST_PX)
        sharp = (self.sharpness - SHARP_LEAST) / (SHARP_GOOD - SHARP_LEAST)
        return WEIGHT_LEAST + (1 - WEIGHT_LEAST) * max(0.0, min(1.0, size, sharp))


def grey(pixels: Pixels) -> Reals:
    """Give the lightness of each pixel."""
    if pixels.ndim == 2:  # noqa: PLR2004 - grey already
        return pixels.astype(np.float64)
    return np.asarray(pixels @ np.array([_RED, _GREEN, _BLUE]))


def cut(pixels: Pixels, box: tuple[int, int, int, int]) -> Pixels:
    """Give the part of a picture in a box, as far as it lies within."""
    left, top, width, height = box
    return pixels[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]


def look(pixels: Pixels, box: tuple[int, int, int, int]) -> Look:
    """Measure a face."""
    inside = grey(cut(pixels, box))
    if min(inside.shape) < 8:  # noqa: PLR2004 - too few pixels to measure anything
        return Look(width_px=box[2], sharpness=0.0, lightness=0.0, contrast=0.0)
    return Look(
        width_px=box[2],
        sharpness=sharpness(inside),
        lightness=float(inside.mean()),
        contrast=float(inside.std()),
    )


def sharpness(inside: Reals) -> float:
    """Give the variance of the second derivative at one and the same size."""
    step = max(1, inside.shape[1] // _SIDE)
    rows, columns = (inside.shape[0] // step) * step, (inside.shape[1] // step) * step
    small = inside[:rows, :columns].reshape(rows // step, step, columns // step, step).mean(axis=(1, 3))
    bend = small[1:-1, :-2] + small[1:-1, 2:] + small[:-2, 1:-1] + small[2:, 1:-1] - 4 * small[1:-1, 1:-1]
    return float(bend.var()) if bend.size else 0.0
