"""The images of the boards: every module of them is in the language that the boards run."""

import subprocess
from pathlib import Path

import pytest

from scripts import firmware

COMPILED = b"M\x06"
"""Mark and version of a compiled module."""
FLASH_BYTES = 160 * 1024


@pytest.mark.parametrize("image", firmware.IMAGES)
def test_an_image_is_compiled_whole_and_is_small(tmp_path: Path, image: str) -> None:
    modules = firmware.build(tmp_path, image)
    assert all(module.read_bytes().startswith(COMPILED) for module in modules)
    assert sum(module.stat().st_size for module in modules) < FLASH_BYTES
    assert (tmp_path / image / "main.py").read_text(encoding="utf-8") == f"import firmware.{image}.main\n"
    assert tmp_path / image / f"baqylau/devices/{image}/core.mpy" in modules


@pytest.mark.parametrize("image", firmware.IMAGES)
def test_everything_that_an_image_imports_is_in_it(image: str) -> None:
    names = {name.removesuffix(".py").replace("/", ".") for _, name in firmware.parts(image)}
    for source, _ in firmware.parts(image):
        code, _, _ = source.read_text(encoding="utf-8").partition("if __name__")
        for line in code.splitlines():
            words = line.split()
            if words[:1] == ["from"] and words[1].startswith(("baqylau", "firmware")):
                _, _, several = line.partition(" import ")
                parts = {f"{words[1]}.{one.split()[0]}" for one in several.split(",") if one.strip(" (")}
                assert words[1] in names or parts <= names, f"{source}: {line}"


def test_what_the_boards_cannot_run_is_not_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = tmp_path / "foreign.py"
    foreign.write_text("both = [*(1, 2), 3]\nmatch both:\n    case _:\n        pass\n", encoding="utf-8")
    monkeypatch.setattr(firmware, "parts", lambda _: [(foreign, "foreign.py")])
    with pytest.raises(subprocess.CalledProcessError):
        firmware.build(tmp_path, "bracelet")
