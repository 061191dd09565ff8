"""The messages about recordings as bytes, and back (`spec/media.md`, V2 to V4). What they say is `domain.recordings`.

Reading never takes more than is bounded there, whatever the bytes.
"""

from math import isfinite
from typing import TypeVar

from msgspec import ValidationError, convert, to_builtins

from baqylau.domain.recordings import (
    DIGEST_BYTES,
    ID_CHARS_MAX,
    ITEM_BYTES_MAX,
    ITEMS_MAX,
    MANIFEST_BYTES_MAX,
    NONCE_BYTES_MAX,
    PIECE_BYTES,
    VERSION,
    WHOLE_BYTES_MAX,
    Held,
    Item,
    Manifest,
    Mark,
    MediaKind,
    NotHeld,
    Piece,
)
from baqylau.protocols.batch.cbor import CborWrongError, read, written

__all__ = [
    "MANIFEST_BYTES_MAX",
    "PIECE_BYTES",
    "Held",
    "Item",
    "Manifest",
    "Mark",
    "MediaKind",
    "MediaWrongError",
    "NotHeld",
    "Piece",
    "media_bytes",
    "media_of",
]


class MediaWrongError(Exception):
    """The bytes do not say what they should."""


T = TypeVar("T", Manifest, Piece, Held)


def media_bytes(message: Manifest | Piece | Held) -> bytes:
    """Give the payload of a message: a map by the names of its fields."""
    return written(to_builtins(message, builtin_types=(bytes,)))


def media_of(kind: type[T], payload: bytes) -> T:
    """Read a message, or raise `MediaWrongError`, whatever the bytes."""
    try:
        value = read(payload)
        _finite(value)
        said = convert(value, kind)
    except (CborWrongError, ValidationError) as wrong:
        raise MediaWrongError from wrong
    if not _sound(said):
        raise MediaWrongError
    return said


def _finite(value: object) -> None:
    match value:
        case dict():
            for one in value.values():
                _finite(one)
        case list():
            for one in value:
                _finite(one)
        case float() if not isfinite(value):
            raise MediaWrongError
        case _:
            pass


def _sound(said: Manifest | Piece | Held) -> bool:
    match said:
        case Manifest():
            return _manifest_sound(said)
        case Piece():
            length = len(said.content)
            return (
                len(said.manifest) == DIGEST_BYTES
                and said.index > 0
                and 0 <= said.offset < ITEM_BYTES_MAX
                and said.offset % PIECE_BYTES == 0
                and 0 < length <= PIECE_BYTES
            )
        case Held():
            return len(said.manifest) == DIGEST_BYTES


def _manifest_sound(said: Manifest) -> bool:
    return (
        said.version == VERSION
        and 0 < len(said.check_id) <= ID_CHARS_MAX
        and len(said.nonce) <= NONCE_BYTES_MAX
        and said.counter > 0
        and len(said.previous) == DIGEST_BYTES
        and None not in {said.began_at.tzinfo, said.ended_at.tzinfo}
        and [one.index for one in said.items] == list(range(1, len(said.items) + 1))
        and len(said.items) <= ITEMS_MAX
        and all(_item_sound(one) for one in said.items)
        and sum(one.size for one in said.items) <= WHOLE_BYTES_MAX
    )


def _item_sound(one: Item) -> bool:
    return (
        len(one.sha256) == DIGEST_BYTES
        and 0 < one.size <= ITEM_BYTES_MAX
        and one.duration_ms >= 0
        and one.from_ms >= 0
        and 0 < len(one.content_type) <= ID_CHARS_MAX
    )
