"""Deterministic CBOR (RFC 8949, 4.2.1) and nothing beyond: no tags, no lengths left open, no key twice."""

from collections.abc import Callable
from typing import NoReturn

from cbor2 import CBORError, dumps, loads

DEPTH_MAX = 16


class CborWrongError(Exception):
    """Not deterministic CBOR of plain values."""


def written(value: object) -> bytes:
    """Give the one form of plain values: numbers, text, bytes, truth, nothing, lists and maps by text."""
    return dumps(value, canonical=True)


def read(raw: bytes) -> object:
    """Give the value, or raise `CborWrongError`, whatever the bytes."""
    try:
        value = loads(
            raw,
            tag_hook=_refused,
            semantic_decoders=_NO_TAGS,
            max_depth=DEPTH_MAX,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            strict_hashable_types=True,
        )
        plain = written(value) == raw
    except (CBORError, UnicodeError) as wrong:
        raise CborWrongError from wrong
    if not plain:
        raise CborWrongError
    return value


def _refused(*_: object) -> NoReturn:
    raise CborWrongError


class _NoTags(dict[int, Callable[..., object]]):
    """Says of every tag that it is refused, so that none of the library's meanings is ever worked out."""

    def __getitem__(self, tag: int) -> Callable[..., object]:
        return _refused


_NO_TAGS = _NoTags()
