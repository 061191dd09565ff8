"""From single findings to one of three outcomes. Who it is and whether it is live are two questions.

*Match* needs a face that agrees, a voice that agrees where one was enrolled, one person from the beginning to the end,
and the challenge answered. *No match* needs a good recording that shows another. All between them a person looks at.
"""

from collections.abc import Sequence

from msgspec import Struct

from baqylau.domain.checks import Likely, LikenessReason
from baqylau.monitoring.av_server.models import Calibration

Reason = LikenessReason

MATCH_LLR = 4.6
"""A hundred times likelier from the person than from another, both together."""
DIFFER_LLR = -4.6
_VOICE_LLR_MAX = 6.0
"""A calibration does not carry from one microphone to another: beyond this a voice says no more."""
_FACE_LLR_MAX = 12.0
_MIXED = frozenset({Reason.SEVERAL_FACES, Reason.FACE_CHANGED})
"""Whose face was compared is then for a person to say."""


class Compared(Struct, frozen=True, kw_only=True):
    """One comparison with a template: the score, and from 0 to 1 how much the recording lets it weigh."""

    score: float
    quality: float
    calibration: Calibration

    def llr(self, limit: float) -> float:
        """Give what it says, weakened by a poor recording and bounded."""
        return max(-limit, min(limit, self.calibration.llr(self.score))) * self.quality


class Findings(Struct, frozen=True, kw_only=True):
    """All that was found in a recording. None: it could not be told, or was not asked for."""

    face: Compared | None = None
    voice: Compared | None = None
    voice_wanted: bool = False
    """A voice is enrolled and speech was asked for."""
    alive: bool | None = None
    """Whether the challenge was answered."""
    challenged: bool = False
    """Something was asked for that shows that the person is there now."""
    doubts: tuple[Reason, ...] = ()
    """What keeps it from being a match, whoever it is."""
    support: tuple[Reason, ...] = ()


class Outcome(Struct, frozen=True, kw_only=True):
    """What follows."""

    likely: Likely
    reasons: tuple[Reason, ...]
    face_llr: float | None
    voice_llr: float | None
    fused_llr: float | None


def fused(found: Findings) -> Outcome:
    """Give the outcome of an identity check or of the photos of a breath test."""
    face_llr = None if found.face is None else found.face.llr(_FACE_LLR_MAX)
    voice_llr = None if found.voice is None else found.voice.llr(_VOICE_LLR_MAX)
    known = [llr for llr in (face_llr, voice_llr) if llr is not None]
    both = sum(known) if known else None
    about = (*_faces(found), *_voices(found))
    likely = _likely(found, about, both)
    return Outcome(
        likely=likely,
        reasons=_ordered(likely, about, found),
        face_llr=face_llr,
        voice_llr=voice_llr,
        fused_llr=both,
    )


def _likely(found: Findings, about: Sequence[Reason], both: float | None) -> Likely:
    if both is None:
        return Likely.NOT_JUDGED
    other = Reason.FACE_DIFFERS in about and Reason.VOICE_AGREES not in about and not _MIXED & set(found.doubts)
    if other and both <= DIFFER_LLR:
        return Likely.NO_MATCH
    answered = found.alive is True or not found.challenged
    wanted = {Reason.FACE_AGREES} | ({Reason.VOICE_AGREES} if found.voice_wanted else set())
    if wanted <= set(about) and both >= MATCH_LLR and answered and not found.doubts:
        return Likely.MATCH
    return Likely.REVIEW


def _faces(found: Findings) -> tuple[Reason, ...]:
    if found.face is None:
        return () if Reason.FACE_NOT_SEEN in found.doubts else (Reason.FACE_NOT_SEEN,)
    if found.face.calibration.matches(found.face.score):
        return (Reason.FACE_AGREES,)
    return (Reason.FACE_DIFFERS if found.face.calibration.differs(found.face.score) else Reason.FACE_DOUBTED,)


def _voices(found: Findings) -> tuple[Reason, ...]:
    if found.voice is None:
        missing = found.voice_wanted and Reason.VOICE_NOT_HEARD not in found.doubts
        return (Reason.VOICE_NOT_HEARD,) if missing else ()
    if found.voice.calibration.matches(found.voice.score):
        return (Reason.VOICE_AGREES,)
    return (Reason.VOICE_DIFFERS if found.voice.calibration.differs(found.voice.score) else Reason.VOICE_DOUBTED,)


_AGREES = frozenset({Reason.FACE_AGREES, Reason.VOICE_AGREES, Reason.DIGITS_RIGHT, Reason.TURNS_RIGHT})


def _ordered(likely: Likely, about: Sequence[Reason], found: Findings) -> tuple[Reason, ...]:
    """Put first what decided: what agrees in a match, what does not agree in all else."""
    every = list(dict.fromkeys([*about, *found.doubts, *found.support]))
    return tuple(sorted(every, key=lambda reason: (reason in _AGREES) != (likely is Likely.MATCH)))
