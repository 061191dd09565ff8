"""Files that a command writes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer

from baqylau.locales import text

ONLY_OWNER = 0o600
Out = Annotated[Path, typer.Option("--output", "-o", help="File to write; it must not exist yet.")]


@contextmanager
def new_file(path: Path, language: str) -> Iterator[IO[bytes]]:
    """Give a new file that only its owner reads; what could not be finished does not stay."""
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER)
    except FileExistsError as there:
        typer.echo(text(language, "evidence.there", file=path), err=True)
        raise typer.Exit(1) from there
    whole = False
    try:
        with os.fdopen(opened, "wb") as out:
            yield out
        whole = True
    finally:
        if not whole:
            path.unlink()
