"""Of a photograph its picture is kept and nothing else, and only what can be one is taken."""

from io import BytesIO
from random import Random

import pytest
from PIL import Image

from baqylau.storage.people.jpeg import SIDE_MAX_PX, NoPhotoError, anew
from tests.unit.picture import opened, photograph, segment

HIDDEN = b"43.238 76.889, 22 November"
SIDE_PX, MOST_BYTES = 640, 24_000


def drawn(photo: bytes) -> bytes:
    return anew(photo, side_px=SIDE_PX, most_bytes=MOST_BYTES)


def between_scans(hidden: bytes) -> bytes:
    """A JPEG that comes in several passes, with something between two of them that every viewer skips."""
    out = BytesIO()
    Image.open(BytesIO(photograph())).save(out, "JPEG", progressive=True)
    taken = out.getvalue()
    at = taken.rindex(b"\xff\xc4")
    return taken[:at] + segment(0xFE, hidden) + taken[at:]


@pytest.mark.parametrize(
    "taken",
    [
        photograph(beside=HIDDEN),
        photograph(behind=HIDDEN),
        photograph(behind=b"PK\3\4" + HIDDEN),
        between_scans(HIDDEN),
    ],
)
def test_the_picture_comes_through_and_whatever_else_was_in_the_file_does_not(taken: bytes) -> None:
    kept = drawn(taken)
    assert (HIDDEN in taken, HIDDEN in kept, b"Exif" in kept) == (True, False, False)
    assert (opened(kept).size, kept[-2:]) == ((48, 64), b"\xff\xd9")
    assert opened(kept).getpixel((24, 8)) > opened(kept).getpixel((24, 56))  # type: ignore[operator]


def test_a_picture_stands_upright_although_what_said_so_is_left_out() -> None:
    out, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6
    opened(photograph()).save(out, "JPEG", exif=exif)
    assert opened(drawn(out.getvalue())).size == (64, 48)


@pytest.mark.parametrize(("spots", "width"), [(20, 640), (200, 320)])
def test_a_cameras_large_picture_is_made_as_small_as_it_has_to_be(spots: int, width: int) -> None:
    noise = Random(1).randbytes(3 * spots * spots)  # noqa: S311 - the more spots, the worse it compresses
    out = BytesIO()
    Image.frombytes("RGB", (spots, spots), noise).resize((2000, 1500)).save(out, "JPEG", quality=95)
    kept = drawn(out.getvalue())
    assert (len(out.getvalue()) > 5 * MOST_BYTES, len(kept) <= MOST_BYTES) == (True, True)
    assert opened(kept).width == width


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"\x89PNG\r\n\x1a\n" + bytes(90),
        b"\xff\xd8\xff" + bytes(900),
        photograph()[:-200],
        photograph()[:40],
        photograph(size=(SIDE_MAX_PX + 1, 8)),
        b"\xff\xd8\xff\xe1\xff\xff" + bytes(20),
    ],
)
def test_what_is_no_photograph_is_refused(wrong: bytes) -> None:
    with pytest.raises(NoPhotoError):
        drawn(wrong)
