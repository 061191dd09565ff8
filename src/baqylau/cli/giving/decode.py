"""`baqylau decode`: frames in, what they say out."""

import sys
from pathlib import Path
from typing import Annotated, TextIO

import msgspec
import typer

from baqylau.cli.simulation.fleet_options import protocol_of
from baqylau.protocols.describe import Described, Wrong, describe, frame_bytes
from baqylau.protocols.fleet import FLEET, FleetProtocol
from baqylau.protocols.session import Fault

app = typer.Typer()


@app.command()
def decode(
    protocol: Annotated[str, typer.Argument(help=f"{' or '.join(FLEET)}.")],
    file: Annotated[Path | None, typer.Argument(help="File to read; standard input when left out.")] = None,
) -> None:
    """Read frames, a line each as hexadecimal digits or text, and write one line of JSON for each."""
    spoken = protocol_of(protocol)
    try:
        if file is None:
            sys.stdin.reconfigure(errors="surrogateescape")  # type: ignore[union-attr]
            _decode_lines(spoken, sys.stdin)
        else:
            with file.open(encoding="utf-8", errors="surrogateescape") as lines:
                _decode_lines(spoken, lines)
    except OSError as wrong:
        typer.echo(f"{file} cannot be read: {wrong.strerror}", err=True)
        raise typer.Exit(1) from wrong


def _decode_lines(protocol: FleetProtocol, lines: TextIO) -> None:
    for line in lines:
        content = line.rstrip("\r\n")
        if content.strip():
            for described in _decode_line(protocol, content):
                sys.stdout.write(msgspec.json.encode(described).decode() + "\n")


def _decode_line(protocol: FleetProtocol, line: str) -> list[Described]:
    try:
        return describe(protocol, frame_bytes(protocol, line))
    except ValueError:
        shown = line.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        wrong = Wrong(fault=Fault.NOT_THIS_PROTOCOL, detail="the line is not hexadecimal digits")
        return [Described(frame=shown, kind="rejected", wrong=(wrong,))]
