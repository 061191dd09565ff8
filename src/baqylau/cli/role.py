"""What the programs of the server's roles have in common; each role is a file of its own name beside this one."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from baqylau.cli.opening import ready
from baqylau.monitoring.server import lifeline as parent


def run(role: str, data: Path, database: str, *, lifeline: bool, work: Callable[[Engine], None]) -> None:
    """Do the work of a role over its database, and end with the parent where there is one."""
    if lifeline:
        parent.hold()
    with ready(data, database, f"baqylau-{role}", pool_size=10) as engine:
        work(engine)
