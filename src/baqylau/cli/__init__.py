"""The composition root: every program starts here, and only here is it decided what is joined to what."""

import sys

import structlog
import typer

from baqylau.cli import demo, devices, operate, serve

app = typer.Typer(
    name="baqylau",
    help="Open electronic monitoring for court-ordered restriction of freedom.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)


@app.callback()
def say_things_plainly() -> None:
    """Open electronic monitoring for court-ordered restriction of freedom."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


for part in (serve.app, demo.app, operate.app, devices.app):
    app.registered_commands.extend(part.registered_commands)
    app.registered_groups.extend(part.registered_groups)
