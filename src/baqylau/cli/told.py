"""What the files of an installation tell a command."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import typer

from baqylau.cli.language import SPOKEN
from baqylau.locales import text
from baqylau.monitoring.server.notice_file import NoticeFileError

T = TypeVar("T")


def said_in(read: Callable[[Path], T], data_dir: Path) -> T:
    """Read a file of the installation; one that cannot be used ends the program with a sentence."""
    try:
        return read(data_dir)
    except NoticeFileError as wrong:
        typer.echo(text(SPOKEN, wrong.key, **wrong.params), err=True)
        raise typer.Exit(2) from wrong
