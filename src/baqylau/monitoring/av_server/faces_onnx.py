"""Better models for faces, which an installation brings as ONNX: a detector like YuNet, a network like ArcFace's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from baqylau.monitoring.av_server.faces import Face
from baqylau.monitoring.av_server.models import Entry
from baqylau.monitoring.av_server.onnx_sessions import opened
from baqylau.monitoring.av_server.recording import Pixels, Reals

_STRIDES = (8, 16, 32)
_SURE = 0.7
_EAGER = 0.4
_OVERLAP_MAX = 0.3
_PLACES = np.array([[38.29, 51.70], [73.53, 51.50], [56.03, 71.74], [41.55, 92.37], [70.73, 92.20]]) / 112
"""Where eyes, tip of the nose and corners of the mouth belong, as shares of the picture's side."""


class OnnxFinder:
    """A detector whose outputs are named as YuNet's: `cls_8`, `obj_8`, `bbox_8`, `kps_8` and so on for 16 and 32."""

    def __init__(self, path: Path) -> None:
        """Take the file."""
        self._session = opened(path)
        self._input = self._session.get_inputs()[0].name

    def find(self, pixels: Pixels, *, eager: bool = False) -> list[Face]:
        """Give the faces, the largest first."""
        height, width = pixels.shape[:2]
        grid = np.zeros((-(-height // 32) * 32, -(-width // 32) * 32, 3), np.float32)
        grid[:height, :width] = pixels[:, :, ::-1]
        names = [f"{part}_{stride}" for stride in _STRIDES for part in ("cls", "obj", "bbox", "kps")]
        values = dict(zip(names, self._session.run(names, {self._input: grid.transpose(2, 0, 1)[None]}), strict=True))
        found = [face for stride in _STRIDES for face in _faces(values, stride, grid.shape[1])]
        least = _EAGER if eager else _SURE
        kept = _apart([face for face in found if face[0] >= least])
        return sorted((_face(row) for row in kept), key=lambda face: -face.width_px)


def _faces(values: dict[str, Any], stride: int, width: int) -> list[tuple[float, Reals, Reals]]:
    """Give score, box and points of each cell of one size."""
    scores = np.sqrt(np.clip(values[f"cls_{stride}"][0, :, 0] * values[f"obj_{stride}"][0, :, 0], 0, 1))
    columns = width // stride
    found = []
    for index in np.flatnonzero(scores >= _EAGER).tolist():
        cell = np.array([index % columns, index // columns], dtype=np.float64)
        bbox = values[f"bbox_{stride}"][0, index].astype(np.float64)
        middle, size = (cell + bbox[:2]) * stride, np.exp(bbox[2:]) * stride
        points = (values[f"kps_{stride}"][0, index].astype(np.float64).reshape(5, 2) + cell) * stride
        found.append((float(scores[index]), np.concatenate([middle - size / 2, size]), points))
    return found


def _apart(found: list[tuple[float, Reals, Reals]]) -> list[tuple[float, Reals, Reals]]:
    """Leave one of those that lie upon one another: the surest."""
    kept: list[tuple[float, Reals, Reals]] = []
    for one in sorted(found, key=lambda row: -row[0]):
        if all(_overlap(one[1], other[1]) <= _OVERLAP_MAX for other in kept):
            kept.append(one)
    return kept


def _overlap(one: Reals, other: Reals) -> float:
    corner = np.maximum(one[:2], other[:2])
    inside = np.clip(np.minimum(one[:2] + one[2:], other[:2] + other[2:]) - corner, 0, None)
    both = float(inside.prod())
    return both / (float(one[2:].prod()) + float(other[2:].prod()) - both)


def _face(row: tuple[float, Reals, Reals]) -> Face:
    """Put the detector's five points in the order of the others: the eye twice stands for its two corners."""
    _, box, points = row
    left, top, width, height = (round(float(value)) for value in box)
    first, second = sorted(points[:2].tolist())
    five = np.array([second, second, first, first, points[2].tolist()])
    mouth = sorted(points[3:5].tolist())
    return Face((left, top, width, height), five, np.array([first, second, points[2].tolist(), *mouth]))


class OnnxEmbedder:
    """A network that gives a vector for an upright, aligned face."""

    def __init__(self, path: Path, entry: Entry) -> None:
        """Take the file and how it wants its picture."""
        self._session = opened(path)
        self._input = self._session.get_inputs()[0].name
        self._entry = entry
        self.mark = entry.mark

    def vector(self, pixels: Pixels, face: Face) -> Reals:
        """Give the vector, of length one."""
        how = self._entry.input
        picture = aligned(pixels, face, how.size).astype(np.float32)
        ordered = picture if how.colour == "rgb" else picture[:, :, ::-1]
        batch = ((ordered - how.mean) / how.std).transpose(2, 0, 1)[None]
        raw = self._session.run(None, {self._input: np.ascontiguousarray(batch)})[0]
        return _unit(np.asarray(raw, dtype=np.float64).reshape(-1))

    def template(self, vectors: Sequence[Reals]) -> Reals:
        """Give their mean, of length one."""
        return _unit(np.mean(np.asarray(vectors), axis=0))


def aligned(pixels: Pixels, face: Face, size: int) -> Pixels:
    """Give the face upright, its points where the network learned them; by the eyes alone where only they are known."""
    known = face.landmarks if face.landmarks is not None else face.eyes
    scale, turn, shift = _similarity(_PLACES[: len(known)] * size, np.asarray(known, dtype=np.float64))
    matrix = scale * turn
    coefficients = (matrix[0, 0], matrix[0, 1], shift[0], matrix[1, 0], matrix[1, 1], shift[1])
    upright = Image.fromarray(pixels).transform(
        (size, size), Image.Transform.AFFINE, coefficients, resample=Image.Resampling.BILINEAR
    )
    return np.asarray(upright)


def _similarity(here: Reals, there: Reals) -> tuple[float, Reals, Reals]:
    """Give scale, rotation and shift that bring `here` nearest to `there` (least squares, Umeyama 1991)."""
    from_middle, to_middle = here.mean(axis=0), there.mean(axis=0)
    one, other = here - from_middle, there - to_middle
    left, strength, right = np.linalg.svd(other.T @ one)
    flip = np.diag([1.0, np.sign(np.linalg.det(left @ right))])
    turn = left @ flip @ right
    scale = float((strength * np.diag(flip)).sum() / (one**2).sum())
    return scale, turn, to_middle - scale * turn @ from_middle


def _unit(vector: Reals) -> Reals:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))
