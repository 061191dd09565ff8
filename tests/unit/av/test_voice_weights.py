"""The voice model's file: read as numbers, and never allowed to call anything."""

import pickle
import struct
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from baqylau.monitoring.av_server.models import Kind, checked, entries
from baqylau.monitoring.av_server.presence import installed
from baqylau.monitoring.av_server.voice_weights import WeightsRefusedError, read_weights

HEADERS = b"".join(pickle.dumps(header, protocol=2) for header in (1, 2, "sizes"))


class Evil:
    """Wants a command to be run on reading."""

    def __reduce__(self) -> tuple[object, ...]:
        return (print, ("called",))


def refused(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "weights.pt"
    path.write_bytes(content)
    with pytest.raises(WeightsRefusedError) as wrong:
        read_weights(path)
    return str(wrong.value)


def test_a_file_that_wants_to_call_something_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = HEADERS + pickle.dumps({"model_state": Evil()}, protocol=2)
    assert "print" in refused(tmp_path, content)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [b"", b"junk", HEADERS, HEADERS + pickle.dumps({"other": 1}, protocol=2)])
def test_a_file_that_is_no_list_of_weights_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "weights.pt" in refused(tmp_path, content)


def test_numbers_that_break_off_are_refused(tmp_path: Path) -> None:
    content = HEADERS + pickle.dumps({"model_state": OrderedDict()}, protocol=2) + pickle.dumps(["0"], protocol=2)
    assert "weights.pt" in refused(tmp_path, content + struct.pack("<q", 10**12) + bytes(8))


@pytest.mark.skipif(not installed(), reason="the extra `av` is not installed")
def test_the_shipped_weights_are_those_of_three_layers() -> None:
    weights = read_weights(checked(entries()[Kind.VOICE]))
    assert weights["lstm.weight_hh_l2"].shape == (1024, 256)
    assert weights["linear.weight"].shape == (256, 256)
    assert all(np.isfinite(values).all() for values in weights.values())
