"""`baqylau forwarder`: takes positions and alarms to other systems, within a recorded basis, and publishes heads."""

import os
import threading
from contextlib import closing
from functools import partial
from pathlib import Path
from random import SystemRandom

import structlog
import typer
from sqlalchemy import Engine

from baqylau.cli.options import DEFAULT_DATA, Data, Database, Lifeline
from baqylau.cli.roles import role
from baqylau.cli.vaulted import vaulted
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.evidence.publishing import Publisher
from baqylau.monitoring.server.forwarding.forwarder import LOOK_S, Forwarder
from baqylau.monitoring.server.forwarding.forwarding_file import NAME, forwarding_in
from baqylau.monitoring.server.forwarding.relay import Sources
from baqylau.monitoring.server.notice_file import NoticeFileError, version_in
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.feed import Feed
from baqylau.storage.forwarding.bases import Bases
from baqylau.storage.forwarding.forwarding import Deliveries
from baqylau.storage.journal.published import PublishedHeads
from baqylau.storage.judging.live import FORWARDER, Live

app = typer.Typer()
log = structlog.get_logger()


@app.command()
def forwarder(data: Data = DEFAULT_DATA, database: Database = "", lifeline: Lifeline = False) -> None:  # noqa: FBT002 - options
    """Run only the forwarder: take what a recorded basis allows to the targets of forwarding.yaml."""
    role.run("forwarder", data, database, lifeline=lifeline, work=partial(forwarder_role, data))


def forwarder_role(data_dir: Path, engine: Engine, stop: threading.Event) -> None:
    """Forward until we are asked to stop. A changed file is taken over at once."""
    live, ending = Live(engine), threading.Event()
    publisher = Publisher(
        PublishedHeads(engine), vaulted(engine, data_dir).signer, data_dir, now=now, random=os.urandom
    )
    publishing = threading.Thread(target=publisher.until, args=(ending,), name="heads")
    publishing.start()
    try:
        with closing(_Forwarders(data_dir, sources(engine, data_dir))) as forwarders:
            while not stop.is_set():
                forwarders.look()
                live.role_beat(FORWARDER, now())
                stop.wait(LOOK_S)
    finally:
        ending.set()
        publishing.join()


def sources(engine: Engine, data_dir: Path) -> Sources:
    """Join what forwarding reads."""
    return Sources(
        vaulted(engine, data_dir).journal, Feed(engine), Alarms(engine, now), Bases(engine, now), Deliveries(engine)
    )


class _Forwarders:
    """One forwarder after another, as the file changes. While the file is wrong nothing leaves: it may be meant so."""

    def __init__(self, data_dir: Path, sources: Sources) -> None:
        self._data_dir = data_dir
        self._sources = sources
        self._version: object = object()
        self._forwarder: Forwarder | None = None

    def look(self) -> None:
        """Take over the file when it changed; raise what ended a target's thread."""
        version = version_in(self._data_dir, NAME)
        if version != self._version:
            self._version = version
            self.close()
            self._take_over()
        if self._forwarder is not None:
            self._forwarder.check()

    def _take_over(self) -> None:
        try:
            forwarding = forwarding_in(self._data_dir)
        except NoticeFileError as wrong:
            log.warning("forwarding_file_wrong", why=text("en", wrong.key, **wrong.params))
            return
        self._forwarder = Forwarder(forwarding, self._sources, now=now, jitter=SystemRandom().random)
        log.info("forwarder_started", targets=len(forwarding.targets))

    def close(self) -> None:
        """Let what is under way come to its end."""
        if self._forwarder is not None:
            self._forwarder.stop()
            self._forwarder = None
