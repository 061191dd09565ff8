"""Messages that real devices sent, in their conversations: telemetry can be read only after its fields were agreed."""

import json
import os
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from baqylau.domain.observations import Fix
from baqylau.protocols.navtelecom import NavtelecomSession
from baqylau.protocols.navtelecom.ntcb import Line, message
from baqylau.protocols.session import Event, Keep

ROOT = Path(os.environ.get("BAQYLAU_TESTDATA") or Path(__file__).parents[4].parent / "shared" / "testdata")
FILE = ROOT / "captures" / "navis.json"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="no captures: set BAQYLAU_TESTDATA")
MESSAGES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else []
AGREED = [one for one in MESSAGES if "flex" in one]
CUTS = 1_000


def conversation(capture: dict[str, Any]) -> bytes:
    """Give what the device sent until then: who it is, which fields, and the message."""
    flex = capture["flex"]
    versions = bytes.fromhex(flex["protocol"] + flex["protocolVersion"] + flex["structureVersion"])
    agreement = b"*>FLEX" + versions + bytes([flex["fieldBits"]]) + bytes.fromhex(flex["fieldMask"])
    line = Line(1, 0)
    return message(line, b"*>S:353173060000001") + message(line, agreement) + bytes.fromhex(capture["data"])


def heard(data: bytes, cuts: list[int]) -> list[Event]:
    """Give what a session makes of bytes that come in pieces."""
    session = NavtelecomSession()
    edges = sorted({0, len(data), *cuts})
    return [event for begin, end in pairwise(edges) for event in session.receive(data[begin:end])]


@pytest.mark.parametrize("capture", AGREED, ids=[str(one["id"]) for one in AGREED])
def test_telemetry_gives_the_position_that_the_source_says(capture: dict[str, Any]) -> None:
    *_, keep = heard(conversation(capture), [])
    assert isinstance(keep, Keep)
    [reading] = keep.readings
    assert reading.observed_at == datetime.fromisoformat(capture["expected"]["time"])
    fix = reading.bodies[0]
    assert isinstance(fix, Fix)
    place = (capture["expected"]["lat"], capture["expected"]["lon"])
    assert (fix.latitude_deg, fix.longitude_deg) == pytest.approx(place, abs=1e-5)


def test_a_thousand_random_cuts_give_the_same_frames() -> None:
    dice = Random(1)  # noqa: S311 - cuts, not secrets
    streams = [conversation(one) for one in AGREED]
    streams.append(b"".join(bytes.fromhex(one["data"]) for one in MESSAGES if one["group"] == "Ntcb"))
    for stream in streams:
        whole = heard(stream, [])
        for _ in range(CUTS):
            assert heard(stream, [dice.randrange(len(stream)) for _ in range(dice.randint(1, 5))]) == whole
