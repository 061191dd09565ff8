"""`av` over a real database: a person is enrolled from a folder, compared, renewed and forgotten."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.monitoring.av_server import equipment
from baqylau.monitoring.av_server.presence import installed
from baqylau.storage.database import plain_dsn
from tests.unit.av.stage import MODELS
from tests.unit.av.test_enrolment import DIGITS, PHOTOS, SENTENCES, photo

pytestmark = pytest.mark.skipif(not installed(), reason="the extra `av` is not installed")
Says = Callable[..., tuple[int, str]]


@pytest.fixture
def says(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Says:
    monkeypatch.setenv("BAQYLAU_DATABASE", plain_dsn(engine))
    monkeypatch.setattr(equipment, "load_models", lambda _: MODELS)

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["av", *words, "--data", str(tmp_path / "data"), "--language", "en"])
        return done.exit_code, done.output

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "folder"
    place.mkdir()
    for named in (*PHOTOS, *SENTENCES, *DIGITS):
        (place / named.name).write_bytes(named.item.content)
    (place / "notes.txt").write_text("not for the enrolment", encoding="utf-8")
    return place


def test_a_person_is_enrolled_compared_renewed_and_forgotten(says: Says, folder: Path) -> None:
    assert says("enrol", "aigul", str(folder), "--by", "dana") == (0, "aigul is enrolled, version 1, by dana.\n")
    photo = str(folder / "photo-0.png")
    status, said = says("judge", photo, "--person", "aigul")
    assert (status, "It is the person" in said) == (0, True)
    assert "its error rate is not known" in said
    shutil.rmtree(folder)
    assert says("enrol", "aigul", "--again", "--by", "dana")[1] == "aigul is enrolled, version 2, by dana.\n"
    status, said = says("forget", "aigul", "--why", "end of the sentence", "--by", "dana")
    assert (status, "deleted" in said) == (0, True)
    assert says("forget", "aigul", "--why", "once more")[0] == 1


def test_photographs_alone_are_taken_with_a_word_of_what_cannot_be_checked(says: Says, folder: Path) -> None:
    for sound in folder.glob("*.wav"):
        sound.unlink()
    status, said = says("enrol", "aigul", str(folder), "--by", "dana")
    assert status == 0
    assert "Photographs alone" in said
    (folder / "said-1.wav").write_bytes(SENTENCES[0].item.content)
    status, said = says("enrol", "aigul", str(folder), "--by", "dana")
    assert (status, "At least three good sentences" in said) == (1, True)


def test_what_is_refused_is_named_and_nobody_is_enrolled(says: Says, folder: Path) -> None:
    for sound in folder.glob("*.wav"):
        sound.unlink()
    (folder / "photo-0.png").write_bytes(b"none")
    status, said = says("enrol", "aigul", str(folder))
    assert status == 1
    assert "photo-0.png: cannot be read" in said
    assert "At least three good photographs" in said
    assert "aigul is not enrolled" in said


def test_a_folder_or_what_was_kept_not_both(says: Says, folder: Path) -> None:
    assert says("enrol", "aigul") == says("enrol", "aigul", str(folder), "--again")


def test_a_site_calibrates_on_its_own_people_and_takes_it_into_use(says: Says, tmp_path: Path) -> None:
    for who in range(6):
        place = tmp_path / "hall" / f"p{who}"
        place.mkdir(parents=True)
        for index in range(4):
            (place / f"{index}.png").write_bytes(photo("face.png", who).item.content)
    status, said = says("calibrate", str(tmp_path / "hall"), "--name", "hall", "--use")
    assert status == 0, said
    assert "People: 6" in said
    assert "The calibration hall is used" in said
    assert "hall" in says("models")[1]
    assert "Too few people" in says("calibrate", str(tmp_path / "hall" / "p0"), "--name", "few")[1]


def test_a_calibration_from_decisions_says_how_many_there_are_and_wants_enough_of_them(says: Says) -> None:
    status, said = says("calibrate", "--decided", "--name", "decisions")
    assert status == 1
    assert "Decided checks: 0 as the person, 0 as another." in said
    assert "Too few people" in said
    assert "Name a folder" in says("calibrate", "--name", "nothing")[1]
