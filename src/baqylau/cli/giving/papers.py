"""`baqylau paper`: reports, acts, memos, statistics, tables and the copy of a person's own data, as files."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from sqlalchemy import Engine

from baqylau.cli.files import Out, new_file
from baqylau.cli.instants import instant
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.looking_back.days_told import days_told
from baqylau.cli.opening import reading, ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database, Replica
from baqylau.cli.vaulted import vaulted
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import AlarmId, PersonId
from baqylau.domain.papers import PaperKind, TableFormat, TableKind
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.papers.giving_tables import FormatError, TableAsked, give
from baqylau.monitoring.server.papers.making import ABOUT_PERSON, Maker, NoSuchError, PeriodError, Shelf
from baqylau.monitoring.server.papers.own_copy import own_copy
from baqylau.monitoring.workstation.looking_back.timeline import Timelines
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.figures import Figures
from baqylau.storage.evidence import EvidenceSource
from baqylau.storage.judging.judgement import JudgeStore
from baqylau.storage.judging.live import Live
from baqylau.storage.people.papers import Receipt, Wanted, holds
from baqylau.storage.registers.registers import Registers

app = typer.Typer()
paper = typer.Typer(help="Papers: person, alarm, statistics, table, own-data, check.", no_args_is_help=True)
app.add_typer(paper, name="paper")
TIMEZONE = "Asia/Almaty"
MONTH = timedelta(days=30)

Person = Annotated[str, typer.Argument(help="Id of the person.")]
Since = Annotated[datetime | None, typer.Option("--from", parser=instant, help="From when on; 30 days if left out.")]
Until = Annotated[datetime | None, typer.Option(parser=instant, help="Until when; now if left out.")]
Purpose = Annotated[str, typer.Option(help="What it is for; stands on the paper and in the audit.")]
Recipient = Annotated[str, typer.Option(help="Who outside the service gets it: that is on the person's record.")]


@paper.command("person")
def about_person(  # noqa: PLR0913 - each is an option of the command
    *,
    kind: Annotated[PaperKind, typer.Argument(help="compliance, court, fitting, return, memo or own.")],
    person: Person,
    output: Out,
    purpose: Purpose,
    recipient: Recipient = "",
    since: Since = None,
    until: Until = None,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    replica: Replica = "",
    language: Language = SPOKEN,
) -> None:
    """Write a paper about a person and a period as PDF/A, and its signature beside it."""
    if kind not in ABOUT_PERSON:
        raise _refused(language, "cli.paper.not_about_person", kinds=", ".join(sorted(ABOUT_PERSON)))
    wanted = _wanted(kind, person, by, purpose, recipient, language)
    with ready(data, database) as engine, reading(engine, replica) as facts, _told_why_not(language, person):
        made = maker(engine, data, facts).about_person(wanted, *_period(since, until))
        _write(output, *made, language)


@paper.command("alarm")
def about_alarm(  # noqa: PLR0913 - each is an option of the command
    *,
    number: Annotated[int, typer.Argument(help="Number of the alarm.")],
    output: Out,
    purpose: Purpose,
    recipient: Recipient = "",
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    replica: Replica = "",
    language: Language = SPOKEN,
) -> None:
    """Write the report on an alarm as PDF/A, and its signature beside it."""
    with ready(data, database) as engine, reading(engine, replica) as facts:
        try:
            person_id = Alarms(facts, now).get(AlarmId(number)).alarm.person_id
        except KeyError as none:
            raise _refused(language, "cli.paper.no_alarm", number=number) from none
        wanted = _wanted(PaperKind.ALARM, person_id, by, purpose, recipient, language)
        _write(output, *maker(engine, data, facts).about_alarm(wanted, AlarmId(number)), language)


@paper.command()
def statistics(  # noqa: PLR0913 - each is an option of the command
    *,
    output: Out,
    since: Since = None,
    until: Until = None,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    replica: Replica = "",
    language: Language = SPOKEN,
) -> None:
    """Write the counts of a period as PDF/A, without identities, and the signature beside it."""
    wanted = _wanted(PaperKind.STATISTICS, "", by, "", "", language)
    with ready(data, database) as engine, reading(engine, replica) as facts, _told_why_not(language, ""):
        _write(output, *maker(engine, data, facts).statistics(wanted, *_period(since, until)), language)


@paper.command()
def table(  # noqa: PLR0913 - each is an option of the command
    *,
    kind: Annotated[TableKind, typer.Argument(help="track, alarms or findings.")],
    person: Person,
    output: Out,
    purpose: Purpose,
    form: Annotated[TableFormat, typer.Option("--format", help="xlsx, csv; a track also geojson, kml, gpx.")],
    recipient: Recipient = "",
    since: Since = None,
    until: Until = None,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    replica: Replica = "",
    language: Language = SPOKEN,
) -> None:
    """Write a list or a track of a person as a file."""
    from_at, until_at = _period(since, until)
    asked = TableAsked(
        kind=kind,
        format=form,
        person_id=PersonId(person),
        from_at=from_at,
        until_at=until_at,
        language=language,
        by=by,
        purpose=purpose,
        recipient=recipient,
    )
    with (
        _shelf_of(data, database, replica) as shelf,
        _told_why_not(language, person),
        new_file(output, language) as out,
    ):
        try:
            out.write(give(shelf, asked, now()))
        except FormatError as wrong:
            raise _refused(language, "cli.paper.no_places", format=form) from wrong
    typer.echo(text(language, "cli.paper.given", file=output))


@paper.command("own-data")
def own_data(  # noqa: PLR0913 - each is an option of the command
    *,
    person: Person,
    output: Out,
    since: Since = None,
    until: Until = None,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    replica: Replica = "",
    language: Language = SPOKEN,
) -> None:
    """Write everything that is kept about a person of a period as JSON, to hand to that person."""
    with (
        _shelf_of(data, database, replica) as shelf,
        _told_why_not(language, person),
        new_file(output, language) as out,
    ):
        out.write(own_copy(shelf, PersonId(person), _period(since, until), by, now()))
    typer.echo(text(language, "cli.paper.given", file=output))


@paper.command()
def check(
    file: Annotated[Path, typer.Argument(help="The paper.")],
    signature: Annotated[Path, typer.Option(help="The file with its signature.")],
    expected: Annotated[str, typer.Option("--key", help="Public key that the installation published.")] = "",
    language: Language = SPOKEN,
) -> None:
    """Say whether a file is the very paper that was signed. Needs no installation; ends with 1 when it is not."""
    try:
        receipt = msgspec.json.decode(signature.read_bytes(), type=Receipt)
        right = holds(file.read_bytes(), receipt, bytes.fromhex(expected) if expected else None)
    except (OSError, ValueError) as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(2) from wrong
    if not right:
        raise _refused(language, "cli.paper.broken")
    said = receipt.signed()
    typer.echo(
        text(
            language,
            "cli.paper.holds",
            number=said.number,
            at=said.made_at.isoformat(),
            by=said.made_by,
            signer=receipt.key().hex(),
        )
    )


def _wanted(kind: PaperKind, person: str, by: str, purpose: str, recipient: str, language: str) -> Wanted:
    return Wanted(kind=kind, person_id=PersonId(person), by=by, purpose=purpose, recipient=recipient, language=language)


def _period(since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    until_at = until or now()
    return since or until_at - MONTH, until_at


@contextmanager
def _shelf_of(data: Path, database: str, replica: str) -> Iterator[Shelf]:
    with ready(data, database) as engine, reading(engine, replica) as facts:
        yield _shelf(engine, data, facts)


def _shelf(engine: Engine, data: Path, facts: Engine) -> Shelf:
    """Read from `facts`; what is numbered and audited is written by `engine`."""
    own = vaulted(facts, data)
    return Shelf(
        engine=engine,
        registers=Registers(facts, now),
        alarms=Alarms(facts, now),
        figures=Figures(facts),
        source=EvidenceSource(facts, own.vault),
        timelines=Timelines(own.journal, JudgeStore(facts), Live(facts)),
        timezone=TIMEZONE,
    )


def maker(engine: Engine, data: Path, facts: Engine | None = None) -> Maker:
    """Join what papers are made of; `facts`: where to read, if not in the database itself."""
    return Maker(_shelf(engine, data, facts or engine), _signer(engine, data), now)


def _signer(engine: Engine, data: Path) -> Signer:
    return vaulted(engine, data).signer


def _write(output: Path, file: bytes, receipt: Receipt, language: str) -> None:
    beside = output.with_name(f"{output.name}.json")
    with new_file(output, language) as out, new_file(beside, language) as signature:
        out.write(file)
        signature.write(msgspec.json.format(msgspec.json.encode(receipt)))
    typer.echo(text(language, "cli.paper.written", file=output, number=receipt.said.number, signature=beside))


@contextmanager
def _told_why_not(language: str, person: str) -> Iterator[None]:
    try:
        with days_told(language):
            yield
    except NoSuchError as none:
        raise _refused(language, "cli.nobody", person=person) from none
    except PeriodError as wrong:
        raise _refused(language, "paper.refused.period") from wrong


def _refused(language: str, key: str, **params: object) -> typer.Exit:
    typer.echo(text(language, key, **params), err=True)
    return typer.Exit(1)
