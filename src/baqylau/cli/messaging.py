"""The role that tells people, and the watch over ourselves that every lasting role keeps."""

import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import SystemRandom

import structlog
from sqlalchemy import Engine

from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.messenger import Messenger
from baqylau.monitoring.server.notice_file import NoticeFileError, telling_in, version_in
from baqylau.monitoring.server.settings import Settings
from baqylau.monitoring.server.watching_over import Limits, Watch, disk_at
from baqylau.storage.announcing import CHANNEL
from baqylau.storage.database import plain_dsn
from baqylau.storage.feed import notifications
from baqylau.storage.live import MESSENGER, Live
from baqylau.storage.ourselves import Ourselves
from baqylau.storage.outbox import Outbox
from baqylau.storage.proof import verify_newest

log = structlog.get_logger()

MESSENGER_WAITS_S = 1.0
"""Longest wait for news; what is to be tried again is looked at this often."""


def messenger_role(settings: Settings, engine: Engine) -> None:
    """Tell people what the outbox holds until we are asked to stop. A changed file is taken over at once."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    live = Live(engine)
    live.role_beat(MESSENGER, now())
    messengers = _Messengers(settings.data_dir, Outbox(engine))
    with watched_over(settings, engine), closing(messengers):
        for _ in notifications(plain_dsn(engine), (CHANNEL,), MESSENGER_WAITS_S):
            messenger = messengers.current()
            if messenger is not None:
                messenger.catch_up(stop.is_set)
                live.role_beat(MESSENGER, now())
            if stop.is_set():
                return


class _Messengers:
    """One messenger after another, as the file changes. While the file is wrong the one before goes on.

    Without any we give no sign of life: that is seen, and the announcements wait.
    """

    def __init__(self, data_dir: Path, outbox: Outbox) -> None:
        self._data_dir = data_dir
        self._outbox = outbox
        self._version: object = object()
        self._messenger: Messenger | None = None

    def current(self) -> Messenger | None:
        """Give the messenger that the file asks for."""
        version = version_in(self._data_dir)
        if version != self._version:
            self._version = version
            self._take_over()
        return self._messenger

    def _take_over(self) -> None:
        try:
            telling = telling_in(self._data_dir)
        except NoticeFileError as wrong:
            log.warning("notice_file_wrong", why=text("en", wrong.key, **wrong.params))
            return
        self.close()
        self._messenger = Messenger(self._outbox, telling, now=now, jitter=SystemRandom().random)
        log.info("messenger_started", targets=len(telling.targets))

    def close(self) -> None:
        """Let what is under way come to its end."""
        if self._messenger is not None:
            self._messenger.stop()


@contextmanager
def watched_over(settings: Settings, engine: Engine, role: str = "") -> Iterator[None]:
    """Watch over all our parts beside the work of a role; say that the role lives, where it does not say so itself."""
    stop = threading.Event()
    watch = Watch(
        Ourselves(engine),
        now=now,
        disk=lambda: disk_at(settings.data_dir),
        prove=lambda count: verify_newest(engine, count),
        limits=Limits(),
        live=(lambda at: Live(engine).role_beat(role, at)) if role else None,
    )
    thread = threading.Thread(target=watch.until, args=(stop,), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
