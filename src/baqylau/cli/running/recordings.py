"""Commands about recordings of checks and calls: `recording list`, `hold`, `release`, `destroy`, `receipts`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.running.checks import NAME_CHARS, WIDTH
from baqylau.cli.running.receipts import print_receipts
from baqylau.cli.vaulted import vaulted
from baqylau.domain.ids import CheckId, PersonId
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.media_holds import MediaHolds, NotOnHoldError, OnHoldError
from baqylau.storage.checks.media_life import MediaLife, Receipt
from baqylau.storage.checks.media_rows import Recordings

app = typer.Typer()
recording = typer.Typer(
    help="Recordings of checks and calls: list, hold, release, destroy, receipts.", no_args_is_help=True
)
app.add_typer(recording, name="recording")

Check = Annotated[str, typer.Argument(metavar="CHECK", help="Name of the check or of the call, as `list` shows it.")]
Why = Annotated[str, typer.Option(help="For what reason; stands in the audit and in the receipt.")]


class _Shelf(Struct, frozen=True):
    """What recordings are held and destroyed with."""

    media: Media
    holds: MediaHolds
    life: MediaLife


@contextmanager
def _opened(data: Path, database: str) -> Iterator[_Shelf]:
    with ready(data, database, "baqylau-recording") as engine:
        own = vaulted(engine, data)
        media = Media(engine, own.vault, data / "media", now, os.urandom)
        yield _Shelf(media, MediaHolds(engine, now), MediaLife(engine, media.disk, own.signer, now))


@recording.command("list")
def list_recordings(
    person: Annotated[str, typer.Argument(metavar="[PERSON]", help="Of whom; nobody named: all that are held.")] = "",
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Show what is kept of a person and until when, or everything that is held."""
    columns = ("check", "kind", "began", "bytes", "until", "held")
    table = Table(*(text(language, f"cli.recording.column.{name}") for name in columns))
    table.columns[0].no_wrap, table.columns[0].min_width = True, NAME_CHARS
    with _opened(data, database) as shelf:
        found = shelf.media.of_person(PersonId(person)) if person else shelf.media.on_hold()
    for one in found:
        kind, size = text(language, f"cli.recording.kind.{one.kind}"), sum(item.held for item in one.items)
        began = f"{one.began_at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(one.check_id, kind, began, str(size), _until(one, language), one.held_why)
    Console(width=max(Console().width, WIDTH)).print(table)


@recording.command()
def hold(
    check: Check,
    why: Why,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Forbid the destruction until it is released: somebody contests the check, or a court asks for it."""
    with _opened(data, database) as shelf, _refusals(language, check):
        shelf.holds.hold(CheckId(check), why, by=by)
    typer.echo(text(language, "cli.recording.held", check=check))


@recording.command()
def release(
    check: Check,
    why: Why,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Let recordings go again at the end of their time."""
    with _opened(data, database) as shelf, _refusals(language, check):
        shelf.holds.release(CheckId(check), why, by=by)
    typer.echo(text(language, "cli.recording.released", check=check))


@recording.command()
def destroy(
    check: Check,
    why: Why,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Destroy recordings before their time, such as on a court's word. Not while they are held."""
    with _opened(data, database) as shelf, _refusals(language, check):
        receipt = msgspec.json.decode(shelf.life.destroy(CheckId(check), why, by=by).content, type=Receipt)
    typer.echo(text(language, "cli.recording.destroyed", check=check, count=len(receipt.items), log=receipt.log))


@recording.command()
def receipts(data: Data = DEFAULT_DATA, database: Database = "") -> None:
    """Write the receipt of every destruction with its signature, one JSON object a line, the newest first."""
    with _opened(data, database) as shelf:
        print_receipts(shelf.life.receipts())


def _until(one: Recordings, language: str) -> str:
    if one.destroyed_at is not None:
        return text(language, "cli.recording.gone", day=f"{one.destroyed_at.astimezone():%Y-%m-%d}")
    if one.keep_until is None:
        return text(language, "cli.recording.with_the_file")
    return f"{one.keep_until.astimezone():%Y-%m-%d}"


@contextmanager
def _refusals(language: str, check: str) -> Iterator[None]:
    """Say in words why nothing was done."""
    try:
        yield
    except (KeyError, OnHoldError, NotOnHoldError) as wrong:
        typer.echo(_refusal(wrong, language, check), err=True)
        raise typer.Exit(1) from wrong


def _refusal(wrong: KeyError | OnHoldError | NotOnHoldError, language: str, check: str) -> str:
    match wrong:
        case OnHoldError():
            return text(language, "cli.recording.on_hold", check=check, why=str(wrong))
        case NotOnHoldError():
            return text(language, "cli.recording.not_on_hold", check=check)
        case KeyError():
            return text(language, "cli.recording.unknown", check=check)
