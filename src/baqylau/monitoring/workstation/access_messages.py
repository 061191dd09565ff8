"""What the pages about accounts, rights and the audit say to the server and hear from it."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.acts import Word


class Stating(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why somebody looks beyond their duty."""

    about: Word
    """What the refused page was about: `person/<id>`, `alarm/<number>`, `device/<id>` or `observation/<id>`."""
    purpose: Annotated[str, Meta(min_length=10, max_length=1_000, pattern=r"^[^\x00]*$")]


class Stated(Struct, frozen=True, kw_only=True):
    """A purpose that now holds."""

    until_at: datetime
