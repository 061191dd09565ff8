"""A site's own set of consenting people: one folder each, and the scores of everybody against everybody.

Templates live as long as the comparison and are never written down.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from baqylau.monitoring.av_server.calibration import Pair
from baqylau.monitoring.av_server.decoding import picture
from baqylau.monitoring.av_server.enrolment import sound
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.faces import distance
from baqylau.monitoring.av_server.models import Kind
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Reals
from baqylau.monitoring.av_server.voices import SPEECH_LEAST_S, cosine, net_speech, voice_template

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
SOUNDS = frozenset({".wav", ".flac", ".ogg", ".opus", ".webm", ".mka"})
ENROLLED = 3
"""Of each person's recordings, in the order of their names, the first are the template."""
GROUPS = "groups.csv"


def pairs(folder: Path, kind: Kind, models: Models) -> Iterator[Pair]:
    """Compare every further recording with everybody's template; people with too few recordings are left out."""
    every = {place.name: vectors(place, kind, models) for place in sorted(folder.iterdir()) if place.is_dir()}
    enough = {name: found for name, found in every.items() if len(found) > ENROLLED}
    templates = {name: _template(found[:ENROLLED], kind, models) for name, found in enough.items()}
    for probe, found in enough.items():
        for vector in found[ENROLLED:]:
            for enrolled, template in templates.items():
                yield Pair(enrolled, probe, _score(vector, template, kind))


def vectors(place: Path, kind: Kind, models: Models) -> list[Reals]:
    """Give the vector of each recording of a person that can be used."""
    wanted = PICTURES if kind is Kind.FACE else SOUNDS
    files = sorted(path for path in place.iterdir() if path.suffix.lower() in wanted)
    found = (_face(path, models) if kind is Kind.FACE else _voice(path, models) for path in files)
    return [vector for vector in found if vector is not None]


def groups(folder: Path) -> Mapping[str, str]:
    """Give each person's group, from `groups.csv` with the columns person and group; empty where there is none."""
    path = folder / GROUPS
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as lines:
        return {row["person"]: row["group"] for row in csv.DictReader(lines)}


def _face(path: Path, models: Models) -> Reals | None:
    pixels = picture(path.read_bytes())
    if pixels is None or models.finder is None or models.embedder is None:
        return None
    faces = models.finder.find(pixels)
    return models.embedder.vector(pixels, faces[0]) if len(faces) == 1 else None


def _voice(path: Path, models: Models) -> Reals | None:
    speech = net_speech(sound(path.read_bytes()))
    if models.voice is None or len(speech) < SPEECH_LEAST_S * SAMPLE_HZ:
        return None
    return models.voice.vector(speech)


def _template(found: Sequence[Reals], kind: Kind, models: Models) -> Reals:
    if kind is Kind.FACE and models.embedder is not None:
        return models.embedder.template(found)
    return voice_template(found)


def _score(vector: Reals, template: Reals, kind: Kind) -> float:
    return -distance(vector, template) if kind is Kind.FACE else cosine(vector, template)
