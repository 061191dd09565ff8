"""What programs of Linux-class devices have in common on the command line: folder, run, options."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import SystemRandom
from typing import Annotated, TypeVar

import typer
from msgspec import Struct

from baqylau.cli.language import SPOKEN, Language
from baqylau.devices.linux_unit.folder import Enrolment, Folder, NotEnrolledError, RunningError
from baqylau.devices.linux_unit.link import Identity
from baqylau.devices.linux_unit.shell import Clock, Ended, Kind, Parts, Shell
from baqylau.devices.linux_unit.spool import Spool
from baqylau.devices.linux_unit.state import UnitState
from baqylau.devices.tracker.folder import TrackerEnrolment
from baqylau.links.board import BoardClock, Indicator
from baqylau.links.device_line import ServerLine
from baqylau.links.radio.ble import BleSource, BlueZ
from baqylau.links.radio.esphome import EsphomeSource
from baqylau.links.radio.replay import RecordingError, ReplaySource, Tape, tape
from baqylau.links.radio.stream import SerialSource, SocketSource
from baqylau.links.radio.words import Source
from baqylau.locales import text

Dir = Annotated[Path, typer.Option("--dir", envvar="BAQYLAU_UNIT", help="Folder of the unit: key, enrolment, spool.")]
DEFAULT_DIR = Path("baqylau-unit")
Server = Annotated[str, typer.Option(help="Address of the device link, such as https://host:8443; empty: none.")]
Beacons = Annotated[
    list[str] | None,
    typer.Option(help="serial:DEVICE, ble[:ADAPTER], socket:HOST:PORT or socket:PATH, esphome:HOST, replay:FILE."),
]
Fast = Annotated[bool, typer.Option("--fast", help="Play a recording as fast as the machine can.")]
Voice = Annotated[str, typer.Option(help="Program that speaks: language as argument, text on its input.")]

ESPHOME_KEY = "BAQYLAU_ESPHOME_KEY"
"""Environment variable with the key by which the proxies of a unit encrypt."""

S = TypeVar("S", bound=UnitState)


class Heard(Struct, frozen=True):
    """What a unit listens by, and its clock."""

    clock: Clock
    sources: tuple[Source, ...]
    others: tuple[Source, ...] = ()
    hands: Callable[[Struct], Awaitable[None]] | None = None
    """What does what only this kind of unit does."""
    indicator: Indicator | None = None
    """Lamp and voice, where they are more than files."""


class Program(Struct, frozen=True, kw_only=True):
    """One program on one folder."""

    name: str
    """Its command."""
    folder: Path
    server: str
    voice: str
    language: str
    heard: Callable[[], Heard]

    def run(self, kind: Kind[S]) -> None:
        """Run until it is stopped; begin again when that is ordered."""
        own = Folder(self.folder)
        try:
            enrolment = own.enrolment()
            with own.alone():
                identity = Identity(
                    device_id=enrolment.device_id,
                    signer=own.signer(),
                    trusted=(bytes.fromhex(enrolment.server_key),),
                )
                authority = own.root if enrolment.root else None
                while asyncio.run(self._once(own, identity, authority, kind)) is Ended.RESTART:
                    pass
        except NotEnrolledError as wrong:
            raise refused(self.language, "not_enrolled", folder=self.folder, program=self.name) from wrong
        except RunningError as wrong:
            raise refused(self.language, "running", folder=self.folder) from wrong
        except (OSError, RecordingError) as wrong:
            raise refused(self.language, "cannot_read", why=str(wrong)) from wrong

    async def _once(self, own: Folder, identity: Identity, authority: Path | None, kind: Kind[S]) -> Ended:
        heard = self.heard()
        line = ServerLine(self.server, authority) if self.server else None
        spool = Spool(own.path)
        try:
            shell = Shell(
                Parts(
                    identity=identity,
                    sources=heard.sources,
                    others=heard.others,
                    hands=heard.hands,
                    clock=heard.clock,
                    spool=spool,
                    indicator=heard.indicator or Indicator(own.path, self.voice),
                    line=line,
                    random=SystemRandom(),
                ),
                kind,
            )
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, shell.stop)
            return await shell.run()
        finally:
            spool.close()
            if line is not None:
                await line.close()


def with_folder(unit: typer.Typer) -> None:
    """Add what every unit's folder needs: `key` and `enrol`."""
    unit.command()(key)
    unit.command()(enrol)


def key(folder: Dir = DEFAULT_DIR) -> None:
    """Print the unit's public key, for `baqylau device enrol`; the key is made when there is none."""
    typer.echo(Folder(folder).signer().public_key.hex())


def enrol(
    file: Annotated[Path, typer.Argument(help="What `baqylau device enrol` wrote.")],
    folder: Dir = DEFAULT_DIR,
    language: Language = SPOKEN,
) -> None:
    """Take what the server gave: who the unit is, and by which keys it knows the server."""
    taken(Folder(folder).enrol, file, language)


def taken(
    enrol: Callable[[bytes], Enrolment | TrackerEnrolment], file: Path, language: str, written_by: str = "enrol"
) -> None:
    """Take an enrolment from a file into a device's folder, and say whose it is.

    `written_by`: the command of `device` that writes such a file.
    """
    try:
        enrolment = enrol(file.read_bytes())
    except OSError as wrong:
        raise refused(language, "cannot_read", why=f"{file}: {wrong.strerror}") from wrong
    except NotEnrolledError as wrong:
        raise refused(language, "not_an_enrolment", file=file, written_by=written_by) from wrong
    typer.echo(text(language, "cli.unit.enrolled", device=enrolment.device_id), err=True)


def refused(language: str, reason: str, **params: object) -> typer.Exit:
    """Say why something cannot be done, and give what ends the command."""
    typer.echo(text(language, f"cli.unit.{reason}", **params), err=True)
    return typer.Exit(1)


def clock_of(sources: list[str], *, fast: bool) -> Clock:
    """Give the board's clock, or that of the recording that is played."""
    played = recording(sources)
    return BoardClock() if played is None else tape(played, fast=fast and len(sources) == 1)


def recording(sources: list[str]) -> Path | None:
    """Give the recording that is played, if one is."""
    return next((Path(one.removeprefix("replay:")) for one in sources if one.startswith("replay:")), None)


def source_of(said: str, clock: Clock) -> Source:
    """Give the receiver of beacons that an option names."""
    kind, _, where = said.partition(":")
    match kind:
        case "serial" if where:
            return SerialSource(Path(where), clock)
        case "ble":
            return BleSource(BlueZ(where or "hci0"), clock, said)
        case "socket" if where:
            return SocketSource(where, clock)
        case "esphome" if where:
            return EsphomeSource(where, clock, os.environ.get(ESPHOME_KEY, ""))
        case "replay" if where and isinstance(clock, Tape):
            return ReplaySource(Path(where), clock)
        case _:
            msg = f"{said} is not serial:DEVICE, ble, socket:ADDRESS, esphome:HOST or replay:FILE"
            raise typer.BadParameter(msg)
