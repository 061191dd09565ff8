"""The single-file verifier where there is nothing of the product: Python, and the one library that it needs."""

import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from baqylau.cli import app

LIBRARY = ("cryptography", "cffi", "pycparser")
_START = (
    "import resource, runpy, sys; library, most = sys.argv[1:3]; sys.argv = sys.argv[3:]; sys.path.append(library); "
    "resource.setrlimit(resource.RLIMIT_AS, (int(most), int(most))); runpy.run_path(sys.argv[0], run_name='__main__')"
)
MEMORY_BYTES = 512 << 20
"""What it may take of addresses, Python and its library included."""


@dataclass(frozen=True)
class Told:
    """What a verifier answered."""

    status: int
    lines: tuple[str, ...]
    complaints: str


class Alone:
    """A court's machine."""

    def __init__(self, folder: Path) -> None:
        self._file, self._library, self._elsewhere = folder / "verify.py", folder / "library", folder / "elsewhere"
        assert CliRunner().invoke(app, ["evidence", "verifier", "-o", str(self._file)]).exit_code == 0
        installed = Path(sysconfig.get_path("platlib"))
        self._library.mkdir()
        self._elsewhere.mkdir()
        for source in [*(installed / name for name in LIBRARY), *installed.glob("_cffi_backend*.so")]:
            if source.exists():
                (self._library / source.name).symlink_to(source)

    def verify(self, *words: str) -> Told:
        """Check with nothing but the library in reach, isolated, from another working directory, in little memory."""
        start = [sys.executable, "-I", "-S", "-c", _START, str(self._library), str(MEMORY_BYTES)]
        found = subprocess.run(
            [*start, str(self._file), *words],
            capture_output=True,
            check=False,
            cwd=self._elsewhere,
            env={"LC_ALL": "C", "PYTHONUTF8": "0"},
        )
        return Told(found.returncode, tuple(found.stdout.decode().splitlines()), found.stderr.decode())
