"""`baqylau judge`: folds the journal by the rules into findings and alarms."""

import os
import signal
import threading

import structlog
import typer
from sqlalchemy import Engine

from baqylau.cli import role
from baqylau.cli.options import DEFAULT_DATA, Data, Database, Lifeline
from baqylau.cli.vaulted import vaulted
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.escalating import Escalating
from baqylau.monitoring.server.judge import Judge
from baqylau.monitoring.server.settings import Settings
from baqylau.storage.database import plain_dsn
from baqylau.storage.feed import notifications
from baqylau.storage.judgement import FencedError, JudgeStore
from baqylau.storage.live import Live
from baqylau.storage.registers import Registers
from baqylau.storage.waiting import Waiting

app = typer.Typer()
log = structlog.get_logger()

JUDGE_WAITS_S = 0.25
"""Longest wait for news; time itself is looked at this often."""


@app.command()
def judge(data: Data = DEFAULT_DATA, database: Database = "", lifeline: Lifeline = False) -> None:  # noqa: FBT002 - options
    """Run only the judge: fold the journal by the rules into findings and alarms."""
    role.run(
        "judge",
        data,
        database,
        lifeline=lifeline,
        work=lambda engine: judge_role(Settings(data_dir=data), engine, owner=f"judge-{os.getpid()}"),
    )


def judge_role(settings: Settings, engine: Engine, owner: str) -> None:
    """Judge what is kept until we are asked to stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    judge = Judge(
        store=JudgeStore(engine),
        journal=vaulted(engine, settings.data_dir).journal,
        registers=Registers(engine, now),
        live=Live(engine),
        owner=owner,
        now=now,
    )
    escalating = Escalating(Waiting(engine), now)
    judge.start()
    try:
        for _ in notifications(plain_dsn(engine), ("journal", "registers"), JUDGE_WAITS_S):
            judge.catch_up(stop.is_set, between=escalating.look)
            escalating.look()
            if stop.is_set():
                return
    except FencedError:
        log.warning("another_judge_took_over", owner=owner)
