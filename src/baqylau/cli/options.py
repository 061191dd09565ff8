"""Options that several commands share."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

DATABASE = "BAQYLAU_DATABASE"
"""Environment variable of the database's address."""

Data = Annotated[
    Path,
    typer.Option(
        "--data",
        envvar="BAQYLAU_DATA",
        help="Folder of this installation: its keys and, without --database, its PostgreSQL.",
    ),
]
Database = Annotated[
    str,
    typer.Option(
        "--database",
        envvar=DATABASE,
        help="PostgreSQL 15 or later, such as postgresql://baqylau@db/baqylau; empty: an own one.",
        show_default=False,
    ),
]
Replica = Annotated[
    str,
    typer.Option(
        envvar="BAQYLAU_REPLICA",
        help="Address of a replica of the database: facts are read there, once it has caught up.",
        show_default=False,
    ),
]
Host = Annotated[str, typer.Option(envvar="BAQYLAU_HOST", help="Address on which devices and browsers are awaited.")]
Lifeline = Annotated[bool, typer.Option(hidden=True, help="End when standard input ends.")]

DEFAULT_DATA = Path("baqylau-data")

WebPort = Annotated[int, typer.Option(envvar="BAQYLAU_WEB_PORT", help="Port of the workstation's pages.")]
MapCenter = Annotated[
    tuple[float, float], typer.Option(envvar="BAQYLAU_MAP_CENTER", help="Longitude and latitude where the map opens.")
]
MapZoom = Annotated[float, typer.Option(envvar="BAQYLAU_MAP_ZOOM", help="Zoom at which the map opens.")]
CENTER = (67.0, 48.0)
"""The middle of Kazakhstan."""
ZOOM = 4.0
Basemap = Annotated[
    Path | None,
    typer.Option(envvar="BAQYLAU_BASEMAP", help="A PMTiles file or a GeoJSON town to draw under the map."),
]
By = Annotated[str, typer.Option(help="Who does it; stands in the audit.", show_default="the account's name")]
ME = getpass.getuser()
"""Whose account a command is given by, unless it is said."""
