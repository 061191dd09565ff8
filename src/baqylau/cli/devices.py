"""Commands about equipment: `simulate` a tracker, `decode` its frames, put a server under load with `bench load`."""

import asyncio
import sys
from pathlib import Path
from random import Random
from typing import Annotated, TextIO

import msgspec
import typer

from baqylau.cli.instants import instant
from baqylau.cli.options import DEFAULT_DATA, Data, Database, ready
from baqylau.links import wall_clock
from baqylau.links.tracks import TrackError, read_track
from baqylau.protocols.describe import Described, Wrong, describe, frame_bytes
from baqylau.protocols.fleet import FLEET, FleetProtocol
from baqylau.protocols.session import Fault
from baqylau.sim.client import Line, SignInRefusedError
from baqylau.sim.load import LoadOptions, run_load
from baqylau.sim.load_fleet import load_registry
from baqylau.sim.replay import SimulateOptions, SimulateReport, simulate
from baqylau.storage.registers import Registers

app = typer.Typer()


def _protocol(name: str) -> FleetProtocol:
    if name not in FLEET:
        msg = f"{name} is not one of {', '.join(FLEET)}"
        raise typer.BadParameter(msg)
    return FLEET[name]


def _line(text: str) -> Line:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:  # noqa: PLR2004 - ports of TCP
        msg = f"{text!r} is not HOST:PORT"
        raise typer.BadParameter(msg)
    return Line(host=host.strip("[]"), port=int(port))


Protocol = Annotated[str, typer.Option("--protocol", help=f"What the server speaks: {' or '.join(FLEET)}.")]
To = Annotated[str, typer.Option("--to", help="Where the server listens, HOST:PORT.")]


@app.command("simulate")
def simulate_track(  # noqa: PLR0913, PLR0917 - each is an option of the command
    track: Annotated[Path, typer.Argument(help="NMEA log or GPX file.", exists=True, dir_okay=False)],
    protocol: Protocol,
    to: To,
    device: Annotated[str, typer.Option(help="The device's number on the wire.")],
    password: Annotated[str, typer.Option(help="Password that the device sends, if any.")] = "",
    speed: Annotated[float, typer.Option(min=0.01, help="Seconds of the track that pass in one second.")] = 1.0,
    shift_to: Annotated[
        str, typer.Option(help="Move the track in time so that it ends as if sent at this instant; NOW for now.")
    ] = "",
    seed: Annotated[int, typer.Option(help="Seed of the pauses between attempts to connect.")] = 0,
) -> None:
    """Send a recorded track as a real tracker would: own connection, acknowledgements, buffer, backlog."""
    spoken, line, shifted_to = _protocol(protocol), _line(to), instant(shift_to) if shift_to else None
    try:
        options = SimulateOptions(
            track=read_track(track),
            line=line,
            speak=lambda: spoken.device(device, password),
            speed=speed,
            shift_to=shifted_to,
        )
        report = asyncio.run(
            simulate(
                options,
                sleep=wall_clock.sleep,
                monotonic_s=wall_clock.monotonic_s,
                random=Random(seed),  # noqa: S311 - pauses, not secrets
                progress=_nothing,
            )
        )
    except TrackError as wrong:
        typer.echo(f"{track}: {wrong}", err=True)
        raise typer.Exit(1) from wrong
    except SignInRefusedError as refused:
        typer.echo(f"The server does not take device {device} (it answered {refused.code}).", err=True)
        raise typer.Exit(1) from refused
    typer.echo(msgspec.json.encode(report).decode())
    raise typer.Exit(0 if report.refused == 0 else 1)


def _nothing(_report: SimulateReport) -> None:
    """Show no progress."""


@app.command()
def decode(
    protocol: Annotated[str, typer.Argument(help=f"{' or '.join(FLEET)}.")],
    file: Annotated[Path | None, typer.Argument(help="File to read; standard input when left out.")] = None,
) -> None:
    """Read frames, a line each as hexadecimal digits or text, and write one line of JSON for each."""
    spoken = _protocol(protocol)
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


bench = typer.Typer(help="Measure a server that speaks a fleet protocol, ours or another.")
app.add_typer(bench, name="bench")


@bench.callback()
def measure() -> None:
    """Measure a server that speaks a fleet protocol, ours or another."""


@bench.command("load")
def bench_load(
    protocol: Protocol,
    to: To,
    devices: Annotated[int, typer.Option(min=1, help="How many devices, each with a connection of its own.")] = 500,
    rate: Annotated[float, typer.Option(min=0.1, help="Positions a second, of all devices together.")] = 1_000.0,
    seconds: Annotated[float, typer.Option(min=0.1, help="For how long.")] = 30.0,
    batch: Annotated[int, typer.Option(min=1, help="Positions in a frame.")] = 1,
    closed_loop: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--closed-loop", help="Send the next frame as soon as one is answered.")
    ] = False,
) -> None:
    """Send positions of many devices at a fixed rate and tell how the server keeps up, as JSON.

    The server has to know the devices 770000001 and following; `baqylau bench devices` registers them with ours.
    """
    _protocol(protocol)
    options = LoadOptions(
        protocol=protocol,
        line=_line(to),
        devices=devices,
        rate=rate,
        seconds=seconds,
        batch=batch,
        closed_loop=closed_loop,
    )
    try:
        report = run_load(options, wall_clock.now())
    except SignInRefusedError as refused:
        typer.echo(f"The server does not take the devices (it answered {refused.code}).", err=True)
        raise typer.Exit(1) from refused
    except OSError as wrong:
        typer.echo(f"Nobody listens at {to}: {wrong.strerror or wrong}", err=True)
        raise typer.Exit(1) from wrong
    typer.echo(msgspec.json.encode(report).decode())


@bench.command("devices")
def bench_devices(
    protocol: Protocol,
    devices: Annotated[
        int, typer.Option(min=1, help="How many devices to register, each on an invented person.")
    ] = 500,
    data: Data = DEFAULT_DATA,
    database: Database = "",
) -> None:
    """Register the devices that `bench load` speaks for. Only for an installation without real people."""
    _protocol(protocol)
    with ready(data, database) as engine:
        registry = load_registry(protocol, devices, wall_clock.now())
        Registers(engine, wall_clock.now).save(registry, by="bench")
