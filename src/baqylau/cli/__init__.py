"""The composition root: every program starts here, and only here is it decided what is joined to what."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from baqylau.cli.logs import say_from

_MADE_IN: dict[str, dict[str, tuple[str, ...]]] = {
    "roles": {
        "server": ("server",),
        "gateway": ("gateway",),
        "judge": ("judge",),
        "region_gateway": ("region-gateway",),
        "region_bridge": ("region-bridge",),
        "messenger": ("messenger",),
        "forwarder": ("forwarder",),
        "check_planner": ("check-planner",),
        "web": ("web",),
        "av_server": ("av-server",),
    },
    "running": {
        "region": ("region",),
        "checks": ("check",),
        "av": ("av",),
        "operate": ("import", "alarms", "doctor"),
        "person_files": ("file",),
        "recordings": ("recording",),
        "places": ("place",),
        "invitations": ("invite",),
        "backup": ("backup", "restore"),
        "archive": ("archive",),
        "notices": ("notices", "load", "notify"),
        "forwarding": ("forwarding",),
    },
    "equipment": {
        "devices": ("device",),
        "breath": ("breath",),
        "photos": ("photo",),
    },
    "looking_back": {
        "hindsight": ("why", "refold"),
    },
    "giving": {
        "evidence": ("evidence", "verify"),
        "papers": ("paper",),
        "decode": ("decode",),
    },
    "field": {
        "home_unit": ("home-unit",),
        "mobile_unit": ("mobile-unit",),
        "tracker": ("tracker",),
        "av_unit": ("av-unit",),
        "breath_unit": ("breath-unit",),
        "console": ("console",),
    },
    "simulation": {
        "demo": ("demo",),
        "demo_life": ("demo-devices", "demo-air", "demo-worn"),
        "simulate": ("simulate",),
        "bench": ("bench",),
        "city": ("sim",),
    },
}
"""In which folder and file each command is made."""
COMMANDS = {
    command: f"{folder}.{file}"
    for folder, files in _MADE_IN.items()
    for file, commands in files.items()
    for command in commands
}
"""The same by command. Only the file of the one that is asked for is loaded, so that it answers at once."""


EXTRAS = {"nats": "nats"}
"""Libraries that not everybody installs and whole commands stand on, with the extra that brings them."""


class Commands(TyperGroup):
    """The commands, each loaded when it is wanted. What click calls context and command, typer keeps to itself."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - click calls it so
        """Give the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Give a command, or None where there is none of the name; one that lacks a library only says so."""
        made_in = COMMANDS.get(cmd_name)
        if made_in is None:
            return None
        try:
            made = import_module(f"{__name__}.{made_in}").app
        except ModuleNotFoundError as missing:
            extra = EXTRAS.get((missing.name or "").partition(".")[0])
            if extra is None:
                raise
            made = _lacking(cmd_name, extra)
        return get_group(made).get_command(ctx, cmd_name)


def _lacking(command: str, extra: str) -> typer.Typer:
    """Make a command that only says what has to be installed for it, whatever words follow."""
    made, sentence = typer.Typer(), f"It needs the extra {extra}, which is not installed here: requirements/server.txt."

    @made.callback()
    def lacking() -> None:
        """Keep the command under its name."""

    @made.command(command, help=sentence, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def say() -> None:
        typer.echo(f"baqylau {command}: {sentence}", err=True)
        raise typer.Exit(1)

    return made


app = typer.Typer(
    name="baqylau",
    cls=Commands,
    help="Open electronic monitoring for court-ordered restriction of freedom.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)


@app.callback()
def begin() -> None:
    """Open electronic monitoring for court-ordered restriction of freedom."""
    say_from()
