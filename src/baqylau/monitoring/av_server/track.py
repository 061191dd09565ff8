"""The faces of a recording, one after the other: where, how turned, how good, and whose they might be."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from baqylau.domain.challenge import TurnHead
from baqylau.monitoring.av_server.faces import NOSE, Embedder, Face, Finder
from baqylau.monitoring.av_server.quality import Look, look
from baqylau.monitoring.av_server.recording import Frame, Prompted, Reals

EVERY_S = 0.5
"""How often a face is looked for and compared."""
COMPARED_MAX = 90
_FEW = 8
"""More comparisons than this are not made: in a longer recording they lie farther apart."""


class Sight(Struct, frozen=True, kw_only=True):
    """What one picture shows."""

    at_s: float
    faces: int
    face: Face | None = None
    look: Look | None = None
    vector: Reals | None = None
    frame: Frame

    @property
    def yaw(self) -> float | None:
        """Give how far the head is turned: see `turned_by`."""
        return None if self.face is None else turned_by(self.face)


def turned_by(face: Face) -> float:
    """Give how far the nose lies from the middle between the eyes, in distances of the eyes.

    Positive where the nose points to the picture's right, which is the person's own left. A flat picture keeps its
    value however it is held.
    """
    left, right = face.eyes
    across = right - left
    length = max(float(np.linalg.norm(across)), 1e-6)
    return float((face.points[NOSE] - (left + right) / 2) @ across / length**2)


def tracked(
    frames: Sequence[Frame], prompted: Sequence[Prompted], finder: Finder, embedder: Embedder, every_s: float = EVERY_S
) -> list[Sight]:
    """Look at a frame each half second, and at every frame while the head is to be turned."""
    turns = [step for step in prompted if isinstance(step.step, TurnHead)]
    lasts_s = frames[-1].at_s - frames[0].at_s if frames else 0.0
    compared = _each(frames, max(every_s, lasts_s / COMPARED_MAX))
    sights = []
    last: Face | None = None
    for frame in frames:
        turning = any(step.from_s <= frame.at_s < step.until_s for step in turns)
        if frame.at_s not in compared and not turning:
            continue
        sight = _sight(frame, finder, last, eager=turning)
        last = sight.face or last
        wanted = sight.face is not None and frame.at_s in compared
        vector = embedder.vector(frame.pixels, sight.face) if wanted and sight.face is not None else None
        sights.append(
            Sight(
                at_s=sight.at_s, faces=sight.faces, face=sight.face, look=sight.look, vector=vector, frame=frame
            )
        )  # fmt: skip
    return sights


def _each(frames: Sequence[Frame], every_s: float) -> frozenset[float]:
    """Give the instants of the frames that lie nearest after each half second; of all, where there are few."""
    instants = [frame.at_s for frame in frames]
    if len(instants) <= _FEW:
        return frozenset(instants)
    wanted = np.arange(instants[0], instants[-1] + 1e-6, every_s)
    return frozenset(instants[min(bisect_left(instants, at - 1e-6), len(instants) - 1)] for at in wanted.tolist())


def _sight(frame: Frame, finder: Finder, last: Face | None, *, eager: bool) -> Sight:
    """Find the face; while the head turns, take a doubtful one too where the last one was."""
    sure = finder.find(frame.pixels)
    face = _same(sure, last) if sure else None
    if face is None and eager and last is not None:
        face = _near(finder.find(frame.pixels, eager=True), last)
    found = None if face is None else look(frame.pixels, face.box)
    return Sight(at_s=frame.at_s, faces=max(len(sure), int(face is not None)), face=face, look=found, frame=frame)


def _same(faces: list[Face], last: Face | None) -> Face:
    """Stay with the face that was there before; else take the largest."""
    return (last is not None and _near(faces, last)) or faces[0]


def _near(faces: list[Face], last: Face) -> Face | None:
    """Give the face whose middle lies within the last one's box."""
    left, top, width, height = last.box
    for face in faces:
        x, y = face.box[0] + face.box[2] / 2, face.box[1] + face.box[3] / 2
        if left <= x <= left + width and top <= y <= top + height:
            return face
    return None
