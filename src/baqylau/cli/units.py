"""Programs of Linux-class devices: `home-unit`, the stationary control device (clause 1.3)."""

import asyncio
import signal
from pathlib import Path
from random import SystemRandom
from typing import Annotated

import typer

from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.options import Lifeline
from baqylau.devices.home_unit.shell import HOME_UNIT
from baqylau.devices.linux_unit.folder import Folder, NotEnrolledError, RunningError
from baqylau.devices.linux_unit.link import Identity
from baqylau.devices.linux_unit.shell import Clock, Ended, Parts, Shell
from baqylau.devices.linux_unit.spool import Spool
from baqylau.links.board import BoardClock, Indicator
from baqylau.links.device_line import ServerLine
from baqylau.links.radio.ble import BleSource, BlueZ
from baqylau.links.radio.replay import RecordingError, ReplaySource, Tape, tape
from baqylau.links.radio.stream import SerialSource, SocketSource
from baqylau.links.radio.words import Source
from baqylau.locales import text
from baqylau.monitoring.server import lifeline as parent

app = typer.Typer()
home_unit = typer.Typer(help="The stationary control device: a program for a Linux board.", invoke_without_command=True)
app.add_typer(home_unit, name="home-unit")

Dir = Annotated[Path, typer.Option("--dir", envvar="BAQYLAU_UNIT", help="Folder of the unit: key, enrolment, spool.")]
DEFAULT_DIR = Path("baqylau-unit")


@home_unit.callback()
def run(  # noqa: PLR0913, PLR0917 - each is an option of the command
    context: typer.Context,
    folder: Dir = DEFAULT_DIR,
    server: Annotated[
        str, typer.Option(help="Address of the device link, such as https://host:8443; empty: none.")
    ] = "",
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="serial:DEVICE, ble[:ADAPTER], socket:HOST:PORT or socket:PATH, replay:FILE; several at once."
        ),
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Play a recording as fast as the machine can.")] = False,  # noqa: FBT002 - an option
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
    voice: Annotated[str, typer.Option(help="Program that speaks: language as argument, text on its input.")] = "",
    language: Language = SPOKEN,
) -> None:
    """Hear bracelets around the clock, judge presence, keep everything, and tell the server."""
    if context.invoked_subcommand is not None:
        return
    if lifeline:
        parent.hold()
    own = Folder(folder)
    try:
        enrolment = own.enrolment()
        with own.alone():
            identity = Identity(
                device_id=enrolment.device_id,
                signer=own.signer(),
                trusted=(bytes.fromhex(enrolment.server_key),),
            )
            authority = own.root if enrolment.root else None
            while asyncio.run(_run(own, identity, source or [], server, authority, voice, fast=fast)) is Ended.RESTART:
                pass
    except NotEnrolledError as wrong:
        raise _refused(language, "not_enrolled", folder=folder) from wrong
    except RunningError as wrong:
        raise _refused(language, "running", folder=folder) from wrong
    except (OSError, RecordingError) as wrong:
        raise _refused(language, "cannot_read", why=str(wrong)) from wrong


@home_unit.command()
def key(folder: Dir = DEFAULT_DIR) -> None:
    """Print the unit's public key, for `baqylau device enrol`; the key is made when there is none."""
    typer.echo(Folder(folder).signer().public_key.hex())


@home_unit.command()
def enrol(
    file: Annotated[Path, typer.Argument(help="What `baqylau device enrol` wrote.")],
    folder: Dir = DEFAULT_DIR,
    language: Language = SPOKEN,
) -> None:
    """Take what the server gave: who the unit is, and by which keys it knows the server."""
    try:
        enrolment = Folder(folder).enrol(file.read_bytes())
    except OSError as wrong:
        raise _refused(language, "cannot_read", why=f"{file}: {wrong.strerror}") from wrong
    except NotEnrolledError as wrong:
        raise _refused(language, "not_an_enrolment", file=file) from wrong
    typer.echo(text(language, "cli.unit.enrolled", device=enrolment.device_id), err=True)


def _refused(language: str, reason: str, **params: object) -> typer.Exit:
    typer.echo(text(language, f"cli.unit.{reason}", **params), err=True)
    return typer.Exit(1)


async def _run(
    own: Folder,
    identity: Identity,
    sources: list[str],
    server: str,
    authority: Path | None,
    voice: str,
    *,
    fast: bool,
) -> Ended:
    clock = _clock(sources, fast=fast)
    line = ServerLine(server, authority) if server else None
    spool = Spool(own.path)
    try:
        shell = Shell(
            Parts(
                identity=identity,
                sources=tuple(_source(one, clock) for one in sources),
                clock=clock,
                spool=spool,
                indicator=Indicator(own.path, voice),
                line=line,
                random=SystemRandom(),
            ),
            HOME_UNIT,
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, shell.stop)
        return await shell.run()
    finally:
        spool.close()
        if line is not None:
            await line.close()


def _clock(sources: list[str], *, fast: bool) -> Clock:
    """Give the board's clock, or that of the recording that is played."""
    played = [Path(one.removeprefix("replay:")) for one in sources if one.startswith("replay:")]
    if not played:
        return BoardClock()
    return tape(played[0], fast=fast and len(sources) == 1)


def _source(said: str, clock: Clock) -> Source:
    kind, _, where = said.partition(":")
    match kind:
        case "serial" if where:
            return SerialSource(Path(where), clock)
        case "ble":
            return BleSource(BlueZ(where or "hci0"), clock, said)
        case "socket" if where:
            return SocketSource(where, clock)
        case "replay" if where and isinstance(clock, Tape):
            return ReplaySource(Path(where), clock)
        case _:
            msg = f"{said} is not serial:DEVICE, ble, socket:ADDRESS or replay:FILE"
            raise typer.BadParameter(msg)
