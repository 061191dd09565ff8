"""What the programs of the server's roles have in common; each role is a file of its own name beside this one."""

import signal
import threading
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from baqylau.cli.opening import connected, sentence
from baqylau.links.outage import Outage
from baqylau.monitoring.server import lifeline as parent
from baqylau.storage.database import StorageUnavailableError, witnessed
from baqylau.storage.migrating import migrate

AGAIN_S = 1.0
"""How soon it is tried again to reach a database that is not there."""
IDLE_S = 15.0
"""So long a role that others wait for may do nothing in the middle of a transaction."""
_WAITED_FOR = frozenset({"gateway", "judge", "region-bridge"})


def run(
    role: str, data: Path, database: str, *, lifeline: bool, work: Callable[[Engine, threading.Event], None]
) -> None:
    """Do the work of a role over its database until asked to stop, which `work` sees by the event it is given.

    A database that goes away ends no role and is said once, with how long it took: whoever can go on meanwhile does,
    and of whoever cannot the work begins anew. A role ends with its parent where there is one.
    """
    if lifeline:
        parent.hold()
    stop = _asked_to_stop()
    idle_s = IDLE_S if role in _WAITED_FOR else None
    with sentence(), connected(data, database, f"baqylau-{role}", pool_size=10, idle_s=idle_s) as engine:
        witnessed(engine, Outage("database", role=role))
        until_done(engine, stop, work)


def until_done(engine: Engine, stop: threading.Event, work: Callable[[Engine, threading.Event], None]) -> None:
    """Do work, from its beginning whenever the database was away: a machine may start its programs in any order."""
    while not stop.is_set():
        try:
            migrate(engine)
            work(engine, stop)
        except StorageUnavailableError:
            stop.wait(AGAIN_S)
        else:
            return


def _asked_to_stop() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop
