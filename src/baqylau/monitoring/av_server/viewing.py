"""What the pictures of a recording say: whose face, whether it turned as asked, whether it stayed the same one."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from baqylau.domain.challenge import SayDigit
from baqylau.domain.checks import LikenessReason
from baqylau.monitoring.av_server.continuity import Continuity, continuity
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.faces import distance
from baqylau.monitoring.av_server.fusion import Compared
from baqylau.monitoring.av_server.light import Lit, lit, skin
from baqylau.monitoring.av_server.lips import agreement, envelope, movement
from baqylau.monitoring.av_server.models import Calibration
from baqylau.monitoring.av_server.quality import cut, grey
from baqylau.monitoring.av_server.recording import Prompted, Recording
from baqylau.monitoring.av_server.report import Fault, Mark
from baqylau.monitoring.av_server.templates import Template, turned
from baqylau.monitoring.av_server.texture import texture
from baqylau.monitoring.av_server.track import EVERY_S, Sight, tracked
from baqylau.monitoring.av_server.turns import Turn, neutral, turns

Reason = LikenessReason

FRONTAL = 0.12
"""Only faces that look ahead are compared with the template."""
SHARE_COMPARED = 0.5
"""The better half of the faces says who it is."""
ASIDE_MOST = 0.5
"""Whoever says the digits looks at them, for half of the time at least: a face that is held aside is not compared."""
MARKS_MAX = 6
TEXTURES_MAX = 5
_POOR_SHARE = 0.5


class View(Struct, frozen=True, kw_only=True):
    """What was seen."""

    face: Compared | None
    compared: int
    faces: int
    marks: tuple[Mark, ...]
    faults: tuple[Fault, ...]
    turns: tuple[Turn, ...]
    steady: Continuity | None
    light: Lit | None
    texture: float | None
    several: tuple[float, ...]
    """Instants with more than one face, where two in a row have them."""
    boxes: tuple[tuple[float, tuple[float, float, float, float]], ...]
    """Instants, and the face as shares of the picture."""
    aside: bool
    """While the digits were said, the face was mostly turned so far that it was not compared."""


def viewed(
    recording: Recording, prompted: Sequence[Prompted], template: Template, models: Models, until_s: float
) -> View | None:
    """Look at the pictures; None where the models for it are missing."""
    if models.finder is None or models.embedder is None or models.face_calibration is None:
        return None
    frames = recording.frames
    every_s = EVERY_S if recording.moving else 0.0
    sights = tracked(frames, prompted, models.finder, models.embedder, every_s)
    frontal = _frontal(sights)
    face, marks = _compared(frontal, template, models.face_calibration)
    yaws = [(sight.at_s, sight.yaw) for sight in sights if sight.yaw is not None]
    span = (frames[0].at_s if frames else 0.0, max(until_s, frames[-1].at_s if frames else 0.0))
    return View(
        face=face,
        compared=len(frontal),
        faces=max((sight.faces for sight in sights), default=0),
        marks=marks,
        faults=_faults(sights),
        turns=turns(yaws, prompted),
        steady=continuity(
            [(sight.at_s, sight.vector) for sight in frontal if sight.vector is not None],
            [sight.at_s for sight in sights if sight.face is not None],
            span if recording.moving else None,
            models.face_calibration.differs_at,
        ),
        light=lit([(s.at_s, skin(s.frame.pixels, s.face.box)) for s in sights if s.face is not None], prompted),
        texture=_texture(frontal),
        several=_in_a_row([sight.at_s for sight in sights if sight.faces > 1]),
        boxes=tuple((sight.at_s, _shares(sight)) for sight in sights if sight.face is not None),
        aside=_aside(yaws, prompted),
    )


def lips_agree(recording: Recording, prompted: Sequence[Prompted], view: View) -> float | None:
    """Give how far lips and voice go together while digits are said."""
    spoken = [step for step in prompted if isinstance(step.step, SayDigit)]
    if not spoken or not view.boxes:
        return None
    from_s, until_s = spoken[0].from_s, min(spoken[-1].until_s, spoken[-1].from_s + 3)
    frames = [frame for frame in recording.motion if from_s <= frame.at_s < until_s]
    instants = np.array([at_s for at_s, _ in view.boxes])
    boxes = [view.boxes[int(np.abs(instants - frame.at_s).argmin())][1] for frame in frames]
    if not frames:
        return None
    begin = frames[0].at_s - recording.sound_from_s
    return agreement(movement(frames, boxes), envelope(recording.sound, begin, until_s - recording.sound_from_s))


def _aside(yaws: Sequence[tuple[float, float]], prompted: Sequence[Prompted]) -> bool:
    spoken = [step for step in prompted if isinstance(step.step, SayDigit)]
    straight = neutral(yaws, prompted)
    said = [yaw for at_s, yaw in yaws if any(step.from_s <= at_s < step.until_s for step in spoken)]
    return sum(abs(yaw - straight) >= FRONTAL for yaw in said) > len(said) * ASIDE_MOST


def _frontal(sights: Sequence[Sight]) -> list[Sight]:
    yaws = [sight.yaw for sight in sights if sight.vector is not None and sight.yaw is not None]
    middle = float(np.median(yaws)) if yaws else 0.0
    return [
        sight
        for sight in sights
        if sight.vector is not None
        and sight.yaw is not None
        and abs(sight.yaw - middle) < FRONTAL
        and sight.look is not None
        and not sight.look.faults
    ]


def _compared(
    frontal: Sequence[Sight], template: Template, calibration: Calibration
) -> tuple[Compared | None, tuple[Mark, ...]]:
    """Compare the better half with the template: its middle distance is the score."""
    seen = [(sight, sight.look.weight) for sight in frontal if sight.look is not None]
    if not seen:
        return None, ()
    best = sorted(seen, key=lambda pair: -pair[1])[: max(1, round(len(seen) * SHARE_COMPARED))]
    far = [
        (distance(turned(sight.vector, template), template.vectors[0]), sight, weight)
        for sight, weight in best
        if sight.vector is not None
    ]
    score = float(np.median([row[0] for row in far]))
    quality = float(np.median([row[2] for row in far]))
    nearest = sorted(far, key=lambda row: abs(row[0] - score))[:MARKS_MAX]
    marks = tuple(_mark(sight, value, calibration) for value, sight, _ in sorted(nearest, key=lambda row: row[1].at_s))
    return Compared(score=score, quality=quality, calibration=calibration), marks


def _mark(sight: Sight, value: float, calibration: Calibration) -> Mark:
    if calibration.matches(value):
        reason = Reason.FACE_AGREES
    else:
        reason = Reason.FACE_DIFFERS if calibration.differs(value) else Reason.FACE_DOUBTED
    left, top, width, height = (round(1000 * share) for share in _shares(sight))
    return Mark(
        at_s=sight.at_s, until_s=sight.at_s, reason=reason, box=(left, top, width, height), value=round(value, 3)
    )


def _shares(sight: Sight) -> tuple[float, float, float, float]:
    height, width = sight.frame.pixels.shape[:2]
    left, top, wide, high = sight.face.box if sight.face is not None else (0, 0, 0, 0)
    return left / width, top / height, wide / width, high / height


def _faults(sights: Sequence[Sight]) -> tuple[Fault, ...]:
    """Give what is wrong with at least half of the faces."""
    looks = [sight.look for sight in sights if sight.look is not None]
    counts = Counter(fault for look in looks for fault in look.faults)
    poor = [fault for fault, count in counts.items() if count >= len(looks) * _POOR_SHARE]
    return (*poor, Fault.FACE_LOST) if len(looks) < len(sights) * _POOR_SHARE else tuple(poor)


def _texture(frontal: Sequence[Sight]) -> float | None:
    some = frontal[:: max(1, len(frontal) // TEXTURES_MAX)]
    values = [texture(grey(cut(sight.frame.pixels, sight.face.box))) for sight in some if sight.face is not None]
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None


def _in_a_row(instants: Sequence[float]) -> tuple[float, ...]:
    """Keep instants that have another within a second: a single one may be a picture on the wall, taken for a face."""
    return tuple(at_s for at_s in instants if any(0 < abs(other - at_s) <= 3 * EVERY_S for other in instants))
