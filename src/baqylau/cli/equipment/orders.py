"""What devices are told, and how they stand: `device command ...`, `device order`, `device list`, `device keys`."""

import os
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from baqylau.cli.equipment.workshop import LINK, Name, opened, refused
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.running.operate import WIDTH
from baqylau.crypto.blocks import aes
from baqylau.domain.commands import ClearLatches, LocateMode, Order, ReportNow, Restart, SetRate, TellPerson, WalkNow
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import Language as Spoken
from baqylau.links.bench_line import NoAnswerError, asked
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.protocols.beacon import orders as bench
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.protocols.fleet import FLEET, has_words

device = typer.Typer(help="Work on the equipment: keys, fittings, commands.", no_args_is_help=True)
command = typer.Typer(help="Order a unit to do something.", no_args_is_help=True)
device.add_typer(command, name="command")

NOTHING = "–"
Minutes = Annotated[int, typer.Option(min=1, max=10_080, help="After so many minutes it is not carried out any more.")]


def _give(name: str, order: Order, minutes: int, by: str, where: tuple[Data, Database, str]) -> None:
    data, database, language = where
    with opened(data, database, language) as workshop:
        protocol = workshop.device(name).protocol
        if protocol in FLEET and not has_words(protocol, order):
            raise refused(language, "no_words", device=name, protocol=protocol)
        if protocol != LINK and protocol not in FLEET:
            raise refused(language, "only_sends", device=name)
        given = workshop.commands.give(DeviceId(name), order, now() + timedelta(minutes=minutes), by)
    typer.echo(text(language, "cli.device.ordered", device=name, number=given.number, minutes=minutes))


@command.command()
def tell(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Name,
    words: Annotated[str, typer.Argument(metavar="TEXT", help="What is said to the person.")],
    spoken: Annotated[Spoken, typer.Option(help="In which language the text is.")] = Spoken.KK,
    urgent: Annotated[bool, typer.Option("--urgent", help="Said aloud also at night.")] = False,  # noqa: FBT002 - an option
    minutes: Minutes = 60,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Say something to the person, and learn when it was taken note of."""
    order = TellPerson(message_id=os.urandom(8).hex(), text=words, language=spoken, urgent=urgent)
    _give(name, order, minutes, by, (data, database, language))


@command.command()
def walk(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Name,
    transmitter: Annotated[str, typer.Argument(help="The bracelet that is carried from room to room.")],
    room: Annotated[list[str], typer.Option(help="A room, once for each, in the order in which they are walked.")],
    seconds: Annotated[int, typer.Option(min=10, max=600, help="Seconds in each room.")] = 60,
    minutes: Minutes = 60,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Begin a walk test: how well each room is heard, and how long the unit has to wait."""
    order = WalkNow(transmitter_id=DeviceId(transmitter), rooms=tuple(room), seconds_a_room=seconds, by=by)
    _give(name, order, minutes, by, (data, database, language))


@command.command()
def rate(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Name,
    every: Annotated[int, typer.Argument(metavar="SECONDS", min=5, max=86_400, help="Seconds between two places.")],
    lasting: Annotated[
        int, typer.Option("--for", min=0, max=10_080, help="For so many minutes; 0: until it is ordered otherwise.")
    ] = 0,
    minutes: Minutes = 60,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Set how often a tracker takes a place."""
    _give(name, SetRate(fix_every_s=every, for_s=lasting * 60), minutes, by, (data, database, language))


@command.command()
def locate(
    name: Name,
    lasting: Annotated[int, typer.Option("--for", min=1, max=60, help="For so many minutes.")] = 5,
    minutes: Minutes = 60,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Have a tracker find its place by every means and tell it as often as it can."""
    _give(name, LocateMode(for_s=lasting * 60), minutes, by, (data, database, language))


def _plain(name: str, order: Order, about: str) -> None:
    """Add a command that says nothing but its word."""

    def give(
        name: Name,
        minutes: Minutes = 60,
        by: By = ME,
        data: Data = DEFAULT_DATA,
        database: Database = "",
        language: Language = SPOKEN,
    ) -> None:
        _give(name, order, minutes, by, (data, database, language))

    command.command(name, help=about)(give)


_plain("report", ReportNow(), "Say at once how everything is.")
_plain("clear", ClearLatches(), "Confirm what the unit has latched: a person has looked at it.")
_plain("restart", Restart(), "Restart the unit's program.")


class BenchOrder(StrEnum):
    """What a transmitter takes from a bench, and from nobody without its root."""

    CLOCK = "clock"
    CONFIRM = "confirm"
    FITTED = "fitted"
    SHIP = "ship"


_KINDS = {
    BenchOrder.CLOCK: bench.CLOCK,
    BenchOrder.CONFIRM: bench.CONFIRM,
    BenchOrder.FITTED: bench.FITTED,
    BenchOrder.SHIP: bench.SHIP,
}


@device.command("order")
def bench_order(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Name,
    what: Annotated[BenchOrder, typer.Argument(help="What the transmitter is to do.")],
    events: Annotated[int, typer.Option(min=0, help="For `confirm`: up to which count of events, as it shows it.")] = 0,
    line: Annotated[
        Path | None, typer.Option(help="Say it to the device over this serial line, and show what it answers.")
    ] = None,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Order a transmitter something over its contacts: proven by its root, taken once. Without a line, print it.

    A transmitter only sends: no home unit and no radio can carry an order to it. After its battery was pulled its
    beacons are refused as stale until `clock` is said to it.
    """
    at_s = int(seconds_at(now()))
    with opened(data, database, language) as workshop:
        root = workshop.root(name)
        workshop.acted(by, f"device.order.{what}", name)
    figure = {BenchOrder.CLOCK: at_s, BenchOrder.CONFIRM: events}.get(what, 0)
    order = f"ORDER {bench.seal_order(aes(bench.order_key(root)), _KINDS[what], at_s, figure).hex()}"
    if line is None:
        typer.echo(order)
        return
    try:
        answer = asked(line, order)
    except NoAnswerError as wrong:
        raise refused(language, "no_answer", device=name, line=line, why=str(wrong)) from wrong
    if answer != f"OK {_KINDS[what]}":
        raise refused(language, "not_obeyed", device=name, answer=answer)
    typer.echo(text(language, "cli.device.obeyed", device=name, order=what))


@device.command("list")
def list_devices(data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN) -> None:
    """Show the equipment: on whom it is, by which keys, when it was last heard, what it is ordered to do."""
    table = _table(language, ("device", "kind", "serial", "person", "keys", "heard", "through", "commands"))
    with opened(data, database, language) as workshop:
        worn, kept = workshop.worn(now()), workshop.records.all()
        keys = workshop.keys.in_use()
        waiting = workshop.commands.open()
        for one in sorted(workshop.registers.devices(), key=lambda found: found.id):
            told = kept.get(one.id)
            table.add_row(
                one.id,
                text(language, f"device.{one.kind}"),
                one.number,
                ", ".join(fitting.person_id for fitting in worn.get(one.id, ())) or NOTHING,
                ", ".join(key.kind for key in keys if key.device_id == one.id) or NOTHING,
                f"{told.heard_at.astimezone():%Y-%m-%d %H:%M:%S}" if told and told.heard_at else NOTHING,
                str(told.through) if told else NOTHING,
                str(len(waiting.get(one.id, ()))),
            )
    Console(width=max(Console().width, WIDTH)).print(table)


@device.command("keys")
def list_keys(name: Name, data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN) -> None:
    """Show every key that a device ever had. The keys themselves are not shown."""
    table = _table(language, ("key", "serial", "enrolled", "revoked", "why"))
    with opened(data, database, language) as workshop:
        for key in workshop.keys.of(workshop.device(name).id):
            revoked = f"{key.revoked_at.astimezone():%Y-%m-%d %H:%M:%S}" if key.revoked_at else NOTHING
            enrolled = f"{key.enrolled_at.astimezone():%Y-%m-%d %H:%M:%S}"
            table.add_row(key.kind, key.serial, enrolled, revoked, key.revoked_why)
    Console(width=max(Console().width, WIDTH)).print(table)


@device.command("commands")
def list_commands(name: Name, data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN) -> None:
    """Show what a unit was ordered to do, newest first, and how far it has come."""
    table = _table(language, ("number", "order", "by", "issued", "state", "detail"))
    with opened(data, database, language) as workshop:
        for row in workshop.commands.of([workshop.device(name).id]):
            table.add_row(
                str(row.command.number),
                str(row.command.order.__struct_config__.tag),
                row.by,
                f"{row.command.issued_at.astimezone():%Y-%m-%d %H:%M:%S}",
                text(language, f"command.state.{row.state}"),
                row.detail,
            )
    Console(width=max(Console().width, WIDTH)).print(table)


def _table(language: str, columns: tuple[str, ...]) -> Table:
    return Table(*(text(language, f"cli.device.column.{name}") for name in columns))
