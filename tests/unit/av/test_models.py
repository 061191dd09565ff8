"""Models: only the file whose hash is written down is opened, and the one that nobody may use never is."""

from hashlib import sha256
from pathlib import Path

import pytest

from baqylau.monitoring.av_server.equipment import load_models
from baqylau.monitoring.av_server.models import (
    CALIBRATIONS,
    MANIFEST,
    Calibration,
    Entry,
    Kind,
    ManifestError,
    ModelRefusedError,
    Trouble,
    calibrate,
    checked,
    entries,
)
from baqylau.monitoring.av_server.presence import installed

needs_extra = pytest.mark.skipif(not installed(), reason="the extra `av` is not installed")
CALIBRATION = Calibration(name="Almaty 2026", a=-80.0, b=40.0, match_at=0.45, differs_at=0.55)


def entry(file: str, content: bytes = b"", **more: str) -> Entry:
    pinned = more.get("sha256", sha256(content).hexdigest())
    return Entry(
        kind=Kind.FACE, name="own", form="onnx", file=file, sha256=pinned, licence="own", commercial_ok="yes"
    )  # fmt: skip


def trouble(one: Entry, folder: Path | None) -> Trouble:
    with pytest.raises(ModelRefusedError) as refused:
        checked(one, folder)
    return refused.value.trouble


@needs_extra
def test_every_shipped_model_is_the_file_it_is_said_to_be() -> None:
    shipped = entries()
    assert set(shipped) == set(Kind) - {Kind.MESH, Kind.DIGITS}
    for one in shipped.values():
        assert one.licence
        assert not one.file or checked(one).is_file()


@needs_extra
def test_shipped_models_open_and_are_written_beside_every_outcome() -> None:
    models = load_models()
    assert models.troubles == ()
    assert models.names == "dlib-resnet-v1@55533b28a958/shipped resemblyzer@39373b86598f/shipped"


def test_no_shipped_model_is_the_68_point_file() -> None:
    assert not [one for one in entries().values() if "68" in one.file or one.sha256.startswith("fbdc2cb8")]


@needs_extra
def test_the_68_point_file_is_refused_also_where_its_hash_is_right() -> None:
    one = entry(
        "package:face_recognition_models/models/shape_predictor_68_face_landmarks.dat",
        sha256="fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f",
    )
    assert trouble(one, None) is Trouble.NOT_ALLOWED


def test_another_hash_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.onnx").write_bytes(b"weights")
    assert checked(entry("own.onnx", b"weights"), tmp_path) == tmp_path / "own.onnx"
    assert trouble(entry("own.onnx", b"others"), tmp_path) is Trouble.WRONG_HASH


@pytest.mark.parametrize("file", ["missing.onnx", "../own.onnx", "/etc/hostname"])
def test_a_file_that_is_not_in_the_folder_is_missing(tmp_path: Path, file: str) -> None:
    assert trouble(entry(file), tmp_path) is Trouble.FILE_MISSING


def test_a_package_that_is_not_there_is_not_installed() -> None:
    assert trouble(entry("package:no_such_models/a.dat"), None) is Trouble.NOT_INSTALLED


@needs_extra
def test_an_own_model_takes_the_place_of_its_kind_and_no_other_takes_its_place(tmp_path: Path) -> None:
    (tmp_path / "better.onnx").write_bytes(b"not the one")
    (tmp_path / MANIFEST).write_text(
        '[[model]]\nkind = "face"\nname = "better"\nform = "onnx"\nfile = "better.onnx"\n'
        f'sha256 = "{sha256(b"the one").hexdigest()}"\nlicence = "MIT"\ncommercial_ok = "yes"\n',
        encoding="utf-8",
    )
    models = load_models(tmp_path)
    assert models.embedder is None
    assert models.finder is not None
    assert models.troubles == ((Kind.FACE, "better", Trouble.WRONG_HASH),)


@pytest.mark.parametrize("text", ["model = 3", "[[model]]\nkind = 'ear'", "{", '[[model]]\nkind = "face"'])
def test_a_list_of_models_that_makes_no_sense_is_said_to_be_wrong(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(ManifestError, match=MANIFEST):
        entries(tmp_path)


def test_the_sites_calibration_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    mark = entries()[Kind.FACE].mark
    calibrate(tmp_path, mark, CALIBRATION)
    assert entries(tmp_path)[Kind.FACE].calibration == CALIBRATION
    (tmp_path / CALIBRATIONS).write_bytes(b"[]")
    with pytest.raises(ManifestError, match=CALIBRATIONS):
        entries(tmp_path)


def test_distances_and_cosines_are_both_read_the_right_way() -> None:
    likeness = Calibration(name="voice", a=40.0, b=-31.6, match_at=0.82, differs_at=0.72)
    assert (CALIBRATION.matches(0.4), CALIBRATION.matches(0.5), CALIBRATION.differs(0.6)) == (True, False, True)
    assert (likeness.matches(0.9), likeness.matches(0.8), likeness.differs(0.6)) == (True, False, True)
    assert CALIBRATION.llr(0.4) > 0 > CALIBRATION.llr(0.6)
