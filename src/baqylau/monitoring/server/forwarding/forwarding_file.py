"""The file that names the targets: `forwarding.yaml` in the folder of the installation. It holds secrets."""

from pathlib import Path

from baqylau.domain.forwarding import Forwarding, mistakes
from baqylau.monitoring.server.notice_file import NoticeFileError, secret_file

NAME = "forwarding.yaml"


def forwarding_in(data_dir: Path) -> Forwarding:
    """Read the targets; none where there is no file. `NoticeFileError` when the file is not as it must be."""
    file = data_dir / NAME
    forwarding = secret_file(file, Forwarding)
    for mistake in mistakes(forwarding):
        raise NoticeFileError(f"notice.file.{mistake.what}", file=str(file), target=mistake.target)
    return forwarding
