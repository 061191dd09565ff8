"""`console`: the program of the mobile monitoring console (clause 2.4), and its page for a terminal."""

import asyncio
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from baqylau.cli.field.mobile_unit import sky_of
from baqylau.cli.field.unit_program import DEFAULT_DIR, Beacons, Dir, Server, recording, refused, source_of, with_folder
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.options import Lifeline
from baqylau.devices.linux_unit.folder import Folder, NotEnrolledError, RunningError
from baqylau.devices.linux_unit.shell import Clock
from baqylau.links.board import BoardClock, boot_id
from baqylau.links.device_line import ServerLine
from baqylau.links.radio.replay import RecordingError, tape
from baqylau.links.radio.words import Source
from baqylau.links.wall_clock import since_boot_s
from baqylau.locales import text
from baqylau.monitoring.console import text_near, text_page
from baqylau.monitoring.console.desk import Desk, NotOpenedError
from baqylau.monitoring.console.program import listen, serve
from baqylau.monitoring.console.store import Store
from baqylau.monitoring.console.sync import Identity, Sync
from baqylau.monitoring.server import lifeline as parent
from baqylau.monitoring.workstation.files import STATIC_DIR

app = typer.Typer()
console = typer.Typer(help="The mobile monitoring console: for an officer's tablet.", invoke_without_command=True)
app.add_typer(console, name="console")
with_folder(console)

PORT = 8470
DATABASE = "kept.db"
LISTEN_S = 30


@console.callback()
def run(  # noqa: PLR0913, PLR0917 - each is an option of the command
    context: typer.Context,
    folder: Dir = DEFAULT_DIR,
    server: Server = "",
    source: Beacons = None,
    gnss: Annotated[str, typer.Option(help="Satellite receiver: gpsd[:HOST:PORT] or serial:DEVICE[,BAUD].")] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where its pages are, on this machine alone.")] = PORT,
    browser: Annotated[bool, typer.Option("--open", help="Open the pages in this machine's browser.")] = False,  # noqa: FBT002 - an option
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
    language: Language = SPOKEN,
) -> None:
    """Hear bracelets near by, find one, check by hand; work without a network and bring everything later."""
    if context.invoked_subcommand is not None:
        return
    if lifeline:
        parent.hold()
    named = source or []

    def listening(address: str) -> None:
        typer.echo(text(language, "cli.console.listens", address=address))
        if browser:
            webbrowser.open(address)

    own = Folder(folder)
    identity = _identity(own, folder, language)
    try:
        with own.alone():
            _serve(own, identity, server, named, gnss, port, listening)
    except RunningError as wrong:
        raise refused(language, "running", folder=folder) from wrong
    except (OSError, RecordingError) as wrong:
        raise refused(language, "cannot_read", why=str(wrong)) from wrong


def _identity(own: Folder, folder: Path, language: str) -> Identity:
    try:
        enrolment = own.enrolment()
    except NotEnrolledError as wrong:
        raise refused(language, "not_enrolled", folder=folder, program="console") from wrong
    own.signer()
    return Identity(
        device_id=enrolment.device_id,
        seed=(own.path / "seed").read_bytes(),
        trusted=(bytes.fromhex(enrolment.server_key),),
        boot=boot_id(),
    )


def _serve(
    own: Folder,
    identity: Identity,
    server: str,
    named: list[str],
    gnss: str,
    port: int,
    listening: Callable[[str], None],
) -> None:
    played = recording(named)
    clock: Clock = BoardClock(since_boot_s) if played is None else tape(played, fast=False)
    sources = (*(source_of(one, clock) for one in named), *sky_of(gnss, clock))
    store = Store(own.path / DATABASE)
    try:
        line = ServerLine(server, own.root) if server else None
        desk = Desk(identity, store, Sync(identity, line, store, clock), clock)
        serve(desk, sources, STATIC_DIR, port, listening)
    finally:
        store.close()


@console.command()
def status(
    folder: Dir = DEFAULT_DIR,
    officer: Annotated[bool, typer.Option("--officer", help="Ask for the password and show the caseload.")] = False,  # noqa: FBT002 - an option
    source: Beacons = None,
    listen_s: Annotated[
        int, typer.Option("--listen", min=1, help="With --officer and --source: so many seconds, then who is near.")
    ] = LISTEN_S,
    language: Language = SPOKEN,
) -> None:
    """Show on a terminal what the console has: package, what waits to be brought, who is near; for service by SSH."""
    own, named = Folder(folder), source or []
    identity = _identity(own, folder, language)
    try:
        played = recording(named)
        clock: Clock = BoardClock(since_boot_s) if played is None else tape(played, fast=False)
        sources = [source_of(one, clock) for one in named]
    except (OSError, RecordingError, ValueError) as wrong:
        raise refused(language, "cannot_read", why=str(wrong)) from wrong
    store = Store(own.path / DATABASE)
    try:
        desk = Desk(identity, store, Sync(identity, None, store, clock), clock)
        if officer:
            asyncio.run(_opened(desk, sources, listen_s, language))
        for line in (*text_page.lines(desk, language), *(text_near.near(desk, language) if officer and named else ())):
            typer.echo(line)
    finally:
        store.close()


async def _opened(desk: Desk, sources: list[Source], listen_s: int, language: str) -> None:
    """Ask for the password, then hear who is near for a while. Where there is no list, no password opens it."""
    if desk.store.held("package") is None:
        typer.echo(text(language, "console.no_package"), err=True)
        raise typer.Exit(1)
    password = typer.prompt(text(language, "cli.console.password"), hide_input=True)
    try:
        await desk.unlock(password)
    except NotOpenedError as wrong:
        typer.echo(text(language, "console.refused.wrong_password"), err=True)
        raise typer.Exit(1) from wrong
    with suppress(TimeoutError):
        async with asyncio.timeout(listen_s if sources else 0):
            await asyncio.gather(*(listen(desk, one) for one in sources))
