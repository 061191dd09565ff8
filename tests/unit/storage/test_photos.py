"""Of a photograph its picture is kept and nothing else, and only what can be one is taken."""

import pytest

from baqylau.storage.people.jpeg import NoPhotoError, bare
from tests.unit.picture import photograph, segment

PLACE = b"43.238 76.889, 22 November"


def test_what_a_camera_wrote_beside_the_picture_is_left_out() -> None:
    taken = photograph(b"her face", beside=PLACE)
    assert (PLACE in taken, bare(taken)) == (True, photograph(b"her face"))


def test_what_comes_after_the_picture_is_left_out_too() -> None:
    assert bare(photograph() + PLACE) == photograph()


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"\x89PNG\r\n\x1a\n" + bytes(90),
        b"\xff\xd8\xff" + bytes(900),
        photograph()[:-2],
        photograph()[:40],
        b"\xff\xd8" + segment(0xDA, bytes(6)) + b"no frame\xff\xd9",
        photograph(size=(60_000, 60_000)),
        photograph(size=(0, 320)),
        b"\xff\xd8\xff\xe1\xff\xff" + bytes(20),
    ],
)
def test_what_is_no_photograph_is_refused(wrong: bytes) -> None:
    with pytest.raises(NoPhotoError):
        bare(wrong)
