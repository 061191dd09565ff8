"""Commands that look back: `why` says why and why not for any minute, `refold` judges again what was kept."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from baqylau.cli.instants import instant
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.looking_back.days_told import days_told
from baqylau.cli.looking_back.minute_text import lines
from baqylau.cli.looking_back.review_table import table
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, Data, Database
from baqylau.cli.running.operate import WIDTH
from baqylau.cli.running.rows import mistakes_told
from baqylau.cli.vaulted import vaulted
from baqylau.domain.ids import PersonId
from baqylau.domain.people import Person
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.importing.registry import parse
from baqylau.monitoring.server.judging import BEFORE_EVERYTHING, Judging
from baqylau.monitoring.server.review import Review, Reviewed
from baqylau.monitoring.workstation.looking_back.minutes import Minutes
from baqylau.monitoring.workstation.looking_back.recall import Recall
from baqylau.storage.access.audit import Audit
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.judgement import JudgeStore
from baqylau.storage.judging.live import Live
from baqylau.storage.registers.registers import Registers

app = typer.Typer()


def _refuse(language: str, key: str, **params: object) -> typer.Exit:
    typer.echo(text(language, key, **params), err=True)
    return typer.Exit(1)


def _known(registers: Registers, person: str, language: str) -> Person:
    found = registers.person(PersonId(person))
    if found is None:
        raise _refuse(language, "cli.nobody", person=person)
    return found


@app.command()
def why(
    *,
    person: Annotated[str, typer.Argument(help="Id of the person.")],
    at: Annotated[datetime, typer.Option(parser=instant, help="The minute, such as 2026-11-19T22:40:00+05:00.")],
    known: Annotated[
        datetime | None, typer.Option(parser=instant, help="As known then; as known now when left out.")
    ] = None,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
) -> None:
    """Say what was before the rules for a person at a minute: what was found, and what a finding still lacked."""
    if max(at, known or at) > now():
        raise _refuse(language, "minute.refused.future")
    if known is not None and known < at:
        raise _refuse(language, "minute.refused.known_before")
    with days_told(language), ready(data, database) as engine:
        registers, judge = Registers(engine, now), JudgeStore(engine)
        somebody = _known(registers, person, language)
        Audit(engine, now).record("why", "look.minute", f"person/{person}", f"minute/{at.isoformat()}")
        recall = Recall(vaulted(engine, data).journal, judge, registers)
        minute = Minutes(recall, Findings(engine), Live(engine)).of(somebody, at, known_at=known, longest=None)
    said = [msgspec.json.encode(minute).decode()] if as_json else lines(minute, language)
    sys.stdout.writelines(f"{line}\n" for line in said)


@app.command()
def refold(  # noqa: PLR0913 - the options of one command
    *,
    person: Annotated[str, typer.Option(help="Id of the person; everybody when left out.")] = "",
    since: Annotated[
        datetime | None,
        typer.Option("--from", parser=instant, help="From which instant on; the beginning when left out."),
    ] = None,
    rows: Annotated[
        Path | None,
        typer.Option("--with", help="Import file: judge as if its rows were saved. Needs --person."),
    ] = None,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
    apply: Annotated[
        bool, typer.Option("--apply", help="Record the difference, and save the rows of --with; otherwise only shown.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One person a line, as JSON.")] = False,
) -> None:
    """Judge again what was kept, by today's rules and registers, and show which alarms would be gained or lost."""
    if rows is not None and not person:
        raise _refuse(language, "cli.refold.whose")
    with days_told(language), ready(data, database) as engine:
        registers, findings, live = Registers(engine, now), Findings(engine), Live(engine)
        review = Review(registers, findings, live, Judging(JudgeStore(engine), vaulted(engine, data).journal))
        only = _known(registers, person, language).id if person else None
        if only is not None and rows is not None:
            with mistakes_told(rows, language):
                changed = [_with_rows(review, only, rows, since, registers if apply else None)]
            if changed[0].rows_matter_from is None:
                typer.echo(text(language, "cli.refold.rows_change_nothing", file=rows, person=person), err=True)
        else:
            found = review.of_everybody(since) if only is None else [review.of(only, since)]
            changed = [one for one in found if one]
            if apply:
                registers.judge_again([one.person_id for one in changed], since or BEFORE_EVERYTHING, by="refold")
    _show(changed, language, as_json=as_json)


def _with_rows(
    review: Review, person_id: PersonId, rows: Path, since: datetime | None, saved_in: Registers | None
) -> Reviewed:
    """Judge with the rows of a file; where they are saved, the judge does the same by that one act."""
    registry = parse(rows.read_text(encoding="utf-8"))
    reviewed = review.with_rows(person_id, registry, since)
    if saved_in is not None:
        again = {} if reviewed.since is None else {person_id: reviewed.since}
        saved_in.save(registry, by=f"refold/{rows.name}", again=again)
    return reviewed


def _show(changed: Sequence[Reviewed], language: str, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.writelines(msgspec.json.encode(one).decode() + "\n" for one in changed if one)
    elif any(changed):
        Console(width=max(Console().width, WIDTH)).print(table(changed, language))
    else:
        typer.echo(text(language, "cli.refold.same"))
