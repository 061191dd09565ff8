"""What the programs of the server's roles have in common; each role is a file of its own name beside this one."""

from collections.abc import Callable
from pathlib import Path
from time import sleep

import structlog
from sqlalchemy import Engine

from baqylau.cli.opening import connected, sentence
from baqylau.monitoring.server import lifeline as parent
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.migrating import migrate

log = structlog.get_logger()

AGAIN_S = 1.0
"""How soon it is tried again to reach a database that is not there."""
IDLE_S = 15.0
"""So long a role that others wait for may do nothing in the middle of a transaction."""
_WAITED_FOR = frozenset({"gateway", "judge", "region-bridge"})


def run(role: str, data: Path, database: str, *, lifeline: bool, work: Callable[[Engine], None]) -> None:
    """Do the work of a role over its database, and end with the parent where there is one."""
    if lifeline:
        parent.hold()
    idle_s = IDLE_S if role in _WAITED_FOR else None
    with sentence(), connected(data, database, f"baqylau-{role}", pool_size=10, idle_s=idle_s) as engine:
        _wait_for(engine)
        work(engine)


def _wait_for(engine: Engine) -> None:
    """Return when the database is there and its schema up to date: a machine may start its programs in any order."""
    while True:
        try:
            migrate(engine)
        except StorageUnavailableError as away:
            log.warning("database_awaited", why=str(away.__cause__))
            sleep(AGAIN_S)
        else:
            return
