"""A photograph's picture alone: what cameras write beside it (place, time, device, remarks) is left out."""

from collections.abc import Iterator

BEGINNING, END = b"\xff\xd8", b"\xff\xd9"
SIDE_MAX = 2_000
"""Pixels. A picture of few octets may still be made to fill the memory of whoever shows it."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN = 0xDA
_LEFT_OUT = frozenset({*range(0xE1, 0xF0), 0xFE})
"""Markers of what programs and cameras add, and of remarks; `0xE0` says how pixels lie and stays."""


class NoPhotoError(Exception):
    """These bytes are no JPEG that can be shown."""


def bare(photo: bytes) -> bytes:
    """Give a JPEG with its picture alone. `NoPhotoError`."""
    if not photo.startswith(BEGINNING):
        raise NoPhotoError
    kept, framed, at = [BEGINNING], False, len(BEGINNING)
    for marker, segment in _segments(photo):
        at += len(segment)
        if marker in _FRAMES:
            framed = True
            _shown(segment)
        if marker not in _LEFT_OUT:
            kept.append(segment)
    end = photo.find(END, at)
    if not framed or end < 0:
        raise NoPhotoError
    return b"".join([*kept, photo[at:end], END])


def _segments(photo: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the segments up to the picture's own octets, each with its marker."""
    at, marker = len(BEGINNING), 0
    while marker != _SCAN:
        if len(photo) < at + 4 or photo[at] != 0xFF:  # noqa: PLR2004 - how every marker begins
            raise NoPhotoError
        marker, length = photo[at + 1], int.from_bytes(photo[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(photo):  # noqa: PLR2004 - a length counts itself
            raise NoPhotoError
        yield marker, photo[at:end]
        at = end


def _shown(frame: bytes) -> None:
    """Refuse a picture that is larger than any that is needed."""
    height, width = int.from_bytes(frame[5:7], "big"), int.from_bytes(frame[7:9], "big")
    if not (0 < height <= SIDE_MAX and 0 < width <= SIDE_MAX):
        raise NoPhotoError
