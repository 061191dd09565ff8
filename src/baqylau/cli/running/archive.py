"""`archive`: closed days of the journal as Parquet files: put, verify, drop, read-back, list."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.vaulted import vaulted
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.storage.journal.archive import Archive, ArchiveWrongError
from baqylau.storage.journal.parquet import NoLibraryError

app = typer.Typer()
archive = typer.Typer(help="Closed days as Parquet: put, verify, drop, read-back, list.", no_args_is_help=True)
app.add_typer(archive, name="archive")
CHANGED = 1


Folder = Annotated[Path, typer.Argument(help="Folder of the archive; each day has a folder in it.")]
Until = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Up to this day (UTC), which is included.")]
From = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="From this day (UTC) on.")]


@archive.command()
def put(
    folder: Folder,
    until: Until,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Write the days that are over, each as a file that proves itself. They stay in the database too."""
    with ready(data, database) as engine, _told(language):
        kept, signer = Archive(engine, folder), vaulted(engine, data).signer
        due = kept.due(until.date(), now())
        for day in due:
            made = kept.put(day, signer, by=by, now=now())
            typer.echo(text(language, "archive.put", day=day, count=made.entries))
        _none(due, "put", language)


@archive.command()
def verify(
    folder: Folder,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Prove every file of the archive: all entries, their chains and trees, by this installation's key."""
    wrong = False
    with ready(data, database) as engine, _told(language):
        kept, key = Archive(engine, folder), vaulted(engine, data).signer.public_key
        days = kept.days()
        _none(days, "verify", language)
        for known in days:
            wrong = not _proved(kept, known.day, key, language) or wrong
    raise typer.Exit(CHANGED if wrong else 0)


@archive.command()
def drop(
    folder: Folder,
    until: Until,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Take archived days out of the database, the oldest first, each after its file was proved once more."""
    with ready(data, database) as engine, _told(language):
        kept, key = Archive(engine, folder), vaulted(engine, data).signer.public_key
        both = [one for one in kept.days() if one.dropped_at is None and one.day <= until.date()]
        for one in both:
            kept.drop(one.day, key, by=by, now=now())
            typer.echo(text(language, "archive.dropped", day=one.day, count=one.entries))
        _none(both, "drop", language)


@archive.command("read-back")
def read_back(
    folder: Folder,
    since: From,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Put dropped days back into the database as they were, the newest first, each after its file was proved."""
    with ready(data, database) as engine, _told(language):
        kept, key = Archive(engine, folder), vaulted(engine, data).signer.public_key
        away = [one for one in reversed(kept.days()) if one.dropped_at is not None and one.day >= since.date()]
        for one in away:
            kept.read_back(one.day, key, by=by, now=now())
            typer.echo(text(language, "archive.read_back", day=one.day, count=one.entries))
        _none(away, "read_back", language)


@archive.command("list")
def archived(data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN) -> None:
    """Show which days are in an archive, and which of them are there alone."""
    with ready(data, database) as engine:
        found = Archive(engine, data).days()
    table = Table(*(text(language, f"cli.archive.{name}") for name in ("day", "entries", "at", "by", "where")))
    for one in found:
        where = text(language, "archive.where.both" if one.dropped_at is None else "archive.where.alone")
        table.add_row(str(one.day), str(one.entries), f"{one.archived_at:%Y-%m-%d %H:%MZ}", one.archived_by, where)
    Console().print(table)


@contextmanager
def _told(language: str) -> Iterator[None]:
    try:
        yield
    except ArchiveWrongError as wrong:
        typer.echo(text(language, f"archive.refused.{wrong.reason}", what=wrong.what), err=True)
        raise typer.Exit(1) from wrong
    except NoLibraryError as missing:
        typer.echo(text(language, "archive.refused.no_library"), err=True)
        raise typer.Exit(1) from missing


def _proved(kept: Archive, day: date, key: bytes, language: str) -> bool:
    """Say whether a day's file proves itself; the others are looked at whatever becomes of it."""
    try:
        manifest, broken = kept.verify(day, key)
    except ArchiveWrongError as wrong:
        typer.echo(text(language, f"archive.refused.{wrong.reason}", what=wrong.what))
        return False
    for one in broken:
        typer.echo(text(language, "archive.broken", day=day, **_where(one.partition, one.seq, one.what)))
    if not broken:
        typer.echo(text(language, "archive.right", day=day, count=manifest.entries))
    return not broken


def _none(days: Sequence[object], what: str, language: str) -> None:
    """Say that there was nothing to do, where that is so: silence would look like success."""
    if not days:
        typer.echo(text(language, f"archive.none.{what}"))


def _where(partition: int, seq: int, what: str) -> dict[str, object]:
    return {"partition": partition, "seq": seq, "what": what}
