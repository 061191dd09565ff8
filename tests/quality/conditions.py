"""Other recordings than good ones: how the shipped models take photographs and voices that came another way."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
from msgspec import Struct
from PIL import Image, ImageOps

from baqylau.monitoring.av_server.decoding import picture
from baqylau.monitoring.av_server.enrolment import face_of, sound
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.faces import distance
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Reals
from baqylau.monitoring.av_server.voices import cosine, net_speech, voice_template

_ENROLLED, _SAID = slice(0, 3), slice(3, 6)
_SPEECH = 5 * SAMPLE_HZ
_LEAST = SAMPLE_HZ
_SEED = 1
PORTRAITS = ("biden", "biden2", "obama2")
"""The first is compared with the others: the second shows the same person, the third another."""


class Heard(Struct, frozen=True, kw_only=True):
    """Voices that came one way, against templates of good recordings."""

    how: str
    own: int
    missed: int
    """Of those, under the threshold: a person looks at them."""
    others: int
    passed: int


class Shown(Struct, frozen=True, kw_only=True):
    """Photographs that came one way, against the first portrait as it is."""

    how: str
    same: float | None
    """How far; None where no good face was found."""
    other: float | None


def _at(rate_hz: int) -> Callable[[Reals], bytes]:
    return lambda heard: _file(_resampled(heard, rate_hz), rate_hz)


def _plain(heard: Reals, **how: str) -> bytes:
    return _file(heard, SAMPLE_HZ, **how)


def _noisy(heard: Reals, db: float) -> bytes:
    rng = np.random.default_rng(_SEED)
    return _plain(heard + rng.normal(0, float(heard.std()) / 10 ** (db / 20), len(heard)))


def _one_side(heard: Reals) -> bytes:
    return _file(np.stack([heard, np.zeros_like(heard)], 1), SAMPLE_HZ)


VOICES: dict[str, Callable[[Reals], bytes]] = {
    "as enrolled: 16 kHz, one channel": _plain,
    "44.1 kHz": _at(44_100),
    "48 kHz": _at(48_000),
    "two channels, one of them empty": _one_side,
    "24 bits": lambda heard: _plain(heard, subtype="PCM_24"),
    "Ogg Vorbis": lambda heard: _plain(heard, format="OGG"),
    "MP3": lambda heard: _plain(heard, format="MP3"),
    "a steady voltage beneath it": lambda heard: _plain(np.clip(heard + 0.2, -1, 1)),
    "thirty times quieter": lambda heard: _plain(heard / 30),
    "telephone: 8 kHz": _at(8_000),
    "noise 20 dB below": lambda heard: _noisy(heard, 20),
    "noise 10 dB below": lambda heard: _noisy(heard, 10),
    "clipped, eight times too loud": lambda heard: _plain(np.clip(heard * 8, -1, 1)),
}

PHOTOS: dict[str, Callable[[Image.Image], bytes]] = {
    "as it is": lambda image: _photo(image, quality=95),
    "PNG": lambda image: _photo(image, "PNG"),
    "WebP": lambda image: _photo(image, "WEBP"),
    "without colour": lambda image: _photo(image.convert("L")),
    "sixteen bits, without colour": lambda image: _photo(_deep(image), "PNG"),
    "for print (CMYK)": lambda image: _photo(image.convert("CMYK")),
    "200 pixels wide": lambda image: _photo(_wide(image, 200)),
    "100 pixels wide": lambda image: _photo(_wide(image, 100)),
    "6000 pixels wide": lambda image: _photo(_wide(image, 6000)),
    "turned, and the camera says so": lambda image: _photo(image.transpose(Image.Transpose.ROTATE_90), turned=6),
    "on its side": lambda image: _photo(image.transpose(Image.Transpose.ROTATE_90)),
    "on its head": lambda image: _photo(image.transpose(Image.Transpose.ROTATE_180)),
    "held 20 degrees askew": lambda image: _photo(image.rotate(20)),
    "a wide frame around it": lambda image: _photo(ImageOps.expand(image, (image.width, image.height // 2))),
    "strongly compressed": lambda image: _photo(image, quality=10),
    "dark (two fifths of the light)": lambda image: _photo(image.point(lambda level: level * 0.4)),
}


def voices(folder: Path, models: Models) -> Iterator[Heard]:
    """Compare five seconds of each way with templates of three sentences as they are."""
    model, line = models.voice, models.voice_calibration
    if model is None or line is None:
        msg = "the voice model is not there"
        raise LookupError(msg)
    every = {place.name: sorted(place.glob("*.flac")) for place in sorted(folder.iterdir()) if place.is_dir()}
    known = {
        name: voice_template([model.vector(_speech(path.read_bytes())) for path in paths[_ENROLLED]])
        for name, paths in every.items()
    }
    for how, made in VOICES.items():
        own, others = [], []
        for name, paths in every.items():
            for path in paths[_SAID]:
                part = _speech(made(sound(path.read_bytes())))
                vector = model.vector(part) if len(part) >= _LEAST else None
                own.append(vector is not None and line.matches(cosine(vector, known[name])))
                others += [
                    vector is not None and line.matches(cosine(vector, one))
                    for who, one in known.items()
                    if who != name
                ]
        yield Heard(how=how, own=len(own), missed=own.count(False), others=len(others), passed=others.count(True))


def photographs(folder: Path, models: Models) -> Iterator[Shown]:
    """Compare each way of the other portraits with the first as it is."""
    if models.finder is None or models.embedder is None:
        msg = "the models for faces are not there"
        raise LookupError(msg)
    first, *rest = PORTRAITS
    known, _ = face_of((folder / f"{first}.jpg").read_bytes(), models.finder, models.embedder)
    if known is None:
        raise LookupError(first)
    opened = [picture((folder / f"{name}.jpg").read_bytes(), 4000) for name in rest]
    images = [Image.fromarray(one) for one in opened if one is not None]
    for how, made in PHOTOS.items():
        found = [face_of(made(image), models.finder, models.embedder)[0] for image in images]
        same, other = (None if vector is None else distance(vector, known) for vector in found)
        yield Shown(how=how, same=same, other=other)


def _speech(content: bytes) -> Reals:
    return net_speech(sound(content))[:_SPEECH]


def _file(heard: Reals, rate_hz: int, **how: str) -> bytes:
    import soundfile  # noqa: PLC0415 - of the extra

    target = BytesIO()
    soundfile.write(target, heard, rate_hz, **{"format": "WAV", **how})
    return target.getvalue()


def _resampled(heard: Reals, rate_hz: int) -> Reals:
    """Give it at another rate, by its spectrum."""
    count = len(heard) * rate_hz // SAMPLE_HZ
    spectrum = np.fft.rfft(heard)
    other = np.zeros(count // 2 + 1, dtype=complex)
    kept = min(len(spectrum), len(other))
    other[:kept] = spectrum[:kept]
    return np.asarray(np.fft.irfft(other, count) * count / len(heard))


def _photo(image: Image.Image, form: str = "JPEG", *, turned: int = 1, quality: int = 90) -> bytes:
    target, how = BytesIO(), Image.Exif()
    how[0x0112] = turned
    image.save(target, form, exif=how, quality=quality)
    return target.getvalue()


def _wide(image: Image.Image, width: int) -> Image.Image:
    return image.resize((width, round(width * image.height / image.width)))


def _deep(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
