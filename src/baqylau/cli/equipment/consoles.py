"""Who uses the mobile consoles, and for whom: `device console assign`, `device console withdraw`. All audited."""

from typing import Annotated

import typer

from baqylau.cli.equipment.workshop import Name, refused
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import DeviceKind
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.storage.access.accounts import Accounts
from baqylau.storage.equipment.consoles import Assigned, Consoles, NotAssignedError
from baqylau.storage.registers.registers import Registers

device_console = typer.Typer(help="Say which officers use a mobile console, and for whom.", no_args_is_help=True)
Officer = Annotated[str, typer.Argument(metavar="LOGIN", help="The officer's account.")]


@device_console.command()
def assign(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Name,
    officer: Officer,
    district: Annotated[list[str] | None, typer.Option(help="People of this district; may be repeated.")] = None,
    person: Annotated[list[str] | None, typer.Option(help="This person, by id; may be repeated.")] = None,
    spare: Annotated[
        list[str] | None, typer.Option(help="A device that the officer carries, to fit it on the way; may be repeated.")
    ] = None,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Let an officer use a console for the people of their caseload; replaces what was agreed before."""
    with ready(data, database) as engine:
        devices = {str(one.id): one for one in Registers(engine, now).devices()}
        found = devices.get(name)
        if found is None or found.kind is not DeviceKind.CONSOLE:
            raise refused(language, "no_console", device=name)
        if Accounts(engine, now).get(officer) is None:
            raise refused(language, "no_account", login=officer)
        for one in spare or ():
            if one not in devices:
                raise refused(language, "unknown", device=one)
        assigned = Assigned(
            device_id=found.id,
            login=officer,
            districts=tuple(district or ()),
            people=tuple(PersonId(one) for one in person or ()),
            spares=tuple(DeviceId(one) for one in spare or ()),
        )
        Consoles(engine, now).assign(assigned, by)
    typer.echo(text(language, "cli.device.console_assigned", device=name, officer=officer))


@device_console.command()
def withdraw(
    name: Name,
    officer: Officer,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Let an officer use a console no more: it gets no package for them."""
    with ready(data, database) as engine:
        try:
            Consoles(engine, now).withdraw(DeviceId(name), officer, by)
        except NotAssignedError as wrong:
            raise refused(language, "not_assigned", device=name, officer=officer) from wrong
    typer.echo(text(language, "cli.device.console_withdrawn", device=name, officer=officer))
