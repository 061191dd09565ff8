"""Where heads of the journal are published, and who stamps them: the file `heads.yaml` of an installation.

A head that others have cannot be rewritten any more, nor anything before it, not even by who has database and key.
"""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.targets import Mistake, Name

Address = Annotated[str, Meta(pattern=r"^https?://")]


class FolderTarget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="file", tag_field="kind"):
    """A folder, such as one that a web server shows: heads and their time-stamps as files."""

    name: Name
    folder: Annotated[str, Meta(min_length=1)]


class HookTarget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="webhook", tag_field="kind"):
    """Somebody else's system that keeps the heads."""

    name: Name
    url: Address
    secret: Annotated[str, Meta(min_length=16)]
    """The receiver proves by it that a request is ours."""


class StampTarget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="timestamp", tag_field="kind"):
    """A time-stamping authority (RFC 3161)."""

    name: Name
    url: Address
    certificate: Annotated[str, Meta(min_length=1)]
    """File with the certificate by which its tokens are believed: its own, or that of who issued it."""
    user: str = ""
    password: str = ""


HeadTarget = FolderTarget | HookTarget | StampTarget


class Publishing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. The default publishes nothing."""

    every_h: Annotated[float, Meta(ge=0.1, le=744)] = 24.0
    targets: tuple[HeadTarget, ...] = ()


def mistakes(publishing: Publishing) -> Iterator[Mistake]:
    """Give what each field allows and all together do not."""
    seen: set[str] = set()
    for target in publishing.targets:
        if target.name in seen:
            yield Mistake(target=target.name, what="name_taken")
        seen.add(target.name)
