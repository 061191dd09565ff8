"""How many faces there are in a picture, and how large: dlib's detector where it is installed. It knows nobody."""

from collections.abc import Callable

from baqylau.links.camera import Pixels

Finder = Callable[[Pixels], tuple[int, float]]
"""Gives how many faces there are, and the height of the largest, of the picture's."""
_EVERY = 2
"""Only every second pixel of each side: a face that counts is large."""


def face_finder() -> Finder | None:
    """Give what finds faces, None where it is not installed."""
    try:
        from dlib import get_frontal_face_detector  # noqa: PLC0415 - the extra `av` brings it
    except ModuleNotFoundError:
        return None
    detector = get_frontal_face_detector()

    def find(pixels: Pixels) -> tuple[int, float]:
        small = pixels[::_EVERY, ::_EVERY].copy()
        found = detector(small, 0)
        return len(found), max((one.height() / len(small) for one in found), default=0.0)

    return find
