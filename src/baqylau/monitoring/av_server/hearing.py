"""What the sound of a recording says: whose voice, and whether the digits are those that were asked for."""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct

from baqylau.domain.challenge import SayDigit
from baqylau.domain.checks import LikenessReason
from baqylau.monitoring.av_server.digits import RIGHT_OF_SIX, heard
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.fusion import Compared
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Prompted, Reals, Recording
from baqylau.monitoring.av_server.report import Fault, Mark
from baqylau.monitoring.av_server.speech import signal_to_noise_db, utterance
from baqylau.monitoring.av_server.templates import Template, Templates, turned
from baqylau.monitoring.av_server.voices import SPEECH_FULL_S, SPEECH_LEAST_S, cosine, net_speech

Reason = LikenessReason

NOISE_LEAST_DB = 10.0
_SPEECH_LEAST_WEIGHT = 0.5


class Answer(Struct, frozen=True, kw_only=True):
    """What was said where one digit was asked for."""

    asked: int
    said: int | None
    from_s: float
    until_s: float


class Sounds(Struct, frozen=True, kw_only=True):
    """What was heard."""

    voice: Compared | None = None
    speech_s: float = 0.0
    answers: tuple[Answer, ...] = ()
    """Empty where no digit was asked for, or nothing can tell digits."""
    unable: bool = False
    """The network that was brought for digits cannot be used."""
    faults: tuple[Fault, ...] = ()

    @property
    def right(self) -> int:
        """Count the digits that were said as asked."""
        return sum(answer.asked == answer.said for answer in self.answers)

    @property
    def digits_right(self) -> bool | None:
        """Tell whether enough were right; None where nothing was asked for, or nothing heard at all."""
        if not any(answer.said is not None for answer in self.answers):
            return None
        return self.right * 6 >= RIGHT_OF_SIX * len(self.answers)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Give the digits that were not said as asked."""
        return tuple(
            Mark(at_s=answer.from_s, until_s=answer.until_s, reason=Reason.DIGITS_WRONG, value=answer.said)
            for answer in self.answers
            if answer.asked != answer.said
        )


def listened(recording: Recording, prompted: Sequence[Prompted], templates: Templates, models: Models) -> Sounds:
    """Listen to the answers; where no digit was asked for, to everything."""
    asked = [step for step in prompted if isinstance(step.step, SayDigit)]
    windows = [_within(recording, step) for step in asked]
    stretches = [utterance(window) for window in windows]
    whole = np.concatenate(windows) if windows else recording.sound
    speech = np.concatenate(stretches) if stretches else net_speech(whole)
    seconds = len(speech) / SAMPLE_HZ
    return Sounds(
        voice=_voice(speech, seconds, templates.voice, models, which=-1 if asked else 0),
        speech_s=round(seconds, 2),
        answers=_answers(asked, stretches, templates.digits, models),
        unable=models.digits_refused,
        faults=_faults(whole, seconds),
    )


def _within(recording: Recording, step: Prompted) -> Reals:
    begin, end = (round((at_s - recording.sound_from_s) * SAMPLE_HZ) for at_s in (step.from_s, step.until_s))
    return recording.sound[max(0, begin) : max(0, end)]


def _voice(speech: Reals, seconds: float, template: Template | None, models: Models, *, which: int) -> Compared | None:
    """Compare a voice; `which`: the last vector of a template is of digits, where they are enrolled."""
    if template is None or models.voice is None or models.voice_calibration is None or seconds < SPEECH_LEAST_S:
        return None
    score = cosine(turned(models.voice.vector(speech), template), template.vectors[which])
    share = min(1.0, (seconds - SPEECH_LEAST_S) / (SPEECH_FULL_S - SPEECH_LEAST_S))
    quality = _SPEECH_LEAST_WEIGHT + (1 - _SPEECH_LEAST_WEIGHT) * share
    return Compared(score=score, quality=quality, calibration=models.voice_calibration)


def _answers(
    asked: Sequence[Prompted], stretches: Sequence[Reals], template: Template | None, models: Models
) -> tuple[Answer, ...]:
    told = _teller(template, models)
    if told is None:
        return ()
    return tuple(
        Answer(asked=step.step.digit, said=told(stretch), from_s=step.from_s, until_s=step.until_s)
        for step, stretch in zip(asked, stretches, strict=True)
        if isinstance(step.step, SayDigit)
    )


def _teller(template: Template | None, models: Models) -> Callable[[Reals], int | None] | None:
    """Give what tells digits: the network that was brought, else the person's own takes."""
    if models.digits is not None or models.digits_refused:
        return None if models.digits is None else models.digits.digit
    if template is None:
        return None
    return lambda stretch: heard(stretch, template.vectors, template.digits, template.rotation).digit


def _faults(whole: Reals, seconds: float) -> tuple[Fault, ...]:
    noise = signal_to_noise_db(whole)
    poor = {
        Fault.LITTLE_SPEECH: seconds < SPEECH_LEAST_S,
        Fault.NOISY: noise is not None and noise < NOISE_LEAST_DB,
    }
    return tuple(fault for fault, found in poor.items() if found)
