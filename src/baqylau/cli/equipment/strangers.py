"""Devices that call and are not registered: `device strangers` shows them, `device allow` lets one in."""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from baqylau.cli.equipment.workshop import Name, opened, refused
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.cli.running.operate import WIDTH
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import Device, DeviceKind
from baqylau.locales import text
from baqylau.protocols.fleet import FLEET
from baqylau.storage.registers.registry import Registry

_COLUMNS = ("protocol", "number", "first", "last", "count", "peer")


def strangers(data: Data = DEFAULT_DATA, database: Database = "", language: Language = SPOKEN) -> None:
    """Show devices that called and are not registered, the latest first. What they said is in quarantine."""
    with opened(data, database, language) as workshop:
        known = [(one.protocol, one.number) for one in workshop.registers.devices()]
        found = workshop.strangers.unregistered(known)
    if not found:
        typer.echo(text(language, "cli.device.strangers_none"))
        return
    table = Table(*(text(language, f"cli.device.column.{name}") for name in _COLUMNS))
    for one in found:
        first, last = (f"{at.astimezone():%Y-%m-%d %H:%M:%S}" for at in (one.first_at, one.last_at))
        table.add_row(one.protocol, escape(one.number), first, last, str(one.count), one.peer)
    Console(width=max(Console().width, WIDTH)).print(table)


def allow(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Name,
    protocol: Annotated[str, typer.Option(help="Which protocol it speaks.")],
    number: Annotated[str, typer.Option(help="Its number on the wire, as `device strangers` shows it.")],
    password: Annotated[str, typer.Option(help="The password it signs in with, where its protocol has one.")] = "",
    kind: Annotated[DeviceKind, typer.Option(help="What it is.")] = DeviceKind.TRACKER,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Register a bought tracker: from its next call on it is let in. `fit` puts it on a person."""
    if protocol not in FLEET:
        raise refused(language, "no_such_protocol", protocol=protocol, protocols=", ".join(sorted(FLEET)))
    with opened(data, database, language) as workshop:
        if any(one.id == name for one in workshop.registers.devices()):
            raise refused(language, "already", device=name)
        device = Device(id=DeviceId(name), kind=kind, protocol=protocol, number=number, password=password)
        workshop.save(Registry(devices=(device,)), by)
    typer.echo(text(language, "cli.device.allowed", device=name))
