"""What a second implementation made of the contract of recordings, both ways, and what nobody should believe."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from baqylau.crypto.cose import PublicKey
from baqylau.crypto.signing import Signer
from baqylau.domain.challenge import Step, challenge
from baqylau.domain.checks import CheckKind
from baqylau.domain.ids import DeviceId
from baqylau.domain.recordings import Held, Manifest, Piece, SignedManifest
from baqylau.protocols.batch.envelope import Refused
from baqylau.protocols.media.envelope import (
    opened_held,
    opened_manifest,
    opened_piece,
    sealed_held,
    sealed_manifest,
    sealed_piece,
)


class Vector(Struct):
    name: str
    kind: str
    raw: str
    fault: str | None = None
    said: msgspec.Raw = msgspec.Raw(b"")


class Challenge(Struct):
    kind: CheckKind
    nonce: str
    lamp: bool
    steps: tuple[Step, ...]


class Vectors(Struct):
    seeds: dict[str, str]
    vectors: list[Vector]
    challenges: list[Challenge]


FILE = msgspec.json.decode((Path(__file__).parents[3] / "vectors" / "media.json").read_bytes(), type=Vectors)
UNIT = DeviceId("AV-000031")
SIGNER, SERVER = (Signer(bytes.fromhex(FILE.seeds[name])) for name in (UNIT, "server"))
TYPES: dict[str, Any] = {"manifest": Manifest, "piece": Piece, "held": Held}
BELIEVED = [one for one in FILE.vectors if one.fault is None]
REFUSED = [one for one in FILE.vectors if one.fault is not None]


def key_of(device_id: DeviceId) -> PublicKey | None:
    return PublicKey(SIGNER.public_key) if device_id == UNIT else None


def opened(vector: Vector) -> Manifest | Piece | Held | Refused:
    raw = bytes.fromhex(vector.raw)
    if vector.kind == "held":
        return opened_held(raw, [SERVER.public_key], UNIT)
    if vector.kind == "manifest":
        found = opened_manifest(raw, key_of)
        return found.manifest if isinstance(found, SignedManifest) else found
    piece = opened_piece(raw, key_of)
    return piece if isinstance(piece, Refused) else piece[1]


def sealed(said: Manifest | Piece | Held) -> bytes:
    match said:
        case Manifest():
            return sealed_manifest(said, SIGNER)
        case Piece():
            return sealed_piece(UNIT, said, SIGNER)
        case Held():
            return sealed_held(said, SERVER)


@pytest.mark.parametrize("vector", BELIEVED, ids=[one.name for one in BELIEVED])
def test_what_another_made_is_read_and_made_again_bit_by_bit(vector: Vector) -> None:
    said = opened(vector)
    assert not isinstance(said, Refused)
    assert said == msgspec.json.decode(vector.said, type=TYPES[vector.kind])
    assert sealed(said).hex() == vector.raw


@pytest.mark.parametrize("vector", REFUSED, ids=[one.name for one in REFUSED])
def test_what_nobody_should_believe_is_refused_by_its_name(vector: Vector) -> None:
    found = opened(vector)
    assert isinstance(found, Refused)
    assert found.fault == vector.fault


@pytest.mark.parametrize(
    "drawn", FILE.challenges, ids=[f"{one.kind} {one.nonce} {one.lamp}" for one in FILE.challenges]
)
def test_the_steps_follow_from_the_number_alike_everywhere(drawn: Challenge) -> None:
    assert challenge(drawn.kind, bytes.fromhex(drawn.nonce), lamp=drawn.lamp) == drawn.steps
