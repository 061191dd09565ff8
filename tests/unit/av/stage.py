"""A check on a stage: invented frames that say in their corner what a finder would find, and an invented voice."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from baqylau.domain.challenge import LookAhead, SayDigit, Side, Step, TurnHead
from baqylau.domain.ids import CheckId
from baqylau.monitoring.av_server.digits import features
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.faces import Face
from baqylau.monitoring.av_server.judging import judge_clip
from baqylau.monitoring.av_server.models import Calibration
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Frame, Pixels, Prompted, Reals, Recording
from baqylau.monitoring.av_server.report import Judged
from baqylau.monitoring.av_server.speech import utterance
from baqylau.monitoring.av_server.templates import Template, Templates
from tests.unit.av.voicing import digit, within

STEPS: tuple[Step, ...] = (
    LookAhead(),
    TurnHead(to=Side.LEFT),
    TurnHead(to=Side.RIGHT),
    TurnHead(to=Side.LEFT),
    *(SayDigit(digit=number) for number in (3, 1, 4, 1, 5, 9)),
    LookAhead(),
)
LASTS_S = 2.0
BOX = (100, 40, 160, 160)
AIGUL, OTHER = 1, 2
PEOPLE_MOST = 9
"""A corner that names no such person is not the upper left one: the picture lies on its side."""
LOW_HZ, HIGH_HZ = 120.0, 190.0
_TEXTURE = np.random.default_rng(0).integers(70, 190, (240, 360, 3)).astype(np.uint8)


def shown(who: int, yaw: float = 0.0, faces: int = 1) -> Pixels:
    """Make a frame: its first pixels say how many faces there are, how far the first is turned and whose it is."""
    pixels = _TEXTURE.copy()
    pixels[0, :3, 0] = (faces, round(yaw * 100) + 128, who)
    return pixels


class StageFinder:
    """Reads the corner of a frame."""

    def find(self, pixels: Pixels, *, eager: bool = False) -> list[Face]:  # noqa: ARG002 - as the protocol has it
        count, turned, who = pixels[0, :3, 0].tolist()
        if who > PEOPLE_MOST:
            return []
        middle = np.array([180.0, 100.0])
        nose = middle + np.array([(turned - 128) / 100 * 60, 30])
        eyes = middle + np.array([[40.0, 0], [20, 0], [-40, 0], [-20, 0]])
        first = Face(BOX, np.vstack([eyes, nose]))
        return [first, *[Face((300, 150, 40, 40), first.points + 120)] * (count - 1)] if count else []


class StageEmbedder:
    """Gives each person a direction."""

    mark = "stage@1"

    def vector(self, pixels: Pixels, face: Face) -> Reals:  # noqa: ARG002 - as the protocol has it
        return np.asarray(np.eye(8)[int(pixels[0, 2, 0])] * 0.6)

    def template(self, vectors: Sequence[Reals]) -> Reals:
        return np.asarray(np.mean(np.asarray(vectors), axis=0))


class StageVoice:
    """Tells a low voice from a high one."""

    mark = "pitch@1"

    def vector(self, speech: Reals) -> Reals:
        spectrum = np.abs(np.fft.rfft(speech))
        hz = np.arange(len(spectrum)) * SAMPLE_HZ / len(speech)
        low = float(spectrum[(hz > 105) & (hz < 140)].sum())
        return np.array([1.0, 0.0]) if low > float(spectrum[(hz > 170) & (hz < 215)].sum()) else np.array([0.0, 1.0])


MODELS = Models(
    finder=StageFinder(),
    embedder=StageEmbedder(),
    face_calibration=Calibration(name="stage", a=-100, b=54.6, match_at=0.5, differs_at=0.6),
    voice=StageVoice(),
    voice_calibration=Calibration(name="stage", a=40, b=-31.6, match_at=0.82, differs_at=0.72),
)


def enrolled(pitch_hz: float = LOW_HZ) -> Templates:
    """Aigul's templates."""
    every = [(number, take) for number in range(10) for take in range(2)]
    takes = [utterance(within(digit(number, take=take, pitch_hz=pitch_hz), 1.4, 0.4)) for number, take in every]
    voice = np.array([1.0, 0.0])
    return Templates(
        face=Template(model="stage@1", version=1, vectors=(np.eye(8)[AIGUL] * 0.6,)),
        voice=Template(model="pitch@1", version=1, vectors=(voice, voice)),
        digits=Template(
            model="dtw", version=1, vectors=tuple(features(take) for take in takes), digits=tuple(n for n, _ in every)
        ),
    )


@dataclass
class Performance:
    """How a check went; by default it is Aigul, live, who does as asked."""

    who: int = AIGUL
    pitch_hz: float = LOW_HZ
    answers: Sequence[Step] = STEPS
    """What is done, where another thing may have been asked for."""
    becomes: int | None = None
    """Who sits there from the digits on."""
    between: int | None = None
    """Who is seen in every other of the pictures that are compared."""
    aside: float = 0.0
    """How far the head is held aside while the digits are said."""
    faces: int = 1
    flat: bool = False
    """A picture that is held and tilted: the nose stays between the eyes."""
    gone: tuple[float, float] = (0.0, 0.0)
    until_s: float = field(default=LASTS_S * len(STEPS))

    @property
    def recording(self) -> Recording:
        frames = [self._frame(index / 5) for index in range(int(self.until_s * 5))]
        sound = np.concatenate([self._sound(step) for step in self.answers])
        return Recording(frames=tuple(frames), sound=sound[: int(self.until_s * SAMPLE_HZ)])

    def _frame(self, at_s: float) -> Frame:
        step = self.answers[int(at_s / LASTS_S)]
        turned = 0.0 if self.flat or not isinstance(step, TurnHead) else 0.3 if step.to is Side.LEFT else -0.3
        yaw = turned if 0.4 < at_s % LASTS_S < 1.4 else 0.0
        yaw = self.aside if isinstance(step, SayDigit) else yaw
        who = self.becomes if self.becomes is not None and at_s >= 4 * LASTS_S else self.who
        who = self.between if self.between is not None and round(at_s * 2) % 2 else who
        away = self.gone[0] <= at_s < self.gone[1]
        return Frame(at_s, shown(who, yaw, 0 if away else self.faces))

    def _sound(self, step: Step) -> Reals:
        said = digit(step.digit, take=7, pitch_hz=self.pitch_hz) if isinstance(step, SayDigit) else np.zeros(0)
        return within(said, LASTS_S, 0.6)

    def judged(self, templates: Templates | None = None, models: Models = MODELS) -> Judged:
        """Judge it against what was asked for."""
        prompted = [Prompted(step, index * LASTS_S, (index + 1) * LASTS_S) for index, step in enumerate(STEPS)]
        return judge_clip(CheckId("c-1"), self.recording, prompted, templates or ENROLLED, models)


ENROLLED = enrolled()
