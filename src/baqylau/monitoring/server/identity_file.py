"""The file that names an installation's own identity provider: `identity.yaml` in its folder. It holds a secret."""

from pathlib import Path

from msgspec import Struct

from baqylau.monitoring.server.notice_file import secret_file
from baqylau.monitoring.workstation.access.provider import Identity

NAME = "identity.yaml"


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    provider: Identity | None = None


def identity_in(data_dir: Path) -> Identity | None:
    """Give the provider, None where the file is not there. `NoticeFileError` when it is not as it must be."""
    return secret_file(data_dir / NAME, _File).provider
