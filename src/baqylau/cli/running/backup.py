"""`backup` and `restore`: a whole installation as a folder, and a new installation from it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import connected, ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.vaulted import vaulted
from baqylau.crypto.sealing import SealBrokenError
from baqylau.crypto.wrapping import RANDOM_BYTES, unwrapped, wrapped
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.evidence.proving import prove
from baqylau.protocols.evidence.asking import unopened
from baqylau.protocols.evidence.telling import INSTALLATION, told
from baqylau.protocols.evidence.verdict import SOUND
from baqylau.storage.backup import (
    FORMAT,
    BackupWrongError,
    Form,
    Manifest,
    digest_of,
    dump,
    load,
    note,
    read_manifest,
    write_manifest,
)
from baqylau.storage.installation import ONLY_OWNER
from baqylau.storage.migrating import migrate
from baqylau.storage.record_shapes import RECORD_SHAPES
from baqylau.storage.server import ServerFailedError

app = typer.Typer()
KEYS, MEDIA, WRAPPED = "keys", "media", "wrapped"
Passphrase = Annotated[
    Path | None,
    typer.Option(envvar="BAQYLAU_PASSPHRASE_FILE", help="File with the passphrase under which the keys are copied."),
]


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="New folder for the copy.")],
    passphrase: Passphrase = None,
    form: Annotated[Form, typer.Option(help="json: every table as lines that any program reads.")] = Form.BINARY,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Copy everything while everything runs: the database as of one instant, recordings, keys under a passphrase."""
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    with failures_told(language):
        if folder.exists() or unfinished.exists():
            raise BackupWrongError("there", str(folder))
        words = _words(passphrase)
        with ready(data, database) as engine:
            signer = vaulted(engine, data).signer
            at = now()
            unfinished.mkdir(mode=0o700, parents=True)
            snapshot = dump(engine, unfinished, form)
            files = {**_media(data, unfinished), **(_secrets(data, unfinished, words) if words else {})}
            manifest = Manifest(
                format=FORMAT,
                made_at=at,
                revision=snapshot.revision,
                days=snapshot.days,
                tables=snapshot.tables,
                files=files,
                public_key=signer.public_key.hex(),
                form=form,
                shapes=dict(RECORD_SHAPES),
            )
            write_manifest(unfinished, manifest, signer)
            os.sync()
            unfinished.rename(folder)
            note(engine, by, str(folder), at)
    rows = sum(table.rows for table in snapshot.tables)
    typer.echo(text(language, "backup.made", folder=folder, tables=len(snapshot.tables), rows=rows))
    if not words:
        typer.echo(text(language, "backup.without_keys", folder=data / KEYS))


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="Folder of a copy.")],
    passphrase: Passphrase = None,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Make a new installation from a copy, and prove that it is what was copied."""
    with failures_told(language):
        manifest = read_manifest(folder)
        _take_secrets(data, folder, manifest, _words(passphrase))
        with connected(data, database) as engine:
            load(engine, folder, manifest)
            migrate(engine)
            if (folder / MEDIA).is_dir():
                shutil.copytree(folder / MEDIA, data / MEDIA)
            signer = vaulted(engine, data).signer
            if signer.public_key.hex() != manifest.public_key:
                raise BackupWrongError("other_keys", str(data / KEYS))
            verdict = prove(engine, signer.public_key)
    for line in told(verdict, lambda key, params: text(language, key, **params), INSTALLATION):
        typer.echo(line)
    if verdict.outcome == SOUND:
        rows = sum(table.rows for table in manifest.tables)
        typer.echo(text(language, "backup.restored", folder=data, tables=len(manifest.tables), rows=rows))
    raise typer.Exit(verdict.outcome)


@contextmanager
def failures_told(language: str) -> Iterator[None]:
    """End with a sentence when a copy cannot be made or taken over."""
    try:
        yield
    except BackupWrongError as wrong:
        typer.echo(text(language, f"backup.refused.{wrong.reason}", what=wrong.what), err=True)
        raise typer.Exit(1) from wrong
    except OSError as wrong:
        (fault,) = unopened(wrong).faults
        typer.echo(text(language, fault.key, **fault.params), err=True)
        raise typer.Exit(1) from wrong
    except ServerFailedError as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(1) from wrong


def _words(passphrase: Path | None) -> str:
    return passphrase.read_text(encoding="utf-8").strip() if passphrase else ""


def _media(data: Path, folder: Path) -> dict[str, str]:
    """Copy the recordings, which are sealed; one that is deleted meanwhile is not missed."""
    files: dict[str, str] = {}
    source = data / MEDIA
    for file in sorted(source.rglob("*")) if source.is_dir() else ():
        copied = folder / MEDIA / file.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        try:
            if file.is_file():
                shutil.copyfile(file, copied)
                files[copied.relative_to(folder).as_posix()] = digest_of(copied)
        except FileNotFoundError:
            continue
    return files


def _secrets(data: Path, folder: Path, words: str) -> dict[str, str]:
    """Copy keys and settings, each sealed under the passphrase."""
    files: dict[str, str] = {}
    for file in sorted((*data.glob(f"{KEYS}/*"), *data.glob("*.yaml"))):
        name = file.relative_to(data).as_posix()
        copied = folder / WRAPPED / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_bytes(wrapped(file.read_bytes(), words, name, os.urandom(RANDOM_BYTES)))
        files[f"{WRAPPED}/{name}"] = digest_of(copied)
    return files


def _take_secrets(data: Path, folder: Path, manifest: Manifest, words: str) -> None:
    """Put keys and settings in their places; what is there already must not be."""
    names = [name for name in manifest.files if name.startswith(f"{WRAPPED}/")]
    if not words:
        if not (data / KEYS).is_dir():
            raise BackupWrongError("no_keys", str(data / KEYS))
        return
    for wrapped_name in names:
        name = wrapped_name.removeprefix(f"{WRAPPED}/")
        try:
            secret = unwrapped((folder / wrapped_name).read_bytes(), words, name)
        except SealBrokenError as wrong:
            raise BackupWrongError("passphrase", name) from wrong
        (data / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = os.open(data / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER)
        with os.fdopen(made, "wb") as out:
            out.write(secret)
