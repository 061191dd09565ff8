"""How a command comes to the database of an installation."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from time import sleep

import typer
from sqlalchemy import Engine

from baqylau.cli.language import SPOKEN
from baqylau.locales import text
from baqylau.storage.database import StorageUnavailableError, open_database
from baqylau.storage.migrating import migrate
from baqylau.storage.replica import CATCHES_UP_WITHIN_S, ReplicaBehindError, caught_up
from baqylau.storage.server import ServerFailedError, embedded


def own_server(data: Path) -> Path:
    """Give where an installation's own server keeps its data."""
    return data / "postgresql"


def is_installed(data: Path) -> bool:
    """Tell whether an installation with a server of its own was ever begun in a folder."""
    return own_server(data).is_dir()


@contextmanager
def connected(
    data: Path, dsn: str, name: str = "baqylau", pool_size: int = 5, idle_s: float | None = None
) -> Iterator[Engine]:
    """Give a pool over the named database, or over that of the installation's own server, started if need be."""
    with ExitStack() as stack:
        address = dsn or stack.enter_context(embedded(own_server(data)))
        engine = open_database(address, name=name, pool_size=pool_size, idle_s=idle_s)
        stack.callback(engine.dispose)
        yield engine


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the right to run the server of an installation, or end with a sentence when another program has it."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "server.lock").open("ab") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError as taken:
            typer.echo(text(SPOKEN, "cli.server_runs", data=data), err=True)
            raise typer.Exit(1) from taken
        yield


@contextmanager
def ready(
    data: Path, database: str, name: str = "baqylau", pool_size: int = 5, idle_s: float | None = None
) -> Iterator[Engine]:
    """Give a pool over a database whose schema is up to date, or end with a sentence: it is not there, or goes away.

    Where there is no installation yet one is made, and said: a command typed in the wrong folder must not look right.
    """
    if not (database or is_installed(data)):
        typer.echo(text(SPOKEN, "cli.new_installation", data=data), err=True)
    with begun(data, database, name, pool_size, idle_s) as engine:
        yield engine


@contextmanager
def begun(
    data: Path, database: str, name: str = "baqylau", pool_size: int = 5, idle_s: float | None = None
) -> Iterator[Engine]:
    """Give the same; for whoever means to make an installation where there is none."""
    with sentence(), connected(data, database, name, pool_size, idle_s) as engine:
        migrate(engine)
        yield engine


@contextmanager
def sentence() -> Iterator[None]:
    """End with a sentence when the database is not there, or goes away."""
    try:
        yield
    except (ServerFailedError, StorageUnavailableError) as failed:
        typer.echo(str(failed), err=True)
        raise typer.Exit(1) from failed


@contextmanager
def reading(engine: Engine, replica: str) -> Iterator[Engine]:
    """Give a pool to read much from, over a replica that has caught up if one is named; or end with a sentence."""
    if not replica:
        yield engine
        return
    opened = open_database(replica, name="baqylau-reading")
    try:
        caught_up(engine, opened, sleep)
        yield opened
    except ReplicaBehindError as behind:
        typer.echo(text(SPOKEN, "cli.replica_behind", seconds=round(CATCHES_UP_WITHIN_S)), err=True)
        raise typer.Exit(1) from behind
    finally:
        opened.dispose()
