"""`baqylau judge`: folds the journal by the rules into findings and alarms."""

import gc
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Annotated

import structlog
import typer
from sqlalchemy import Engine

from baqylau.cli.options import DEFAULT_DATA, Data, Database, Lifeline
from baqylau.cli.roles import role
from baqylau.cli.vaulted import vaulted
from baqylau.domain.ids import PersonId
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.escalating import Escalating
from baqylau.monitoring.server.judge import Judge
from baqylau.monitoring.server.roster import Recalled
from baqylau.monitoring.server.settings import Settings
from baqylau.storage.alarms.feed import notifications
from baqylau.storage.alarms.waiting import Waiting
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.journal.regions import Regions
from baqylau.storage.judging.judgement import FencedError, JudgeStore
from baqylau.storage.judging.live import Live
from baqylau.storage.judging.seats import LEASE_S, Seats
from baqylau.storage.registers.registers import Registers

app = typer.Typer()
log = structlog.get_logger()

JUDGE_WAITS_S = 0.25
"""Longest wait for news; time itself is looked at this often."""
TIMERS_S = 1.0
"""How often the timers of alarms are looked at."""
AWAY_S = 1.0
"""How long the database is left alone after it was not there."""
COLLECTED_AFTER = 50_000, 20, 100
"""So many objects more, and so often, until the collector looks through the young, the older, and all."""


Seat = Annotated[
    str,
    typer.Option(
        envvar="BAQYLAU_SEAT",
        help="Name of this judge among several over one database. One that starts on a taken seat takes its place.",
    ),
]


@app.command()
def judge(
    data: Data = DEFAULT_DATA,
    database: Database = "",
    seat: Seat = "judge",
    lifeline: Lifeline = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Run only the judge: fold the journal by the rules into findings and alarms."""
    role.run(
        "judge",
        data,
        database,
        lifeline=lifeline,
        work=lambda engine, stop: judge_until(
            stop, Settings(data_dir=data), engine, Seats(engine, seat, os.urandom(8).hex())
        ),
    )


def judge_until(stop: threading.Event, settings: Settings, engine: Engine, seats: Seats) -> None:
    """Judge what is kept until it is enough, or another program takes our seat.

    When the database was away we begin anew: nothing that a broken transaction left half known is relied upon, and what
    was known before only where the database still has it so. To fold a year again takes longer than silence is borne
    with, so that we live is said from beside; and judging does not wait for the timers of alarms, however many ran out.
    """
    escalating = Escalating(Waiting(engine), now)
    with _beside(stop, "seat", LEASE_S / 4, seats.stay), _beside(stop, "timers", TIMERS_S, escalating.look):
        recalled: dict[PersonId, Recalled] = {}
        while not stop.is_set():
            judge = _judge(settings, engine, seats)
            try:
                _judge_on(judge, recalled, engine, stop)
            except FencedError:
                log.warning("another_judge_took_over")
                return
            except StorageUnavailableError:
                recalled = judge.recalled()
                stop.wait(AWAY_S)


def _judge(settings: Settings, engine: Engine, seats: Seats) -> Judge:
    return Judge(
        store=JudgeStore(engine),
        journal=vaulted(engine, settings.data_dir).journal,
        registers=Registers(engine, now),
        live=Live(engine),
        seats=seats,
        regions=Regions(engine),
        now=now,
    )


def _judge_on(judge: Judge, recalled: Mapping[PersonId, Recalled], engine: Engine, stop: threading.Event) -> None:
    """Sit down and judge until we are asked to stop. `FencedError`, `StorageUnavailableError`."""
    judge.start(recalled)
    _spare_collector()
    with closing(notifications(engine, ("journal", "registers"), JUDGE_WAITS_S)) as heard:
        for _ in heard:
            judge.catch_up(stop.is_set)
            if stop.is_set():
                break
    judge.stop()


def _spare_collector() -> None:
    """Leave aside what is known of everybody: walking through it takes seconds in which nobody is judged."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


@contextmanager
def _beside(stop: threading.Event, name: str, every_s: float, work: Callable[[], object]) -> Iterator[None]:
    """Do it again and again in a thread of its own. When it breaks by our fault we stop, and say so."""
    done, broken = threading.Event(), list[Exception]()

    def again() -> None:
        while not done.wait(every_s):
            try:
                with suppress(StorageUnavailableError):
                    work()
            except Exception as fault:  # noqa: BLE001 - raised where the program ends
                broken.append(fault)
                stop.set()
                return

    thread = threading.Thread(target=again, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    if broken:
        raise broken[0]
