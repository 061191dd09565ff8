"""`mobile-unit`: the program of the mobile control device (clause 1.4)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from baqylau.cli.field.unit_program import (
    DEFAULT_DIR,
    Beacons,
    Dir,
    Fast,
    Heard,
    Program,
    Server,
    Voice,
    clock_of,
    recording,
    source_of,
    with_folder,
)
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.options import Lifeline
from baqylau.devices.linux_unit.shell import Clock
from baqylau.devices.mobile_unit.shell import MOBILE_UNIT
from baqylau.links.gnss.gpsd import ADDRESS, GpsdReceiver
from baqylau.links.gnss.reading import read_log
from baqylau.links.gnss.replay import tape as sky_tape
from baqylau.links.gnss.serial import BAUDS, SerialReceiver
from baqylau.links.radio.replay import ReplaySource, tape
from baqylau.links.radio.words import Sky, Source
from baqylau.monitoring.server import lifeline as parent

app = typer.Typer()
mobile_unit = typer.Typer(help="The mobile control device: for a Linux handheld.", invoke_without_command=True)
app.add_typer(mobile_unit, name="mobile-unit")
with_folder(mobile_unit)


@mobile_unit.callback()
def run(  # noqa: PLR0913, PLR0917 - each is an option of the command
    context: typer.Context,
    folder: Dir = DEFAULT_DIR,
    server: Server = "",
    source: Beacons = None,
    gnss: Annotated[
        str,
        typer.Option(help="Satellite receiver: gpsd[:HOST:PORT], serial:DEVICE[,BAUD], or replay:FILE."),
    ] = "",
    fast: Fast = False,  # noqa: FBT002 - an option
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
    voice: Voice = "",
    language: Language = SPOKEN,
) -> None:
    """Hear the bracelet, know the place, warn the wearer first, keep everything, and tell the server."""
    if context.invoked_subcommand is not None:
        return
    if lifeline:
        parent.hold()
    named = source or []

    def heard() -> Heard:
        return _played(named, gnss, fast=fast) if gnss.startswith("replay:") else _live(named, gnss, fast=fast)

    program = Program(name="mobile-unit", folder=folder, server=server, voice=voice, language=language, heard=heard)
    program.run(MOBILE_UNIT)


def _live(named: list[str], gnss: str, *, fast: bool) -> Heard:
    clock = clock_of(named, fast=fast)
    return Heard(clock, tuple(source_of(one, clock) for one in named), sky_of(gnss, clock))


def sky_of(gnss: str, clock: Clock) -> tuple[Source, ...]:
    """Give the satellite receiver that the option names."""
    kind, _, where = gnss.partition(":")
    match kind:
        case "":
            return ()
        case "gpsd":
            return (GpsdReceiver(clock, where or ADDRESS),)
        case "serial" if where:
            path, _, baud = where.partition(",")
            if not baud or (baud.isdecimal() and int(baud) in BAUDS):
                return (SerialReceiver(Path(path), clock, int(baud or 9600)),)
    msg = f"{gnss} is not gpsd[:HOST:PORT], serial:DEVICE[,BAUD] or replay:FILE"
    raise typer.BadParameter(msg)


def _played(named: list[str], gnss: str, *, fast: bool) -> Heard:
    """Give the log of a satellite receiver, with the beacons that were recorded in the same time, if any were."""
    log, beacons = Path(gnss.removeprefix("replay:")), recording(named)
    if len(named) > 1 or (named and beacons is None):
        msg = "a log goes with one recording of beacons, or with none"
        raise typer.BadParameter(msg)
    clock = sky_tape(log, fast=fast) if beacons is None else tape(beacons, fast=fast)
    return Heard(clock, (ReplaySource(beacons, clock, lambda: _epochs(log)),))


def _epochs(log: Path) -> Iterator[tuple[datetime, Sky]]:
    """Give what a log says at its own time; what has no time says nothing of when it was."""
    for epoch in read_log(log.read_bytes())[0]:
        if epoch.at_s is not None:
            yield datetime.fromtimestamp(epoch.at_s, UTC), Sky(epoch)
