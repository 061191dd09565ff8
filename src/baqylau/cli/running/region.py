"""Commands about regional sites: `region add`, `list`, `forget`, and `look`, which a site itself is asked by."""

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.roles.nats_options import HERE, Ca, Credentials, Domain, Nats, server_of
from baqylau.cli.running.operate import MARKS, WIDTH
from baqylau.crypto.sealing import KEY_BYTES
from baqylau.links.jetstream import Log, LogUnavailableError, Server, opened
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.doctor import Answer
from baqylau.monitoring.server.region.examining import examined
from baqylau.monitoring.server.region.site_file import SiteFileError, is_name, new_site, site_in, write_site
from baqylau.storage.equipment.authorities import command_seed
from baqylau.storage.installation import installation
from baqylau.storage.journal.regions import Region, Regions, RegionTakenError

app = typer.Typer()
region = typer.Typer(help="Regional sites that keep and answer though the line is down.", no_args_is_help=True)
app.add_typer(region, name="region")

FRESH = timedelta(seconds=30)
Named = Annotated[str, typer.Argument(help="Of a-z, 0-9 and -; it stands in subjects.")]
To = Annotated[Path, typer.Option("--to", help="The file to write for the site: it holds keys, carry it there safely.")]
Districts = Annotated[
    list[str] | None,
    typer.Option("--district", help="Whose people's equipment it hears, once for each; of all when left out."),
]


@region.command("add")
def add(
    name: Named,
    to: To,
    district: Districts = None,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    by: By = ME,
    language: Language = SPOKEN,
) -> None:
    """Let a site in, and write the file that makes a machine that site."""
    if not is_name(name):
        raise typer.BadParameter(text(language, "region.name_wrong"))
    if to.exists():
        raise typer.BadParameter(text(language, "region.file_there", file=str(to)))
    with ready(data, database) as engine:
        installation(data / "keys", os.urandom)
        site, public_key = new_site(name, os.urandom(KEY_BYTES), command_seed(data / "keys", os.urandom))
        row = Region(name=name, public_key=public_key, districts=tuple(district or ()), added_at=now())
        try:
            write_site(site, to)  # first: a site that is let in without its file can never speak
        except OSError as wrong:
            said = text(language, "region.file_not_written", file=str(to), why=str(wrong.strerror))
            raise typer.BadParameter(said) from wrong
        try:
            Regions(engine).add(row, by)
        except RegionTakenError as taken:
            to.unlink()
            typer.echo(text(language, "region.taken", name=name), err=True)
            raise typer.Exit(1) from taken
    typer.echo(text(language, "region.added", name=name, file=str(to)))


@region.command("list")
def sites(data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN) -> None:
    """Show the sites: until when each was heard, and how old what it knows of the registers was."""
    table = Table(*(text(language, f"region.column.{one}") for one in ("name", "districts", "heard", "knew", "letter")))
    with ready(data, database) as engine:
        for one in Regions(engine).all():
            table.add_row(one.name, ", ".join(one.districts), _at(one.heard_at), _at(one.known_as_of), str(one.seq))
    Console(width=WIDTH).print(table)


@region.command("forget")
def forget(
    name: Named, data: Data = DEFAULT_DATA, database: Database = "", by: By = ME, language: Language = SPOKEN
) -> None:
    """Let a site out: nothing more of it is taken, its devices are ours, and nobody waits for its word."""
    with ready(data, database) as engine:
        found = Regions(engine).forget(name, by, now())
    typer.echo(text(language, "region.forgotten" if found else "region.unknown", name=name), err=not found)
    raise typer.Exit(int(not found))


@region.command("look")
def look(
    site: Annotated[Path, typer.Option("--site", envvar="BAQYLAU_SITE", help="The site's file.")],
    nats: Nats = HERE,
    nats_credentials: Credentials = "",
    nats_ca: Ca = "",
    nats_domain: Domain = "",
    language: Language = SPOKEN,
) -> None:
    """Look, at the site, whether its log is there and healthy, how much waits in it, and how old its registers are."""
    try:
        answers = asyncio.run(_asked(site, server_of(nats, nats_credentials, nats_ca, nats_domain)))
    except (LogUnavailableError, SiteFileError) as wrong:
        answers = [Answer(grade="fault", key="region.away", params={"why": str(wrong)})]
    for answer in answers:
        typer.echo(f"{MARKS[answer.grade]} {text(language, answer.key, **answer.params)}")
    raise typer.Exit(int(any(answer.grade == "fault" for answer in answers)))


async def _asked(file: Path, server: Server) -> list[Answer]:
    site = site_in(file)
    line: Log = await opened(server, f"baqylau-look-{site.name}")
    try:
        return [answer async for answer in examined(line, server, site, now())]
    finally:
        await line.close()


def _at(at: datetime | None) -> str:
    return "–" if at is None else at.isoformat(timespec="seconds")
