"""`baqylau sim city`: a city of invented people on real sockets, a server of its own, and a report on it."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Annotated

import msgspec
import typer
from sqlalchemy import Engine, text

from baqylau.cli.opening import alone, ready
from baqylau.cli.roles.doors import options
from baqylau.cli.simulation.city_checks import Asker
from baqylau.cli.simulation.city_equipment import doors, go_on, heard_until, registered, unit_programs
from baqylau.domain.findings import Finding
from baqylau.domain.ids import PersonId
from baqylau.domain.people import DeviceKind
from baqylau.links import wall_clock
from baqylau.sim.air.live import run_houses
from baqylau.sim.city import days
from baqylau.sim.city.lives import Citizen, citizens
from baqylau.sim.city.living import City, Spoken, is_asked, timed
from baqylau.sim.city.outcome import compare
from baqylau.sim.city.registers import heard_devices, person_id, unit_id
from baqylau.sim.city.report import Result, Sample, spoilings, write_report, write_truth
from baqylau.sim.city.sample import boards, houses, sample, skies
from baqylau.sim.city.scenario import LINK, OWN, Scenario, read_scenario
from baqylau.sim.city.standing import Standing
from baqylau.sim.free_ports import FreePorts
from baqylau.sim.sky.gpsd import LiveGpsd
from baqylau.sim.speaking import speak
from baqylau.storage.database import plain_dsn, transaction
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.live import Live

app = typer.Typer()
sim = typer.Typer(help="Simulate whole installations.")
app.add_typer(sim, name="sim")

HOST, LOG = "127.0.0.1", "programs.log"
START_S, STOP_S, JUDGED_S = 300.0, 60.0, 3_600.0
LOOK_S = SKY_S = 1.0
LOOKED_AGAIN = timedelta(seconds=3)
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
    plan = _plan(scenario, {"persons": persons, "speed": speed, "seed": seed, "hours": hours})
    if to.exists():
        msg = f"{to} is there already"
        raise typer.BadParameter(msg)
    begun_at = days.begun_at(plan, wall_clock.now())
    people = list(citizens(plan, begun_at))
    write_truth(people, plan, to)
    data = to / "data"
    with alone(data), ready(data, "") as engine:
        result = _lived(plan, people, begun_at, engine, data, judges)
    typer.echo(write_report(result, to))


def _plan(scenario: Path | None, wanted: dict[str, float | None]) -> Scenario:
    """Give the scenario of a file, or the usual one, with what is wanted otherwise."""
    instead = {name: value for name, value in wanted.items() if value is not None}
    try:
        return read_scenario(scenario, instead) if scenario else msgspec.convert(instead, Scenario)
    except (ValueError, TypeError) as wrong:
        msg = f"{scenario}: {wrong}" if scenario else str(wrong)
        raise typer.BadParameter(msg) from wrong


def _lived(
    plan: Scenario, people: list[Citizen], begun_at: datetime, engine: Engine, data: Path, judges: int
) -> Result:
    """Run a server, let the city live before it, and hold what was found against the truth."""
    free, watch, ended_at = FreePorts(HOST), Live(engine), begun_at + timedelta(hours=plan.hours)
    ports = {name: free.take() for name in ({*plan.protocols, LINK} - {OWN})}
    chosen = sample(people, plan)
    radio = {one.number: free.take() for one in chosen}
    sky = {one.number: free.take() for one in chosen if one.kind is DeviceKind.MOBILE_UNIT}
    registered(engine, data, people, plan, begun_at)
    open_doors = doors(data, HOST, ports)
    with _running(data, _roles(engine, data, ports, judges)):
        _until(lambda: watch.health().judge_alive_at is not None and all(map(_listens, ports.values())), START_S)
        time = timed(plan, begun_at, now=wall_clock.now, sleep=wall_clock.sleep)
        begun_s = wall_clock.monotonic_s()
        asked = [unit_id(one.number) for one in people if is_asked(one)]
        others = {unit_id(one.number) for one in people if isinstance(one.does, Standing) and not one.does.itself}
        asks = Asker(engine, data, asked, others, plan.seed, begun_at).until if asked else None
        alive = City(plan, time, open_doors, Random(plan.seed), asks)  # noqa: S311 - noise of receivers
        with _running(data, unit_programs(data, chosen, radio, sky, open_doors)):
            around = _around(chosen, radio, sky, begun_at)
            here = [one for one in people if one.number not in radio]
            spoken, samples = asyncio.run(_watched(here, alive, around, engine))
        told_s, told_at = wall_clock.monotonic_s(), wall_clock.now()
        _until(lambda: _judged(watch, told_at), JUDGED_S)
        judged_s = wall_clock.monotonic_s()
    go_on(engine, people, begun_at)
    return Result(
        scenario=plan,
        begun_at=begun_at,
        spoken=spoken,
        heard=heard_devices(people),
        judged_after_s=judged_s - told_s,
        seconds=told_s - begun_s,
        outcome=compare(people, _found(engine, people, begun_at, ended_at), begun_at),
        samples=samples,
        spoilings=tuple(spoilings(plan, people)),
    )


def _judged(watch: Live, told_at: datetime) -> bool:
    """Whether everything is judged, with the time that went by: the judge looked again after the last word."""
    health = watch.health()
    alive_at = health.judge_alive_at
    return health.behind == 0 and alive_at is not None and alive_at - told_at >= LOOKED_AGAIN


def _roles(engine: Engine, data: Path, ports: dict[str, int], judges: int) -> list[list[str]]:
    """Give the words by which a gateway and judges are started."""
    here = ["--data", str(data), "--database", plain_dsn(engine), "--lifeline"]
    return [
        ["gateway", *here, *options(ports)],
        *(["judge", *here, "--seat", f"judge-{number}"] for number in range(1, judges + 1)),
    ]


@contextmanager
def _running(data: Path, programs: list[list[str]]) -> Iterator[None]:
    """Run programs of ours."""
    with (data / LOG).open("ab") as said:
        running = [
            subprocess.Popen(  # noqa: S603 - our own programs, no shell
                [sys.executable, "-m", "baqylau.cli", *words], stdin=subprocess.PIPE, stdout=said, stderr=said
            )
            for words in programs
        ]
    try:
        yield
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.communicate(timeout=STOP_S)


async def _around(chosen: list[Citizen], radio: dict[int, int], sky: dict[int, int], begun_at: datetime) -> None:
    """Let radio and satellites be there for the devices that are programs, from now on in the city's time."""
    if not chosen:
        return
    late_s = (wall_clock.now() - begun_at).total_seconds()
    worn = [(HOST, radio[one.number]) for one in chosen if one.kind is DeviceKind.TRACKER]
    dice, now, sleep = Random(), wall_clock.now, wall_clock.sleep  # noqa: S311 - noise of receivers
    above = skies(chosen, HOST, sky, late_s)

    def begun(at: datetime) -> list[LiveGpsd]:
        return [LiveGpsd(one, at, dice) for one in above]

    async with asyncio.TaskGroup() as group:
        group.create_task(run_houses(houses(chosen, HOST, radio, late_s), now=now, sleep=sleep, random=dice))
        group.create_task(speak([(one.host, one.port) for one in above], begun, every_s=SKY_S, now=now, sleep=sleep))
        group.create_task(speak(worn, lambda _: boards(chosen, begun_at, late_s), every_s=SKY_S, now=now, sleep=sleep))


async def _watched(
    people: list[Citizen], alive: City, around: Coroutine[None, None, None], engine: Engine
) -> tuple[dict[str, Spoken], list[Sample]]:
    """Let the city live, and look once a second how the programs do. `around`: what is there for them."""
    samples: list[Sample] = []
    beside = [asyncio.create_task(_watch(engine, samples)), asyncio.create_task(around)]
    try:
        spoken = await alive.live(people, partial(heard_until, Live(engine)))
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
    return spoken, samples


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


def _found(
    engine: Engine, people: list[Citizen], begun_at: datetime, ended_at: datetime
) -> dict[PersonId, list[Finding]]:
    """Give what stands of the city's time. That nobody speaks after its end is no matter of the city."""
    findings = Findings(engine)
    return {
        name: [one.finding for one in findings.standing(name, begun_at, ended_at)]
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
