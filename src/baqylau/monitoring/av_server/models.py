"""Which models an installation compares with: each from a file whose SHA-256 is written down, with its licence.

A file with another hash is refused and nothing takes its place: templates of one model mean nothing to another.
"""

import tomllib
from enum import StrEnum
from hashlib import sha256
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from baqylau.monitoring.av_server.report import Rates

MANIFEST = "models.toml"
CALIBRATIONS = "calibrations.json"
"""What the site measured, beside its own manifest."""
_PACKAGE = "package:"
_NEVER = frozenset({"fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f"})
"""The 68-point predictor that comes in the same package: its training pictures exclude commercial use."""


class Kind(StrEnum):
    """What a model is for, in the catalogues' words (`model.<kind>`)."""

    DETECTOR = "detector"
    LANDMARKS = "landmarks"
    FACE = "face"
    VOICE = "voice"
    MESH = "mesh"
    """Points of a face, finer than the detector's. None is shipped."""
    DIGITS = "digits"
    """Spoken digits, whoever says them. None is shipped: each person's own takes tell them."""


class Calibration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a score means: `llr = a * score + b`, and from where on it is taken for the person or for another."""

    name: str
    """`shipped`, or the name that the site gave its own."""
    a: float
    b: float
    match_at: float
    differs_at: float
    rates: Rates | None = None

    def llr(self, score: float) -> float:
        """Give the natural logarithm of the likelihood ratio."""
        return self.a * score + self.b

    def matches(self, score: float) -> bool:
        """Tell whether the score is that of the person; distances fall, cosines rise."""
        return score <= self.match_at if self.a < 0 else score >= self.match_at

    def differs(self, score: float) -> bool:
        """Tell whether the score is that of another."""
        return score >= self.differs_at if self.a < 0 else score <= self.differs_at


class Pictured(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a network wants its picture."""

    size: int = 112
    colour: Literal["rgb", "bgr"] = "rgb"
    mean: float = 127.5
    std: float = 127.5


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model as the manifest names it."""

    kind: Kind
    name: str
    form: Literal["dlib", "resemblyzer", "onnx"]
    licence: str
    commercial_ok: Literal["yes", "no", "unclear"]
    file: str = ""
    """A name in the folder of the models, or `package:PACKAGE/PATH`; empty where the code itself brings it."""
    sha256: str = ""
    input: Pictured = Pictured()
    calibration: Calibration | None = None
    note: str = ""

    @property
    def mark(self) -> str:
        """Name and hash: what is written beside each template and each score."""
        return f"{self.name}@{self.sha256[:12] or 'built-in'}"


class _Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    model: tuple[Entry, ...] = ()


class Trouble(StrEnum):
    """Why a model cannot be used, in the catalogues' words (`av.trouble.<word>`)."""

    NOT_INSTALLED = "not_installed"
    FILE_MISSING = "file_missing"
    WRONG_HASH = "wrong_hash"
    NOT_ALLOWED = "not_allowed"
    UNREADABLE = "unreadable"


class ModelRefusedError(Exception):
    """A model cannot be used."""

    def __init__(self, entry: Entry, trouble: Trouble) -> None:
        """Name the model and why."""
        super().__init__(f"{entry.name}: {trouble}")
        self.entry = entry
        self.trouble = trouble


class ManifestError(Exception):
    """The installation's own list of models does not say what it should."""


def entries(folder: Path | None = None) -> dict[Kind, Entry]:
    """Give the model of each kind: those of the extra, replaced by those of the folder and calibrated by the site."""
    shipped = msgspec.convert(tomllib.loads(files(__package__).joinpath(MANIFEST).read_text("utf-8")), _Manifest)
    chosen = {entry.kind: entry for entry in shipped.model}
    if folder is None:
        return chosen
    chosen |= {entry.kind: entry for entry in _own(folder / MANIFEST).model}
    measured = calibrations(folder)
    return {
        kind: msgspec.structs.replace(entry, calibration=measured.get(entry.mark, entry.calibration))
        for kind, entry in chosen.items()
    }


def calibrations(folder: Path) -> dict[str, Calibration]:
    """Give what the site measured, by the model's mark. May raise `ManifestError`."""
    path = folder / CALIBRATIONS
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Calibration]) if path.is_file() else {}
    except msgspec.MsgspecError as wrong:
        msg = f"{path}: {wrong}"
        raise ManifestError(msg) from wrong


def calibrate(folder: Path, mark: str, calibration: Calibration) -> None:
    """Take a calibration into use; whoever compares takes it at the next start."""
    every = calibrations(folder) | {mark: calibration}
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f"{CALIBRATIONS}.new"
    written.write_bytes(msgspec.json.format(msgspec.json.encode(every)))
    written.replace(folder / CALIBRATIONS)


def _own(path: Path) -> _Manifest:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Manifest) if path.is_file() else _Manifest()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as wrong:
        msg = f"{path}: {wrong}"
        raise ManifestError(msg) from wrong


def checked(entry: Entry, folder: Path | None = None) -> Path:
    """Give the file of a model, or raise `ModelRefusedError`. No byte of another hash is ever loaded."""
    path = _place(entry, folder)
    if not path.is_file():
        raise ModelRefusedError(entry, Trouble.FILE_MISSING)
    with path.open("rb") as content:
        found = _digest(content.read())
    if found in _NEVER or entry.sha256 in _NEVER:
        raise ModelRefusedError(entry, Trouble.NOT_ALLOWED)
    if found != entry.sha256:
        raise ModelRefusedError(entry, Trouble.WRONG_HASH)
    return path


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _place(entry: Entry, folder: Path | None) -> Path:
    if not entry.file.startswith(_PACKAGE):
        if folder is None or Path(entry.file).name != entry.file:
            raise ModelRefusedError(entry, Trouble.FILE_MISSING)
        return folder / entry.file
    package, _, inside = entry.file.removeprefix(_PACKAGE).partition("/")
    # The package is never imported: it wants a part of setuptools that is gone.
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModelRefusedError(entry, Trouble.NOT_INSTALLED)
    return Path(found.submodule_search_locations[0]) / inside
