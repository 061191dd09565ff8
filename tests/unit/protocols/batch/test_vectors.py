"""What a second implementation made of the contract, in both directions, and what nobody should believe."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from baqylau.crypto.cose import PublicKey, SharedKey
from baqylau.crypto.signing import Signer
from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.commands import Answer, Configuration
from baqylau.protocols.batch.envelope import (
    Opened,
    OpenedAnswer,
    Refused,
    opened_answer,
    opened_batch,
    opened_command,
    opened_configuration,
    opened_poll,
    sealed_answer,
    sealed_batch,
    sealed_command,
    sealed_configuration,
    sealed_poll,
)
from baqylau.protocols.batch.records import Batch, Poll, Record


class Head(Struct):
    device_id: DeviceId
    previous: bytes
    configuration: int
    first: int
    last: int


class Vector(Struct):
    name: str
    kind: str
    raw: str
    fault: str | None = None
    opened: Head | None = None
    records: tuple[Record, ...] = ()
    rejected: tuple[tuple[int, str, str], ...] = ()
    said: msgspec.Raw = msgspec.Raw(b"")


class Vectors(Struct):
    seeds: dict[str, str]
    secrets: dict[DeviceId, str]
    vectors: list[Vector]


FILE = msgspec.json.decode((Path(__file__).parents[3] / "vectors" / "batch.json").read_bytes(), type=Vectors)
UNIT = DeviceId("HU-000017")
SIGNER, SERVER = (Signer(bytes.fromhex(FILE.seeds[name])) for name in (UNIT, "server"))
SECRETS = {device_id: SharedKey(bytes.fromhex(secret)) for device_id, secret in FILE.secrets.items()}
BELIEVED = [one for one in FILE.vectors if one.fault is None]
REFUSED = [one for one in FILE.vectors if one.fault is not None]
TYPES: dict[str, Any] = {"answer": Answer, "command": Command, "configuration": Configuration, "poll": Poll}


def key_of(device_id: DeviceId) -> PublicKey | SharedKey | None:
    return PublicKey(SIGNER.public_key) if device_id == UNIT else SECRETS.get(device_id)


def opened(vector: Vector) -> Opened | OpenedAnswer | Poll | Command | Configuration | Refused:
    raw, trusted = bytes.fromhex(vector.raw), (SERVER.public_key,)
    match vector.kind:
        case "batch":
            return opened_batch(raw, key_of)
        case "poll":
            return opened_poll(raw, key_of)
        case "answer":
            return opened_answer(raw, trusted, UNIT)
        case "command":
            return opened_command(raw, trusted, UNIT)
        case _:
            return opened_configuration(raw, trusted, UNIT)


def sealed(said: Batch | Answer | Poll | Command | Configuration) -> bytes:
    match said:
        case Batch():
            return sealed_batch(said, SECRETS.get(said.device_id, SIGNER))
        case Answer():
            return sealed_answer(said, SERVER)
        case Poll():
            return sealed_poll(said, SIGNER)
        case Command():
            return sealed_command(said, SERVER)
        case Configuration():
            return sealed_configuration(said, SERVER)


def test_there_are_enough_of_both_kinds() -> None:
    assert len(BELIEVED) >= 25
    assert len(REFUSED) >= 30


@pytest.mark.parametrize("vector", [one for one in BELIEVED if one.opened], ids=lambda one: one.name)
def test_a_batch_says_what_it_says_to_everybody(vector: Vector) -> None:
    said, head = opened(vector), vector.opened
    assert isinstance(said, Opened)
    assert head is not None
    assert (said.batch.device_id, said.first, said.last) == (head.device_id, head.first, head.last)
    assert (said.batch.previous, said.batch.configuration) == (head.previous, head.configuration)
    assert said.batch.records == vector.records
    assert tuple((one.seq, one.fault.value, one.content.hex()) for one in said.rejected) == vector.rejected
    if not said.rejected:
        assert sealed(said.batch).hex() == vector.raw


@pytest.mark.parametrize("vector", [one for one in BELIEVED if not one.opened], ids=lambda one: one.name)
def test_the_server_and_a_device_understand_each_other(vector: Vector) -> None:
    expected = msgspec.json.decode(vector.said, type=TYPES[vector.kind])
    said = opened(vector)
    assert (said.answer if isinstance(said, OpenedAnswer) else said) == expected
    assert isinstance(opened(Vector(name="", kind=vector.kind, raw=sealed(expected).hex())), type(said))


@pytest.mark.parametrize("vector", REFUSED, ids=lambda one: one.name)
def test_what_nobody_should_believe_is_named(vector: Vector) -> None:
    said = opened(vector)
    assert isinstance(said, Refused)
    assert said.fault.value == vector.fault
