"""The composition root: every program starts here, and only here is it decided what is joined to what."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from baqylau.cli.logs import say_from

COMMANDS = {
    "server": "roles.server",
    "gateway": "roles.gateway",
    "judge": "roles.judge",
    "region": "running.region",
    "region-gateway": "roles.region_gateway",
    "region-bridge": "roles.region_bridge",
    "messenger": "roles.messenger",
    "forwarder": "roles.forwarder",
    "check-planner": "roles.check_planner",
    "check": "running.checks",
    "web": "roles.web",
    "av-server": "roles.av_server",
    "av": "running.av",
    "demo": "simulation.demo",
    "demo-devices": "simulation.demo_life",
    "demo-air": "simulation.demo_life",
    "demo-worn": "simulation.demo_life",
    "import": "running.operate",
    "alarms": "running.operate",
    "doctor": "running.operate",
    "why": "looking_back.hindsight",
    "refold": "looking_back.hindsight",
    "evidence": "giving.evidence",
    "paper": "giving.papers",
    "verify": "giving.evidence",
    "file": "running.person_files",
    "backup": "running.backup",
    "restore": "running.backup",
    "archive": "running.archive",
    "notices": "running.notices",
    "load": "running.notices",
    "notify": "running.notices",
    "forwarding": "running.forwarding",
    "simulate": "simulation.simulate",
    "decode": "giving.decode",
    "bench": "simulation.bench",
    "sim": "simulation.city",
    "device": "equipment.devices",
    "home-unit": "field.home_unit",
    "mobile-unit": "field.mobile_unit",
    "tracker": "field.tracker",
    "av-unit": "field.av_unit",
    "breath-unit": "field.breath_unit",
    "breath": "equipment.breath",
    "console": "field.console",
    "photo": "equipment.photos",
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
