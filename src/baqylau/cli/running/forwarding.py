"""Commands about forwarding: `forwarding list`, `disclosed`, and `basis record`, `end`, `list`."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from baqylau.cli.instants import instant
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.running.operate import WIDTH
from baqylau.domain.ids import PersonId
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.storage.forwarding.bases import Bases, BasisRefusedError
from baqylau.storage.forwarding.forwarding import Deliveries, Delivery

app = typer.Typer()
forwarding = typer.Typer(help="What leaves for other systems, and by what right.", no_args_is_help=True)
basis = typer.Typer(help="By what right something leaves: record, end, list.", no_args_is_help=True)
app.add_typer(forwarding, name="forwarding")
forwarding.add_typer(basis, name="basis")
NOTHING = "–"
AsJson = Annotated[bool, typer.Option("--json", help="One a line, as JSON.")]


@forwarding.command("list")
def deliveries(
    data: Data = DEFAULT_DATA,
    database: Database = "",
    as_json: AsJson = False,  # noqa: FBT002 - an option
    language: Language = SPOKEN,
) -> None:
    """Show how it goes with each target: what it got, what waits, what failed last and when the next attempt is due."""
    with ready(data, database) as engine:
        found = Deliveries(engine).all(now())
    if as_json:
        _lines(found)
        return
    table = _table(language, ("target", "recipient", "state", "bases", "sent", "last", "behind", "attempts", "error"))
    for one in found:
        table.add_row(
            one.target,
            one.recipient,
            text(language, f"forward.state.{state_of(one)}"),
            str(one.bases),
            str(one.sent),
            _at(one.last_sent_at),
            str(one.behind),
            str(one.attempts),
            one.last_error,
        )
    _print(table)


def state_of(one: Delivery) -> str:
    """Give the word for how it goes with a target."""
    if one.bases == 0:
        return "no_basis"
    return "failing" if one.attempts else "well"


@forwarding.command()
def disclosed(
    data: Data = DEFAULT_DATA,
    database: Database = "",
    as_json: AsJson = False,  # noqa: FBT002 - an option
    language: Language = SPOKEN,
) -> None:
    """Show what of whom left, for which target and by which basis, counted by day."""
    with ready(data, database) as engine:
        found = Deliveries(engine).disclosed()
    columns = ("day", "person", "target", "basis", "positions", "alarms")
    rows = [(day, person, target, number, places, alarms) for target, number, person, day, places, alarms in found]
    if as_json:
        _lines([dict(zip(columns, row, strict=True)) for row in rows])
        return
    table = _table(language, columns)
    for row in rows:
        table.add_row(*map(str, row))
    _print(table)


@basis.command()
def record(  # noqa: PLR0913, PLR0917 - each is an option of the command
    recipient: Annotated[str, typer.Argument(help="Whose system it is: exactly as in forwarding.yaml.")],
    words: Annotated[str, typer.Argument(metavar="TEXT", help="Act, date and number of what allows it.")],
    person: Annotated[
        list[str], typer.Option(help="Whom it names, as ID or ID=NAME, the name by which the recipient knows them.")
    ],
    since: Annotated[datetime, typer.Option("--from", parser=instant, help="From when on.")],
    until: Annotated[datetime, typer.Option(parser=instant, help="Until when.")],
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Record by what right a recipient gets what concerns these people."""
    people = {PersonId(name): alias or name for name, _, alias in (one.partition("=") for one in person)}
    with ready(data, database) as engine:
        try:
            recorded = Bases(engine, now).record(
                recipient=recipient, text_of_basis=words, people=people, from_at=since, until_at=until, by=by
            )
        except BasisRefusedError as wrong:
            typer.echo(text(language, f"forward.basis.{wrong.reason}", **wrong.params), err=True)
            raise typer.Exit(1) from wrong
    typer.echo(text(language, "forward.basis.recorded", number=recorded.number, recipient=recorded.recipient))


@basis.command()
def end(
    number: Annotated[int, typer.Argument(help="Number of the basis.")],
    why: Annotated[str, typer.Option(help="Stands in the audit.")],
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """End a basis now, before its time: nothing leaves by it any more."""
    with ready(data, database) as engine:
        ended = Bases(engine, now).end(number, why, by)
    if not ended:
        typer.echo(text(language, "forward.basis.none", number=number), err=True)
        raise typer.Exit(1)
    typer.echo(text(language, "forward.basis.ended", number=number))


@basis.command("list")
def bases(
    data: Data = DEFAULT_DATA,
    database: Database = "",
    as_json: AsJson = False,  # noqa: FBT002 - an option
    language: Language = SPOKEN,
) -> None:
    """List every basis there ever was, newest first."""
    with ready(data, database) as engine:
        found = Bases(engine, now).all()
    if as_json:
        _lines(found)
        return
    table = _table(language, ("number", "recipient", "text", "people", "from", "until", "ended", "by"))
    for one in found:
        table.add_row(
            str(one.number),
            one.recipient,
            one.text,
            ", ".join(f"{person}={alias}" for person, alias in one.people.items()),
            _at(one.from_at),
            _at(one.until_at),
            _at(one.ended_at),
            one.recorded_by,
        )
    _print(table)


def _at(at: datetime | None) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}" if at is not None else NOTHING


def _lines(found: Sequence[object]) -> None:
    for one in found:
        sys.stdout.write(msgspec.json.encode(one).decode() + "\n")


def _table(language: str, columns: tuple[str, ...]) -> Table:
    return Table(*(text(language, f"cli.forwarding.{name}") for name in columns))


def _print(table: Table) -> None:
    Console(width=max(Console().width, WIDTH)).print(table)
