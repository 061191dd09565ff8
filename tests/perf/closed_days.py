"""The days of a journal when they are long over: written as files, proved, taken out of the database and put back."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from msgspec import Struct

from baqylau.cli.vaulted import vaulted
from baqylau.links.wall_clock import now
from baqylau.storage.journal.archive import ENTRIES, Archive
from baqylau.storage.journal.archived import KEPT_AT_LEAST
from baqylau.storage.journal.days import DAY
from tests.perf.installation import Installation

T = TypeVar("T")


class ClosedDays(Struct, frozen=True, kw_only=True):
    """What came of them."""

    entries: int
    file_bytes: int
    broken: int
    """Entries that the files do not prove, or that the journal does not once they are back."""
    put_s: float
    verified_s: float
    dropped_s: float
    read_back_s: float


def close_days(installation: Installation) -> ClosedDays:
    """Live through it as if today were long ago."""
    later, signer = now() + KEPT_AT_LEAST + DAY, vaulted(installation.engine, installation.data).signer
    archive = Archive(installation.engine, installation.data / "archive")
    days = archive.due(later.date(), later)
    manifests, put_s = _timed(partial(archive.put, signer=signer, by="bench", now=later), days)
    proved, verified_s = _timed(partial(archive.verify, public_key=signer.public_key), days)
    _, dropped_s = _timed(partial(archive.drop, public_key=signer.public_key, by="bench", now=later), days)
    _, read_back_s = _timed(partial(archive.read_back, public_key=signer.public_key, by="bench", now=later), days[::-1])
    return ClosedDays(
        entries=sum(one.entries for one in manifests),
        file_bytes=_weight(installation.data / "archive"),
        broken=sum(len(broken) for _, broken in proved) + len(installation.journal.verify(signer.public_key).broken),
        put_s=put_s,
        verified_s=verified_s,
        dropped_s=dropped_s,
        read_back_s=read_back_s,
    )


def _timed(act: Callable[[date], T], days: Sequence[date]) -> tuple[list[T], float]:
    begun_s = perf_counter()
    return [act(day) for day in days], perf_counter() - begun_s


def _weight(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob(ENTRIES))
