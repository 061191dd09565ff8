"""What an installation can compare with, opened once: the models that are there, and what is wrong with the others."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from baqylau.monitoring.av_server.digits_onnx import DigitModel, OnnxDigits
from baqylau.monitoring.av_server.faces import DlibEmbedder, DlibFinder, Embedder, Finder
from baqylau.monitoring.av_server.models import (
    Calibration,
    Entry,
    Kind,
    ModelRefusedError,
    Trouble,
    checked,
    entries,
)
from baqylau.monitoring.av_server.voice_weights import WeightsRefusedError
from baqylau.monitoring.av_server.voices import Resemblyzer, VoiceModel

T = TypeVar("T")


class Models(Struct, frozen=True, kw_only=True):
    """The models of an installation. None where one is missing or was refused; nothing takes its place."""

    finder: Finder | None = None
    embedder: Embedder | None = None
    face_calibration: Calibration | None = None
    voice: VoiceModel | None = None
    voice_calibration: Calibration | None = None
    digits: DigitModel | None = None
    """Where one is brought; otherwise each person's own takes tell digits."""
    troubles: tuple[tuple[Kind, str, Trouble], ...] = ()
    """Kind, name and what is wrong."""

    @property
    def digits_refused(self) -> bool:
        """Tell whether a network for digits was brought and cannot be used: nothing takes its place."""
        return any(kind is Kind.DIGITS for kind, _, _ in self.troubles)

    @property
    def names(self) -> str:
        """Give models and calibrations, as they are written beside every outcome."""
        pairs = ((self.embedder, self.face_calibration), (self.voice, self.voice_calibration))
        named = [f"{model.mark}/{calibration.name if calibration else 'none'}" for model, calibration in pairs if model]
        return " ".join([*named, *([self.digits.mark] if self.digits else [])])


def load_models(folder: Path | None = None) -> Models:
    """Open all models; `folder` is that of the installation's own. May raise `ManifestError`."""
    listed = entries(folder)
    troubles: list[tuple[Kind, str, Trouble]] = []

    def attempt(kind: Kind, make: Callable[[Entry], T]) -> T | None:
        entry = listed[kind]
        try:
            return make(entry)
        except ModelRefusedError as refused:
            troubles.append((kind, entry.name, refused.trouble))
        except ModuleNotFoundError:
            troubles.append((kind, entry.name, Trouble.NOT_INSTALLED))
        except (RuntimeError, ValueError, KeyError, WeightsRefusedError):
            # The hash was right and yet the library cannot read it: of another kind, or of another version.
            troubles.append((kind, entry.name, Trouble.UNREADABLE))
        return None

    points = attempt(Kind.LANDMARKS, lambda entry: DlibFinder(checked(entry, folder)))
    finder = None if points is None else attempt(Kind.DETECTOR, lambda entry: _finder(entry, folder, points))
    if finder is not None and Kind.MESH in listed:
        finder = attempt(Kind.MESH, partial(_meshed, finder, folder))
    return Models(
        finder=finder,
        embedder=attempt(Kind.FACE, lambda entry: _embedder(entry, folder)),
        face_calibration=listed[Kind.FACE].calibration,
        voice=attempt(Kind.VOICE, lambda entry: _voice(entry, folder)),
        voice_calibration=listed[Kind.VOICE].calibration,
        digits=attempt(Kind.DIGITS, lambda entry: _digits(entry, folder)) if Kind.DIGITS in listed else None,
        troubles=tuple(troubles),
    )


def _finder(entry: Entry, folder: Path | None, points: DlibFinder) -> Finder:
    if entry.form != "onnx":
        return points
    from baqylau.monitoring.av_server.faces_onnx import OnnxFinder  # noqa: PLC0415 - only where one is brought

    return OnnxFinder(checked(entry, folder))


def _embedder(entry: Entry, folder: Path | None) -> Embedder:
    path = checked(entry, folder)
    if entry.form != "onnx":
        return DlibEmbedder(path, entry.mark)
    from baqylau.monitoring.av_server.faces_onnx import OnnxEmbedder  # noqa: PLC0415 - only where one is brought

    return OnnxEmbedder(path, entry)


def _voice(entry: Entry, folder: Path | None) -> VoiceModel:
    path = checked(entry, folder)
    if entry.form != "onnx":
        return Resemblyzer(path, entry.mark)
    from baqylau.monitoring.av_server.voices_onnx import OnnxVoice  # noqa: PLC0415 - only where one is brought

    return OnnxVoice(path, entry.mark)


def _meshed(finder: Finder, folder: Path | None, entry: Entry) -> Finder:
    from baqylau.monitoring.av_server.faces_mesh import MeshFinder  # noqa: PLC0415 - only where one is brought

    return MeshFinder(finder, checked(entry, folder))


def _digits(entry: Entry, folder: Path | None) -> DigitModel:
    return OnnxDigits(checked(entry, folder), entry.mark, entry.calibration)
