"""`python -m tests.quality.likeness`: how often the shipped models err on the public recordings beside the tree.

Few people, read English, good light: it shows that the code works, not how good it is in service. Whatever is made of
the recordings lives as long as this program. Attribution: LibriSpeech (c) 2014 by Vassil Panayotov, CC BY 4.0; Free
Spoken Digit Dataset, Zohar Jackson and contributors, CC BY-SA 4.0.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from time import process_time

import numpy as np

from baqylau.domain.challenge import challenge
from baqylau.domain.checks import CheckKind
from baqylau.domain.ids import CheckId
from baqylau.monitoring.av_server.calibration import Pair, cllr, equal_error, interval, split
from baqylau.monitoring.av_server.decoding import Segment, decoded, picture
from baqylau.monitoring.av_server.digits import RIGHT_OF_SIX, features, nearest
from baqylau.monitoring.av_server.enrolment import sound
from baqylau.monitoring.av_server.equipment import Models, load_models
from baqylau.monitoring.av_server.faces import distance
from baqylau.monitoring.av_server.judging import judge_clip
from baqylau.monitoring.av_server.presence import installed
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Frame, Prompted, Reals, Recording
from baqylau.monitoring.av_server.speech import utterance
from baqylau.monitoring.av_server.templates import Template, Templates
from baqylau.monitoring.av_server.voices import cosine, net_speech, voice_template
from tests.quality.conditions import photographs, voices
from tests.quality.identity_page import ANSWERS, FIGURES, Another, Figures, Speech, Spoken, kept_as

DATA = Path(os.environ.get("BAQYLAU_TESTDATA", Path(__file__).parents[3] / "shared" / "testdata"))
SPEECH_S = 5.0
TEMPLATE = 3
DRAWS = 20
EER_MOST, GENUINE_LEAST = 0.01, 0.9
SAMPLES = 20_000


def readers(folder: Path, files: int) -> dict[str, list[Reals]]:
    """Give the vectors' material: speech without pauses of each reader, of at least five seconds, cut to five."""
    every = {place.name: sorted(place.glob("*.flac"))[:files] for place in sorted(folder.iterdir()) if place.is_dir()}
    spoken = {name: [net_speech(sound(path.read_bytes())) for path in paths] for name, paths in every.items()}
    count = int(SPEECH_S * SAMPLE_HZ)
    return {name: [part[:count] for part in parts if len(part) >= count] for name, parts in spoken.items()}


def speech(folder: Path, models: Models, *, files: int = 10, template: int = TEMPLATE, draws: int = DRAWS) -> Speech:
    """Compare five seconds of each sentence with templates of `template` other sentences, drawn several times."""
    if models.voice is None or models.voice_calibration is None:
        msg = "the voice model is not there"
        raise LookupError(msg)
    voice = models.voice
    every = {name: [voice.vector(part) for part in parts] for name, parts in readers(folder, files).items()}
    rng = np.random.default_rng(1)
    pairs = [pair for _ in range(draws) for pair in _drawn(every, template, rng)]
    genuine, impostor = split(pairs)
    low, high = interval(pairs, lambda one, other: equal_error(one, other)[0], rng, rounds=100)
    line = models.voice_calibration
    costs = (np.array([line.llr(float(score)) for score in scores]) for scores in (genuine, impostor))
    return Speech(
        sentences=template,
        readers=len(every),
        genuine=len(genuine),
        impostor=len(impostor),
        equal_error=equal_error(genuine, impostor)[0],
        low=low,
        high=high,
        cost=cllr(*costs),
        missed=float((genuine < line.match_at).mean()),
        passed=float((impostor >= line.match_at).mean()),
    )


def _drawn(every: dict[str, list[Reals]], template: int, rng: np.random.Generator) -> Iterator[Pair]:
    """Draw each reader's template and compare the rest with everybody's."""
    order = {name: rng.permutation(len(vectors)).tolist() for name, vectors in every.items()}
    made = {name: voice_template([every[name][at] for at in order[name][:template]]) for name in every}
    for probe, vectors in every.items():
        for at in order[probe][template:]:
            for enrolled, one in made.items():
                yield Pair(enrolled, probe, cosine(vectors[at], one))


def digits(folder: Path, *, numbers: Sequence[int] = range(10), most: int = 99) -> Spoken:
    """Enrol five takes of each digit and hear the other five, both ways round; of so many speakers at the most."""
    shapes: dict[tuple[str, int, int], Reals] = {}
    named = {path: path.stem.split("_") for path in sorted(folder.glob("*.wav"))}
    chosen = sorted({speaker for _, speaker, _ in named.values()})[:most]
    for path, (number, speaker, take) in named.items():
        if int(number) in numbers and speaker in chosen:
            shapes[speaker, int(number), int(take)] = features(utterance(_padded(sound(path.read_bytes()))))
    speakers = sorted({speaker for speaker, _, _ in shapes})
    told = {
        (enrolled, said): _told(shapes, enrolled, said, numbers) for enrolled in speakers for said in speakers
    }  # fmt: skip
    rng = np.random.default_rng(1)
    own = {speaker: _passing(told[speaker, speaker], rng) for speaker in speakers}
    other = [_passing(rows, rng) for (enrolled, said), rows in told.items() if enrolled != said]
    return Spoken(
        speakers=len(speakers),
        takes=sum(len(told[speaker, speaker]) for speaker in speakers),
        wrong=sum(not right for speaker in speakers for right in told[speaker, speaker]),
        passed=float(np.mean(list(own.values()))),
        passed_least=min(own.values()),
        others=float(np.mean(other)),
    )


def _padded(heard: Reals) -> Reals:
    """Put a digit into a second of quiet before and after, as in a check."""
    quiet = np.random.default_rng(3).normal(0, 1e-4, SAMPLE_HZ).astype(np.float32)
    return np.concatenate([quiet, heard, quiet])


def _told(shapes: dict[tuple[str, int, int], Reals], enrolled: str, said: str, numbers: Sequence[int]) -> list[bool]:
    right = []
    for first in (0, 5):
        known = [(number, take) for number in numbers for take in range(first, first + 5)]
        takes = [shapes[enrolled, number, take] for number, take in known]
        for number in numbers:
            for take in range(5 - first, 10 - first):
                found = nearest(shapes[said, number, take], takes, [one for one, _ in known])
                right.append(found.digit == number)
    return right


def _passing(right: list[bool], rng: np.random.Generator) -> float:
    """Give the share of six answers, drawn anew, of which five are right."""
    drawn = rng.choice(np.array(right), size=(SAMPLES, ANSWERS))
    return float((drawn.sum(axis=1) >= RIGHT_OF_SIX).mean())


def another_speaker(folder: Path, models: Models, draws: int = 20) -> Another:
    """Let each speaker answer challenges with the right digits in everybody else's place."""
    if models.voice is None or models.voice_calibration is None:
        msg = "the voice model is not there"
        raise LookupError(msg)
    said: dict[tuple[str, int, int], Reals] = {}
    for path in sorted(folder.glob("*.wav")):
        number, speaker, take = path.stem.split("_")
        said[speaker, int(number), int(take)] = utterance(_padded(sound(path.read_bytes())))
    speakers = sorted({speaker for speaker, _, _ in said})
    rng = np.random.default_rng(2)
    tries = [(one, other) for one in speakers for other in speakers if one != other for _ in range(draws)]
    known_voices = {one: _spoken_template(said, one, models) for one in speakers}
    shapes = {one: [(n, features(said[one, n, t])) for n in range(10) for t in range(5)] for one in speakers}
    right, alike = [], []
    for enrolled, other in tries:
        asked = rng.integers(0, 10, ANSWERS).tolist()
        answers = [said[other, number, int(rng.integers(5, 10))] for number in asked]
        takes, known = [shape for _, shape in shapes[enrolled]], [number for number, _ in shapes[enrolled]]
        heard = [nearest(features(answer), takes, known).digit for answer in answers]
        right.append(sum(one == two for one, two in zip(asked, heard, strict=True)) >= RIGHT_OF_SIX)
        score = cosine(models.voice.vector(np.concatenate(answers)), known_voices[enrolled])
        alike.append(models.voice_calibration.matches(score))
    both = sum(one and two for one, two in zip(right, alike, strict=True))
    return Another(tries=len(tries), digits=sum(right), voice=sum(alike), both=both)


def _spoken_template(said: dict[tuple[str, int, int], Reals], speaker: str, models: Models) -> Reals:
    """Give the template of a speaker's digits, as enrolment makes it."""
    rounds = [np.concatenate([said[speaker, number, take] for number in range(10)]) for take in range(5)]
    return voice_template([models.voice.vector(one) for one in rounds if models.voice is not None])


def faces(folder: Path, models: Models) -> list[tuple[bool, float]]:
    """Give for each two portraits whether they are of one person, by their names, and how far apart they are."""
    if models.finder is None or models.embedder is None:
        msg = "the models for faces are not there"
        raise LookupError(msg)
    vectors = {}
    for path in sorted(folder.glob("*.jpg")):
        pixels = picture(path.read_bytes())
        found = models.finder.find(pixels) if pixels is not None else []
        if pixels is not None and found:
            vectors[path.stem] = models.embedder.vector(pixels, found[0])
    return [
        (one.rstrip("0123456789") == other.rstrip("0123456789"), distance(vectors[one], vectors[other]))
        for one, other in combinations(vectors, 2)
    ]


def minute(clip: bytes, models: Models) -> tuple[float, float]:
    """Give the seconds of recording and of one core that a check of a minute takes, decoding included."""
    began = process_time()
    once = decoded([Segment(0.0, clip)])
    lasts = once.frames[-1].at_s
    times = int(60 / lasts) + 1

    def often(frames: Sequence[Frame]) -> tuple[Frame, ...]:
        every = (Frame(one.at_s + lasts * time, one.pixels) for time in range(times) for one in frames)
        return tuple(frame for frame in every if frame.at_s < 60)

    decoding = (process_time() - began) * times
    heard = np.tile(once.sound, times)[: 60 * SAMPLE_HZ]
    recording = Recording(frames=often(once.frames), motion=often(once.motion), sound=heard)
    steps = challenge(CheckKind.IDENTITY, bytes(16))
    every_s = 60 / len(steps)
    prompted = [Prompted(step, at * every_s, (at + 1) * every_s) for at, step in enumerate(steps)]
    digit_takes = tuple(np.random.default_rng(at).normal(size=(60, 24)) for at in range(50))
    template = Templates(
        face=Template(model=models.embedder.mark if models.embedder else "", version=1, vectors=(np.zeros(128),)),
        voice=Template(model=models.voice.mark if models.voice else "", version=1, vectors=(np.ones(256) / 16,)),
        digits=Template(model="", version=1, vectors=digit_takes, digits=tuple(at // 5 for at in range(50))),
    )
    began = process_time()
    judge_clip(CheckId("c"), recording, prompted, template, models)
    return 60.0, decoding + process_time() - began


def figures(models: Models) -> Figures:
    """Measure everything."""
    _, cpu_s = minute((DATA / "faces/short_hamilton_clip.mp4").read_bytes(), models)
    return Figures(
        day=datetime.now(UTC).date(),
        voices=tuple(speech(DATA / "speech/sentences", models, template=count) for count in (TEMPLATE, 1)),
        digits=digits(DATA / "speech/digits"),
        another=another_speaker(DATA / "speech/digits", models),
        faces=tuple(faces(DATA / "faces", models)),
        minute_cpu_s=cpu_s,
        heard=tuple(voices(DATA / "speech/sentences", models)),
        shown=tuple(photographs(DATA / "faces", models)),
    )


def main() -> int:
    """Print what was found, and keep it where that is wanted."""
    if not DATA.is_dir() or not installed():
        print("No recordings, or no models: nothing measured.")  # noqa: T201
        return 0
    found = figures(load_models())
    sys.stdout.write(kept_as(found).decode())
    if "--record" in sys.argv:
        FIGURES.write_bytes(kept_as(found))
    return int(any(one.equal_error > EER_MOST for one in found.voices) or found.digits.passed < GENUINE_LEAST)


if __name__ == "__main__":
    sys.exit(main())
