"""What a command says when it asks for days that are in the archive alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from baqylau.locales import text
from baqylau.storage.journal.archived import DaysArchivedError


@contextmanager
def days_told(language: str) -> Iterator[None]:
    """End with a sentence that names the days which have to be read back first."""
    try:
        yield
    except DaysArchivedError as gone:
        typer.echo(text(language, "archive.refused.days", first=gone.days[0], last=gone.days[-1]), err=True)
        raise typer.Exit(1) from gone
