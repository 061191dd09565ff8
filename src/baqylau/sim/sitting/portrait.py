"""A portrait that moves: the head turns, the mouth opens, the light changes colour.

Turning is parallax: what stands out from the plane of the eyes wanders, the nose most of all. It is what a program that
wears somebody's face does, so what passes for a person here would pass for one there: it shows that the comparison
works, not that nothing can deceive it.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from baqylau.monitoring.av_server.faces import NOSE, Finder

Pixels = npt.NDArray[np.uint8]
Reals = npt.NDArray[np.floating[Any]]

WIDTH_PX, HEIGHT_PX = 640, 480
EYES_PX = 72.0
"""Between the eyes: an arm's length from the camera."""
_EYES_AT = (320.0, 195.0)
_STEP = 0.05
"""Turns and mouths are made in such steps, each once."""
_NOSE_REACH = 1.25
"""The nose wanders so much farther than the number of the turn says: the points that are found lag behind. [M]"""


class NobodyError(Exception):
    """There is not one face in the picture."""


class Portrait:
    """One picture of one face, brought before the camera."""

    def __init__(self, file: Path, finder: Finder) -> None:
        """Read it. `NobodyError` where no face is found in it."""
        with Image.open(file) as opened:
            whole = opened.convert("RGB")
        small = whole.copy()
        small.thumbnail((640, 640))
        found = finder.find(np.asarray(small, dtype=np.uint8))
        if not found:
            raise NobodyError(file.name)
        share = whole.width / small.width
        eyes, nose = found[0].eyes * share, found[0].points[NOSE] * share
        middle = eyes.mean(axis=0)
        scale = float(np.linalg.norm(eyes[1] - eyes[0])) / EYES_PX
        corner = middle - np.array(_EYES_AT) * scale
        self._still = _cut(whole, corner, scale)
        self._nose = (nose - corner) / scale
        self._warped = lru_cache(maxsize=160)(self._made)

    def picture(self, turn: float = 0.0, mouth: float = 0.0) -> Pixels:
        """Give it turned: positive to the person's left, in distances of the eyes; `mouth` from 0 to 1."""
        return self._warped(round(turn / _STEP), round(mouth * 4))

    def _made(self, turn_steps: int, mouth_steps: int) -> Pixels:
        turn, mouth = turn_steps * _STEP, mouth_steps / 4
        if not turn_steps and not mouth_steps:
            return self._still
        rows, columns = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
        x, y = self._nose
        shift = turn * EYES_PX
        nose = _hill(columns - x - shift / 2, rows - y + 0.1 * EYES_PX, 0.5, 0.6)
        head = _hill(columns - x, rows - y, 1.1, 1.5)
        from_x = columns - shift * (_NOSE_REACH * nose + 0.3 * head)
        lips = y + 0.52 * EYES_PX
        below = _hill(columns - x, rows - lips - 0.3 * EYES_PX, 0.5, 0.3) * (rows > lips)
        from_y = rows - mouth * 0.22 * EYES_PX * below
        moved = _sampled(self._still, from_x, from_y)
        if mouth_steps:
            open_share = 0.75 * _hill(columns - x, rows - lips - 0.06 * EYES_PX * mouth, 0.26, 0.05 + 0.07 * mouth)
            moved = moved * (1 - open_share[..., None])
        return moved.astype(np.uint8)


def _cut(whole: Image.Image, corner: Reals, scale: float) -> Pixels:
    """Give the camera's picture; what lies beyond the portrait's edges is a plain wall."""
    right, below = corner[0] + WIDTH_PX * scale, corner[1] + HEIGHT_PX * scale
    wall = (150, 148, 142)
    room = Image.new("RGB", (round(right - corner[0]), round(below - corner[1])), wall)
    room.paste(whole, (round(-corner[0]), round(-corner[1])))
    return np.asarray(room.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.LANCZOS), dtype=np.uint8)


def _hill(across: Reals, down: Reals, wide: float, high: float) -> Reals:
    """Give a round hill of height one, its widths in distances of the eyes."""
    return np.asarray(np.exp(-((across / (wide * EYES_PX)) ** 2 + (down / (high * EYES_PX)) ** 2)))


def _sampled(pixels: Pixels, x: Reals, y: Reals) -> Reals:
    """Give a picture at places between its pixels."""
    left, top = np.clip(x, 0, WIDTH_PX - 1.001), np.clip(y, 0, HEIGHT_PX - 1.001)
    column, row = left.astype(np.int64), top.astype(np.int64)
    right, down = (left - column)[..., None].astype(np.float32), (top - row)[..., None].astype(np.float32)
    upper = pixels[row, column] * (1 - right) + pixels[row, column + 1] * right
    lower = pixels[row + 1, column] * (1 - right) + pixels[row + 1, column + 1] * right
    return np.asarray(upper * (1 - down) + lower * down)
