"""`baqylau check-planner`: asks for the checks that restrictions ask for."""

import hmac
import os
import threading
from functools import partial
from pathlib import Path

import typer
from sqlalchemy import Engine

from baqylau.cli.options import DEFAULT_DATA, Data, Database, Lifeline
from baqylau.cli.roles import role
from baqylau.cli.vaulted import vaulted
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.check_planner import Planner, Sources
from baqylau.storage.checks.checks import Checks
from baqylau.storage.installation import installation
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.live import CHECKS, Live
from baqylau.storage.registers.registers import Registers

app = typer.Typer()

LOOK_S = 2.0
"""How soon what is due is asked for."""


@app.command("check-planner")
def check_planner(data: Data = DEFAULT_DATA, database: Database = "", lifeline: Lifeline = False) -> None:  # noqa: FBT002 - options
    """Run only the planner of checks: ask for what is due, for repetitions, second tests and tests to zero."""
    role.run("check-planner", data, database, lifeline=lifeline, work=partial(planner_role, data))


def planner_role(data_dir: Path, engine: Engine, stop: threading.Event) -> None:
    """Plan until we are asked to stop."""
    live = Live(engine)
    checks = Checks(engine, vaulted(engine, data_dir).journal, now)
    planner = Planner(
        Sources(Registers(engine, now), checks, Findings(engine), live), key=planning_key(data_dir), now=now
    )
    while not stop.is_set():
        planner.round()
        live.role_beat(CHECKS, now())
        stop.wait(LOOK_S)


def planning_key(data_dir: Path) -> bytes:
    """Give the key from which the moments of random checks follow."""
    return hmac.digest(installation(data_dir / "keys", os.urandom).key, b"checks", "sha256")
