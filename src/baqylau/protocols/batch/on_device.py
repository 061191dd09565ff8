"""The device link as a small device speaks it: batches and polls up, answers down, proven by a secret that it shares.

The very bytes of `wire.py` and of the COSE_Mac0 of `crypto/cose.py` (`spec/batch.md`, L1 to L6), written and read with
nothing but what MicroPython brings. What comes from the server is read as strictly as the server reads.
"""

from hashlib import sha256

from baqylau.protocols.batch.civil import milliseconds_of, text_of
from baqylau.protocols.batch.small_cbor import SmallCborError, list_head, read, written
from baqylau.protocols.beacon.modes import hmac_sha256, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 1
BATCH, POLL, ANSWER = b"baqylau batch 1", b"baqylau poll 1", b"baqylau answer 1"
COMMAND, CONFIGURATION = b"baqylau command 1", b"baqylau configuration 1"
NETWORK, GNSS, FREE, UNSET = 0, 1, 2, 3
"""How far the device trusts its clock."""
_URGENT = 4
_MAC0, _HMAC_256 = b"\xd1\x84", 5


class NotBelievedError(ValueError):
    """Bytes that the server did not prove, or that do not say what they should."""


def digest_of(raw: bytes) -> bytes:
    """Give what the next batch calls `previous`."""
    return sha256(raw).digest()


def record_bytes(at_ms: int, monotonic_ms: int, clock: int, said: "list[Any]", *, urgent: bool = False) -> bytes:
    """Give a record without its number: the same content always gives the same bytes."""
    return written([at_ms, monotonic_ms, clock | _URGENT * urgent, said])


def is_urgent(record: bytes) -> bool:
    """Tell whether a record is sent before others."""
    values = read(record)
    return isinstance(values, list) and bool(values[2] & _URGENT)


def sealed_batch(
    device_id: str, secret: bytes, previous: bytes, configuration: int, first: int, records: "list[bytes]"
) -> bytes:
    """Give the bytes of a batch of records that follow one another from `first` on."""
    head = b"".join([written(one) for one in (VERSION, previous, configuration, first)])
    return _sealed(list_head(5) + head + list_head(len(records)) + b"".join(records), device_id, secret, BATCH)


def sealed_poll(device_id: str, secret: bytes, at_ms: int, configuration: int, wait_s: int) -> bytes:
    """Give the bytes of a poll."""
    said = {"device_id": device_id, "at": text_of(at_ms), "configuration": configuration, "wait_s": wait_s}
    return _sealed(written(said), device_id, secret, POLL)


class Told:
    """An answer that the server proved, with those of its parts that are believed and understood."""

    def __init__(self, said: "dict[str, Any]", commands: "list[dict[str, Any]]", sealed_configuration: bytes) -> None:
        """Take what was said."""
        self.at_ms = milliseconds_of(said["at"])
        self.ack_through: int = said["ack_through"]
        self.also_kept: list[list[int]] = said["also_kept"]
        self.commands = commands
        """Maps by the names of a command's fields; instants in milliseconds."""
        self.sealed_configuration = sealed_configuration
        """To be kept and opened again (`configuration_of`); empty for none."""


def opened_answer(raw: bytes, device_id: str, secret: bytes) -> Told:
    """Take an answer. Parts in it that are not believed are left out. Raises `NotBelievedError`."""
    said = _meant(raw, device_id, secret, ANSWER)
    try:
        commands = [one for one in [_command(one, device_id, secret) for one in said["commands"]] if one is not None]
        configuration = said["configuration"] or b""
        if configuration and configuration_of(configuration, device_id, secret) is None:
            configuration = b""
        return Told(said, commands, configuration)
    except (KeyError, TypeError, ValueError, IndexError):
        raise NotBelievedError from None


def configuration_of(raw: bytes, device_id: str, secret: bytes) -> "dict[str, Any] | None":
    """Give a configuration as a map by the names of its fields, None when it is not believed."""
    try:
        said = _meant(raw, device_id, secret, CONFIGURATION)
        return said if isinstance(said["version"], int) else None
    except (KeyError, NotBelievedError):
        return None


def _command(raw: bytes, device_id: str, secret: bytes) -> "dict[str, Any] | None":
    try:
        said = _meant(raw, device_id, secret, COMMAND)
        said["issued_at"], said["expires_at"] = milliseconds_of(said["issued_at"]), milliseconds_of(said["expires_at"])
        return said if isinstance(said["number"], int) and isinstance(said["order"]["type"], str) else None
    except (KeyError, TypeError, ValueError):
        return None


def _meant(raw: bytes, device_id: str, secret: bytes, aad: bytes) -> "dict[str, Any]":
    """Open what the server made for this device."""
    payload = _opened(raw, device_id, secret, aad)
    try:
        said = read(payload)
    except SmallCborError:
        raise NotBelievedError from None
    if not isinstance(said, dict) or said.get("device_id") != device_id:
        raise NotBelievedError
    return said


def _sealed(payload: bytes, device_id: str, secret: bytes, aad: bytes) -> bytes:
    protected = _protected(device_id)
    code = hmac_sha256(secret, written(["MAC0", protected, aad, payload]))
    return _MAC0 + written(protected) + b"\xa0" + written(payload) + written(code)


def _opened(raw: bytes, device_id: str, secret: bytes, aad: bytes) -> bytes:
    """Give the payload of a message of the one form, proven by this secret."""
    begin = _MAC0 + written(_protected(device_id)) + b"\xa0"
    if raw[: len(begin)] != begin:
        raise NotBelievedError
    try:
        parts = read(list_head(2) + raw[len(begin) :])
    except SmallCborError:
        raise NotBelievedError from None
    payload, code = parts if isinstance(parts, list) else (None, None)
    if not isinstance(payload, bytes) or not isinstance(code, bytes):
        raise NotBelievedError
    if not same(code, hmac_sha256(secret, written(["MAC0", _protected(device_id), aad, payload]))):
        raise NotBelievedError
    return payload


def _protected(device_id: str) -> bytes:
    return b"\xa2\x01" + bytes([_HMAC_256]) + b"\x04" + written(device_id.encode())
