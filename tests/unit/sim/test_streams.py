"""Camera and microphone of a sitter, for a unit that ends whenever it likes."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av", reason="the extra `av` is not installed")

from baqylau.sim.sitting.portrait import HEIGHT_PX, WIDTH_PX, Pixels
from baqylau.sim.sitting.sitter import Prompt
from baqylau.sim.sitting.streams import Streams
from baqylau.sim.sitting.voice import RATE_HZ, Samples


class Still:
    """Somebody who neither moves nor speaks."""

    def told(self, _prompt: Prompt) -> None:
        raise AssertionError("nobody asked anything")

    def picture(self, _at_s: float) -> Pixels:
        return np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)

    def heard(self, from_s: float, until_s: float) -> Samples:
        return np.zeros(int((until_s - from_s) * RATE_HZ), np.int16)


def test_a_unit_that_hangs_up_in_the_middle_of_a_picture_is_no_fault_of_the_sitter(tmp_path: Path) -> None:
    """The program that is killed shuts both pipes; what is written then goes nowhere, and that is no news."""
    streams = Streams(Still(), tmp_path, "en")
    with streams.camera.open("rb") as camera, streams.microphone.open("rb") as microphone:
        assert camera.read(1000)
        assert microphone.read(44).startswith(b"RIFF")
    streams.close()
