"""The way in for the first administrator: a link that works once. `invite` prints one."""

import os
from datetime import timedelta
from typing import Annotated

import typer
from sqlalchemy import Engine

from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, Data, Database
from baqylau.cli.told import said_in
from baqylau.domain.rights import Role
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.pages_file import pages_in
from baqylau.monitoring.server.settings import WEB_PORT
from baqylau.monitoring.workstation.access.tokens import digest, fresh
from baqylau.storage.access.accounts import Accounts, Invited

app = typer.Typer()

HOLDS = timedelta(hours=1)
HERE = "127.0.0.1"


@app.command()
def invite(
    address: Annotated[
        str, typer.Option(help="Where browsers reach the workstation; empty: as `pages.yaml` says.")
    ] = "",
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Print the link by which the first administrator comes in: it works once, within an hour."""
    with ready(data, database) as engine:
        if is_administered(engine):
            typer.echo(text(language, "cli.administered"), err=True)
            raise typer.Exit(1)
        known = said_in(pages_in, data)
        typer.echo(invitation_link(engine, address.rstrip("/") or known.address_or(HERE, WEB_PORT)))


def is_administered(engine: Engine) -> bool:
    """Tell whether somebody administers the installation, who invites everybody else."""
    return any(one.role is Role.ADMINISTRATOR for one in Accounts(engine, now).all())


def invitation_link(engine: Engine, address: str) -> str:
    """Give the address of the workstation: with a fresh one-time link while nobody administers it yet."""
    if is_administered(engine):
        return address
    token = fresh(os.urandom)
    Accounts(engine, now).invite(digest(token), Invited(role=Role.ADMINISTRATOR), now() + HOLDS)
    return f"{address}/welcome#{token}"
