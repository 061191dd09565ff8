"""Packets that real devices sent: positions in all of them, however the bytes come."""

import json
import os
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from baqylau.protocols.galileosky import GalileoskySession
from baqylau.protocols.session import Event, Keep, Rejected

ROOT = Path(os.environ.get("BAQYLAU_TESTDATA") or Path(__file__).parents[4].parent / "shared" / "testdata")
FILE = ROOT / "captures" / "galileo.json"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="no captures: set BAQYLAU_TESTDATA")
MESSAGES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else []
STREAM = b"".join(bytes.fromhex(one["data"]) for one in MESSAGES)
CUTS = 1_000


def heard(cuts: list[int]) -> list[Event]:
    """Give what a session makes of all captures on one line, in pieces."""
    session = GalileoskySession(number="")
    edges = sorted({0, len(STREAM), *cuts})
    return [event for begin, end in pairwise(edges) for event in session.receive(STREAM[begin:end])]


def test_every_packet_with_positions_is_read_to_its_end() -> None:
    kept = [event for event in heard([]) if isinstance(event, Keep)]
    assert [len(one.readings) for one in kept] == [1, 5, 11, 15, 10, 9, 10]
    assert not any(one.rejected for one in kept)
    assert [one.detail for one in heard([]) if isinstance(one, Rejected)] == ["message by satellite"]


def test_a_thousand_random_cuts_give_the_same_frames() -> None:
    dice = Random(1)  # noqa: S311 - cuts, not secrets
    whole = heard([])
    for _ in range(CUTS):
        assert heard([dice.randrange(len(STREAM)) for _ in range(dice.randint(1, 5))]) == whole
