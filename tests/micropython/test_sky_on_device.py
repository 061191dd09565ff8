"""The satellite pipeline under the interpreter of the boards, and under ours."""

import json
import os
from pathlib import Path

import pytest

from baqylau.links.gnss.reading import read_log
from baqylau.rules.gnss.epoch import Epoch
from baqylau.rules.gnss.figures import ERA_S
from baqylau.rules.gnss.surroundings import Surroundings
from tests.micropython.test_on_device import on_board, on_device, on_host
from tests.unit.rules.gnss.receiver import Told, around, epoch, lost, standing

LOGS = Path(os.environ.get("BAQYLAU_TESTDATA", Path(__file__).parents[3] / "shared" / "testdata")) / "gnss" / "nmea"


def written(told: list[Told]) -> str:
    """Give a story as the script reads it."""
    known = ("clock_s", "moving", "network")
    return json.dumps(
        [
            [{name: getattr(one, name) for name in Epoch.__slots__}, {name: getattr(it, name) for name in known}]
            for one, it in told
        ]
    )


def story() -> list[Told]:
    """Give somebody at rest whose receiver is of the last era; a walk, a jump, a jammer."""
    told = [(epoch(s, at_s=around(s).clock_s - ERA_S), around(s)) for s in range(150)]  # type: ignore[operator]
    told += [(epoch(s, 1.5 * (s - 150), speed_m_s=1.5), around(s, moving=True)) for s in range(150, 300)]
    told += [(epoch(s, 20_000.0, speed_m_s=0.0), around(s)) for s in range(300, 400)]
    return told + [(lost(s, agc=900, jam_figure=210), around(s)) for s in range(400, 460)]


@on_board
def test_a_story_is_judged_the_same_under_both() -> None:
    judged = on_host("sky_walk", written(story()))
    lines = judged.splitlines()
    assert len(lines) == 460
    assert lines[149].startswith("1 () True False 0")
    assert "too_fast" in lines[300]
    assert lines[-1].endswith("[('jam', 3)]")
    assert on_device("sky_walk", written(story())) == judged


@on_board
@pytest.mark.skipif(not LOGS.is_dir(), reason="the receiver logs (BAQYLAU_TESTDATA) are not at hand")
def test_real_logs_are_judged_the_same_under_both() -> None:
    names = ("neo-m8n", "ublox-neo-m8l", "unicore-um621", "quectel-eg25-g")
    told = [(one, Surroundings(one.at_s)) for name in names for one in read_log((LOGS / f"{name}.log").read_bytes())[0]]
    judged = on_host("sky_walk", written(told))
    assert len(judged.splitlines()) == len(told)
    assert on_device("sky_walk", written(told)) == judged


def test_a_good_minute_is_judged_by_us_as_good() -> None:
    assert set(on_host("sky_walk", written(standing(60))).splitlines()) == {"0 () False False 0 [] []"}
