"""`baqylau messenger`: tells people what happens to alarms."""

import threading
from contextlib import closing
from pathlib import Path
from random import SystemRandom

import structlog
import typer
from sqlalchemy import Engine

from baqylau.cli.options import DEFAULT_DATA, Data, Database, Lifeline
from baqylau.cli.roles import role
from baqylau.cli.roles.watched_over import watched_over
from baqylau.domain.targets import Telling
from baqylau.domain.terms import Ahead
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.messenger import Messenger
from baqylau.monitoring.server.notice_file import NoticeFileError, telling_in, version_in
from baqylau.monitoring.server.reminding import Reminding
from baqylau.monitoring.server.settings import Settings
from baqylau.storage.alarms.announcing import CHANNEL
from baqylau.storage.alarms.feed import notifications
from baqylau.storage.alarms.outbox import Outbox
from baqylau.storage.judging.live import MESSENGER, Live
from baqylau.storage.registers.terms import Terms

app = typer.Typer()
log = structlog.get_logger()

MESSENGER_WAITS_S = 1.0
"""Longest wait for news; what is to be tried again is looked at this often."""


@app.command()
def messenger(data: Data = DEFAULT_DATA, database: Database = "", lifeline: Lifeline = False) -> None:  # noqa: FBT002 - options
    """Run only the messenger: tell the targets of notices.yaml what happens to alarms."""
    role.run(
        "messenger",
        data,
        database,
        lifeline=lifeline,
        work=lambda engine, stop: messenger_role(Settings(data_dir=data), engine, stop),
    )


def messenger_role(settings: Settings, engine: Engine, stop: threading.Event) -> None:
    """Tell people what the outbox holds until we are asked to stop. A changed file is taken over at once."""
    live = Live(engine)
    live.role_beat(MESSENGER, now())
    messengers, reminding = _Messengers(settings.data_dir, Outbox(engine)), Reminding(Terms(engine), now)
    news = notifications(engine, (CHANNEL,), MESSENGER_WAITS_S)
    with watched_over(settings, engine), closing(messengers), closing(news):
        for _ in news:
            messenger = messengers.current()
            if messenger is not None:
                reminding.look(messengers.ahead, messengers.timezone)
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
        self.ahead, self.timezone = Ahead(), Telling().timezone

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
        self.ahead, self.timezone = telling.ahead, telling.timezone
        self._messenger = Messenger(self._outbox, telling, now=now, jitter=SystemRandom().random)
        log.info("messenger_started", targets=len(telling.targets))

    def close(self) -> None:
        """Let what is under way come to its end."""
        if self._messenger is not None:
            self._messenger.stop()
