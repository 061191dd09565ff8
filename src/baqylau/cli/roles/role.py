"""What the programs of the server's roles have in common; each role is a file of its own name beside this one."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from baqylau.cli.opening import ready
from baqylau.monitoring.server import lifeline as parent

IDLE_S = 15.0
"""So long a role that others wait for may do nothing in the middle of a transaction."""
_WAITED_FOR = frozenset({"gateway", "judge", "region-bridge"})


def run(role: str, data: Path, database: str, *, lifeline: bool, work: Callable[[Engine], None]) -> None:
    """Do the work of a role over its database, and end with the parent where there is one."""
    if lifeline:
        parent.hold()
    idle_s = IDLE_S if role in _WAITED_FOR else None
    with ready(data, database, f"baqylau-{role}", pool_size=10, idle_s=idle_s) as engine:
        work(engine)
