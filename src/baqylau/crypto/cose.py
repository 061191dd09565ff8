"""Messages that prove who made them: COSE_Sign1 with Ed25519, COSE_Mac0 with HMAC-SHA256 (RFC 9052, RFC 9053).

One form alone is made and taken: tagged; algorithm and key id protected, in this order, and nothing else; no
unprotected header; the payload inside; every length in its shortest form. What a message says determines its bytes.
"""

import hmac
from collections.abc import Callable

from cbor2 import dumps
from msgspec import Struct

from baqylau.crypto.signing import Signer, signed_by

_SIGN1, _MAC0 = b"\xd2\x84", b"\xd1\x84"
"""Tags 18 and 17 over an array of four."""
_EDDSA, _HMAC_256 = b"\x27", b"\x05"
"""Algorithms -8 and 5 (RFC 9053, 2.2 and 3.1)."""
_ALGORITHM_THEN, _KEY_ID_THEN, _NOTHING_UNPROTECTED = b"\xa2\x01", b"\x04", b"\xa0"
_KEY_ID_AT = len(_ALGORITHM_THEN) + 1 + len(_KEY_ID_THEN)
_BYTES = 2
"""Major type of a byte string."""
_LONGER_FROM, _LONGEST = 24, 27
"""A length of 24 to 27 says that the length itself follows in 1, 2, 4 or 8 bytes."""
KEY_ID_BYTES_MAX = 128


class CoseError(Exception):
    """Bytes that are not believed. `kid` is whom they name, where they name somebody."""

    def __init__(self, kid: bytes = b"") -> None:
        """Take the key id that the bytes carry."""
        super().__init__(kid)
        self.kid = kid


class FormWrongError(CoseError):
    """Not a message of our one form."""


class KeyUnknownError(CoseError):
    """It names a key that we do not have."""


class AlgorithmWrongError(CoseError):
    """It names a key of ours and another algorithm than that key is for."""


class SignatureWrongError(CoseError):
    """Its signature or code is not of this key over these bytes."""


class PublicKey(Struct, frozen=True, gc=False):
    """The Ed25519 key of whoever signs, 32 bytes."""

    raw: bytes


class SharedKey(Struct, frozen=True, gc=False):
    """The HMAC key that both sides hold, 32 bytes."""

    raw: bytes


class Message(Struct, frozen=True, gc=False):
    """A message that is believed."""

    kid: bytes
    payload: bytes


class _Parts(Struct, frozen=True, gc=False):
    tag: bytes
    protected: bytes
    payload: bytes
    proof: bytes


def sealed(payload: bytes, *, kid: bytes, key: Signer | SharedKey, aad: bytes) -> bytes:
    """Give a message; `aad` is not sent and must be the same at opening: it says what kind of message this is."""
    if isinstance(key, SharedKey):
        protected = _protected(_HMAC_256, kid)
        return _joined(_Parts(_MAC0, protected, payload, _code(key, to_be_coded(protected, aad, payload))))
    protected = _protected(_EDDSA, kid)
    return _joined(_Parts(_SIGN1, protected, payload, key.sign(to_be_signed(protected, aad, payload))))


def opened(raw: bytes, *, key_of: Callable[[bytes], PublicKey | SharedKey | None], aad: bytes) -> Message:
    """Give what a message says and by which key; raise a `CoseError` for everything else, whatever the bytes."""
    parts = _parts(raw)
    kid = _key_id(parts)
    key = key_of(kid)
    if key is None:
        raise KeyUnknownError(kid)
    if (parts.tag == _MAC0) is not isinstance(key, SharedKey):
        raise AlgorithmWrongError(kid)
    if not _proven(parts, key, aad):
        raise SignatureWrongError(kid)
    return Message(kid, parts.payload)


def is_message(raw: bytes) -> bool:
    """Whether bytes begin as a message does."""
    return raw.startswith((_SIGN1, _MAC0))


def believed(raw: bytes) -> Message:
    """Read a message of ours that was proven when it came, and kept; `CoseError` when it is none."""
    parts = _parts(raw)
    return Message(_key_id(parts), parts.payload)


def to_be_signed(protected: bytes, aad: bytes, payload: bytes) -> bytes:
    """Give the bytes that a COSE_Sign1 signs (RFC 9052, 4.4)."""
    return dumps(["Signature1", protected, aad, payload])


def to_be_coded(protected: bytes, aad: bytes, payload: bytes) -> bytes:
    """Give the bytes over which a COSE_Mac0 takes its code (RFC 9052, 6.3)."""
    return dumps(["MAC0", protected, aad, payload])


def _proven(parts: _Parts, key: PublicKey | SharedKey, aad: bytes) -> bool:
    if isinstance(key, SharedKey):
        return hmac.compare_digest(parts.proof, _code(key, to_be_coded(parts.protected, aad, parts.payload)))
    return signed_by(key.raw, to_be_signed(parts.protected, aad, parts.payload), parts.proof)


def _code(key: SharedKey, message: bytes) -> bytes:
    return hmac.digest(key.raw, message, "sha256")


def _protected(algorithm: bytes, kid: bytes) -> bytes:
    return _ALGORITHM_THEN + algorithm + _KEY_ID_THEN + dumps(kid)


def _joined(parts: _Parts) -> bytes:
    return parts.tag + dumps(parts.protected) + _NOTHING_UNPROTECTED + dumps(parts.payload) + dumps(parts.proof)


def _parts(raw: bytes) -> _Parts:
    """Take a message apart; made again from its parts it must be the same bytes, so nothing else can be in it."""
    if raw[:2] not in (_SIGN1, _MAC0):
        raise FormWrongError
    protected, at = _string_at(raw, len(_SIGN1))
    payload, at = _string_at(raw, at + len(_NOTHING_UNPROTECTED))
    proof, at = _string_at(raw, at)
    parts = _Parts(raw[:2], protected, payload, proof)
    if at != len(raw) or _joined(parts) != raw:
        raise FormWrongError
    return parts


def _key_id(parts: _Parts) -> bytes:
    kid, _ = _string_at(parts.protected, _KEY_ID_AT)
    if len(kid) > KEY_ID_BYTES_MAX or parts.protected != _protected(_ALGORITHM[parts.tag], kid):
        raise FormWrongError
    return kid


_ALGORITHM = {_SIGN1: _EDDSA, _MAC0: _HMAC_256}


def _string_at(raw: bytes, at: int) -> tuple[bytes, int]:
    """Give the byte string that begins here, and where it ends."""
    major, length = divmod(raw[at], 32) if at < len(raw) else (0, 0)
    begin = at + 1
    if major != _BYTES or length > _LONGEST:
        raise FormWrongError
    if length >= _LONGER_FROM:
        begin += 1 << length - _LONGER_FROM
        length = int.from_bytes(raw[at + 1 : begin], "big")
    if begin + length > len(raw):
        raise FormWrongError
    return raw[begin : begin + length], begin + length
