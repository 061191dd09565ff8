"""Packets written from the standards, bit by bit, by another encoder than ours."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from baqylau.domain.observations import Body
from baqylau.protocols.egts import EgtsSession, decode_frame
from baqylau.protocols.session import Keep, Login, Reading, Rejected

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors" / "egts.json").read_text(encoding="utf-8")
)["vectors"]


def with_key(key: str) -> pytest.MarkDecorator:
    chosen = [vector for vector in VECTORS if key in vector]
    return pytest.mark.parametrize("vector", chosen, ids=[vector["name"] for vector in chosen])


def kept(vector: dict[str, Any]) -> Keep:
    (event,) = decode_frame(bytes.fromhex(vector["hex"]))
    assert isinstance(event, Keep)
    return event


def shown(body: Body) -> dict[str, Any]:
    told = msgspec.to_builtins(body)
    return {"kind": told.pop("type"), **told}


def agrees(reading: Reading, expected: dict[str, Any]) -> bool:
    assert reading.number == expected["number"]
    assert reading.observed_at is not None
    assert reading.observed_at.isoformat() == expected["observed_at"]
    assert len(reading.bodies) == len(expected["bodies"])
    for body, wanted in zip(reading.bodies, expected["bodies"], strict=True):
        told = shown(body)
        for name, value in wanted.items():
            assert told[name] == (pytest.approx(value, abs=1e-7) if isinstance(value, float) else value), name
    return True


@with_key("readings")
def test_records_give_what_the_standard_means(vector: dict[str, Any]) -> None:
    readings = kept(vector).readings
    assert len(readings) == len(vector["readings"])
    assert all(agrees(reading, wanted) for reading, wanted in zip(readings, vector["readings"], strict=True))


@with_key("readings")
def test_what_cannot_be_taken_is_named_and_nothing_else(vector: dict[str, Any]) -> None:
    assert [str(bad.fault) for bad in kept(vector).rejected] == vector.get("rejected", [])


@with_key("login")
def test_a_sign_in_says_who(vector: dict[str, Any]) -> None:
    (event,) = EgtsSession().receive(bytes.fromhex(vector["hex"]))
    assert isinstance(event, Login)
    assert (event.number, event.password) == (vector["login"], vector.get("password", ""))


@with_key("fault")
def test_a_packet_that_cannot_be_used_is_answered_with_the_code_of_the_standard(vector: dict[str, Any]) -> None:
    session = EgtsSession()
    event = session.receive(bytes.fromhex(vector["hex"]))[0]
    assert isinstance(event, Rejected)
    assert event.fault == vector["fault"]
    response = session.answer(event, ())
    assert response[11:14] == vector["pid"].to_bytes(2, "little") + bytes((vector["answered"],))
