"""Packets that real devices sent: each gives its positions or a named reason."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from baqylau.domain.observations import Fix
from baqylau.protocols.egts import decode_frame
from baqylau.protocols.session import Keep, Login, Reading

ROOT = Path(os.environ.get("BAQYLAU_TESTDATA") or Path(__file__).parents[4].parent / "shared" / "testdata")
CAPTURES = ROOT / "captures" / "egts.json"
MESSAGES: list[dict[str, Any]] = json.loads(CAPTURES.read_text(encoding="utf-8")) if CAPTURES.exists() else []

pytestmark = pytest.mark.skipif(not MESSAGES, reason="no captures: set BAQYLAU_TESTDATA")


def readings_of(message: dict[str, Any]) -> list[Reading]:
    events = decode_frame(bytes.fromhex(message["data"]))
    assert all(isinstance(event, Keep | Login) for event in events)
    assert not any(event.rejected for event in events if isinstance(event, Keep))
    return [reading for event in events if isinstance(event, Keep) for reading in event.readings]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message["id"]))
def test_a_packet_with_positions_gives_them(message: dict[str, Any]) -> None:
    fixes = [body for reading in readings_of(message) for body in reading.bodies if isinstance(body, Fix)]
    assert bool(fixes) == (message["note"] in ("position", "positions", "frame"))


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message["id"]))
def test_time_and_place_are_what_the_source_says(message: dict[str, Any]) -> None:
    expected = message.get("expected", {})
    for reading in readings_of(message):
        if "time" in expected:
            assert reading.observed_at == datetime.fromisoformat(expected["time"])
        for body in reading.bodies:
            if "lat" in expected and isinstance(body, Fix):
                assert body.latitude_deg == pytest.approx(expected["lat"], abs=1e-5)
                assert body.longitude_deg == pytest.approx(expected["lon"], abs=1e-5)


def test_a_course_over_255_degrees_is_read_whole() -> None:
    courses = [
        body.course_deg for reading in readings_of(MESSAGES[1]) for body in reading.bodies if isinstance(body, Fix)
    ]
    assert max(course for course in courses if course is not None) > 255
