"""Messages that real devices sent: each gives its position or a named reason."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from baqylau.domain.observations import Fix
from baqylau.protocols.session import Event, Hangup, Keep, Reading, Rejected
from baqylau.protocols.wialon import decode_frame

ROOT = Path(os.environ.get("BAQYLAU_TESTDATA") or Path(__file__).parents[4].parent / "shared" / "testdata")
CAPTURES = ROOT / "captures" / "wialon.json"
MESSAGES: list[dict[str, Any]] = json.loads(CAPTURES.read_text(encoding="utf-8")) if CAPTURES.exists() else []

pytestmark = pytest.mark.skipif(not MESSAGES, reason="no captures: set BAQYLAU_TESTDATA")


def events_of(message: dict[str, Any]) -> tuple[Event, ...]:
    return decode_frame(message["data"].encode(message.get("encoding", "ascii")))


def readings_of(events: tuple[Event, ...]) -> list[Reading]:
    return [reading for event in events if isinstance(event, Keep) for reading in event.readings]


def reasons_of(events: tuple[Event, ...]) -> list[Rejected | Hangup]:
    inner = [bad for event in events if isinstance(event, Keep) for bad in event.rejected]
    return [*inner, *(event for event in events if isinstance(event, Rejected | Hangup))]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message["id"]))
def test_a_message_with_a_position_gives_it_or_says_why_not(message: dict[str, Any]) -> None:
    events = events_of(message)
    fixes = [body for reading in readings_of(events) for body in reading.bodies if isinstance(body, Fix)]
    assert fixes or reasons_of(events) or message["note"] in ("nothing", "attributes")
    assert readings_of(events) or reasons_of(events) or message["note"] == "nothing"


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message["id"]))
def test_time_and_place_are_what_the_source_says(message: dict[str, Any]) -> None:
    expected = message.get("expected", {})
    for reading in readings_of(events_of(message)):
        if "time" in expected:
            assert reading.observed_at == datetime.fromisoformat(expected["time"])
        fixes = [body for body in reading.bodies if isinstance(body, Fix)]
        if "lat" in expected:
            assert fixes[0].latitude_deg == pytest.approx(expected["lat"], abs=1e-5)
            assert fixes[0].longitude_deg == pytest.approx(expected["lon"], abs=1e-5)
