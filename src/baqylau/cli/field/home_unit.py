"""`home-unit`: the program of the stationary control device (clause 1.3)."""

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
    source_of,
    with_folder,
)
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.options import Lifeline
from baqylau.devices.home_unit.shell import HOME_UNIT
from baqylau.monitoring.server import lifeline as parent

app = typer.Typer()
home_unit = typer.Typer(help="The stationary control device: a program for a Linux board.", invoke_without_command=True)
app.add_typer(home_unit, name="home-unit")
with_folder(home_unit)


@home_unit.callback()
def run(  # noqa: PLR0913, PLR0917 - each is an option of the command
    context: typer.Context,
    folder: Dir = DEFAULT_DIR,
    server: Server = "",
    source: Beacons = None,
    fast: Fast = False,  # noqa: FBT002 - an option
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
    voice: Voice = "",
    language: Language = SPOKEN,
) -> None:
    """Hear bracelets around the clock, judge presence, keep everything, and tell the server."""
    if context.invoked_subcommand is not None:
        return
    if lifeline:
        parent.hold()
    named = source or []

    def heard() -> Heard:
        clock = clock_of(named, fast=fast)
        return Heard(clock, tuple(source_of(one, clock) for one in named))

    Program(name="home-unit", folder=folder, server=server, voice=voice, language=language, heard=heard).run(HOME_UNIT)
