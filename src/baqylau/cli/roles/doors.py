"""The option that says on which port each fleet protocol and our own devices are awaited."""

from collections.abc import Iterable, Mapping
from typing import Annotated

import typer

from baqylau.monitoring.server.settings import DOORS

CLOSED = "closed"
PORTS_END = 65_536

Doors = Annotated[
    list[str] | None,
    typer.Option(
        "--door",
        envvar="BAQYLAU_DOORS",
        metavar="PROTOCOL=PORT",
        help="Where a protocol is awaited, once for each: a port, 0 for one that the system chooses, or `closed`. "
        f"Left out: {', '.join(f'{name}={port}' for name, port in DOORS.items())}.",
        show_default=False,
    ),
]


def ports_of(doors: Iterable[str] | None) -> dict[str, int]:
    """Give the port of each protocol that is awaited. `typer.BadParameter` says what cannot be understood."""
    ports = dict(DOORS)
    for door in doors or ():
        name, _, port = door.partition("=")
        if name not in DOORS:
            raise typer.BadParameter(f"{name} is not one of {', '.join(DOORS)}", param_hint="--door")
        if port == CLOSED:
            del ports[name]
        elif port.isdecimal() and int(port) < PORTS_END:
            ports[name] = int(port)
        else:
            raise typer.BadParameter(f"{door}: a port is a number from 0 to 65535", param_hint="--door")
    return ports


def options(ports: Mapping[str, int]) -> list[str]:
    """Give the options that name exactly these doors."""
    said = {name: str(ports.get(name, CLOSED)) for name in DOORS}
    return [word for name, port in said.items() for word in ("--door", f"{name}={port}")]
