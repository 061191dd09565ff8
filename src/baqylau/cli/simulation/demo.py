"""`baqylau demo`: a whole system on this machine; its people are invented, its devices are real clients on sockets."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from baqylau.cli.field import console
from baqylau.cli.logs import LEVEL, say_from
from baqylau.cli.opening import alone, begun, own_server
from baqylau.cli.options import DATABASE
from baqylau.cli.roles.doors import options
from baqylau.cli.roles.server import serve_all
from baqylau.cli.running.invitations import invitation_link
from baqylau.cli.simulation.demo_console import CONSOLE, SignIn, console_program, issued
from baqylau.cli.simulation.demo_enrolment import introduced
from baqylau.cli.simulation.demo_life import HOST
from baqylau.cli.simulation.households import AIR, BY, fitted_out, programs
from baqylau.cli.simulation.wearers import WORN, put_on, tracker_programs
from baqylau.links import wall_clock
from baqylau.monitoring.server.settings import DOORS, LINK, MEDIA, WEB_PORT, Settings
from baqylau.sim import town_plan
from baqylau.sim.demo_households import breather
from baqylau.sim.demo_registry import demo_registry
from baqylau.sim.free_ports import FreePorts
from baqylau.sim.town_map import write
from baqylau.storage.database import plain_dsn
from baqylau.storage.registers.registers import Registers

app = typer.Typer()

DEMO_DATA = Path(".baqylau") / "demo"
MAP_ZOOM = 13.4
QUIET = "error"
"""The terminal of a demo shows the link and what goes wrong, not every line that opens or is opened again."""


@app.command()
def demo(
    data: Annotated[Path, typer.Option(help="Folder of the demo's data.")] = DEMO_DATA,
    reset: Annotated[bool, typer.Option("--reset", help="Forget the demo's data and end.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Run everything on this machine with twenty invented people. Ctrl-C stops it; the data stay."""
    if reset:
        _forget(data)
        return
    say_from(QUIET)
    typer.echo("Starting Baqylau with invented people ...")
    with alone(data), begun(data, "") as engine:
        founded_at = _founded_at(data)
        registry = demo_registry(founded_at=founded_at, started_at=wall_clock.now())
        Registers(engine, wall_clock.now).save(registry, by="demo")
        town = data / "map" / "town.geojson"
        town.parent.mkdir(exist_ok=True)
        write(town)
        free = FreePorts(HOST)
        ports = {name: free.take(port) for name, port in DOORS.items()}
        around = fitted_out(engine, data, founded_at=founded_at, started_at=wall_clock.now(), host=HOST, free=free.take)
        introduced(engine, data, breather().person_id, BY)
        sign_in = issued(engine, data, host=HOST, port=free.take(console.PORT))
        trackers = put_on(engine, data, founded_at=founded_at, host=HOST, free=free.take)
        settings = Settings(
            data_dir=data,
            host=HOST,
            ports=ports,
            web_port=free.take(WEB_PORT),
            basemap=town,
            map_center=(town_plan.CENTER.longitude_deg, town_plan.CENTER.latitude_deg),
            map_zoom=MAP_ZOOM,
        )
        link = invitation_link(engine, f"http://{HOST}:{settings.web_port}")
        server, av_server = (f"https://{HOST}:{ports[name]}" for name in (LINK, MEDIA))
        more = {
            "devices": ["demo-devices", "--lifeline", *options(ports)],
            "air": ["demo-air", str(data / AIR), "--lifeline"],
            "worn": ["demo-worn", str(data / WORN), "--lifeline"],
            **programs(data, around, server=server, av_server=av_server),
            CONSOLE: console_program(data, around, sign_in, server=server),
            **tracker_programs(data, trackers, host=HOST, server=server),
        }
        environment = {DATABASE: plain_dsn(engine), LEVEL: QUIET}
        serve_all(settings, environment, more, lambda: _welcome(link, ports, sign_in), own_server(data))
    typer.echo("Stopped. The data stay: `make demo` goes on, `make demo-reset` forgets them.")


def _welcome(link: str, ports: dict[str, int], sign_in: SignIn) -> None:
    doors = ", ".join(f"{name} on port {port}" for name, port in ports.items())
    typer.echo(f"Devices are awaited on {HOST}: {doors}.")
    typer.echo("The first alarm appears within a minute. Ctrl-C stops everything.")
    typer.echo(sign_in.told)
    typer.echo(f"\n    {link}\n")


def _forget(data: Path) -> None:
    if not data.exists():
        typer.echo("There are no data of a demo.")
        return
    if not (data / "founded_at").exists():
        typer.echo(f"{data} is not a folder of a demo; nothing was removed.", err=True)
        raise typer.Exit(1)
    shutil.rmtree(data)
    typer.echo("The demo's data are forgotten.")


def _founded_at(data: Path) -> datetime:
    """Give when this demo was started for the first time."""
    note = data / "founded_at"
    if not note.exists():
        note.write_text(wall_clock.now().isoformat())
    return datetime.fromisoformat(note.read_text())
