"""What a picture and the last second of sound let one tell on the unit. Pure."""

import numpy as np
import numpy.typing as npt

from baqylau.devices.av_unit.inputs import Look

_GREY = np.array([0.299, 0.587, 0.114])
_EVERY = 4
_FULL_SCALE = 32_768


def look(pixels: npt.NDArray[np.uint8], faces: tuple[int, float] | None, loudness: float | None) -> Look:
    """Give brightness, contrast and sharpness of a picture, with what was found in it."""
    grey = pixels[::_EVERY, ::_EVERY] @ _GREY
    bends = grey[1:-1, 2:] + grey[1:-1, :-2] + grey[2:, 1:-1] + grey[:-2, 1:-1] - 4 * grey[1:-1, 1:-1]
    return Look(
        brightness=float(grey.mean()),
        contrast=float(grey.std()),
        sharpness=float((bends**2).mean()),
        faces=None if faces is None else faces[0],
        face_share=0.0 if faces is None else faces[1],
        loudness=loudness,
    )


def loudness(sound: npt.NDArray[np.int16]) -> float:
    """Give the root of the mean square of sound, 0 to 1."""
    return float(np.sqrt(np.mean((sound.astype(np.float64) / _FULL_SCALE) ** 2))) if len(sound) else 0.0
