"""The devices' code under the interpreter that runs on their boards, and the same script under ours."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import which

import pytest

from tests.unit.protocols.beacon.test_vectors import VECTORS

ROOT = Path(__file__).parents[2]
FIRMWARE = ROOT / "firmware"
SCRIPT = Path(__file__).parent / "beacon_vectors.py"


def node() -> str:
    """Give Node: the one that came as a wheel, or the machine's own."""
    wheel = ROOT / ".venv" / "node" / "bin" / "node"
    return str(wheel) if wheel.exists() else which("node") or "node"


def said(command: Sequence[str]) -> str:
    """Run a script on all vectors and give its last word."""
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(VECTORS), capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()[-1]


@pytest.mark.skipif(not (FIRMWARE / "node_modules").exists(), reason="MicroPython is not there: run `make setup`")
def test_every_vector_is_right_under_micropython() -> None:
    assert said([node(), str(FIRMWARE / "run.mjs"), str(SCRIPT)]) == str(len(VECTORS))


def test_every_vector_is_right_under_cpython() -> None:
    assert said([sys.executable, "-m", "tests.micropython.beacon_vectors"]) == str(len(VECTORS))
