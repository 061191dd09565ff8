"""`baqylau sim city` as its user starts it: one command, a server of its own, a report in which nothing is missing."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct

from baqylau.domain.findings import Code
from tests.conftest import own_directory

TOWN = """
persons: 18
hours: 2
seed: 29
speed: 1800
home_unit_share: 0.2
mobile_unit_share: 0.15
breath_unit_share: 0.1
av_unit_share: 0.15
lives: {forbidden place: 2, strap opened: 1}
home_lives: {out in the hours: 1, relay moved: 1}
mobile_lives: {parted from the unit: 1}
standing_lives: {unit opened: 1, another sits down: 1}
breath_lives: {has drunk: 1}
protocols: {teltonika: 1, wialon: 1, own: 2}
relay_share: 1
relay_fails_share: 0
power_cut_min: 0
spoilings:
- {deed: jammed, radius_m: 20000, after_h: 1.2, lasts_min: 20}
"""
HAPPENS = {
    Code.EXCLUSION_ENTRY,
    Code.STRAP_OPEN,
    Code.LEFT_EARLY,
    Code.SEPARATION,
    Code.RELAY_FAULT,
    Code.RELAY_FIX,
    Code.BREATH_FIRST_POSITIVE,
    Code.BREATH_POSITIVE,
    Code.CASE_OPEN,
    Code.FACE_NOT_MATCHED,
    Code.NO_FIX,
}


class Truth(Struct):
    """What had to be found."""

    code: Code


class Person(Struct):
    """One line of the truth."""

    truths: list[Truth]


@pytest.fixture(scope="module")
def city() -> Iterator[Path]:
    with own_directory() as folder:
        scenario = folder / "town.yaml"
        scenario.write_text(TOWN)
        words = [sys.executable, "-m", "baqylau.cli", "sim", "city", str(folder / "city"), "--scenario", str(scenario)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == str(folder / "city" / "report.md")
        yield folder / "city"


def rows(report: str, heading: str) -> dict[str, list[int]]:
    """Give the figures of a table of the report, by what stands first in each row."""
    _, _, after = report.partition(f"## {heading}\n")
    lines = [line.strip("| ").split(" | ") for line in after.partition("\n![")[0].splitlines() if line.startswith("| ")]
    return {first: [int(re.sub(r"\D", "", one)) for one in others] for first, *others in lines[1:]}


def test_everything_that_happened_was_found_and_nothing_else(city: Path) -> None:
    told = [msgspec.json.decode(line, type=Person) for line in (city / "truth.jsonl").read_bytes().splitlines()]
    happened = [one.code for person in told for one in person.truths]
    assert set(happened) >= HAPPENS
    found = {first[:3]: figures[1:] for first, figures in rows((city / "report.md").read_text(), "Alarms").items()}
    assert found == {code: [happened.count(code), happened.count(code), 0, 0] for code in set(happened)}


def test_each_kind_of_device_spoke_and_everything_that_it_said_was_acknowledged(city: Path) -> None:
    spoke = rows((city / "report.md").read_text(), "Devices")
    assert set(spoke) == {"av unit", "breath unit", "home unit", "mobile unit", "own tracker", "teltonika", "wialon"}
    assert sum(number for number, *_ in spoke.values()) == 18
    for _number, told, _sent, acknowledged, refused, *_ in spoke.values():
        assert acknowledged >= told > 0
        assert refused == 0
