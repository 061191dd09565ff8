"""Commands for whoever runs an installation: `import`, `invite`, `alarms`, `doctor`."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.logs import LEVEL
from baqylau.cli.opening import connected, is_installed, ready
from baqylau.cli.options import DEFAULT_DATA, Data, Database, Host
from baqylau.cli.running.rows import faults_told, mistakes_told
from baqylau.cli.vaulted import vaulted
from baqylau.domain.alarms import AlarmState
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.doctor import (
    Answer,
    examine_calls,
    examine_comparing,
    examine_database,
    examine_journal,
    examine_machine,
    examine_notices,
)
from baqylau.monitoring.server.importing.registry import parse
from baqylau.monitoring.server.set_up import examine_environment, examine_files, examine_pages
from baqylau.monitoring.workstation.files import STATIC_DIR
from baqylau.storage.alarms.alarms import AlarmFilter, Alarms, AlarmView
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.judging.ourselves import Ourselves
from baqylau.storage.registers.register_rows import values_of
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import contradicted, refuse, supervisions_of
from baqylau.storage.server import ServerFailedError

app = typer.Typer()

WIDTH = 110
"""Columns that a table of alarms needs, also where nobody says how wide the terminal is."""
MARKS = {"ok": "+", "warning": "!", "fault": "x"}


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="YAML file with people, devices, zones, orders and fittings.")],
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
    check: Annotated[bool, typer.Option("--check", help="Only look for mistakes.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Take people, orders, zones and fittings from a file: all of it, or nothing and every mistake with its line."""
    with mistakes_told(file, language):
        registry = parse(file.read_text(encoding="utf-8"))
        supervisions = tuple(supervisions_of(values_of(registry)))
        if check:
            refuse(tuple(contradicted(supervisions, refused=True)))
        else:
            with ready(data, database) as engine:
                registers = Registers(engine, now)
                registers.save(registry, by=f"import/{file.name}")
                people = {one.person_id for one in supervisions}
                supervisions = tuple(registers.supervisions(people).values()) if people else ()
        faults_told(file, contradicted(supervisions, refused=False), language)
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
            alarm.person_id or alarm.subject,
            f"{alarm.began_at.astimezone():%Y-%m-%d %H:%M:%S}",
            text(language, f"alarm.state.{alarm.state}"),
            str(alarm.count),
        )
    return table


@app.command()
def doctor(
    context: typer.Context,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    host: Host = "127.0.0.1",
    language: Language = SPOKEN,
    journal: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--journal", help="Prove the whole journal unchanged; takes its time.")
    ] = False,
) -> None:
    """Look whether everything this installation needs is there and healthy."""
    answers = [
        *examine_machine(data, STATIC_DIR, now()),
        *examine_environment(os.environ, {LEVEL, *_read_by(context.find_root().command, context)}),
        *examine_files(data, now()),
        *examine_pages(data, host),
        *examine_notices(data),
        *examine_comparing(data),
        *examine_calls(data),
        *_of_database(data, database, journal=journal),
    ]
    for answer in answers:
        typer.echo(f"{MARKS[answer.grade]} {text(language, answer.key, **answer.params)}")
    raise typer.Exit(int(any(answer.grade == "fault" for answer in answers)))


def _read_by(command: Any, context: typer.Context) -> Iterator[str]:
    """Give the environment variables that a command and those below it read."""
    yield from (str(one.envvar) for one in command.params if one.envvar)
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        yield from _read_by(command.get_command(context, name), context)


def _of_database(data: Path, database: str, *, journal: bool) -> list[Answer]:
    """Look at the database; where none was ever begun, say so and begin none."""
    if not (database or is_installed(data)):
        return [Answer(grade="fault", key="doctor.not_installed", params={"folder": str(data)})]
    answers: list[Answer] = []
    try:
        with connected(data, database) as engine:
            answers += examine_database(engine, now)
            if journal:
                own = vaulted(engine, data)
                answers += examine_journal(own.journal.verify(own.signer.public_key), Ourselves(engine), now())
    except (StorageUnavailableError, ServerFailedError) as failed:
        answers.append(Answer(grade="fault", key="doctor.database_away", params={"why": str(failed)}))
    return answers
