"""Is what was set up for an installation understood: its files and its environment? A part of what the doctor says."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from baqylau.crypto.certificates import chain_ends_at
from baqylau.monitoring.server import identity_file, pages_file
from baqylau.monitoring.server.doctor import Answer
from baqylau.monitoring.server.evidence import publishing
from baqylau.monitoring.server.forwarding import forwarding_file
from baqylau.monitoring.server.link import link_file
from baqylau.monitoring.server.link.link_file import HERE, LinkFile, LinkFileError
from baqylau.monitoring.server.notice_file import NoticeFileError
from baqylau.monitoring.server.pages_file import PagesFile

RENEW_WITHIN = timedelta(days=21)
"""A certificate that ends so soon is worth a look."""
OURS = "BAQYLAU_"
"""How the variables begin that our commands read."""
_FILES: dict[str, Callable[[Path], object]] = {
    pages_file.NAME: pages_file.pages_in,
    link_file.NAME: link_file.link_file_in,
    identity_file.NAME: identity_file.identity_in,
    forwarding_file.NAME: forwarding_file.forwarding_in,
    publishing.NAME: publishing.publishing_in,
}
"""Files that an installation may have, beside those of notices and of calls, of which the doctor says more."""


def examine_files(data_dir: Path, now: datetime) -> Iterator[Answer]:
    """Look whether each file that is there can be used, and how long the certificates that it names still hold."""
    for name, read in _FILES.items():
        if not (data_dir / name).exists():
            continue
        try:
            told = read(data_dir)
        except NoticeFileError as wrong:
            yield Answer(grade="fault", key=wrong.key, params=dict(wrong.params))
        except LinkFileError as wrong:
            yield Answer(grade="fault", key="doctor.file_wrong", params={"why": str(wrong)})
        else:
            yield Answer(grade="ok", key="doctor.file_read", params={"file": str(data_dir / name)})
            if isinstance(told, PagesFile | LinkFile) and told.certificate:
                yield _holds(Path(told.certificate), now)


def _holds(certificate: Path, now: datetime) -> Answer:
    said = {"certificate": str(certificate)}
    try:
        ends_at = chain_ends_at(certificate.read_bytes())
    except (OSError, ValueError) as wrong:
        return Answer(grade="fault", key="doctor.certificate_wrong", params={**said, "why": str(wrong)})
    if ends_at <= now:
        return Answer(grade="fault", key="doctor.certificate_over", params=dict(said))
    days = (ends_at - now).days
    if ends_at - now < RENEW_WITHIN:
        return Answer(grade="warning", key="doctor.certificate_ends", params={**said, "days": days})
    return Answer(grade="ok", key="doctor.certificate", params={**said, "days": days})


def examine_environment(environment: Iterable[str], read: Collection[str]) -> Iterator[Answer]:
    """Name each variable of ours that no command reads: a slip of the pen changes nothing, and nobody would see it."""
    for name in sorted(environment):
        if name.startswith(OURS) and name not in read:
            yield Answer(grade="warning", key="doctor.variable_unknown", params={"name": name})


def examine_pages(data_dir: Path, host: str) -> Iterator[Answer]:
    """Look whether the line to the workstation, which listens at `host`, can be read by others."""
    try:
        sealed = pages_file.pages_in(data_dir).sealed
    except NoticeFileError:
        return
    if not sealed and host not in HERE:
        yield Answer(grade="warning", key="doctor.pages_without_tls", params={"host": host})
