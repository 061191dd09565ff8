"""Which models there are."""

from msgspec import Struct


class Models(Struct, frozen=True, kw_only=True):
    """What an installation compares with."""
