"""Commands about evidence: `evidence export`, `withhold`, `verifier`, `key`, and `verify`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from sqlalchemy import Engine

from baqylau.cli.files import Out, new_file
from baqylau.cli.giving import heads
from baqylau.cli.giving.papers import maker
from baqylau.cli.giving.single_file import single_file
from baqylau.cli.instants import instant
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.looking_back.days_told import days_told
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.vaulted import Vaulted, vaulted
from baqylau.domain.ids import AlarmId, PersonId
from baqylau.links.notices.way import NotTakenError
from baqylau.links.wall_clock import now
from baqylau.locales import LANGUAGES, catalogue, text
from baqylau.monitoring.server.evidence.gathering import Archive, Asked, NothingToGiveError, around, export
from baqylau.monitoring.server.evidence.proving import prove, prove_stamps
from baqylau.monitoring.server.evidence.publishing import NoSuchAuthorityError, stamp_by
from baqylau.monitoring.server.evidence.rejudging import judge_again
from baqylau.monitoring.server.evidence.reporting import report_by
from baqylau.monitoring.server.evidence.withholding import NoSuchLineError, withhold
from baqylau.monitoring.server.evidence.writing import TooLargeError
from baqylau.monitoring.server.notice_file import NoticeFileError
from baqylau.protocols.evidence.asking import AskedWrongError, certificates_of, public_key_of, unopened
from baqylau.protocols.evidence.checking import check
from baqylau.protocols.evidence.container import ContainerError
from baqylau.protocols.evidence.recordings import save_recordings
from baqylau.protocols.evidence.telling import BUNDLE, INSTALLATION, told
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.checks.media import Media
from baqylau.storage.evidence import EvidenceSource
from baqylau.storage.journal.proof import Signed
from baqylau.storage.journal.published import PublishedHeads
from baqylau.storage.judging.judgement import JudgeStore
from baqylau.storage.judging.live import Live
from baqylau.storage.registers.registers import Registers

app = typer.Typer()
evidence = typer.Typer(
    help="Bundles that prove themselves: export, withhold, verifier, key, head, publish, heads.", no_args_is_help=True
)
app.add_typer(evidence, name="evidence")
evidence.add_typer(heads.commands)


@evidence.command("export")
def export_bundle(  # noqa: PLR0913 - each is an option of the command
    *,
    output: Out,
    purpose: Annotated[str, typer.Option(help="What it is for; stands in the audit and in the bundle.")],
    basis: Annotated[str, typer.Option(help="By what right: act, date and number.")],
    recipient: Annotated[str, typer.Option(help="Who gets it.")],
    person: Annotated[str, typer.Option(help="Id of the person.")] = "",
    since: Annotated[datetime | None, typer.Option("--from", parser=instant, help="From when on.")] = None,
    until: Annotated[datetime | None, typer.Option(parser=instant, help="Until when.")] = None,
    alarm: Annotated[int, typer.Option(help="Number of an alarm, instead of a person and a time.")] = 0,
    third_parties: Annotated[
        bool, typer.Option("--with-third-parties", help="Give also what shows where another person was.")
    ] = False,
    recordings: Annotated[
        bool, typer.Option("--with-recordings", help="Give also what was recorded at checks.")
    ] = False,
    report: Annotated[bool, typer.Option(help="Put a report into it that people read, as PDF/A.")] = True,
    stamp: Annotated[str, typer.Option(help="Authority of heads.yaml that stamps the whole bundle.")] = "",
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Write what is known about a person and a time, or about an alarm, so that anybody can verify it without us."""
    if bool(alarm) == bool(person) or (person and (since is None or until is None or since >= until)):
        raise _refused(language, "evidence.which")
    with ready(data, database) as engine, told_why_not(language), new_file(output, language) as out:
        own = vaulted(engine, data)
        archive = archive_of(engine, own, data)
        if alarm:
            person, since, until = around(archive, AlarmId(alarm))
        asked = Asked(
            person_id=PersonId(person),
            from_at=since or now(),
            until_at=until or now(),
            alarm_id=AlarmId(alarm) if alarm else None,
            by=by,
            purpose=purpose,
            basis=basis,
            recipient=recipient,
            third_parties=third_parties,
            recordings=recordings,
        )
        papers = report_by(maker(engine, data), language) if report else None
        by_whom = stamp_by(data, stamp, os.urandom) if stamp else None
        export(archive, asked, out, signer=own.signer, now=now(), random=os.urandom, papers=papers, stamp=by_whom)
    typer.echo(text(language, "evidence.written", file=output))


@evidence.command("withhold")
def withhold_lines(
    bundle: Annotated[Path, typer.Argument(help="A bundle.")],
    output: Out,
    line: Annotated[list[str] | None, typer.Option(help="Part and number of a line, such as records:17.")] = None,
    word: Annotated[list[str] | None, typer.Option(help="Every line that holds this, such as a name.")] = None,
    file: Annotated[list[str] | None, typer.Option(help="A paper, such as report.pdf.")] = None,
    language: Language = SPOKEN,
) -> None:
    """Write a bundle anew without some of its lines and papers. It still proves the rest, and that these were there."""
    chosen = [_part_and_number(one) for one in line or ()]
    try:
        with bundle.open("rb") as held, new_file(output, language) as out:
            count = withhold(held, chosen, out, files=file or (), words=word or ())
    except NoSuchLineError as wrong:
        raise _refused(language, "evidence.no_line", part=wrong.part, line=wrong.line) from wrong
    except ContainerError as wrong:
        raise _refused(language, f"evidence.fault.{wrong}") from wrong
    except OSError as wrong:
        (fault,) = unopened(wrong).faults
        raise _refused(language, fault.key, **fault.params) from wrong
    typer.echo(text(language, "evidence.withheld", file=output, count=count))


@evidence.command()
def verifier(output: Out, language: Language = SPOKEN) -> None:
    """Write the verifier as a single Python file, for whoever has to check bundles without this product."""
    texts = {one: {key: str(catalogue(one)[key]) for key in _keys()} for one in LANGUAGES}
    with new_file(output, language) as out:
        out.write(single_file(output.name, version("baqylau"), texts).encode())
    typer.echo(text(language, "evidence.written_without", file=output))


def _keys() -> list[str]:
    families = ("evidence.fault.", "evidence.fact.", "evidence.outcome.")
    return [key for key in catalogue("en") if key.startswith(families)]


@evidence.command()
def key(data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN) -> None:
    """Show the public key of this installation, which bundles are verified by. Publish it where all can see it."""
    with ready(data, database) as engine:
        typer.echo(text(language, "evidence.key", public=vaulted(engine, data).signer.public_key.hex()))


@app.command()
def verify(  # noqa: PLR0913, PLR0917 - each is an option of the command
    bundle: Annotated[
        Path | None, typer.Argument(help="A bundle; without one, the journal and the audit of an installation.")
    ] = None,
    expected: Annotated[str, typer.Option("--key", help="Public key that the installation published.")] = "",
    published: Annotated[
        list[Path] | None, typer.Option("--head", help="Published head that the journal must still lead to.")
    ] = None,
    recordings: Annotated[
        Path | None, typer.Option(help="Write the bundle's recordings into this new folder when they are proved.")
    ] = None,
    authority: Annotated[
        list[Path] | None, typer.Option(help="Certificate of a time-stamping authority, as it published it.")
    ] = None,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Say what is proved, by which key, and name what was changed. Exit codes: docs/how-to/give-evidence.md."""

    def say(name: str, params: dict[str, Any]) -> str:
        return text(language, name, **params)

    try:
        known = [one for file in authority or () for one in certificates_of(str(file), file.read_bytes())]
        if bundle is None:
            signed = [_head_in(one) for one in published or ()]
            with ready(data, database) as engine:
                verdict = prove(engine, vaulted(engine, data).signer.public_key, signed)
            for one in published or ():
                prove_stamps(one, verdict, known)
        else:
            with bundle.open("rb") as file:
                verdict = check(file, public_key_of(expected), known)
                if not verdict.faults:
                    judge_again(file, verdict)
                    verdict.saved(save_recordings(file, recordings) if recordings else 0, str(recordings))
    except AskedWrongError as wrong:
        verdict = wrong.verdict
    except OSError as wrong:
        verdict = unopened(wrong)
    for line in told(verdict, say, BUNDLE if bundle else INSTALLATION):
        typer.echo(line)
    raise typer.Exit(verdict.outcome)


def _head_in(file: Path) -> Signed:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Signed)
    except (msgspec.ValidationError, msgspec.DecodeError) as wrong:
        raise AskedWrongError("head_form", name=str(file)) from wrong


def archive_of(engine: Engine, own: Vaulted, data_dir: Path) -> Archive:
    """Join what a bundle is made of."""
    return Archive(
        source=EvidenceSource(engine, own.vault),
        journal=own.journal,
        judge=JudgeStore(engine),
        registers=Registers(engine, now),
        alarms=Alarms(engine, now),
        live=Live(engine),
        media=Media(engine, own.vault, data_dir / "media", now, os.urandom),
        heads=PublishedHeads(engine),
    )


@contextmanager
def told_why_not(language: str) -> Iterator[None]:
    """End with a sentence when there is nothing to give, or too much."""
    try:
        with days_told(language):
            yield
    except NothingToGiveError as none:
        raise _refused(language, "evidence.nothing") from none
    except TooLargeError as large:
        raise _refused(language, "evidence.too_large") from large
    except (NotTakenError, NoticeFileError, NoSuchAuthorityError) as wrong:
        raise _refused(language, "evidence.no_stamp", why=str(wrong)) from wrong


def _part_and_number(word: str) -> tuple[str, int]:
    part, _, number = word.partition(":")
    return part, int(number) if number.isdecimal() else 0


def _refused(language: str, key: str, /, **params: object) -> typer.Exit:
    typer.echo(text(language, key, **params), err=True)
    return typer.Exit(1)
