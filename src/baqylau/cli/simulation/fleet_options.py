"""Options of the commands that speak a fleet protocol."""

from typing import Annotated

import typer

from baqylau.protocols.fleet import FLEET, FleetProtocol
from baqylau.sim.client import Line


def protocol_of(name: str) -> FleetProtocol:
    """Give the protocol of a name, or end with the names that there are."""
    if name not in FLEET:
        msg = f"{name} is not one of {', '.join(FLEET)}"
        raise typer.BadParameter(msg)
    return FLEET[name]


def line_of(text: str) -> Line:
    """Give the line that `HOST:PORT` names, or end with what is wrong with it."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:  # noqa: PLR2004 - ports of TCP
        msg = f"{text!r} is not HOST:PORT"
        raise typer.BadParameter(msg)
    return Line(host=host.strip("[]"), port=int(port))


Protocol = Annotated[str, typer.Option("--protocol", help=f"What the server speaks: {' or '.join(FLEET)}.")]
To = Annotated[str, typer.Option("--to", help="Where the server listens, HOST:PORT.")]
