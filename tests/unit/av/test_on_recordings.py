"""A small share of the measurements on public recordings; all of them: `make quality`."""

import pytest

from baqylau.monitoring.av_server.equipment import Models, load_models
from baqylau.monitoring.av_server.presence import installed
from tests.quality.identity_page import by_chance
from tests.quality.likeness import DATA, digits, faces, speech

pytestmark = [
    pytest.mark.skipif(not installed(), reason="the extra `av` is not installed"),
    pytest.mark.skipif(not DATA.is_dir(), reason="the recordings (BAQYLAU_TESTDATA) are not at hand"),
]


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models()


def test_portraits_of_one_person_are_near_and_of_two_are_far(models: Models) -> None:
    found = faces(DATA / "faces", models)
    assert models.face_calibration is not None
    assert len(found) == 3
    assert all(models.face_calibration.matches(far) is same for same, far in found)


def test_voices_are_told_apart_by_five_seconds_of_speech(models: Models) -> None:
    found = speech(DATA / "speech/sentences", models, files=3, template=1, draws=3)
    assert found.readers == 6
    assert found.equal_error <= 0.01


def test_digits_are_heard_in_five_of_six_and_chance_does_not_pass() -> None:
    found = digits(DATA / "speech/digits", numbers=(0, 3, 6, 9), most=2)
    assert found.passed_least >= 0.9
    assert by_chance() <= 1e-4
