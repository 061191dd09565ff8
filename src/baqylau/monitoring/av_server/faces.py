"""Faces in a picture: where they are, five points of each, and a vector that tells people apart."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from msgspec import Struct

from baqylau.monitoring.av_server.recording import Pixels, Reals

NOSE = 4
_EYES = ((0, 1), (2, 3))
"""Of the five points: outer and inner corner of the eye on the picture's right, then of the one on its left."""


class Face(Struct, frozen=True):
    """A face as it was found."""

    box: tuple[int, int, int, int]
    """Left, top, width and height in pixels."""
    points: Reals
    """Five points, x and y: corners of the eyes and the base of the nose."""
    landmarks: Reals | None = None
    """What a better detector gives: eyes, tip of the nose and corners of the mouth, from the picture's left."""

    @property
    def width_px(self) -> int:
        """Give the width of the box."""
        return self.box[2]

    @property
    def eyes(self) -> Reals:
        """Give the middle of the eye on the picture's left, then of the other."""
        middles = [self.points[list(pair)].mean(axis=0) for pair in _EYES]
        return np.array(sorted(middles, key=lambda middle: float(middle[0])))


class Finder(Protocol):
    """Finds faces. `eager` also takes those that are turned away, at the price of some that are none."""

    def find(self, pixels: Pixels, *, eager: bool = False) -> list[Face]:
        """Give the faces, the largest first."""
        ...


class Embedder(Protocol):
    """Makes the vector of a face."""

    mark: str

    def vector(self, pixels: Pixels, face: Face) -> Reals:
        """Give the vector: one direction and length per person, as nearly as the model can."""
        ...

    def template(self, vectors: Sequence[Reals]) -> Reals:
        """Give the one vector that stands for several pictures of a person."""
        ...


def distance(vector: Reals, template: Reals) -> float:
    """Give how far a face is from a template; 0 is the same picture."""
    return float(np.linalg.norm(vector - template))


class DlibFinder:
    """The detector that is compiled into dlib, with the predictor of five points."""

    _EAGER = -0.4
    _SURE = 0.1

    def __init__(self, landmarks: Path) -> None:
        """Take the file of the five points."""
        import dlib  # noqa: PLC0415 - of the extra: all else must load without it

        self._run = dlib.get_frontal_face_detector()
        self._points = dlib.shape_predictor(str(landmarks))

    def find(self, pixels: Pixels, *, eager: bool = False) -> list[Face]:
        """Give the faces, the largest first."""
        boxes, _, _ = self._run.run(pixels, 0, self._EAGER if eager else self._SURE)
        found = [self._within(pixels, box) for box in boxes]
        return sorted(found, key=lambda face: -face.width_px)

    def _within(self, pixels: Pixels, box: Any) -> Face:
        shape = self._points(pixels, box)
        points = np.array([(point.x, point.y) for point in shape.parts()], dtype=np.float64)
        return Face((box.left(), box.top(), box.width(), box.height()), points)


class DlibEmbedder:
    """The network of 128 numbers that comes with dlib's models."""

    def __init__(self, weights: Path, mark: str) -> None:
        """Take the file of the network, and the name and hash under which its vectors go."""
        import dlib  # noqa: PLC0415 - of the extra: all else must load without it

        self._dlib = dlib
        self._net = dlib.face_recognition_model_v1(str(weights))
        self.mark = mark

    def vector(self, pixels: Pixels, face: Face) -> Reals:
        """Give the 128 numbers."""
        left, top, width, height = face.box
        box = self._dlib.rectangle(left, top, left + width, top + height)
        points = self._dlib.points([self._dlib.point(int(x), int(y)) for x, y in face.points.tolist()])
        shape = self._dlib.full_object_detection(box, points)
        return np.array(self._net.compute_face_descriptor(pixels, shape), dtype=np.float64)

    def template(self, vectors: Sequence[Reals]) -> Reals:
        """Give their mean: this network's vectors have no fixed length."""
        return np.asarray(np.mean(np.asarray(vectors), axis=0))
