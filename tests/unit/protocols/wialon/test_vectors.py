"""Frames of our own making, whose meaning was computed without the product's code."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from baqylau.domain.observations import Battery, Body, Enclosure, Fix, Motion, NoFix, Power, Strap
from baqylau.protocols.session import Event, Keep, Login, Ping, Rejected
from baqylau.protocols.wialon import decode_frame

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors" / "wialon.json").read_text(encoding="utf-8")
)["vectors"]
Told = Fix | NoFix | Strap | Enclosure | Battery | Power | Motion


def expected(vector: dict[str, Any]) -> list[tuple[datetime | None, tuple[Body, ...]]]:
    return [
        (
            msgspec.convert(reading["observed_at"], datetime | None),
            msgspec.convert(reading["bodies"], tuple[Told, ...]),
        )
        for reading in vector["readings"]
    ]


def close(said: Body, meant: Body) -> bool:
    if isinstance(said, Fix) and isinstance(meant, Fix):
        return msgspec.structs.asdict(said) == pytest.approx(msgspec.structs.asdict(meant), abs=1e-9)
    return said == meant


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_a_frame_means_what_was_computed_for_it(vector: dict[str, Any]) -> None:
    events: tuple[Event, ...] = decode_frame(vector["frame"].encode() + b"\r\n")
    match events[0]:
        case Login(number=number, password=password):
            assert vector["login"] == [number, password]
        case Ping():
            assert vector["ping"]
        case Rejected(fault=fault):
            assert vector["fault"] == fault
        case Keep(readings=readings, rejected=rejected):
            assert vector["rejected"] == [[bad.fault, bad.detail] for bad in rejected]
            for reading, (at, bodies) in zip(readings, expected(vector), strict=True):
                assert reading.observed_at == at
                assert all(close(said, meant) for said, meant in zip(reading.bodies, bodies, strict=True))
        case _:
            pytest.fail(f"unexpected {events[0]}")
