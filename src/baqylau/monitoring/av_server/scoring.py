"""The figures of a comparison, each with what it says and how often it errs."""

from collections.abc import Iterator

from baqylau.monitoring.av_server.digits import RIGHT_OF_SIX
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.fusion import Outcome
from baqylau.monitoring.av_server.hearing import Sounds
from baqylau.monitoring.av_server.report import Measure, Rates, Score
from baqylau.monitoring.av_server.viewing import View

_DIGIT_RATES = Rates(
    threshold=RIGHT_OF_SIX,
    false_match=5.5e-5,
    false_match_up_to=5.5e-5,
    false_non_match=0.003,
    false_non_match_up_to=0.02,
    people=4,
    measured_on="spoken_digits",
)
"""False match: other digits of the same person, by chance. False non-match: measured, see docs/explanation."""


def scores(view: View, sounds: Sounds, lips: float | None, outcome: Outcome, models: Models) -> tuple[Score, ...]:
    """Give all figures there are."""
    return (*_of_pictures(view, outcome, models), *_of_sound(sounds, lips, outcome, models))


def _of_pictures(view: View, outcome: Outcome, models: Models) -> Iterator[Score]:
    if view.face is not None:
        yield Score(
            measure=Measure.FACE,
            value=round(view.face.score, 3),
            llr=outcome.face_llr,
            quality=round(view.face.quality, 2),
            rates=view.face.calibration.rates,
            model=models.embedder.mark if models.embedder else "",
        )
    if view.turns:
        right = sum(turn.right is True for turn in view.turns)
        yield Score(measure=Measure.TURNS, value=right, of=len(view.turns))
    if view.steady is not None:
        yield Score(measure=Measure.CONTINUITY, value=round(view.steady.farthest, 3))
    if view.light is not None:
        yield Score(measure=Measure.LIGHT, value=view.light.seen, of=view.light.shown)
    if view.texture is not None:
        yield Score(measure=Measure.TEXTURE, value=round(view.texture, 2))


def _of_sound(sounds: Sounds, lips: float | None, outcome: Outcome, models: Models) -> Iterator[Score]:
    if sounds.voice is not None:
        yield Score(
            measure=Measure.VOICE,
            value=round(sounds.voice.score, 3),
            llr=outcome.voice_llr,
            quality=round(sounds.voice.quality, 2),
            rates=sounds.voice.calibration.rates,
            model=models.voice.mark if models.voice else "",
        )
    if sounds.answers:
        yield Score(measure=Measure.DIGITS, value=sounds.right, of=len(sounds.answers), rates=_DIGIT_RATES)
    if lips is not None:
        yield Score(measure=Measure.LIPS, value=round(lips, 2))
