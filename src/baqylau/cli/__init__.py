"""The composition root: every program starts here, and only here is it decided what is joined to what."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from baqylau.cli.logs import say_from

COMMANDS = {
    "server": "serve",
    "gateway": "gateway",
    "judge": "judge",
    "region": "region",
    "region-gateway": "region_gateway",
    "region-bridge": "region_bridge",
    "messenger": "messenger",
    "forwarder": "forwarder",
    "check-planner": "check_planner",
    "check": "checks",
    "web": "web",
    "av-server": "av_server",
    "av": "av",
    "demo": "demo",
    "demo-devices": "demo_life",
    "demo-air": "demo_life",
    "demo-worn": "demo_life",
    "import": "operate",
    "alarms": "operate",
    "doctor": "operate",
    "why": "hindsight",
    "refold": "hindsight",
    "evidence": "evidence",
    "paper": "papers",
    "verify": "evidence",
    "file": "person_files",
    "backup": "backup",
    "restore": "backup",
    "archive": "archive",
    "notices": "notices",
    "load": "notices",
    "notify": "notices",
    "forwarding": "forwarding",
    "simulate": "simulate",
    "decode": "decode",
    "bench": "bench",
    "sim": "city",
    "device": "equipment",
    "home-unit": "units",
    "mobile-unit": "mobile",
    "tracker": "tracker",
    "av-unit": "av_unit",
    "breath-unit": "breath_unit",
    "breath": "breath",
    "console": "console",
    "photo": "photos",
}
"""The file in which each command is made. Only the one that is asked for is loaded, so that it answers at once."""


class Commands(TyperGroup):
    """The commands, each loaded when it is wanted. What click calls context and command, typer keeps to itself."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - click calls it so
        """Give the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Give a command, or None where there is none of the name."""
        made_in = COMMANDS.get(cmd_name)
        if made_in is None:
            return None
        return get_group(import_module(f"{__name__}.{made_in}").app).get_command(ctx, cmd_name)


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
