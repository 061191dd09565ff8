"""An import file on a command line: its rows, or every mistake with its line."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from baqylau.locales import text
from baqylau.monitoring.server.importing.document import MistakesError
from baqylau.storage.registers.registry import Fault, RegisterRefusedError


@contextmanager
def mistakes_told(file: Path, language: str) -> Iterator[None]:
    """End with a sentence for each reason for which the rows of a file are not taken."""
    try:
        yield
    except OSError as wrong:
        typer.echo(text(language, "import.cannot_read", file=file, why=wrong.strerror), err=True)
        raise typer.Exit(1) from wrong
    except UnicodeDecodeError as wrong:
        typer.echo(text(language, "import.not_utf8", file=file), err=True)
        raise typer.Exit(1) from wrong
    except MistakesError as wrong:
        for mistake in wrong.mistakes:
            said = text(language, mistake.key, **mistake.params)
            typer.echo(f"{file}:{mistake.line}: {mistake.field}: {said}", err=True)
        raise typer.Exit(1) from wrong
    except RegisterRefusedError as refused:
        faults_told(file, refused.faults, language)
        raise typer.Exit(1) from refused


def faults_told(file: Path, faults: Iterable[Fault], language: str) -> None:
    """Say of rows what is wrong with them, or doubtful."""
    for fault in faults:
        why = text(language, f"import.register.{fault.reason}", field=fault.field)
        typer.echo(f"{file}: {fault.kind} {fault.key}: {why}", err=True)
