"""A journal row and back: which fields are clear, what is sealed, and what the chain runs over. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from baqylau.crypto.sealing import Seal
from baqylau.domain.ids import DeviceId, ObservationId, PersonId
from baqylau.domain.observations import Authentication, Body, Observation


class Clear(Struct, frozen=True, array_like=True, gc=False):
    """The fields of a row that are not sealed, in the order in which they are bound to it.

    Their bytes are both what the seal is bound to and what the chain runs over before the sealed bytes: a change of
    any of them is seen by either.
    """

    partition: int
    seq: int
    id: bytes
    person_id: PersonId | None
    device_id: DeviceId
    observed_at: datetime
    received_at: datetime
    instant: datetime
    authentication: Authentication
    key_id: int


class Content(Struct, frozen=True, array_like=True, gc=False):
    """What the device said, word for word and as we understood it, and by which way."""

    bodies: tuple[Body, ...]
    raw: bytes
    via: str
    salt: bytes = b""
    """Nobody guesses the content from the digest of it. Entries of the first versions have none, and no digest."""


SALT_BYTES = 16
COLUMNS = (*Clear.__struct_fields__, "sealed", "hash", "leaf")
COLUMN_TYPES = (
    *("int2", "int8", "bytea", "text", "text", "timestamptz", "timestamptz", "timestamptz", "text", "int4"),
    *("bytea", "bytea", "bytea"),
)

_AUTHENTICATION = {known.value: known for known in Authentication}
_encoder = msgspec.msgpack.Encoder()
_content = msgspec.msgpack.Decoder(Content)
bound = _encoder.encode
_SELECTED = ", ".join(f"journal.{name}" for name in (*Clear.__struct_fields__, "sealed"))


def selecting(rest: str) -> str:
    """Give the SQL of a question for rows, which `clear_of` takes apart; `rest` begins after the columns."""
    return f"SELECT {_SELECTED}{rest}"


def content_bytes(observation: Observation, raw: bytes, salt: bytes) -> bytes:
    """Give the content of an observation as it is sealed."""
    return _encoder.encode(Content(observation.bodies, raw, observation.via, salt))


def content_opened(clear: Clear, sealed_bytes: bytes, seal: Seal) -> bytes:
    """Give the content as it was sealed, or raise `crypto.sealing.SealBrokenError`."""
    return seal.open(sealed_bytes, context=bound(clear))


def opened(clear: Clear, sealed_bytes: bytes, seal: Seal) -> tuple[Observation, bytes]:
    """Give the observation and the raw bytes, or raise `crypto.sealing.SealBrokenError`."""
    return observed(clear, content_opened(clear, sealed_bytes, seal))


def observed(clear: Clear, content: bytes) -> tuple[Observation, bytes]:
    """Give the observation and the raw bytes that a content is; `msgspec.DecodeError` for what is none."""
    said = _content.decode(content)
    return observation_of(clear, said.bodies, said.via), said.raw


def observation_of(clear: Clear, bodies: Sequence[Body], via: str) -> Observation:
    """Give the observation that a row holds."""
    return Observation(
        id=ObservationId(clear.id.hex()),
        device_id=clear.device_id,
        observed_at=clear.observed_at,
        received_at=clear.received_at,
        bodies=tuple(bodies),
        authentication=clear.authentication,
        via=via,
    )


def clear_of(row: tuple[Any, ...]) -> Clear:
    """Give the clear fields from the first columns of a row."""
    return Clear(*row[:8], _AUTHENTICATION[row[8]], row[9])  # type: ignore[call-arg]


def key_id_of(row: tuple[Any, ...]) -> int:
    """Give by which key a row is sealed."""
    key_id: int = row[9]
    return key_id


fields_of = msgspec.structs.astuple
