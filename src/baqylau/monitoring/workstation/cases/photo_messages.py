"""What is said of photographs."""

from msgspec import Struct


class PersonPhoto(Struct, frozen=True, kw_only=True):
    """A person's photograph."""

    content: bytes | None
    """JPEG; nothing where there is none."""


class PhotoGiven(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A photograph in place of the one before."""

    content: bytes
    """JPEG of 24 kB at most. What a camera wrote beside the picture is left out."""
