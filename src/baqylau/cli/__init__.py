"""The composition root: every program starts here, and only here is it decided what is joined to what."""

import typer

from baqylau.cli import demo, devices, equipment, hindsight, notices, operate, serve, units
from baqylau.cli.logs import say_from

app = typer.Typer(
    name="baqylau",
    help="Open electronic monitoring for court-ordered restriction of freedom.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)


@app.callback()
def begin() -> None:
    """Open electronic monitoring for court-ordered restriction of freedom."""
    say_from()


for part in (serve.app, demo.app, operate.app, hindsight.app, notices.app, devices.app, equipment.app, units.app):
    app.registered_commands.extend(part.registered_commands)
    app.registered_groups.extend(part.registered_groups)
