"""Commands about comparing faces and voices: `av models`, `enrol`, `calibrate`, `judge`, `forget`, `receipts`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.running.av_text import outcome, told
from baqylau.cli.running.receipts import print_receipts
from baqylau.cli.vaulted import vaulted
from baqylau.domain.ids import CheckId, PersonId
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.av_server.models import (
    Entry,
    Kind,
    ManifestError,
    ModelRefusedError,
    calibrate,
    checked,
    entries,
)
from baqylau.monitoring.av_server.presence import installed, missing
from baqylau.storage.checks.checks import Checks
from baqylau.storage.checks.enrolment_sheets import Material
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.template_life import TemplateLife, TemplateReceipt
from baqylau.storage.checks.templates import TemplateStore
from baqylau.storage.installation import installation

if TYPE_CHECKING:
    from baqylau.monitoring.av_server.calibration import Pair
    from baqylau.monitoring.av_server.enrolment import Enrolment, Named
    from baqylau.monitoring.av_server.equipment import Models

app = typer.Typer()
av = typer.Typer(help="Comparing faces and voices: models, enrolment, calibration.", no_args_is_help=True)
app.add_typer(av, name="av")

MODELS = "models"
"""The folder of an installation's own models and calibrations, within its data."""
WIDTH = 110
Folder = Annotated[Path | None, typer.Argument(exists=True, file_okay=False, help="Folder with one folder per person.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


@av.command("models")
def models_command(data: Data = DEFAULT_DATA, language: Language = SPOKEN) -> None:
    """Show which models are used, their licences and calibrations, and whether each is what it should be."""
    table = Table(box=None)
    for column in ("kind", "name", "licence", "calibration", "state"):
        table.add_column(text(language, f"av.column.{column}"), overflow="fold")
    right = True
    for entry in _entries(data, language).values():
        state = _state(entry, data / MODELS)
        right = right and state == "ready"
        table.add_row(
            text(language, f"av.model.{entry.kind}"),
            entry.mark,
            f"{entry.licence} ({text(language, f'av.commercial.{entry.commercial_ok}')})",
            entry.calibration.name if entry.calibration else "–",
            text(language, f"av.state.{state}"),
        )
    _console().print(table)
    if missing():
        typer.echo(text(language, "av.not_installed", packages=", ".join(missing())))
    raise typer.Exit(int(not right or bool(missing())))


@av.command("enrol")
def enrol(
    *,
    person: Annotated[str, typer.Argument(help="Id of the person.")],
    folder: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            file_okay=False,
            help="Folder with photographs, with sounds said-*.wav and digits such as digit-7-1.wav.",
        ),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Make templates anew from what was kept.")] = False,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Make the templates of a person; what is too poor is refused and named. Stands in the audit with the name."""
    if (folder is None) != again:
        raise _refuse(language, "av.folder_or_again")
    models = _models(data, language)
    with ready(data, database) as engine:
        enrolment, version = taken(engine, data, PersonId(person), folder, models, by)
    _objections(enrolment, language)
    if version is None:
        raise _refuse(language, "av.not_enrolled", person=person)
    typer.echo(text(language, "av.enrolled", person=person, version=version, by=by))
    if enrolment.face_alone:
        typer.echo(text(language, "av.enrolled_face_alone"))


def taken(
    engine: Engine, data: Path, person: PersonId, folder: Path | None, models: "Models", by: str
) -> "tuple[Enrolment, int | None]":
    """Enrol a person from a folder, or from what was kept of them; give the version, None where nobody is enrolled."""
    from baqylau.monitoring.av_server.enrolment import enrolled  # noqa: PLC0415 - of the extra
    from baqylau.monitoring.av_server.offered import in_folder, kept  # noqa: PLC0415 - of the extra
    from baqylau.monitoring.av_server.shelf import Shelf  # noqa: PLC0415 - of the extra

    store = TemplateStore(engine, vaulted(engine, data).vault, now, os.urandom)
    offered: list[Named] = list(in_folder(folder) if folder else kept(store.items(person)))
    known = [one.content for one in store.items(person, Material.PHOTO)] if folder else []
    enrolment = enrolled(offered, models, known)
    if not (enrolment.complete or enrolment.face_alone):
        return enrolment, None
    shelf = Shelf(store, installation(data / "keys", os.urandom).key)
    return enrolment, shelf.put(person, enrolment.made, enrolment.taken if folder else (), by=by)


@av.command("calibrate")
def calibrate_command(  # noqa: PLR0913 - each is an option of the command
    *,
    folder: Folder = None,
    decided: Annotated[bool, typer.Option("--decided", help="Learn from checks that people decided, too.")] = False,
    kind: Annotated[Kind, typer.Option(help="face or voice.")] = Kind.FACE,
    name: Annotated[str, typer.Option(help="Name of the calibration: place and year.")],
    use: Annotated[bool, typer.Option("--use", help="Compare with it from the next start on.")] = False,
    as_json: AsJson = False,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Measure how often a model errs on people of this place, who agreed to it, and calibrate it on them.

    Of each person the first three recordings by name are the template, all others are compared with everybody's. With
    `--decided` the scores of checks count too: as the person's own or as another's, as people decided.
    """
    import numpy as np  # noqa: PLC0415 - slow to load

    from baqylau.monitoring.av_server.calibration import split  # noqa: PLC0415 - slow to load
    from baqylau.monitoring.av_server.site_set import groups, pairs  # noqa: PLC0415 - of the extra
    from baqylau.monitoring.av_server.study import (  # noqa: PLC0415 - slow to load
        TooFewError,
        UselessError,
        drawn_curve,
        studied,
    )

    _calibratable(folder, kind, language, decided=decided)
    found = list(pairs(folder, kind, _models(data, language))) if folder else []
    if decided:
        found += _decided(kind, data, database, language)
    try:
        study = studied(
            found,
            name=name,
            draw=np.random.default_rng(0),
            distances=kind is Kind.FACE,
            groups=groups(folder) if folder else None,
        )
    except TooFewError as few:
        raise _refuse(language, "av.too_few_people") from few
    except UselessError as useless:
        raise _refuse(language, "av.no_difference") from useless
    lines = [msgspec.json.encode(study).decode()] if as_json else [*told(study, language), *drawn_curve(*split(found))]
    typer.echo("\n".join(lines))
    if use:
        calibrate(data / MODELS, _entries(data, language)[kind].mark, study.calibration)
        typer.echo(text(language, "av.calibrated", name=name), err=as_json)


@av.command("judge")
def judge(
    *,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="A clip, or photographs.")],
    person: Annotated[str, typer.Option(help="Id of the person it is compared with.")],
    as_json: AsJson = False,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Compare a recording with a person's templates. Nothing was asked for in it: whether it is live stays open."""
    from baqylau.monitoring.av_server.shelf import Shelf  # noqa: PLC0415 - of the extra

    models = _models(data, language)
    with ready(data, database) as engine:
        own = vaulted(engine, data)
        store = TemplateStore(engine, own.vault, now, os.urandom)
        templates = Shelf(store, installation(data / "keys", os.urandom).key).of(PersonId(person))
    from baqylau.monitoring.av_server.offered import judged_files  # noqa: PLC0415 - of the extra

    found = judged_files(CheckId(files[0].name), files, templates, models)
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for line in outcome(found, language):
        typer.echo(line)


@av.command("forget")
def forget(
    *,
    person: Annotated[str, typer.Argument(help="Id of the person.")],
    why: Annotated[str, typer.Option(help="Why; stands in the audit.")],
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Delete all templates of a person and what they were made of. At the end of a sentence that happens by itself."""
    with ready(data, database) as engine:
        try:
            said = TemplateLife(engine, vaulted(engine, data).signer, now).forget(PersonId(person), why, by=by)
        except KeyError as nobody:
            raise _refuse(language, "av.nothing_to_forget", person=person) from nobody
    receipt = msgspec.json.decode(said.content, type=TemplateReceipt)
    count = sum(receipt.templates.values()) + sum(receipt.items.values())
    typer.echo(text(language, "av.forgotten", person=person, number=count))


@av.command("receipts")
def receipts(data: Data = DEFAULT_DATA, database: Database = "") -> None:
    """Write the receipt of every deletion of templates with its signature, one JSON object a line, newest first."""
    with ready(data, database) as engine:
        print_receipts(TemplateLife(engine, vaulted(engine, data).signer, now).receipts())


def _calibratable(folder: Path | None, kind: Kind, language: str, *, decided: bool) -> None:
    if kind not in {Kind.FACE, Kind.VOICE}:
        raise _refuse(language, "av.face_or_voice")
    if folder is None and not decided:
        raise _refuse(language, "av.folder_or_decided")


def _decided(kind: Kind, data: Path, database: str, language: str) -> "list[Pair]":
    """Give what people's decisions tell, and say how many there are and how many are of no use."""
    from baqylau.monitoring.av_server.decided import every_check, learnt  # noqa: PLC0415 - slow to load

    with ready(data, database) as engine:
        own = vaulted(engine, data)
        media = Media(engine, own.vault, data / "media", now, os.urandom)
        looked = every_check(Checks(engine, own.journal, now), media.report)
        told = learnt(looked, kind, _entries(data, language)[kind].mark)
    counts = {"genuine": told.genuine, "impostor": told.impostor}
    left = {"undecided": told.undecided, "unmeasured": told.unmeasured}
    typer.echo(text(language, "av.decided", **counts, **left), err=True)
    return list(told.pairs)


def _refuse(language: str, key: str, **params: object) -> typer.Exit:
    typer.echo(text(language, key, **params), err=True)
    return typer.Exit(1)


def _entries(data: Path, language: str) -> dict[Kind, Entry]:
    try:
        return entries(data / MODELS)
    except ManifestError as wrong:
        raise _refuse(language, "av.manifest_wrong", why=str(wrong)) from wrong


def _models(data: Path, language: str) -> "Models":
    """Open the models, or end with a sentence that says which one cannot be used and why."""
    if not installed():
        raise _refuse(language, "av.not_installed", packages=", ".join(missing()))
    from baqylau.monitoring.av_server.equipment import load_models  # noqa: PLC0415 - of the extra

    _entries(data, language)
    models = load_models(data / MODELS)
    for kind, name, trouble in models.troubles:
        typer.echo(f"{text(language, f'av.model.{kind}')} {name}: {text(language, f'av.state.{trouble}')}", err=True)
    if models.troubles:
        raise typer.Exit(1)
    return models


def _state(entry: Entry, folder: Path) -> str:
    if not entry.file:
        return "ready"
    try:
        checked(entry, folder)
    except ModelRefusedError as refused:
        return refused.trouble
    return "ready"


def _objections(enrolment: "Enrolment", language: str) -> None:
    for objection in enrolment.objections:
        name = f"{objection.name}: " if objection.name else ""
        typer.echo(name + text(language, f"av.enrolment.{objection.why}"), err=True)


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDTH)
