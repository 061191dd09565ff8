"""The Wialon retranslator's packets, byte for byte."""

import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baqylau.domain.observations import Fix
from baqylau.protocols.wialon_retranslator import Message, packet, read, split
from baqylau.protocols.wialon_retranslator.packets import PacketWrongError

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "wialon_retranslator.json").read_text(encoding="utf-8"))[
    "vectors"
]
AT = datetime.fromisoformat("2026-03-01T08:30:00+00:00")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_message_is_the_bytes_of_its_vector_and_back(vector: dict[str, Any]) -> None:
    fix = vector["fix"]
    message = Message(
        name=vector["object"],
        at=datetime.fromisoformat(vector["at"]),
        fix=msgspec.convert({"type": "fix", **fix}, Fix) if fix else None,
        alarm=vector["alarm"],
        texts=vector["texts"],
    )
    raw = bytes.fromhex(vector["hex"])
    assert packet(message) == raw
    assert read(raw) == message


def test_packets_are_found_in_any_cut() -> None:
    raw = packet(Message(name="4001", at=AT, alarm=True))
    for cut in range(len(raw)):
        assert split(raw[:cut]) == (None, raw[:cut])
    assert split(raw + raw[:5]) == (raw, raw[:5])


@pytest.mark.parametrize("name", ["", "ä", "a\nb", "x" * 65])
def test_a_name_that_cannot_travel_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        packet(Message(name=name, at=AT))


def test_a_length_bomb_is_no_packet() -> None:
    with pytest.raises(PacketWrongError, match="size"):
        split(b"\xff\xff\xff\xff")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_named(content: bytes) -> None:
    with suppress(PacketWrongError):
        assert read(len(content).to_bytes(4, "little") + content).at is not None
