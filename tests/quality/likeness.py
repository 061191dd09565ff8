"""`python -m tests.quality.likeness`: how often the shipped models err on the public recordings beside the tree.

Few people, read English, good light: it shows that the code works, not how good it is in service. Whatever is made of
the recordings lives as long as this program. Attribution: LibriSpeech (c) 2014 by Vassil Panayotov, CC BY 4.0; Free
Spoken Digit Dataset, Zohar Jackson and contributors, CC BY-SA 4.0.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb
from pathlib import Path
from time import process_time

import numpy as np
from msgspec import Struct

from baqylau.domain.challenge import challenge
from baqylau.domain.checks import CheckKind
from baqylau.domain.ids import CheckId
from baqylau.monitoring.av_server.calibration import Pair, cllr, equal_error, interval, rate_up_to, split
from baqylau.monitoring.av_server.decoding import Segment, decoded, picture
from baqylau.monitoring.av_server.digits import RIGHT_OF_SIX, features, nearest
from baqylau.monitoring.av_server.enrolment import sound
from baqylau.monitoring.av_server.equipment import Models, load_models
from baqylau.monitoring.av_server.faces import distance
from baqylau.monitoring.av_server.judging import judge_clip
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Frame, Prompted, Reals, Recording
from baqylau.monitoring.av_server.speech import utterance
from baqylau.monitoring.av_server.templates import Template, Templates
from baqylau.monitoring.av_server.voices import cosine, net_speech, voice_template

DATA = Path(os.environ.get("BAQYLAU_TESTDATA", Path(__file__).parents[3] / "shared" / "testdata"))
SPEECH_S = 5.0
TEMPLATE = 3
DRAWS = 20
SAMPLES = 20_000
_ANSWERS = 6


class Speech(Struct, frozen=True, kw_only=True):
    """How well voices are told apart."""

    readers: int
    genuine: int
    impostor: int
    equal_error: float
    low: float
    high: float
    cost: float
    """Of the shipped calibration, in bits."""
    missed: float
    """At the shipped threshold."""
    passed: float


class Spoken(Struct, frozen=True, kw_only=True):
    """How well digits are heard."""

    speakers: int
    takes: int
    wrong: int
    passed: float
    """Share of answers by the person that are right in five of six."""
    passed_least: float
    """Of the worst speaker."""
    others: float
    """Share of answers by another speaker, who says the right digits."""


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
    drawn = rng.choice(np.array(right), size=(SAMPLES, _ANSWERS))
    return float((drawn.sum(axis=1) >= RIGHT_OF_SIX).mean())


class Another(Struct, frozen=True, kw_only=True):
    """What became of right digits in another speaker's voice."""

    tries: int
    digits: int
    """Passed five of six."""
    voice: int
    """Was taken for the person's voice."""
    both: int


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
    voices = {one: _spoken_template(said, one, models) for one in speakers}
    shapes = {one: [(n, features(said[one, n, t])) for n in range(10) for t in range(5)] for one in speakers}
    right, alike = [], []
    for enrolled, other in tries:
        asked = rng.integers(0, 10, _ANSWERS).tolist()
        answers = [said[other, number, int(rng.integers(5, 10))] for number in asked]
        takes, known = [shape for _, shape in shapes[enrolled]], [number for number, _ in shapes[enrolled]]
        heard = [nearest(features(answer), takes, known).digit for answer in answers]
        right.append(sum(one == two for one, two in zip(asked, heard, strict=True)) >= RIGHT_OF_SIX)
        score = cosine(models.voice.vector(np.concatenate(answers)), voices[enrolled])
        alike.append(models.voice_calibration.matches(score))
    both = sum(one and two for one, two in zip(right, alike, strict=True))
    return Another(tries=len(tries), digits=sum(right), voice=sum(alike), both=both)


def _spoken_template(said: dict[tuple[str, int, int], Reals], speaker: str, models: Models) -> Reals:
    """Give the template of a speaker's digits, as enrolment makes it."""
    rounds = [np.concatenate([said[speaker, number, take] for number in range(10)]) for take in range(5)]
    return voice_template([models.voice.vector(one) for one in rounds if models.voice is not None])


def by_chance(share: float = 0.1) -> float:
    """Give how often five of six digits fit a challenge nobody knew: whatever was said, one of ten fits."""
    return sum(
        comb(_ANSWERS, right) * share**right * (1 - share) ** (_ANSWERS - right)
        for right in range(RIGHT_OF_SIX, _ANSWERS + 1)
    )


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


def main() -> int:
    """Print the table."""
    if not DATA.is_dir():
        print(f"No recordings in {DATA}: nothing measured.")  # noqa: T201
        return 0
    models = load_models()
    for name, said in _lines(models):
        print(f"  {name:<44} {said}")  # noqa: T201
    return 0


def _lines(models: Models) -> Iterator[tuple[str, str]]:
    for template in (TEMPLATE, 1):
        voices = speech(DATA / "speech/sentences", models, template=template)
        name = f"voices, 5 s to {template} sentence(s)"
        yield name, f"EER {voices.equal_error:.2%} ({voices.low:.2%} to {voices.high:.2%}), Cllr {voices.cost:.3f} bit"
        yield "", f"at the threshold {voices.missed:.2%} missed, {voices.passed:.2%} of others passed"
        yield "", f"{voices.readers} readers, {voices.genuine} own and {voices.impostor} others' comparisons"
    spoken = digits(DATA / "speech/digits")
    up_to = rate_up_to(spoken.wrong, spoken.takes)
    yield "digits wrong", f"{spoken.wrong} of {spoken.takes} ({up_to:.1%} at most), {spoken.speakers} speakers"
    yield "five of six right", f"{spoken.passed:.2%}, worst speaker {spoken.passed_least:.2%}"
    yield "five of six by chance", f"{by_chance():.1e}"
    yield "five of six right by another speaker", f"{spoken.others:.1%}: digits prove that it is now, not who it is"
    another = another_speaker(DATA / "speech/digits", models)
    found = f"digits {another.digits}, voice {another.voice}, both {another.both}, up to"
    yield "of right digits by another speaker pass", f"{found} {rate_up_to(another.both, another.tries):.1%}"
    for same, far in faces(DATA / "faces", models):
        yield "faces of one person" if same else "faces of two people", f"{far:.3f}, threshold 0.50"
    lasts, cpu = minute((DATA / "faces/short_hamilton_clip.mp4").read_bytes(), models)
    yield f"one core for {lasts:.0f} s of recording", f"{cpu:.1f} s"


if __name__ == "__main__":
    sys.exit(main())
