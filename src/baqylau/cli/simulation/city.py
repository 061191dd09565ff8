"""`baqylau sim city`: a city of invented people on real sockets, a server of its own, and a report on it."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Annotated

import typer
from msgspec.structs import replace
from sqlalchemy import Engine, text

from baqylau.cli.opening import alone, ready
from baqylau.cli.roles.doors import options
from baqylau.domain.findings import Finding
from baqylau.domain.ids import PersonId
from baqylau.links import wall_clock
from baqylau.sim.city.lives import Citizen, citizens
from baqylau.sim.city.living import Lived, Time, live, timed
from baqylau.sim.city.outcome import compare
from baqylau.sim.city.registers import person_id, registry
from baqylau.sim.city.report import Result, Sample, write_report, write_truth
from baqylau.sim.city.scenario import Scenario, read_scenario
from baqylau.sim.free_ports import FreePorts
from baqylau.storage.database import plain_dsn, transaction
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.live import Live
from baqylau.storage.registers.registers import Registers

app = typer.Typer()
sim = typer.Typer(help="Simulate whole installations.")
app.add_typer(sim, name="sim")

HOST, LOG = "127.0.0.1", "programs.log"
START_S, STOP_S, JUDGED_S = 300.0, 60.0, 3_600.0
LOOK_S = 1.0
_KEPT = text("SELECT coalesce(sum(seq), 0) FROM journal_head")


@sim.callback()
def simulate() -> None:
    """Simulate whole installations."""


@sim.command("city")
def city(
    to: Annotated[Path, typer.Argument(help="Folder for the report, the truth and the data; must not be there yet.")],
    scenario: Annotated[
        Path | None, typer.Option(help="YAML or JSON that describes the city.", exists=True, dir_okay=False)
    ] = None,
    persons: Annotated[int | None, typer.Option(min=1, help="How many people, instead of the scenario's.")] = None,
    speed: Annotated[float | None, typer.Option(min=0.1, help="Seconds of the city in one second.")] = None,
    seed: Annotated[int | None, typer.Option(help="Makes the same city again.")] = None,
    hours: Annotated[float | None, typer.Option(min=0.5, help="How long it lives, in its own time.")] = None,
    judges: Annotated[int, typer.Option(min=1, help="Programs that share the judging.")] = 1,
) -> None:
    """Let a city of invented people live on real sockets before a server of its own, and report what came of it."""
    wanted = {"persons": persons, "speed": speed, "seed": seed, "hours": hours}
    try:
        plan = read_scenario(scenario) if scenario else Scenario()
        plan = replace(plan, **{name: value for name, value in wanted.items() if value is not None})
    except ValueError as wrong:
        msg = f"{scenario}: {wrong}"
        raise typer.BadParameter(msg) from wrong
    if to.exists():
        msg = f"{to} is there already"
        raise typer.BadParameter(msg)
    people = list(citizens(plan))
    write_truth(people, plan, to)
    data = to / "data"
    with alone(data), ready(data, "") as engine:
        result = _lived(plan, people, engine, data, judges)
    typer.echo(write_report(result, to))


def _lived(plan: Scenario, people: list[Citizen], engine: Engine, data: Path, judges: int) -> Result:
    """Run a server, let the city live before it, and hold what was found against the truth."""
    free, watch = FreePorts(HOST), Live(engine)
    ports = {name: free.take() for name in plan.protocols}
    Registers(engine, wall_clock.now).save(registry(people, wall_clock.now() - timedelta(hours=plan.hours)), by="city")
    with _server(engine, data, ports, judges):
        _until(lambda: watch.health().judge_alive_at is not None and all(map(_listens, ports.values())), START_S)
        time, begun_s = timed(plan, now=wall_clock.now, sleep=wall_clock.sleep), wall_clock.monotonic_s()
        lived, samples = asyncio.run(_watched(people, plan, time, ports, engine))
        told_s = wall_clock.monotonic_s()
        _until(lambda: watch.health().behind == 0, JUDGED_S)
        judged_s = wall_clock.monotonic_s()
    return Result(
        scenario=plan,
        begun_at=time.begun_at,
        lived=lived,
        judged_after_s=judged_s - told_s,
        seconds=told_s - begun_s,
        outcome=compare(people, _found(engine, people, time.begun_at), time.begun_at),
        samples=samples,
    )


@contextmanager
def _server(engine: Engine, data: Path, ports: dict[str, int], judges: int) -> Iterator[None]:
    """Run a gateway and judges as programs of their own."""
    here = ["--data", str(data), "--database", plain_dsn(engine), "--lifeline"]
    roles = [["gateway", *here, *options(ports)]]
    roles += [["judge", *here, "--seat", f"judge-{number}"] for number in range(1, judges + 1)]
    with (data / LOG).open("ab") as said:
        running = [
            subprocess.Popen(  # noqa: S603 - our own programs, no shell
                [sys.executable, "-m", "baqylau.cli", *words], stdin=subprocess.PIPE, stdout=said, stderr=said
            )
            for words in roles
        ]
    try:
        yield
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.communicate(timeout=STOP_S)


async def _watched(
    people: list[Citizen], plan: Scenario, time: Time, ports: dict[str, int], engine: Engine
) -> tuple[Lived, list[Sample]]:
    """Let the city live, and look once a second how the programs do."""
    samples: list[Sample] = []
    watching = asyncio.create_task(_watch(engine, samples))
    try:
        chance = Random(plan.seed)  # noqa: S311 - noise of receivers
        lived = await live(people, plan, time, HOST, ports, chance)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    return lived, samples


async def _watch(engine: Engine, samples: list[Sample]) -> None:
    begun_s = wall_clock.monotonic_s()
    while True:
        samples.append(await asyncio.to_thread(_sample, engine, begun_s))
        await asyncio.sleep(LOOK_S)


def _sample(engine: Engine, begun_s: float) -> Sample:
    health = Live(engine).health()
    with transaction(engine) as connection:
        kept = int(connection.scalar(_KEPT) or 0)
    return Sample(
        after_s=wall_clock.monotonic_s() - begun_s,
        kept=kept,
        keep_ms=health.keep_ms or 0.0,
        judge_ms=health.judge_ms or 0.0,
        behind=health.behind,
    )


def _found(engine: Engine, people: list[Citizen], begun_at: datetime) -> dict[PersonId, list[Finding]]:
    findings, until_at = Findings(engine), wall_clock.now()
    return {
        name: [one.finding for one in findings.standing(name, begun_at, until_at)]
        for name in (person_id(one.number) for one in people)
    }


def _until(condition: Callable[[], bool], within_s: float) -> None:
    """Return when the condition holds. Raises `RuntimeError` when it does not in time."""
    end_s = wall_clock.monotonic_s() + within_s
    while not condition():
        if wall_clock.monotonic_s() > end_s:
            msg = f"the server does not come up, or to an end: see {LOG} in the folder of the data"
            raise RuntimeError(msg)
        asyncio.run(asyncio.sleep(LOOK_S))


def _listens(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex((HOST, port)) == 0
