"""The devices' code under the interpreter that runs on their boards, and the same scripts under ours."""

import json
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from tests.micropython.link import LINK, RIGHT
from tests.micropython.tracker_life import life
from tests.unit.protocols.beacon.test_vectors import VECTORS

ROOT = Path(__file__).parents[2]
FIRMWARE = ROOT / "firmware"
on_board = pytest.mark.skipif(
    not (FIRMWARE / "node_modules").exists(), reason="MicroPython is not there: run `make setup`"
)


def node() -> str:
    """Give Node: the one that came as a wheel, or the machine's own."""
    wheel = ROOT / ".venv" / "node" / "bin" / "node"
    return str(wheel) if wheel.exists() else which("node") or "node"


def on_device(script: str, told: str = "") -> str:
    """Run a script of this folder under MicroPython and give what it says."""
    return said([node(), str(FIRMWARE / "run.mjs"), str(Path(__file__).with_name(f"{script}.py"))], told)


def on_host(script: str, told: str = "") -> str:
    """Run a script of this folder under our own interpreter and give what it says."""
    return said([sys.executable, "-m", f"tests.micropython.{script}"], told)


def said(command: list[str], told: str) -> str:
    done = subprocess.run(command, cwd=ROOT, input=told, capture_output=True, text=True, timeout=90, check=True)
    assert done.stderr == ""
    return done.stdout.strip()


@on_board
def test_every_vector_is_right_under_micropython() -> None:
    assert on_device("beacon_vectors", json.dumps(VECTORS)) == str(len(VECTORS))


def test_every_vector_is_right_under_cpython() -> None:
    assert on_host("beacon_vectors", json.dumps(VECTORS)) == str(len(VECTORS))


@on_board
def test_a_day_of_a_bracelet_and_an_hour_of_a_relay_are_the_same_beacons_under_both() -> None:
    day = on_host("bracelet_day")
    assert day.split()[::2] == ["17461", "1620"], "a day has 17 280 beats and the fast ones after each event"
    assert on_device("bracelet_day") == day


@on_board
def test_the_link_is_the_same_bytes_under_micropython() -> None:
    assert on_device("link_vectors", json.dumps(LINK)) == str(RIGHT)


def test_the_link_is_the_same_bytes_under_cpython() -> None:
    assert on_host("link_vectors", json.dumps(LINK)) == str(RIGHT)


@on_board
def test_a_trackers_life_is_the_same_records_under_both() -> None:
    told = life()
    here = on_host("tracker_day", told)
    assert int(here.split()[0]) > 8, "places, a relay, a cut strap, an order, the last word"
    assert on_device("tracker_day", told) == here
