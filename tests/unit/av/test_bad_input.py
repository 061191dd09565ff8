"""What a unit may bring besides a good film: each ends soon, and is never a match, with reasons in words.

A wrong hash and a missing model are in `test_models`, a full disk in `av_server/test_reception` and in the unit's
`test_core`, what is no film at all in `test_decoding`.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import pytest

from baqylau.domain.checks import Likely, LikenessReason
from baqylau.domain.ids import CheckId
from baqylau.locales import LANGUAGES, text
from baqylau.monitoring.av_server.decoding import Segment, decoded
from baqylau.monitoring.av_server.judging import judge_clip
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Damage, Pixels, Prompted, Reals
from baqylau.monitoring.av_server.report import Judged
from tests.unit.av.stage import ENROLLED, LASTS_S, MODELS, STEPS, Performance

av = pytest.importorskip("av", reason="the extra `av` is not installed")
R = LikenessReason
RATE = 5


def film(pictures: Sequence[Pixels], sound: Reals, *, codec: str = "rawvideo", form: str = "rgb24") -> bytes:
    """Make a film in which nothing is lost, so that the stage's finder can read it."""
    target = BytesIO()
    with av.open(target, "w", format="nut" if codec == "rawvideo" else "avi") as container:
        video: Any = container.add_stream(codec, rate=RATE)
        video.height, video.width, video.pix_fmt = *pictures[0].shape[:2], form
        heard: Any = container.add_stream("pcm_s16le", rate=SAMPLE_HZ, layout="mono")
        for number, pixels in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(video.encode(frame))
            part = sound[number * SAMPLE_HZ // RATE : (number + 1) * SAMPLE_HZ // RATE]
            if len(part):
                said = av.AudioFrame.from_ndarray(
                    (part[None, :] * 32_767).astype(np.int16), format="s16", layout="mono"
                )
                said.sample_rate, said.pts = SAMPLE_HZ, number * SAMPLE_HZ // RATE
                container.mux(heard.encode(said))
        container.mux(video.encode())
        container.mux(heard.encode())
    return target.getvalue()


def judged(*contents: bytes) -> Judged:
    recording = decoded([Segment(0.0, content) for content in contents])
    prompted = [Prompted(step, at * LASTS_S, (at + 1) * LASTS_S) for at, step in enumerate(STEPS)]
    return judge_clip(CheckId("c-1"), recording, prompted, ENROLLED, MODELS)


@cache
def played(faces: int = 1) -> tuple[tuple[Pixels, ...], Reals]:
    recording = Performance(faces=faces).recording
    return tuple(frame.pixels for frame in recording.frames), recording.sound


PICTURES, SOUND = played()
GOOD = film(PICTURES, SOUND)
MUSIC = sum(np.sin(np.arange(len(SOUND)) * pitch * 2 * np.pi / SAMPLE_HZ) for pitch in (262, 330, 392)) * 0.2
BLACK = [np.zeros_like(PICTURES[0])] * len(PICTURES)
LARGE = [np.full((2160, 3840, 3), 90, dtype=np.uint8)] * 2
LARGER = [np.full((2176, 3840, 3), 90, dtype=np.uint8)]


MADE: dict[str, Callable[[], bytes]] = {
    "cut in the middle": lambda: GOOD[: len(GOOD) // 2],
    "4K": lambda: film(LARGE, SOUND, codec="mjpeg", form="yuvj420p"),
    "larger than 4K": lambda: film(LARGER, SOUND, codec="mjpeg", form="yuvj420p"),
    "silence": lambda: film(PICTURES, np.zeros_like(SOUND)),
    "music": lambda: film(PICTURES, np.asarray(MUSIC)),
    "a codec that nobody knows": lambda: film(PICTURES[:3], SOUND, codec="mpeg4", form="yuv420p").replace(
        b"FMP4", b"XXXX"
    ),
    "three faces": lambda: film(*played(3)),
    "black": lambda: film(BLACK, SOUND),
}
NAMED: dict[str, tuple[Likely, LikenessReason, Damage | None]] = {
    "cut in the middle": (Likely.REVIEW, R.DIGITS_WRONG, None),
    "4K": (Likely.NOT_JUDGED, R.FACE_NOT_SEEN, None),
    "larger than 4K": (Likely.NOT_JUDGED, R.FACE_NOT_SEEN, Damage.TOO_LARGE),
    "silence": (Likely.REVIEW, R.VOICE_NOT_HEARD, Damage.SILENT),
    "music": (Likely.REVIEW, R.DIGITS_WRONG, None),
    "a codec that nobody knows": (Likely.NOT_JUDGED, R.FACE_NOT_SEEN, Damage.NO_PICTURE),
    "three faces": (Likely.REVIEW, R.SEVERAL_FACES, None),
    "black": (Likely.REVIEW, R.FACE_NOT_SEEN, Damage.BLACK),
}


def test_the_same_film_without_anything_wrong_is_a_match() -> None:
    assert judged(GOOD).likeness.outcome is Likely.MATCH


@pytest.mark.parametrize("name", NAMED)
def test_bad_input_has_an_outcome_with_reasons_in_words(name: str) -> None:
    outcome, reason, damage = NAMED[name]
    found = judged(MADE[name]())
    assert found.likeness.outcome is outcome
    assert reason in found.likeness.reasons
    assert damage is None or damage in found.report.damage
    for language in LANGUAGES:
        words = [f"likeness.{one}" for one in found.likeness.reasons] + [
            f"recording.{one}" for one in found.report.damage
        ]
        assert all(text(language, key) != key for key in words)
