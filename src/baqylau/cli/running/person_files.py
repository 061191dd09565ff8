"""Commands about the end of people's files: `file list`, `close`, `run`, `hold`, `release`, `receipts`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.running.receipts import print_receipts
from baqylau.cli.vaulted import vaulted
from baqylau.domain.ids import PersonId
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.storage.checks.media_disk import MediaDisk
from baqylau.storage.checks.media_life import MediaLife, SignedReceipt
from baqylau.storage.people.files import FileOpenError, FileReceipt, Files, PersonFile

app = typer.Typer()
file = typer.Typer(help="End people's files: list, close, run, hold, release, receipts.", no_args_is_help=True)
app.add_typer(file, name="file")
DAYS = 1095
"""[K]: how long files are kept is the law's to say. Three years is a beginning that nobody should take for it."""
Person = Annotated[str, typer.Argument(metavar="PERSON", help="Id of the person.")]
Why = Annotated[str, typer.Option(help="For what reason; stands in the audit and in the receipt.")]
KeepDays = Annotated[
    int,
    typer.Option(envvar="BAQYLAU_KEEP_DAYS", min=0, help="How many days after the last order's end a file is needed."),
]


@file.command("list")
def list_over(
    keep_days: KeepDays = DAYS, data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN
) -> None:
    """List the files of people whose last order has ended: when each is due, and what stands against it."""
    with _files(data, database, keep_days) as files:
        found = files.over()
    table = Table(*(text(language, f"cli.file.{name}") for name in ("person", "ended", "due", "obstacle")))
    for one in found:
        table.add_row(
            one.person_id,
            f"{one.ended_at.astimezone():%Y-%m-%d}",
            f"{one.due_at.astimezone():%Y-%m-%d}",
            _obstacle(one, language),
        )
    Console().print(table)


@file.command()
def run(
    keep_days: KeepDays = DAYS, data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN
) -> None:
    """Destroy all files whose time is over, except those against which something stands. Meant for once a day."""
    with _files(data, database, keep_days) as files:
        receipts = files.run()
    for one in receipts:
        _say(one, language)
    typer.echo(text(language, "cli.file.done", count=len(receipts)))


@file.command()
def close(
    person: Person,
    why: Why,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Destroy one file before its time, such as after a sentence was quashed. Not while an order runs."""
    with _files(data, database, DAYS) as files, _refusals(language, person):
        _say(files.close(PersonId(person), why, by=by), language)


@file.command()
def hold(
    person: Person,
    why: Why,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Keep a file though its time is over, until it is released: a court asks for it."""
    with _files(data, database, DAYS) as files, _refusals(language, person):
        files.hold(PersonId(person), why, by=by)
    typer.echo(text(language, "cli.file.held", person=person))


@file.command()
def release(
    person: Person,
    why: Why,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Let a file end again when its time is over."""
    with _files(data, database, DAYS) as files, _refusals(language, person):
        files.release(PersonId(person), why, by=by)
    typer.echo(text(language, "cli.file.released", person=person))


@file.command()
def receipts(data: Data = DEFAULT_DATA, database: Database = "") -> None:
    """Write every receipt with its signature, one JSON object a line, the newest first."""
    with _files(data, database, DAYS) as files:
        print_receipts(files.receipts())


@contextmanager
def _files(data: Data, database: str, keep_days: int) -> Iterator[Files]:
    with ready(data, database) as engine:
        own = vaulted(engine, data)
        recordings = MediaLife(engine, MediaDisk(data / "media"), own.signer, now)
        yield Files(engine, own.vault, recordings, own.signer, now, timedelta(days=keep_days))


@contextmanager
def _refusals(language: str, person: str) -> Iterator[None]:
    """Say in words why nothing was done."""
    try:
        yield
    except FileOpenError as wrong:
        reason = text(language, f"cli.file.obstacle.{wrong.obstacle}", why=wrong.why)
        typer.echo(text(language, "cli.file.open", person=person, reason=reason), err=True)
        raise typer.Exit(1) from wrong
    except KeyError as wrong:
        typer.echo(text(language, "cli.file.unknown", person=person), err=True)
        raise typer.Exit(1) from wrong


def _obstacle(one: PersonFile, language: str) -> str:
    return text(language, f"cli.file.obstacle.{one.obstacle}", why=one.held_why) if one.obstacle else ""


def _say(one: SignedReceipt, language: str) -> None:
    receipt = msgspec.json.decode(one.content, type=FileReceipt)
    rows = sum(receipt.rows.values())
    typer.echo(
        text(
            language,
            "cli.file.closed",
            person=receipt.person_id,
            number=receipt.number,
            rows=rows,
            keys=len(receipt.keys),
            recordings=len(receipt.recordings),
        )
    )
