"""Files as people bring them: an enrolment's folder, and recordings that are to be compared."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from baqylau.domain.ids import CheckId
from baqylau.monitoring.av_server.decoding import Segment, decoded, photographed
from baqylau.monitoring.av_server.enrolment import Named
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.judging import judge_clip, judge_photos
from baqylau.monitoring.av_server.report import Judged
from baqylau.monitoring.av_server.templates import Templates
from baqylau.storage.checks.enrolment_sheets import Material, NewItem
from baqylau.storage.checks.templates import KeptItem

_DIGIT = re.compile(r"digit-([0-9])-\d+\.\w+")
_SAID = re.compile(r"said-.*\.\w+")
_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".webm": "audio/webm",
}


def in_folder(folder: Path) -> Iterator[Named]:
    """Give the photographs, the sentences `said-*` and the digits `digit-7-1` of a folder; nothing else."""
    for path in sorted(folder.iterdir()):
        kind = _TYPES.get(path.suffix.lower(), "")
        digit = _DIGIT.fullmatch(path.name)
        if kind.startswith("image/"):
            yield _named(path, Material.PHOTO, kind)
        elif kind and digit:
            yield _named(path, Material.DIGIT, kind, int(digit.group(1)))
        elif kind and _SAID.fullmatch(path.name):
            yield _named(path, Material.UTTERANCE, kind)


def kept(items: Sequence[KeptItem]) -> Iterator[Named]:
    """Give what an earlier enrolment kept."""
    for item in items:
        again = NewItem(kind=item.kind, content_type=item.content_type, content=item.content, digit=item.digit)
        yield Named(f"{item.kind} {item.id}", again)


def judged_files(check_id: CheckId, files: Sequence[Path], templates: Templates, models: Models) -> Judged:
    """Compare photographs, or a clip, with templates."""
    contents = [path.read_bytes() for path in files]
    photos = photographed([(float(index), content) for index, content in enumerate(contents)])
    if len(photos) == len(files):
        return judge_photos(check_id, photos, templates, models)
    return judge_clip(check_id, decoded([Segment(0.0, content) for content in contents]), (), templates, models)


def _named(path: Path, kind: Material, content_type: str, digit: int | None = None) -> Named:
    item = NewItem(kind=kind, content_type=content_type, content=path.read_bytes(), digit=digit)
    return Named(path.name, item)
