"""`python -m tests.perf.kill --times 50`: kill the server at random moments under load, and count what was lost.

Real clients report to a real server that is killed again and again; afterwards they deliver their backlog, the server
is stopped in order, and every promise is held against what is on disk (`tests.perf.proofs`).
"""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import msgspec
from rich.console import Console

from baqylau.links import wall_clock
from baqylau.storage.database import open_database
from baqylau.storage.migrating import migrate
from baqylau.storage.registers.registers import Registers
from baqylau.storage.server import embedded
from tests.perf import scripted
from tests.perf.figures import Figure, figure, wide_console
from tests.perf.proofs import Outcome, Told, examine
from tests.perf.reporting import Client, crowd
from tests.perf.victim import Target, Victim

DELIVER_S = 600.0
UP_S = (0.3, 4.0)
"""How long the server lives between two kills, from the moment at which devices can call."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to do."""

    times: int
    people: int = 60
    seed: int = 2
    judges: int = 1
    targets: tuple[Target, ...] = tuple(Target)
    """What may be killed; each as often as the others."""


def run(plan: Plan, console: Console) -> Outcome:
    """Kill so many times, and give what came of it."""
    with ExitStack() as stack:
        data = Path(stack.enter_context(TemporaryDirectory(prefix="baqylau-")))
        _found(data, plan.people)
        victim = Victim(data, plan.judges)
        stack.callback(victim.forget)
        told = asyncio.run(_live_through(plan, victim, console))
        with embedded(data / "postgresql") as dsn:
            return examine(dsn, data, told, stop=victim.stop)


def _found(data: Path, people: int) -> None:
    """Make the installation and register the people."""
    with embedded(data / "postgresql") as dsn:
        engine = open_database(dsn)
        migrate(engine)
        Registers(engine, wall_clock.now).save(scripted.registry(people, wall_clock.now()), by="kill")
        engine.dispose()


async def _live_through(plan: Plan, victim: Victim, console: Console) -> dict[str, Told]:
    """Let the devices live while the server is killed, and until they have delivered everything."""
    random = Random(plan.seed)  # noqa: S311 - moments and pauses, not secrets
    await asyncio.to_thread(victim.bring_up)
    people = crowd(plan.people, lambda one, own: Client(one, victim.ports[scripted.protocol_of(one)], own), random)
    people.begin()
    for number, target in enumerate(_targets(plan, random), 1):
        await asyncio.sleep(random.uniform(*UP_S))
        killed_s = wall_clock.monotonic_s()
        await asyncio.to_thread(_kill_and_restart, victim, target, random.uniform(0.0, 1.0))
        console.print(f"kill {number}: {target}, up after {wall_clock.monotonic_s() - killed_s:.1f} s", highlight=False)
    return await people.end(DELIVER_S)


def _targets(plan: Plan, random: Random) -> Iterator[Target]:
    """Give each target equally often, in any order."""
    drawn: list[Target] = []
    for _ in range(plan.times):
        if not drawn:
            drawn = random.sample(plan.targets, len(plan.targets))
        yield drawn.pop()


def _kill_and_restart(victim: Victim, target: Target, pause_s: float) -> None:
    """Kill, and have it running again. What dies alone, PostgreSQL too, the server has to bring back by itself."""
    victim.kill(target)
    asyncio.run(wall_clock.sleep(pause_s))
    victim.bring_up()


def figures(plan: Plan, console: Console) -> Iterator[Figure]:
    """Give what was lost, and what was told wrongly."""
    found = run(plan, console)
    name = f"SIGKILL, {plan.times} times" + (f", {plan.judges} judges" if plan.judges > 1 else "")
    yield figure(f"{name}: positions acknowledged", found.acknowledged, "positions")
    for what, count in found.broken.items():
        yield figure(f"{name}: {what}", count, "of them", at_most=0)


def _main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--times", type=int, default=50)
    words.add_argument("--people", type=int, default=60)
    words.add_argument("--seed", type=int, default=2)
    words.add_argument("--judges", type=int, default=1)
    chosen = words.parse_args()
    console = wide_console()
    plan = Plan(times=chosen.times, people=chosen.people, seed=chosen.seed, judges=chosen.judges)
    measured = list(figures(plan, console))
    for one in measured:
        console.print(f"{one.name}: {one.value:g} {one.unit}", highlight=False)
    raise SystemExit(0 if all(one.ok for one in measured) else 1)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        _main()
