"""What people look like, for officers on the way: `photo put`, `photo remove`. Both are audited."""

import os
from pathlib import Path
from typing import Annotated

import typer

from baqylau.cli.equipment.workshop import refused
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.vaulted import vaulted
from baqylau.domain.ids import PersonId
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.storage.people.photos import PHOTO_BYTES_MAX, PhotoRefusedError, Photos
from baqylau.storage.registers.registers import Registers

app = typer.Typer()
photo = typer.Typer(help="Keep what people look like, for the consoles of their officers.", no_args_is_help=True)
app.add_typer(photo, name="photo")
Person = Annotated[str, typer.Argument(metavar="PERSON", help="Id of the person.")]


@photo.command()
def put(
    person: Person,
    file: Annotated[Path, typer.Argument(help="A JPEG as a camera writes it; it is made small.")],
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Keep a photograph in place of the one before, sealed with the person's own key."""
    try:
        content = file.read_bytes()
    except OSError as wrong:
        raise refused(language, "cannot_read", file=file, why=wrong.strerror or "") from wrong
    with ready(data, database) as engine:
        if Registers(engine, now).person(PersonId(person)) is None:
            raise refused(language, "no_person", person=person)
        photos = Photos(engine, vaulted(engine, data).vault, now, os.urandom)
        try:
            photos.put(PersonId(person), content, by)
        except PhotoRefusedError as wrong:
            raise refused(language, "photo_refused", file=file, size=PHOTO_BYTES_MAX // 1000) from wrong
    typer.echo(text(language, "cli.device.photo_kept", person=person))


@photo.command()
def remove(
    person: Person,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Forget a person's photograph."""
    with ready(data, database) as engine:
        gone = Photos(engine, vaulted(engine, data).vault, now, os.urandom).remove(PersonId(person), by)
    typer.echo(text(language, f"cli.device.photo.{'gone' if gone else 'none'}", person=person))
