"""`baqylau check order|list|withdraw`: ask somebody for a check by hand, and see what became of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.vaulted import vaulted
from baqylau.domain.checks import CheckKind
from baqylau.domain.ids import CheckId, PersonId
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.check_orders import Asker, CheckRefusedError
from baqylau.rules.checks.case import state_of
from baqylau.storage.checks.checks import Checks
from baqylau.storage.registers.registers import Registers

app = typer.Typer()
check = typer.Typer(help="Checks of face, voice and breath.", no_args_is_help=True)
app.add_typer(check, name="check")

NAME_CHARS = 32
"""A check's name is shown whole: it is what the other commands are given."""
WIDTH = 130
"""Wide enough for a name and the words beside it, where nothing says how wide the paper is."""
Person = Annotated[str, typer.Argument(metavar="PERSON", help="Id of the person, as in the registers.")]
Reason = Annotated[str, typer.Option(help="Why; stands in the record.")]


class _Office(Struct, frozen=True):
    """What checks are asked for with."""

    registers: Registers
    checks: Checks


@contextmanager
def _opened(data: Path, database: str) -> Iterator[_Office]:
    with ready(data, database, "baqylau-check") as engine:
        yield _Office(Registers(engine, now), Checks(engine, vaulted(engine, data).journal, now))


@check.command()
def order(
    person: Person,
    kind: Annotated[CheckKind, typer.Argument(help="What is checked.")],
    reason: Reason,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Ask a person for a check now, at the unit that they have."""
    with _opened(data, database) as office:
        name = CheckId(os.urandom(16).hex())
        try:
            Asker(office.registers, office.checks, now).by_hand(PersonId(person), kind, name, by, reason)
        except CheckRefusedError as refused:
            raise _refused(language, refused.key, person) from refused
        asked = office.checks.get(name)
    told = text(language, "cli.check.ordered", check=name, device=asked.device_id, until=_clock(asked.expires_at))
    typer.echo(told)


@check.command("list")
def list_checks(
    person: Person,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")] = 20,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Show what a person was asked for, and what became of it."""
    columns = ("check", "kind", "why", "due", "state", "device", "by")
    table = Table(*(text(language, f"cli.check.column.{name}") for name in columns))
    table.columns[0].no_wrap, table.columns[0].min_width = True, NAME_CHARS
    with _opened(data, database) as office:
        asked = office.checks.of_person(PersonId(person), limit=limit)
        cases = office.checks.cases([one.id for one in asked])
    for one in asked:
        state = state_of(cases[one.id], now())
        words = (f"check.kind.{one.kind}", f"check.why.{one.why}", f"check.state.{state}")
        kind, why, stands = (text(language, key) for key in words)
        table.add_row(one.id, kind, why, _clock(one.due_at), stands, one.device_id, one.by)
    Console(width=max(Console().width, WIDTH)).print(table)


@check.command()
def withdraw(
    name: Annotated[str, typer.Argument(metavar="CHECK", help="Name of the check, as `list` shows it.")],
    reason: Reason,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Take a check back: it does not count."""
    with _opened(data, database) as office:
        try:
            office.checks.withdraw(CheckId(name), by, reason)
        except KeyError as unknown:
            raise _refused(language, "unknown", name) from unknown
    typer.echo(text(language, "cli.check.withdrawn", check=name))


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def _refused(language: str, key: str, name: str) -> typer.Exit:
    typer.echo(text(language, f"check.refused.{key}", name=name), err=True)
    return typer.Exit(1)
