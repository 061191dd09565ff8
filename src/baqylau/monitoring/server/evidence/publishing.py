"""Publishing heads of the journal: signed now and then, carried to each target until it has them."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import assert_never

import httpx
import structlog

from baqylau.crypto.signing import Signer
from baqylau.domain.heads import FolderTarget, HeadTarget, HookTarget, Publishing, StampTarget, mistakes
from baqylau.links.notices.http import client
from baqylau.links.notices.way import NotTakenError
from baqylau.links.publishing import NONCE_BITS, into_folder, to_authority, to_hook
from baqylau.monitoring.server.notice_file import NoticeFileError, secret_file
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.journal.published import Delivery, PublishedHeads

log = structlog.get_logger()

NAME = "heads.yaml"
LOOK_S = 2.0
LEASE = timedelta(minutes=2)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 10.0, 3_600.0


def publishing_in(data_dir: Path) -> Publishing:
    """Read where heads are published; nowhere without a file. `NoticeFileError` when it is not as it must be."""
    publishing = secret_file(data_dir / NAME, Publishing)
    for mistake in mistakes(publishing):
        raise NoticeFileError(f"notice.file.{mistake.what}", file=str(data_dir / NAME), target=mistake.target)
    return publishing


class NoSuchAuthorityError(Exception):
    """The file names no time-stamping authority of this name."""


def stamp_by(data_dir: Path, name: str, random: Callable[[int], bytes]) -> Callable[[bytes], bytes]:
    """Give what has bytes stamped by an authority of `heads.yaml`. `NoSuchAuthorityError`, `NoticeFileError`."""
    authorities = {one.name: one for one in publishing_in(data_dir).targets if isinstance(one, StampTarget)}
    if name not in authorities:
        raise NoSuchAuthorityError(name)
    target = authorities[name]

    def stamp(content: bytes) -> bytes:
        with client() as http:
            return _stamped(http, target, data_dir, content, random)

    return stamp


def _stamped(
    http: httpx.Client, target: StampTarget, data_dir: Path, content: bytes, random: Callable[[int], bytes]
) -> bytes:
    nonce = int.from_bytes(random(8), "big") >> 64 - NONCE_BITS
    return to_authority(http, target, data_dir / target.certificate, content, nonce)


class Publisher:
    """Publishes for one installation."""

    def __init__(
        self,
        heads: PublishedHeads,
        signer: Signer,
        data_dir: Path,
        *,
        now: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        """Names of files in `heads.yaml` are looked for from `data_dir`."""
        self._heads = heads
        self._signer = signer
        self._data_dir = data_dir
        self._now = now
        self._random = random

    def round(self, publishing: Publishing, *, at_once: bool = False) -> int:
        """Sign a head when one is due, or `at_once`, and try what is due; give how many attempts came to nothing."""
        targets = {one.name: one for one in publishing.targets}
        if not targets:
            return 0
        now = self._now()
        since = now if at_once else now - timedelta(hours=publishing.every_h)
        self._heads.begin(self._signer, list(targets), now, since)
        failed = 0
        with client() as http:
            while (one := self._heads.take(list(targets), self._now(), self._now() + LEASE)) is not None:
                failed += not self._delivered(http, targets, one)
        return failed

    def until(self, stop: threading.Event) -> None:
        """Publish until told to stop; a changed file is taken over at once, and while it is wrong nothing leaves."""
        told = ""
        while not stop.is_set():
            try:
                with suppress(StorageUnavailableError):
                    self.round(publishing_in(self._data_dir))
                told = ""
            except NoticeFileError as wrong:
                if told != str(wrong):
                    log.warning("heads_file_wrong", why=str(wrong))
                told = str(wrong)
            stop.wait(LOOK_S)

    def _delivered(self, http: httpx.Client, targets: dict[str, HeadTarget], one: Delivery) -> bool:
        try:
            token = self._carry(http, targets[one.target], one)
        except NotTakenError as why:
            pause_s = min(FIRST_PAUSE_S * 2 ** min(one.attempts, 20), LONGEST_PAUSE_S)
            self._heads.failed(one, why.error, self._now() + timedelta(seconds=pause_s))
            log.warning("head_not_published", target=one.target, error=why.error)
            return False
        self._heads.done(one, self._now(), token)
        if token is not None:
            folders = [name for name, target in targets.items() if isinstance(target, FolderTarget)]
            self._heads.again(one.head_id, folders, self._now())
        log.info("head_published", target=one.target)
        return True

    def _carry(self, http: httpx.Client, target: HeadTarget, one: Delivery) -> bytes | None:
        match target:
            case FolderTarget():
                folder = self._data_dir / target.folder
                into_folder(folder, f"head-{one.at:%Y%m%dT%H%M%SZ}", one.content, self._heads.tokens(one.head_id))
            case HookTarget():
                to_hook(http, target, one.content, int(self._now().timestamp()))
            case StampTarget():
                return _stamped(http, target, self._data_dir, one.content, self._random)
            case _:
                assert_never(target)
        return None
