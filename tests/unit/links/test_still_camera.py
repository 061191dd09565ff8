"""Single photographs: of a camera, of a folder, and of nothing."""

import asyncio
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from baqylau.links.camera import CameraError, Pixels
from baqylau.links.still_camera import NoCamera, PictureFolder, Stills


class Grey:
    def __init__(self, *, broken: bool = False) -> None:
        self._broken, self.given = broken, 0

    def pictures(self, going: Callable[[], bool]) -> Iterator[Pixels]:
        if self._broken:
            raise CameraError("broken")
        while going():
            self.given += 1
            yield np.full((48, 64, 3), 40 * self.given, dtype=np.uint8)


def test_a_photograph_is_taken_when_the_camera_has_settled() -> None:
    image = pytest.importorskip("PIL.Image")
    camera = Grey()
    with image.open(BytesIO(asyncio.run(Stills(camera).photo()))) as seen:
        assert (seen.format, seen.size, camera.given) == ("JPEG", (64, 48), 3)
        assert abs(seen.getpixel((5, 5))[0] - 120) < 4


def test_a_camera_that_is_broken_or_not_there_gives_no_photograph() -> None:
    for camera in (Stills(Grey(broken=True)), NoCamera()):
        with pytest.raises(OSError, match=r"broken|camera"):
            asyncio.run(camera.photo())


def test_a_folder_gives_its_pictures_in_turn(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.jpg").write_bytes(name.encode())
    folder = PictureFolder(tmp_path)
    assert [asyncio.run(folder.photo()) for _ in range(3)] == [b"a", b"b", b"a"]
    with pytest.raises(FileNotFoundError):
        asyncio.run(PictureFolder(tmp_path / "none").photo())
