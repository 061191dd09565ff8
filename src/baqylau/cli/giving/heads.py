"""Commands about heads of the journal: `evidence head`, `heads` and `publish`."""

import os

import typer
from rich.console import Console
from rich.table import Table

from baqylau.cli.files import Out, new_file
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, Data, Database
from baqylau.cli.running.operate import WIDTH
from baqylau.cli.vaulted import vaulted
from baqylau.crypto.timestamps import StampWrongError, stamped
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.evidence.publishing import Publisher, publishing_in
from baqylau.monitoring.server.notice_file import NoticeFileError
from baqylau.storage.journal.published import Delivery, PublishedHeads, head_file

commands = typer.Typer()
SHOWN = 100


@commands.command()
def head(
    output: Out,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Sign where the journal stands and write it into a file: publish it, or have it time-stamped."""
    with ready(data, database) as engine, new_file(output, language) as out:
        own = vaulted(engine, data)
        out.write(head_file(own.journal.sign_heads(own.signer, now())))
    typer.echo(text(language, "evidence.head", file=output))


@commands.command()
def publish(data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN) -> None:
    """Sign where the journal stands and take it to every target of heads.yaml now, with what still waits for them."""
    with ready(data, database) as engine:
        heads = PublishedHeads(engine)
        try:
            publishing = publishing_in(data)
        except NoticeFileError as wrong:
            typer.echo(text(language, wrong.key, **wrong.params), err=True)
            raise typer.Exit(1) from wrong
        own = vaulted(engine, data)
        failed = Publisher(heads, own.signer, data, now=now, random=os.urandom).round(publishing, at_once=True)
        _show(heads.latest(len(publishing.targets)), language)
    raise typer.Exit(1 if failed or not publishing.targets else 0)


@commands.command("heads")
def published(data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN) -> None:
    """Show which heads were published where, what waits and what failed, and which authority stamped which head."""
    with ready(data, database) as engine:
        _show(PublishedHeads(engine).latest(SHOWN), language)


def _show(found: list[Delivery], language: str) -> None:
    columns = ("head", "target", "state", "stamped", "attempts", "error")
    table = Table(*(text(language, f"cli.heads.{name}") for name in columns))
    for one in found:
        state = "done" if one.done_at else "waiting"
        table.add_row(
            f"{one.at:%Y-%m-%d %H:%M:%SZ}",
            one.target,
            text(language, f"cli.heads.state.{state}"),
            _stamp(one),
            str(one.attempts),
            one.last_error,
        )
    Console(width=max(Console().width, WIDTH)).print(table)


def _stamp(one: Delivery) -> str:
    if one.token is None:
        return ""
    try:
        stamp = stamped(one.token, one.content)
    except StampWrongError as wrong:
        return f"{wrong}"
    return f"{stamp.at:%Y-%m-%d %H:%M:%SZ} {stamp.authority}"
