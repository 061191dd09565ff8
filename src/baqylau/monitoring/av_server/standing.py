"""What was seen and heard, in the reasons' words: what supports a match and what stands in its way."""

from collections.abc import Iterable, Iterator, Sequence

from baqylau.domain.challenge import SayDigit, TurnHead
from baqylau.domain.checks import LikenessReason
from baqylau.monitoring.av_server.fusion import Findings
from baqylau.monitoring.av_server.hearing import Sounds
from baqylau.monitoring.av_server.lips import AGREE_LEAST
from baqylau.monitoring.av_server.recording import Prompted
from baqylau.monitoring.av_server.templates import Templates
from baqylau.monitoring.av_server.turns import Turn
from baqylau.monitoring.av_server.viewing import View

Reason = LikenessReason

_UNSEEN_TURNS_MAX = 1
"""A detector may lose a face that is turned far away."""
_RIGHT: dict[type, LikenessReason] = {TurnHead: Reason.TURNS_RIGHT, SayDigit: Reason.DIGITS_RIGHT}
_WRONG: dict[type, LikenessReason] = {TurnHead: Reason.TURNS_WRONG, SayDigit: Reason.DIGITS_WRONG}


def findings(
    view: View, sounds: Sounds, lips: float | None, prompted: Sequence[Prompted], templates: Templates
) -> Findings:
    """Put together what was found."""
    asked = {type(step.step) for step in prompted}
    told: dict[type, bool | None] = {TurnHead: _turned(view.turns), SayDigit: sounds.digits_right}
    answers = {kind: answer for kind, answer in told.items() if kind in asked}
    unheld = SayDigit in asked and (not sounds.answers or templates.voice is None)
    return Findings(
        face=view.face,
        voice=sounds.voice,
        voice_wanted=SayDigit in asked and templates.voice is not None,
        alive=_all(answers.values()),
        challenged=bool(answers),
        doubts=(
            *_of_faces(view),
            *(_WRONG[kind] for kind, answer in answers.items() if answer is False),
            *((Reason.NO_MODEL if sounds.unable else Reason.NO_TEMPLATE,) if unheld else ()),
            *_of_signs(view, lips),
        ),
        support=tuple(_RIGHT[kind] for kind, answer in answers.items() if answer),
    )


def _all(answers: Iterable[bool | None]) -> bool | None:
    """Tell whether everything asked for was done; one wrong answer is enough, one missing leaves it open."""
    known = list(answers)
    if False in known:
        return False
    return None if not known or None in known else True


def _turned(turns: Sequence[Turn]) -> bool | None:
    """Tell whether the head was turned as asked; None where too little was seen of it."""
    if any(turn.right is False for turn in turns):
        return False
    unseen = sum(turn.right is None for turn in turns)
    return True if turns and unseen <= _UNSEEN_TURNS_MAX and unseen < len(turns) else None


def _of_faces(view: View) -> Iterator[LikenessReason]:
    """Give what keeps the faces from being one person's, well seen."""
    steady = view.steady
    if view.several:
        yield Reason.SEVERAL_FACES
    if steady is not None and steady.changed:
        yield Reason.FACE_CHANGED
    if view.face is None:
        yield Reason.TOO_POOR if view.boxes else Reason.FACE_NOT_SEEN
    elif view.aside or (steady is not None and steady.gaps):
        yield Reason.FACE_NOT_SEEN


def _of_signs(view: View, lips: float | None) -> Iterator[LikenessReason]:
    """Give what keeps picture, sound and lamp from belonging together."""
    if lips is not None and lips < AGREE_LEAST:
        yield Reason.LIPS_DISAGREE
    if view.light is not None and not view.light.enough:
        yield Reason.LIGHT_NOT_SEEN
