"""The program of the personal tracker (clause 1.2): its very core, over a board's lines or a receiver's log."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from random import SystemRandom
from typing import Annotated

import typer

from baqylau.cli.field.unit_program import refused, taken
from baqylau.cli.instants import instant
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.options import Lifeline
from baqylau.devices.linux_unit.folder import NotEnrolledError, RunningError
from baqylau.devices.tracker.folder import Folder, TrackerEnrolment
from baqylau.devices.tracker.machine import Machine
from baqylau.devices.tracker.replay import LogError, epochs_of, play
from baqylau.devices.tracker.shell import Ended, Parts, Shell
from baqylau.links.board import BoardClock
from baqylau.links.device_line import ServerLine
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server import lifeline as parent

app = typer.Typer()
tracker = typer.Typer(help="The personal tracker, as a program.", invoke_without_command=True)
app.add_typer(tracker, name="tracker")

Dir = Annotated[
    Path, typer.Option("--dir", envvar="BAQYLAU_TRACKER", help="Folder of the tracker: enrolment, ring, what it told.")
]
DEFAULT_DIR = Path("baqylau-tracker")
LINE_BYTES_MAX = 512


@tracker.callback()
def run(  # noqa: PLR0913, PLR0917 - each is an option of the command
    context: typer.Context,
    folder: Dir = DEFAULT_DIR,
    server: Annotated[
        str, typer.Option(help="Address of the device link, such as https://host:8443; empty: none.")
    ] = "",
    source: Annotated[
        str, typer.Option(help="socket:HOST:PORT or socket:PATH of the board; replay:FILE for a log.")
    ] = "",
    begin: Annotated[
        datetime | None, typer.Option(parser=instant, help="For a log: when it begins. Unsaid: so that it ends now.")
    ] = None,
    hours: Annotated[
        float, typer.Option(min=0.01, help="For a log: how long it is played, over and over, as fast as can be.")
    ] = 1.0,
    until_sent: Annotated[bool, typer.Option("--until-sent", help="End when the server keeps everything.")] = False,  # noqa: FBT002 - an option
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
    language: Language = SPOKEN,
) -> None:
    """Find the place, notice what is done to strap and case, keep everything, and tell the server."""
    if context.invoked_subcommand is not None:
        return
    if lifeline:
        parent.hold()
    own = Folder(folder)
    try:
        enrolment = own.enrolment()
        with own.alone():
            kind, _, where = source.partition(":")
            if kind == "replay":
                _play(own, enrolment, Path(where), begin, hours, language)
            if server or kind != "replay":
                _live(own, enrolment, "" if kind == "replay" else source, server, until_sent=until_sent)
    except NotEnrolledError as wrong:
        typer.echo(text(language, "cli.tracker.not_enrolled", folder=folder), err=True)
        raise typer.Exit(1) from wrong
    except RunningError as wrong:
        raise refused(language, "running", folder=folder) from wrong
    except (OSError, LogError) as wrong:
        raise refused(language, "cannot_read", why=str(wrong)) from wrong


@tracker.command()
def enrol(
    file: Annotated[Path, typer.Argument(help="What `baqylau device provision --out` wrote.")],
    folder: Dir = DEFAULT_DIR,
    language: Language = SPOKEN,
) -> None:
    """Take what the server gave: who the tracker is, and the secret that it shares with the server."""
    taken(Folder(folder).enrol, file, language, "provision")


def _play(
    own: Folder, enrolment: TrackerEnrolment, log: Path, begin: datetime | None, hours: float, language: str
) -> None:
    """Live through a log; what is written down waits in the ring."""
    epochs = epochs_of(log)
    machine = Machine(enrolment, own.path, surely_at_once=False)
    try:
        begin_at = begin or datetime.fromtimestamp(now().timestamp() - hours * 3600, tz=now().tzinfo)
        play(machine, epochs, begin_at, hours)
    finally:
        machine.close()
    typer.echo(text(language, "cli.tracker.played", records=machine.ring.waiting()), err=True)


def _live(own: Folder, enrolment: TrackerEnrolment, board: str, server: str, *, until_sent: bool) -> None:
    while asyncio.run(_run(own, enrolment, board, server, until_sent=until_sent)) is Ended.RESTART:
        pass


async def _run(own: Folder, enrolment: TrackerEnrolment, board: str, server: str, *, until_sent: bool) -> Ended:
    clock = BoardClock()
    line = ServerLine(server, own.root if enrolment.root else None) if server else None
    machine = Machine(enrolment, own.path, clock().monotonic_ms)
    try:
        shell = Shell(
            Parts(
                machine=machine,
                clock=clock,
                clock_set=clock.is_set(),
                lines=(lambda: _lines(board)) if board else None,
                line=line,
                until_sent=until_sent,
                random=SystemRandom(),
            )
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, shell.stop)
        return await shell.run()
    finally:
        machine.close()
        if line is not None:
            await line.close()


async def _lines(board: str) -> AsyncIterator[bytes]:
    """Give the lines of a board until it goes away. `OSError` when it is not there."""
    kind, _, where = board.partition(":")
    if kind != "socket" or not where:
        msg = f"{board} is not socket:ADDRESS or replay:FILE"
        raise typer.BadParameter(msg)
    host, colon, port = where.rpartition(":")
    if colon and port.isdecimal():
        reader, writer = await asyncio.open_connection(host, int(port), limit=LINE_BYTES_MAX)
    else:
        reader, writer = await asyncio.open_unix_connection(where, limit=LINE_BYTES_MAX)
    try:
        while True:
            try:
                line = await reader.readline()
            except ValueError:
                continue
            if not line:
                return
            yield line
    finally:
        writer.close()
