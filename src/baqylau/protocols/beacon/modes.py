"""AES-CMAC (RFC 4493), AES-CCM (RFC 3610) and HKDF-SHA256 (RFC 5869) over a block cipher that comes in as an argument.

A `Block` encrypts 16 bytes under a key it already holds. What a device's hardware or the host's library does fast, they
bring; what is here is short enough to be read beside the standards. Runs in MicroPython.
"""

from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Block = Callable[[bytes], bytes]
    Cipher = Callable[[bytes], Block]

BLOCK_BYTES = 16
TAG_BYTES = 8
NONCE_BYTES = 13
_LENGTH_BYTES = 2
"""L of RFC 3610: with a nonce of 13 bytes the message is shorter than 65 536."""
_HASH_BLOCK_BYTES = 64
_REDUCE = 0x87
"""The polynomial of CMAC's doubling in GF(2^128)."""


def exclusive_or(one: bytes, two: bytes) -> bytes:
    """Give the bitwise difference of two strings, as long as the shorter one."""
    return bytes(a ^ b for a, b in zip(one, two))  # noqa: B905 - MicroPython's zip has no `strict`


def cmac(block: "Block", message: bytes) -> bytes:
    """Give the 16 bytes of AES-CMAC."""
    subkey = _doubled(block(bytes(BLOCK_BYTES)))
    whole = (len(message) - 1) // BLOCK_BYTES if message else 0
    last = message[whole * BLOCK_BYTES :]
    if len(last) < BLOCK_BYTES:
        subkey = _doubled(subkey)
        last = last + b"\x80" + bytes(BLOCK_BYTES - 1 - len(last))
    return block(exclusive_or(_chained(block, message[: whole * BLOCK_BYTES]), exclusive_or(last, subkey)))


def _doubled(value: bytes) -> bytes:
    number = int.from_bytes(value, "big") << 1
    if value[0] & 0x80:
        number ^= _REDUCE
    return (number & ((1 << 128) - 1)).to_bytes(BLOCK_BYTES, "big")


def _chained(block: "Block", message: bytes) -> bytes:
    """Run CBC-MAC over whole blocks, from zero."""
    chain = bytes(BLOCK_BYTES)
    for at in range(0, len(message), BLOCK_BYTES):
        chain = block(exclusive_or(chain, message[at : at + BLOCK_BYTES]))
    return chain


def ccm_seal(block: "Block", nonce: bytes, clear: bytes, message: bytes) -> bytes:
    """Give the sealed message and its tag of 8 bytes; `clear` is authenticated and not hidden."""
    sealed = _counted(block, nonce, message)
    return sealed + exclusive_or(_ccm_tag(block, nonce, clear, message), _stream(block, nonce, 0))


def ccm_open(block: "Block", nonce: bytes, clear: bytes, sealed: bytes) -> "bytes | None":
    """Give the message, or None when anything of it is not as it was sealed."""
    message = _counted(block, nonce, sealed[:-TAG_BYTES])
    expected = exclusive_or(_ccm_tag(block, nonce, clear, message), _stream(block, nonce, 0))
    return message if same(expected, sealed[-TAG_BYTES:]) else None


def same(one: bytes, two: bytes) -> bool:
    """Compare without telling by its time where the first difference is."""
    difference = len(one) ^ len(two)
    for a, b in zip(one, two):  # noqa: B905 - MicroPython's zip has no `strict`
        difference |= a ^ b
    return difference == 0


def _ccm_tag(block: "Block", nonce: bytes, clear: bytes, message: bytes) -> bytes:
    flags = 0x40 * bool(clear) | (TAG_BYTES - 2) // 2 << 3 | _LENGTH_BYTES - 1
    first = bytes([flags]) + nonce + len(message).to_bytes(_LENGTH_BYTES, "big")
    told = _padded(len(clear).to_bytes(2, "big") + clear) if clear else b""
    return _chained(block, first + told + _padded(message))[:TAG_BYTES]


def _padded(message: bytes) -> bytes:
    return message + bytes(-len(message) % BLOCK_BYTES)


def _counted(block: "Block", nonce: bytes, message: bytes) -> bytes:
    """Encrypt or decrypt in counter mode."""
    parts = [
        exclusive_or(message[at : at + BLOCK_BYTES], _stream(block, nonce, at // BLOCK_BYTES + 1))
        for at in range(0, len(message), BLOCK_BYTES)
    ]
    return b"".join(parts)


def _stream(block: "Block", nonce: bytes, count: int) -> bytes:
    return block(bytes([_LENGTH_BYTES - 1]) + nonce + count.to_bytes(_LENGTH_BYTES, "big"))


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """Give HMAC-SHA256 (RFC 2104); MicroPython has no `hmac` of its own."""
    if len(key) > _HASH_BLOCK_BYTES:
        key = sha256(key).digest()
    key = key + bytes(_HASH_BLOCK_BYTES - len(key))
    inner = sha256(bytes(one ^ 0x36 for one in key) + message).digest()
    return sha256(bytes(one ^ 0x5C for one in key) + inner).digest()


def hkdf(root: bytes, salt: bytes, label: bytes, length: int) -> bytes:
    """Give `length` bytes of HKDF-SHA256, at most 255 times 32."""
    secret, given, last = hmac_sha256(salt, root), b"", b""
    while len(given) < length:
        last = hmac_sha256(secret, last + label + bytes([len(given) // 32 + 1]))
        given += last
    return given[:length]
