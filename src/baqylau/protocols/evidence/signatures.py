"""What a device signed by itself, taken apart by hand.

Batches of the device link (`protocols/spec/batch.md`, L1), what officers write on consoles (`console.md`, C4) and
manifests of recordings (`media.md`, V1).
"""

from collections.abc import Callable

from baqylau.crypto.signing import signed_by

SHARED = b"baqylau shared batch 1\n"
"""Begins what a person's record keeps of a batch that tells of several people: its digest, and a share of its key."""
_DIGEST_BYTES = 32
BATCH_CONTEXT, MANIFEST_CONTEXT = b"baqylau batch 1", b"baqylau media manifest 1"
WRITTEN_CONTEXT = b"baqylau console written 1"
_SIGN1, _UNPROTECTED = b"\xd2\x84", b"\xa0"
_ED25519 = b"\xa2\x01\x27\x04"
"""Algorithm EdDSA, then the key id: the two protected fields of every batch."""
_BYTES, _TEXT = 0x40, 0x60
_DIRECT, _LONGEST = 24, 4


def is_signed(raw: bytes) -> bool:
    """Whether these bytes are a message that a device signed, and not what a receiver heard or a shared key coded."""
    return raw.startswith(_SIGN1)


def shared_digest(raw: bytes) -> bytes | None:
    """Give the digest of the batch of several people that these bytes stand for; None when they stand for none."""
    end = len(SHARED) + _DIGEST_BYTES
    return raw[len(SHARED) : end] if raw.startswith(SHARED) and len(raw) >= end else None


def signer_of(raw: bytes) -> str | None:
    """Give the device that a signed batch names, None where it names none."""
    parts = _parts(raw)
    if parts is None or not parts[0].startswith(_ED25519):
        return None
    name = _string(parts[0], len(_ED25519))
    return None if name is None else name[0].decode(errors="replace")


def batch_signed(raw: bytes, public_key: bytes, proven: Callable[[bytes, bytes, bytes], bool] = signed_by) -> bool:
    """Whether a batch was signed with a device's key."""
    return _payload(raw, public_key, BATCH_CONTEXT, proven) is not None


def written_signed(raw: bytes, public_key: bytes) -> bool:
    """Whether what an officer wrote was signed with a console's key."""
    return _payload(raw, public_key, WRITTEN_CONTEXT, signed_by) is not None


def manifest_payload(raw: bytes, public_key: bytes) -> bytes | None:
    """Give what a manifest of recordings says, None when it was not signed with this key."""
    return _payload(raw, public_key, MANIFEST_CONTEXT, signed_by)


def _payload(
    raw: bytes, public_key: bytes, context: bytes, proven: Callable[[bytes, bytes, bytes], bool]
) -> bytes | None:
    parts = _parts(raw)
    if parts is None:
        return None
    protected, payload, signature = parts
    signed = b"\x84" + _head(_TEXT, 10) + b"Signature1" + _held(protected) + _held(context) + _held(payload)
    return payload if proven(public_key, signed, signature) else None


def _parts(raw: bytes) -> tuple[bytes, bytes, bytes] | None:
    protected = _string(raw, len(_SIGN1))
    if protected is None or raw[protected[1] : protected[1] + 1] != _UNPROTECTED:
        return None
    payload = _string(raw, protected[1] + 1)
    signature = _string(raw, payload[1]) if payload else None
    if payload is None or signature is None or signature[1] != len(raw):
        return None
    return protected[0], payload[0], signature[0]


def _string(raw: bytes, at: int) -> tuple[bytes, int] | None:
    """Give the byte string that begins here and where it ends; None where there is none."""
    first = raw[at] - _BYTES if at < len(raw) else -1
    if 0 <= first < _DIRECT:
        begin, length = at + 1, first
    elif 0 <= first - _DIRECT < _LONGEST:
        begin = at + 1 + (1 << first - _DIRECT)
        length = int.from_bytes(raw[at + 1 : begin], "big")
    else:
        return None
    return (raw[begin : begin + length], begin + length) if begin + length <= len(raw) else None


def _held(value: bytes) -> bytes:
    return _head(_BYTES, len(value)) + value


def _head(kind: int, length: int) -> bytes:
    if length < _DIRECT:
        return bytes([kind + length])
    size = next(power for power in range(_LONGEST) if length < 1 << (8 << power))
    return bytes([kind + _DIRECT + size]) + length.to_bytes(1 << size, "big")
