"""`baqylau simulate`: a tracker that sends a recorded track."""

import asyncio
from pathlib import Path
from random import Random
from typing import Annotated

import msgspec
import typer

from baqylau.cli.instants import instant
from baqylau.cli.simulation.fleet_options import Protocol, To, line_of, protocol_of
from baqylau.links import wall_clock
from baqylau.links.tracks import TrackError, read_track
from baqylau.sim.client import SignInRefusedError
from baqylau.sim.replay import SimulateOptions, SimulateReport, simulate

app = typer.Typer()


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
    spoken, line, shifted_to = protocol_of(protocol), line_of(to), instant(shift_to) if shift_to else None
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
