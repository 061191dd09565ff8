"""Commands for whoever runs an installation: `import`, `invite`, `alarms`, `refold`, `doctor`."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from baqylau.cli.instants import instant
from baqylau.cli.options import DEFAULT_DATA, Data, Database, connected, ready
from baqylau.cli.roles import vaulted
from baqylau.domain.alarms import AlarmState
from baqylau.domain.ids import PersonId
from baqylau.links.wall_clock import now
from baqylau.locales import LANGUAGES, text
from baqylau.monitoring.server.doctor import Answer, examine_database, examine_journal, examine_machine
from baqylau.monitoring.server.importing.document import MistakesError
from baqylau.monitoring.server.importing.registry import parse
from baqylau.monitoring.server.judging import BEFORE_EVERYTHING
from baqylau.monitoring.server.review import review
from baqylau.monitoring.workstation.settings import STATIC_DIR
from baqylau.storage.alarms import AlarmFilter, Alarms, AlarmView
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.judgement import JudgeStore
from baqylau.storage.live import Live
from baqylau.storage.registers import Registers
from baqylau.storage.registry import RegisterRefusedError
from baqylau.storage.server import ServerFailedError

app = typer.Typer()

WIDTH = 110
"""Columns that a table of alarms needs, also where nobody says how wide the terminal is."""
MARKS = {"ok": "+", "warning": "!", "fault": "x"}


def _spoken() -> str:
    """Give the language of the person at the terminal, English when it is none of ours."""
    wanted = os.environ.get("LANG", "")[:2]
    return wanted if wanted in LANGUAGES else "en"


SPOKEN = _spoken()
Language = Annotated[str, typer.Option(help=f"Language of messages: {', '.join(LANGUAGES)}.", show_default=False)]


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="YAML file with people, devices, zones, orders and fittings.")],
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
    check: Annotated[bool, typer.Option("--check", help="Only look for mistakes.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Take people, orders, zones and fittings from a file: all of it, or nothing and every mistake with its line."""
    try:
        registry = parse(file.read_text(encoding="utf-8"))
        if not check:
            with ready(data, database) as engine:
                Registers(engine, now).save(registry, by=f"import/{file.name}")
    except OSError as wrong:
        typer.echo(text(language, "import.cannot_read", file=file, why=wrong.strerror), err=True)
        raise typer.Exit(1) from wrong
    except UnicodeDecodeError as wrong:
        typer.echo(text(language, "import.not_utf8", file=file), err=True)
        raise typer.Exit(1) from wrong
    except MistakesError as wrong:
        for mistake in wrong.mistakes:
            typer.echo(
                f"{file}:{mistake.line}: {mistake.field}: {text(language, mistake.key, **mistake.params)}", err=True
            )
        raise typer.Exit(1) from wrong
    except RegisterRefusedError as refused:
        for fault in refused.faults:
            why = text(language, f"import.register.{fault.reason}", field=fault.field)
            typer.echo(f"{file}: {fault.kind} {fault.key}: {why}", err=True)
        raise typer.Exit(1) from refused
    counts = {name: len(getattr(registry, name)) for name in registry.__struct_fields__}
    typer.echo(text(language, "import.checked" if check else "import.done", **counts))


@app.command()
def alarms(
    data: Data = DEFAULT_DATA,
    database: Database = "",
    as_json: Annotated[bool, typer.Option("--json", help="One alarm a line, as JSON.")] = False,  # noqa: FBT002 - an option
    closed: Annotated[bool, typer.Option("--closed", help="Closed ones too.")] = False,  # noqa: FBT002 - an option
    language: Language = SPOKEN,
) -> None:
    """List alarms, newest first: those that wait for a person, or all."""
    states = tuple(AlarmState) if closed else tuple(one for one in AlarmState if one is not AlarmState.CLOSED)
    with ready(data, database) as engine:
        found = Alarms(engine, now).page(AlarmFilter(states=states, held=None if closed else False), limit=1_000)
    if as_json:
        for view in found:
            sys.stdout.write(msgspec.json.encode(view).decode() + "\n")
    else:
        Console(width=max(Console().width, WIDTH)).print(_table(found, language))


def _table(found: list[AlarmView], language: str) -> Table:
    table = Table(
        *(text(language, f"cli.alarms.{name}") for name in ("number", "what", "person", "since", "state", "count"))
    )
    for view in found:
        alarm = view.alarm
        table.add_row(
            str(alarm.id),
            f"{alarm.priority} {alarm.code} {text(language, f'alarm.{alarm.code}.title')}",
            alarm.person_id,
            f"{alarm.began_at.astimezone():%Y-%m-%d %H:%M:%S}",
            text(language, f"alarm.state.{alarm.state}"),
            str(alarm.count),
        )
    return table


@app.command()
def refold(
    person: Annotated[str, typer.Option(help="Id of the person; everybody when left out.")] = "",
    since: Annotated[
        datetime | None,
        typer.Option("--from", parser=instant, help="From which instant on; the beginning when left out."),
    ] = None,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    apply: Annotated[bool, typer.Option("--apply", help="Record the difference; otherwise it is only shown.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Judge again what was kept, by today's rules and registers, and show the difference, a line of JSON each."""
    with ready(data, database) as engine:
        journal = vaulted(engine, data).journal
        registers = Registers(engine, now)
        only = PersonId(person) if person else None
        if only is not None and registers.person(only) is None:
            typer.echo(f"Nobody has the id {person}.", err=True)
            raise typer.Exit(1)
        changed = list(review(registers, JudgeStore(engine), journal, Live(engine), only=only, since=since))
        for difference in changed:
            sys.stdout.write(msgspec.json.encode(difference).decode() + "\n")
        if apply:
            again = [difference.person_id for difference in changed]
            registers.judge_again(again, since or BEFORE_EVERYTHING, by="refold")


@app.command()
def doctor(
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
    journal: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--journal", help="Prove the whole journal unchanged; takes its time.")
    ] = False,
) -> None:
    """Look whether everything this installation needs is there and healthy."""
    answers = list(examine_machine(data, STATIC_DIR, now()))
    try:
        with connected(data, database) as engine:
            answers += examine_database(engine, now)
            if journal:
                own = vaulted(engine, data)
                answers += examine_journal(own.journal.verify(own.signer.public_key))
    except (StorageUnavailableError, ServerFailedError) as failed:
        answers.append(Answer(grade="fault", key="doctor.database_away", params={"why": str(failed)}))
    for answer in answers:
        typer.echo(f"{MARKS[answer.grade]} {text(language, answer.key, **answer.params)}")
    raise typer.Exit(int(any(answer.grade == "fault" for answer in answers)))
