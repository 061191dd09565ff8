"""Who said it: batches and polls proven by the device, everything else by the server (`spec/batch.md`, L1, L4, L6).

Opening never raises, whatever the bytes: it gives what was said, or a named refusal.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar

from msgspec import Struct

from baqylau.crypto.cose import (
    AlgorithmWrongError,
    CoseError,
    FormWrongError,
    KeyUnknownError,
    Message,
    PublicKey,
    SharedKey,
    SignatureWrongError,
    opened,
    sealed,
)
from baqylau.crypto.signing import Signer
from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.commands import Answer, Configuration
from baqylau.protocols.batch.records import Batch, Poll
from baqylau.protocols.batch.wire import (
    MESSAGE_BYTES_MAX,
    RECORDS_MAX,
    ContentWrongError,
    Rejected,
    VersionWrongError,
    batch_bytes,
    batch_of,
    down_bytes,
    down_of,
)

BATCH, POLL = b"baqylau batch 1", b"baqylau poll 1"
ANSWER, COMMAND, CONFIGURATION = b"baqylau answer 1", b"baqylau command 1", b"baqylau configuration 1"
"""Authenticated with every message and not sent: one kind of message never passes for another."""
KEY_ID_BYTES = 8

DeviceKeys = Callable[[DeviceId], PublicKey | SharedKey | None]
Trusted = Collection[bytes] | SharedKey
"""The server's public keys that a device believes, 32 bytes each, the one in use and the next; or what both share."""


class Fault(StrEnum):
    """Why bytes are not believed."""

    LENGTH = "length"
    FORM = "form"
    UNKNOWN_KEY = "unknown_key"
    """They name a device, or a key of the server, that is not known."""
    ALGORITHM = "algorithm"
    """They name a known key and are not proven in its way."""
    SIGNATURE = "signature"
    """They are not proven by the key that they name: forged, changed on the way, or a clone with another key."""
    VERSION = "version"
    """They are proven, and of another version of this contract."""
    CONTENT = "content"
    """They are proven, and do not say what such a message says."""
    FOREIGN = "foreign"
    """They are proven, and meant for another device."""


class Refused(Struct, frozen=True, kw_only=True, gc=False):
    """Bytes that are not believed."""

    fault: Fault
    kid: bytes = b""
    """Whom they name; unproven unless the fault says otherwise."""


class Opened(Struct, frozen=True, kw_only=True, gc=False):
    """A batch that its device proved. `batch.records` holds what was taken, without what was rejected."""

    batch: Batch
    first: int
    last: int
    """Numbers of the first and the last record that it brought, rejected ones too."""
    rejected: tuple[Rejected, ...]
    digest: bytes
    """What the device's next batch calls `previous`."""


class OpenedAnswer(Struct, frozen=True, kw_only=True, gc=False):
    """An answer that the server proved, and the proofs of its parts, to be kept."""

    answer: Answer
    """With those commands and that configuration that are believed."""
    sealed_commands: tuple[bytes, ...] = ()
    """One for each of `answer.commands`."""
    sealed_configuration: bytes | None = None
    refused: tuple[Refused, ...] = ()
    """What was in it and is not believed, or not understood."""


class _Answer(Struct, frozen=True, kw_only=True, gc=False):
    """An answer as sent: its parts are sealed each by itself."""

    device_id: DeviceId
    at: datetime
    ack_through: int
    also_kept: tuple[tuple[int, int], ...]
    missing: tuple[tuple[int, int], ...]
    commands: tuple[bytes, ...]
    configuration: bytes | None


_Meant = TypeVar("_Meant", Poll, Command, Configuration, _Answer)


def digest_of(raw: bytes) -> bytes:
    """Give the link of the chain: SHA-256 of a whole sealed batch."""
    return sha256(raw).digest()


def key_id(public_key: bytes) -> bytes:
    """Give the name of a key of the server: 8 bytes."""
    return sha256(public_key).digest()[:KEY_ID_BYTES]


def sealed_batch(batch: Batch, key: Signer | SharedKey) -> bytes:
    """Give the bytes of a batch, proven by the device's key; `ValueError` for one that nobody may send.

    Such a batch is empty, has a gap in its numbers, or is beyond `RECORDS_MAX` or `MESSAGE_BYTES_MAX`.
    """
    raw = sealed(batch_bytes(batch), kid=batch.device_id.encode(), key=key, aad=BATCH)
    if len(raw) > MESSAGE_BYTES_MAX or len(batch.records) > RECORDS_MAX:
        msg = "a batch is larger than the link carries"
        raise ValueError(msg)
    return raw


def opened_batch(raw: bytes, key_of: DeviceKeys) -> Opened | Refused:
    """Take a batch from anybody. A public key opens signatures and a shared key opens codes, never the other way."""
    message = _opened(raw, key_of, BATCH)
    if isinstance(message, Refused):
        return message
    try:
        read = batch_of(DeviceId(message.kid.decode()), message.payload)
    except VersionWrongError:
        return Refused(fault=Fault.VERSION, kid=message.kid)
    except ContentWrongError:
        return Refused(fault=Fault.CONTENT, kid=message.kid)
    return Opened(batch=read.batch, first=read.first, last=read.last, rejected=read.rejected, digest=digest_of(raw))


def sealed_poll(poll: Poll, key: Signer | SharedKey) -> bytes:
    """Give the bytes of a poll, proven by the device's key."""
    return sealed(down_bytes(poll), kid=poll.device_id.encode(), key=key, aad=POLL)


def opened_poll(raw: bytes, key_of: DeviceKeys) -> Poll | Refused:
    """Take a poll from anybody. Whether it is fresh is for whoever holds the clock."""
    message = _opened(raw, key_of, POLL)
    if isinstance(message, Refused):
        return message
    return _meant_for(DeviceId(message.kid.decode()), message, Poll)


def sealed_command(command: Command, key: Signer | SharedKey) -> bytes:
    """Give the bytes of a command, by themselves a proof of who ordered it; by a shared key, to that device alone."""
    return _by_server(command, key, COMMAND)


def opened_command(raw: bytes, trusted: Trusted, device_id: DeviceId) -> Command | Refused:
    """Take a command on the device that it must be meant for."""
    return _from_server(raw, trusted, COMMAND, device_id, Command)


def sealed_configuration(configuration: Configuration, key: Signer | SharedKey) -> bytes:
    """Give the bytes of a configuration."""
    return _by_server(configuration, key, CONFIGURATION)


def opened_configuration(raw: bytes, trusted: Trusted, device_id: DeviceId) -> Configuration | Refused:
    """Take a configuration on the device that it must be meant for."""
    return _from_server(raw, trusted, CONFIGURATION, device_id, Configuration)


def sealed_answer(answer: Answer, key: Signer | SharedKey) -> bytes:
    """Give the bytes of an answer; commands and configuration in it are sealed each by itself.

    `key`: the server's own, or what it shares with a device that has no other (`spec/batch.md`, L1).
    """
    configuration = answer.configuration
    sent = _Answer(
        device_id=answer.device_id,
        at=answer.at,
        ack_through=answer.ack_through,
        also_kept=answer.also_kept,
        missing=answer.missing,
        commands=tuple(sealed_command(command, key) for command in answer.commands),
        configuration=None if configuration is None else sealed_configuration(configuration, key),
    )
    return _by_server(sent, key, ANSWER)


def opened_answer(raw: bytes, trusted: Trusted, device_id: DeviceId) -> OpenedAnswer | Refused:
    """Take an answer on the device that it must be meant for. What is wrong within it does not spoil the rest."""
    sent = _from_server(raw, trusted, ANSWER, device_id, _Answer)
    if isinstance(sent, Refused):
        return sent
    commands = [(one, opened_command(one, trusted, device_id)) for one in sent.commands]
    believed = [(one, command) for one, command in commands if not isinstance(command, Refused)]
    refused = [command for _, command in commands if isinstance(command, Refused)]
    configuration = sent.configuration and opened_configuration(sent.configuration, trusted, device_id)
    if isinstance(configuration, Refused):
        refused.append(configuration)
        configuration = None
    return OpenedAnswer(
        answer=Answer(
            device_id=device_id,
            at=sent.at,
            ack_through=sent.ack_through,
            also_kept=sent.also_kept,
            missing=sent.missing,
            commands=tuple(command for _, command in believed),
            configuration=configuration or None,
        ),
        sealed_commands=tuple(one for one, _ in believed),
        sealed_configuration=sent.configuration if configuration else None,
        refused=tuple(refused),
    )


def _opened(raw: bytes, key_of: DeviceKeys, aad: bytes) -> Message | Refused:
    """Open what a device made: the key id is its id."""

    def named(kid: bytes) -> PublicKey | SharedKey | None:
        try:
            return key_of(DeviceId(kid.decode()))
        except UnicodeDecodeError:
            return None

    return believed(raw, named, aad)


def _from_server(raw: bytes, trusted: Trusted, aad: bytes, device_id: DeviceId, kind: type[_Meant]) -> _Meant | Refused:
    """Open what the server made for this device."""
    if isinstance(trusted, SharedKey):
        shared = {device_id.encode(): trusted}
        message = believed(raw, shared.get, aad)
    else:
        keys = {key_id(one): PublicKey(one) for one in trusted}
        message = believed(raw, keys.get, aad)
    return message if isinstance(message, Refused) else _meant_for(device_id, message, kind)


def _by_server(message: Command | Configuration | _Answer, key: Signer | SharedKey, aad: bytes) -> bytes:
    kid = message.device_id.encode() if isinstance(key, SharedKey) else key_id(key.public_key)
    return sealed(down_bytes(message), kid=kid, key=key, aad=aad)


def believed(
    raw: bytes, key_of: Callable[[bytes], PublicKey | SharedKey | None], aad: bytes, bytes_max: int = MESSAGE_BYTES_MAX
) -> Message | Refused:
    """Open a message that a key of ours vouches for, or say why it is not believed."""
    if len(raw) > bytes_max:
        return Refused(fault=Fault.LENGTH)
    try:
        return opened(raw, key_of=key_of, aad=aad)
    except CoseError as wrong:
        return Refused(fault=_FAULTS[type(wrong)], kid=wrong.kid)


_FAULTS: dict[type[CoseError], Fault] = {
    FormWrongError: Fault.FORM,
    KeyUnknownError: Fault.UNKNOWN_KEY,
    AlgorithmWrongError: Fault.ALGORITHM,
    SignatureWrongError: Fault.SIGNATURE,
}


def _meant_for(device_id: DeviceId, message: Message, kind: type[_Meant]) -> _Meant | Refused:
    try:
        said = down_of(kind, message.payload)
    except ContentWrongError:
        return Refused(fault=Fault.CONTENT, kid=message.kid)
    return said if said.device_id == device_id else Refused(fault=Fault.FOREIGN, kid=message.kid)
