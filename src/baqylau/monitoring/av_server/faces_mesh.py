"""A mesh of the face, which an installation brings as ONNX: its points take the place of the detector's five.

For networks like MediaPipe's Face Mesh: a square picture in, 468 or 478 points of three numbers out.
"""

from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from PIL import Image

from baqylau.monitoring.av_server.faces import Face, Finder
from baqylau.monitoring.av_server.onnx_sessions import opened
from baqylau.monitoring.av_server.recording import Pixels, Reals

_SIZES = (468 * 3, 478 * 3)
_SIDE = 192
_MARGIN = 1.5
"""The network learned from faces with so much around them."""
_FIVE = (263, 362, 33, 133, 2)
"""Of the mesh: corners of the eye on the picture's right, outer first, of the other, and the base of the nose."""


class MeshFinder:
    """Finds faces by another finder, and their points by the mesh."""

    def __init__(self, finder: Finder, path: Path) -> None:
        """Take who finds faces, and the file. `ValueError` where the network gives no mesh."""
        self._finder, self._session = finder, opened(path)
        given = self._session.get_inputs()[0]
        self._input, shape = given.name, given.shape
        self._last = shape[-1] == 3  # noqa: PLR2004 - colours are the last axis
        side = shape[1] if self._last else shape[-1]
        self._side = side if isinstance(side, int) else _SIDE
        if self._mesh(np.zeros((self._side, self._side, 3), dtype=np.uint8))[0] is None:
            msg = "no output is a mesh"
            raise ValueError(msg)

    def find(self, pixels: Pixels, *, eager: bool = False) -> list[Face]:
        """Give the faces, the largest first."""
        return [self._refined(pixels, face) for face in self._finder.find(pixels, eager=eager)]

    def _refined(self, pixels: Pixels, face: Face) -> Face:
        left, top, width, height = face.box
        side = _MARGIN * max(width, height)
        corner = np.array([left + width / 2, top + height / 2]) - side / 2
        around = (corner[0], corner[1], corner[0] + side, corner[1] + side)
        shown = Image.fromarray(pixels).transform(
            (self._side, self._side), Image.Transform.EXTENT, around, resample=Image.Resampling.BILINEAR
        )
        mesh, sure = self._mesh(np.asarray(shown))
        if mesh is None or not sure:
            return face
        return replace(face, points=mesh[list(_FIVE)] / self._side * side + corner)

    def _mesh(self, shown: Pixels) -> tuple[Reals | None, bool]:
        """Give the points in pixels of the square, and whether the network saw a face there (where it says so)."""
        batch = (shown.astype(np.float32) / 255)[None]
        ordered = batch if self._last else np.ascontiguousarray(batch.transpose(0, 3, 1, 2))
        values: list[Any] = self._session.run(None, {self._input: ordered})
        mesh = next((value for value in values if value.size in _SIZES), None)
        flags = [float(value.reshape(-1)[0]) for value in values if value.size == 1]
        points = None if mesh is None else np.asarray(mesh, dtype=np.float64).reshape(-1, 3)[:, :2]
        return points, all(flag >= 0 for flag in flags)
