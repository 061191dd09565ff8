"""`baqylau bench`: a fleet's load on a server, ours or another."""

from typing import Annotated

import msgspec
import typer

from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, Data, Database
from baqylau.cli.simulation.fleet_options import Protocol, To, line_of, protocol_of
from baqylau.links import wall_clock
from baqylau.sim.client import SignInRefusedError
from baqylau.sim.load import LoadOptions, run_load
from baqylau.sim.load_fleet import load_registry
from baqylau.storage.registers.registers import Registers

app = typer.Typer()

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

    The server has to know the devices 770000001 and following; `baqylau bench devices` registers them with ours. At a
    fixed rate sending begins when all lines are open: a hundredth of a second is given to each.
    """
    protocol_of(protocol)
    options = LoadOptions(
        protocol=protocol,
        line=line_of(to),
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
    protocol_of(protocol)
    with ready(data, database) as engine:
        registry = load_registry(protocol, devices, wall_clock.now())
        Registers(engine, wall_clock.now).save(registry, by="bench")
