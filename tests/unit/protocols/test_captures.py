"""Messages that real devices sent, of every protocol that came later: each gives its positions or a named reason."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from baqylau.domain.observations import Fix
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import Event, Hangup, Keep, Login, Ping, Reading, Rejected

ROOT = Path(os.environ.get("BAQYLAU_TESTDATA") or Path(__file__).parents[3].parent / "shared" / "testdata")
FILES = {
    "teltonika": "teltonika",
    "gt06": "gt06",
    "galileo": "galileosky",
    "navis": "navtelecom",
    "watch": "watch",
    "osmand": "osmand",
    "gl200": "queclink",
    "h02": "h02",
}
"""Protocol by the name of its file of captures."""


def messages() -> list[tuple[str, dict[str, Any]]]:
    """Give every capture with its protocol."""
    found = []
    for name, protocol in FILES.items():
        path = ROOT / "captures" / f"{name}.json"
        if path.exists():
            found += [(protocol, one) for one in json.loads(path.read_text(encoding="utf-8"))]
    return found


MESSAGES = messages()
pytestmark = pytest.mark.skipif(not MESSAGES, reason="no captures: set BAQYLAU_TESTDATA")


def request_of(message: dict[str, Any]) -> bytes:
    """Give the bytes of an HTTP request."""
    body: bytes = message.get("body", "").encode()
    headers = {"Host": "monitoring", "Content-Length": str(len(body)), **message.get("headers", {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{message['method']} {message['data']} HTTP/1.1\r\n{head}\r\n".encode() + body


def events_of(protocol: str, message: dict[str, Any]) -> tuple[Event, ...]:
    """Read one message without a conversation."""
    text = message["data"]
    if message["kind"] == "http":
        return FLEET[protocol].decode_frame(request_of(message))
    raw = bytes.fromhex(text) if message["kind"] == "hex" else text.encode(message.get("encoding") or "ascii")
    return FLEET[protocol].decode_frame(raw)


def readings_of(events: tuple[Event, ...]) -> list[Reading]:
    """Give all records among the events."""
    return [reading for event in events if isinstance(event, Keep) for reading in event.readings]


@pytest.mark.parametrize(("protocol", "message"), MESSAGES, ids=[str(one["id"]) for _, one in MESSAGES])
def test_a_message_is_understood_or_named(protocol: str, message: dict[str, Any]) -> None:
    events = events_of(protocol, message)
    assert events
    named = [event for event in events if isinstance(event, Rejected | Hangup)]
    named += [event for event in events if isinstance(event, Keep) and event.rejected]  # type: ignore[misc]
    assert readings_of(events) or named or all(isinstance(event, Login | Ping) for event in events)


@pytest.mark.parametrize(("protocol", "message"), MESSAGES, ids=[str(one["id"]) for _, one in MESSAGES])
def test_time_and_place_are_what_the_source_says(protocol: str, message: dict[str, Any]) -> None:
    expected = message.get("expected") or {}
    found = readings_of(events_of(protocol, message))
    for reading in found[:1]:
        if "time" in expected:
            assert reading.observed_at == datetime.fromisoformat(expected["time"])
    for reading in found:
        for body in reading.bodies:
            if "lat" in expected and isinstance(body, Fix):
                assert body.latitude_deg == pytest.approx(expected["lat"], abs=1e-5)
                assert body.longitude_deg == pytest.approx(expected["lon"], abs=1e-5)
