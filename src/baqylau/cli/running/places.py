"""Commands about public places of everyday life: `place load`, `list`, `forget`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.running.rows import mistakes_told
from baqylau.domain.public_places import PlaceKind
from baqylau.domain.zones import Zone
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.importing.zone_text import read_zones
from baqylau.rules.places.geometry import ZoneError
from baqylau.storage.registers.public_places import PublicPlaces

app = typer.Typer()
place = typer.Typer(help="Clinics, courts and the like: load, list, forget.", no_args_is_help=True)
app.add_typer(place, name="place")

MOST = 20_000
"""Of a kind: more than a country has."""
RADIUS_M = 50.0
Kind = Annotated[PlaceKind, typer.Argument(help="What people go there for.")]


@place.command()
def load(
    kind: Kind,
    file: Annotated[Path, typer.Argument(help="GeoJSON, KML, or lines of name; latitude; longitude[; radius].")],
    radius_m: Annotated[
        float, typer.Option("--radius", min=1, help="Metres around a place that is a point.")
    ] = RADIUS_M,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Take all places of one kind from a file, in the stead of those before: who draws a zone over one is warned."""
    said = text(language, f"place.kind.{kind}")
    with mistakes_told(file, language):
        zones = _read(file, said, radius_m, language)
    with ready(data, database) as engine:
        PublicPlaces(engine, now).load(kind, zones, by)
    typer.echo(text(language, "cli.place.loaded", kind=said, count=len(zones)))


@place.command("list")
def list_kinds(data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN) -> None:
    """Show how many places of each kind are known, who loaded them and when."""
    with ready(data, database) as engine:
        found = PublicPlaces(engine, now).loaded()
    if not found:
        typer.echo(text(language, "cli.place.none"))
        return
    table = Table(*(text(language, f"cli.place.column.{name}") for name in ("kind", "count", "at", "by")))
    for one in found:
        kind, at = text(language, f"place.kind.{one.kind}"), f"{one.at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(kind, str(one.count), at, one.by)
    Console().print(table)


@place.command()
def forget(
    kind: Kind, by: By = ME, data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN
) -> None:
    """Know no places of one kind any more."""
    with ready(data, database) as engine:
        PublicPlaces(engine, now).load(kind, (), by)
    typer.echo(text(language, "cli.place.forgotten", kind=text(language, f"place.kind.{kind}")))


def _read(file: Path, name: str, radius_m: float, language: str) -> tuple[Zone, ...]:
    try:
        return read_zones(file.read_text(encoding="utf-8"), name, radius_m, MOST)
    except ZoneError as wrong:
        typer.echo(f"{file}: {text(language, wrong.key, **wrong.params)}", err=True)
        raise typer.Exit(1) from wrong
