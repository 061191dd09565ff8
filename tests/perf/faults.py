"""`python -m tests.perf.faults --times 60 --people 150`: whatever can go wrong, at random, under load, all at once.

Three judges, two gateways, a regional site over three NATS servers, one PostgreSQL. Any process is killed, or held
still and let go; the database is taken away, its disk is full or slow; its line to one judge and one gateway is cut
or held; all devices are hung up on. A part of the devices tells late, twice and with a wrong clock. Afterwards every
promise is held against what is on disk (`tests.perf.proofs`).
"""

import argparse
import asyncio
import os
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Literal

from msgspec import Struct
from rich.console import Console
from sqlalchemy import text

from baqylau.domain.findings import Code
from baqylau.links import wall_clock
from baqylau.storage.judging.seats import LEASE_S
from tests.perf import scripted
from tests.perf.country import Country
from tests.perf.figures import Figure, figure, quantile, wide_console
from tests.perf.installation import Installation, installed, register
from tests.perf.program import tended
from tests.perf.proofs import Outcome, Told, examine
from tests.perf.reporting import SOUND, Client, Crowd, Faults, crowd

DELIVER_S = 600.0
QUIET_S = (2.0, 20.0)
"""How long nothing goes wrong between two faults; long enough, at times, to see that all is well again."""
AWAY_S = (0.0, 4.0)
HELD_S = (2.0, 3.0 * LEASE_S)
WELL_AFTER = timedelta(seconds=10)
"""So long after the end of a fault everything is as fast as ever."""
SOON_S = 1.0
SHOWN = 20
"""Of the longest delays so many are told, each with the fault before it."""
UNSOUND = (
    SOUND,
    Faults(late_share=0.2, twice_share=0.2),
    SOUND,
    Faults(ahead_s=60),
    Faults(ahead_s=-3600),
)
"""What devices are like, in turn."""
_DELAYS = text(
    "SELECT person_id, at, raised_at FROM finding "
    "WHERE code = :code AND superseded_at IS NULL AND person_id = ANY(:people)"
)


class Fault(StrEnum):
    """What goes wrong."""

    KILL = "kill"
    """SIGKILL of any one process."""
    HOLD = "hold"
    """Any one program does nothing for a while and then goes on as if nothing had been."""
    DATABASE = "database"
    """PostgreSQL is killed, and away for a while."""
    CUT = "cut"
    """The line of one judge and one gateway to the database ends."""
    LOST = "lost"
    """The same line carries nothing for a while, and says so to nobody."""
    HANG_UP = "hang up"
    """All lines of devices end."""
    FULL = "full"
    """The database's disk has no room, for a while. Root only."""
    SLOW = "slow"
    """Each commit takes a tenth of a second more."""


SHARES = dict.fromkeys(Fault, 1) | {Fault.KILL: 14, Fault.HOLD: 2}
DISK_MEGABYTES = 16_000
"""More than any run writes; taken as it is written."""


class Plan(Struct, frozen=True, kw_only=True):
    """What to do."""

    people: int = 150
    faults: tuple[Fault, ...]
    seed: int = 5
    judges: int = 3
    gateways: int = 2
    quiet_s: tuple[float, float] = QUIET_S


class Delay(Struct, frozen=True, order=True):
    """How long an open strap waited for its finding."""

    seconds: float
    at: datetime
    after: str
    """The fault before it."""


class Seen(Struct, kw_only=True):
    """What came of it."""

    outcome: Outcome
    taken_over_s: Sequence[float]
    """How long it took each time until the others had what a killed judge had had."""
    delays: Sequence[Delay]
    """From an observation to its alarm, while all was well, the shortest first."""
    seconds: float
    broke_off: Sequence[str]
    """What programs had said that ended without being killed."""


def drawn(times: int, seed: int) -> tuple[Fault, ...]:
    """Give so many faults, by seed; most are kills. Only root has a disk that can be full."""
    shares = {one: share for one, share in SHARES.items() if one is not Fault.FULL or os.geteuid() == 0}
    return tuple(Random(seed).choices(list(shares), list(shares.values()), k=times))  # noqa: S311


class _Run:
    """One run under way."""

    def __init__(self, plan: Plan, country: Country, console: Console) -> None:
        self.plan, self.country, self.console = plan, country, console
        self.random = Random(plan.seed)  # noqa: S311 - moments and pauses, not secrets
        self.taken_over_s: list[float] = []
        self.spans: list[tuple[datetime, datetime]] = []
        self.suffered: list[str] = []

    async def live_through(self) -> Crowd:
        """Let the devices live while everything goes wrong; give them when nothing does any more."""
        people = crowd(self.plan.people, self._client, self.random)
        people.begin()
        for number, fault in enumerate(self.plan.faults, 1):
            await asyncio.sleep(self.random.uniform(*self.plan.quiet_s))
            begun_at = wall_clock.now()
            what = await asyncio.to_thread(self._suffer, fault)
            self.spans.append((begun_at, wall_clock.now()))
            lasted_s = (self.spans[-1][1] - begun_at).total_seconds()
            self.suffered.append(f"{number}: {fault} {what}, {lasted_s:.1f} s")
            self.console.print(self.suffered[-1], highlight=False)
        await asyncio.sleep(self.plan.quiet_s[1])
        return people

    def _client(self, index: int, random: Random) -> Client:
        return self.country.client(index, random, UNSOUND[index % len(UNSOUND)])

    def _suffer(self, fault: Fault) -> str:
        country, random = self.country, self.random
        match fault:
            case Fault.KILL:
                return self._kill(random.choice([*country.mortal, ""]))
            case Fault.HOLD:
                return self._hold(random.choice(list(country.programs)))
            case Fault.DATABASE | Fault.FULL | Fault.SLOW:
                self._harm_database(fault)
            case Fault.CUT | Fault.LOST:
                (country.line.cut if fault is Fault.CUT else country.line.hold)()
                _wait(random.uniform(*HELD_S))
                country.line.join()
            case Fault.HANG_UP:
                for front in country.front.values():
                    front.cut()
                _wait(random.uniform(*AWAY_S))
                for front in country.front.values():
                    front.join()
        return ""

    def _harm_database(self, fault: Literal[Fault.DATABASE, Fault.FULL, Fault.SLOW]) -> None:
        match fault:
            case Fault.DATABASE:
                self.country.stop_database(self.random.uniform(*AWAY_S))
            case Fault.FULL:
                self.country.fill_disk(self.random.uniform(*HELD_S))
            case Fault.SLOW:
                self.country.slow_disk(self.random.uniform(*HELD_S))

    def _kill(self, name: str) -> str:
        """Kill a process, and start it again when the others have taken over, or after a while."""
        if not name:
            self.country.stop_database(0.0)
            return "postgresql"
        one = self.country.mortal[name]
        one.kill()
        if name in self.country.judges and len(self.country.judges) > 1:
            self.taken_over_s.append(self.country.taken_over_s(name))
        else:
            _wait(self.random.uniform(*AWAY_S))
        one.start()
        return name

    def _hold(self, name: str) -> str:
        one = self.country.programs[name]
        one.hold()
        _wait(self.random.uniform(*HELD_S))
        one.let_go()
        return name


def _wait(seconds: float) -> None:
    asyncio.run(asyncio.sleep(seconds))


def run(plan: Plan, console: Console) -> Seen:
    """Live through it, and give what came of it."""
    disk_megabytes = DISK_MEGABYTES if Fault.FULL in plan.faults else 0
    with installed(disk_megabytes) as installation, ExitStack() as stack:
        register(installation, scripted.registry(plan.people, wall_clock.now()))
        country = Country(installation, stack, plan.judges, plan.gateways)
        country.start()
        stack.enter_context(tended(country.programs.values()))
        under_way, begun_s = _Run(plan, country, console), wall_clock.monotonic_s()
        told = asyncio.run(_until_delivered(under_way))
        seconds = wall_clock.monotonic_s() - begun_s
        country.forwarded(wall_clock.now())
        outcome = examine(installation.dsn, installation.data, told, stop=country.stop)
        delays = sorted(_delays(installation, told, under_way))
        broke_off = [said for one in country.programs.values() for said in one.broke_off]
        taken_over_s = under_way.taken_over_s
        return Seen(outcome=outcome, taken_over_s=taken_over_s, delays=delays, seconds=seconds, broke_off=broke_off)


async def _until_delivered(under_way: _Run) -> Mapping[str, Told]:
    people = await under_way.live_through()
    return await people.end(DELIVER_S)


def _delays(installation: Installation, told: Mapping[str, Told], under_way: _Run) -> Iterator[Delay]:
    """Give how long it took from an open strap to its finding, of sound devices, while all was well."""
    sound = [number for index, number in enumerate(told, 1) if UNSOUND[index % len(UNSOUND)] is SOUND]
    spans, suffered = under_way.spans, under_way.suffered
    begun = [begun_at for begun_at, _ in spans]
    with installation.engine.connect() as connection:
        for person_id, at, raised_at in connection.execute(_DELAYS, {"code": Code.STRAP_OPEN, "people": sound}):
            before = bisect(begun, at)
            well = before == 0 or at > spans[before - 1][1] + WELL_AFTER
            soon_bad = before < len(spans) and spans[before][0] - at < timedelta(seconds=SOON_S * 2)
            if well and not soon_bad and at in told[person_id].openings:
                yield Delay((raised_at - at).total_seconds(), at, suffered[before - 1] if before else "nothing")


def figures(plan: Plan, console: Console) -> Iterator[Figure]:
    """Give what was lost, doubled or told wrongly, and how soon all was well again."""
    seen, name = run(plan, console), f"{len(plan.faults)} faults"
    found = seen.outcome
    yield figure(f"{name}: positions acknowledged", found.acknowledged, "positions")
    yield figure(f"{name}: positions a second", found.acknowledged / seen.seconds, "positions/s")
    for said in seen.broke_off:
        console.print(said, highlight=False, markup=False)
    yield figure(f"{name}: programs that ended by themselves", len(seen.broke_off), "times", at_most=0)
    for what, count in found.broken.items():
        yield figure(f"{name}: {what}", count, "of them", at_most=0)
    if seen.taken_over_s:
        yield figure(f"{name}: a killed judge is replaced, at most", max(seen.taken_over_s), "s", at_most=2 * LEASE_S)
    for late in seen.delays[-SHOWN:]:
        console.print(f"{late.seconds:.1f} s for {late.at:%H:%M:%S}, after {late.after}", highlight=False)
    if delays_s := [one.seconds for one in seen.delays]:
        yield figure(f"{name}: observation to alarm 10 s later, p50", quantile(delays_s, 0.5), "s")
        yield figure(f"{name}: observation to alarm 10 s later, p99", quantile(delays_s, 0.99), "s", at_most=SOON_S)


def _main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--times", type=int, default=60)
    words.add_argument("--people", type=int, default=150)
    words.add_argument("--seed", type=int, default=5)
    words.add_argument("--kills-only", action="store_true")
    chosen = words.parse_args()
    faults = (Fault.KILL,) * chosen.times if chosen.kills_only else drawn(chosen.times, chosen.seed)
    plan = Plan(faults=faults, people=chosen.people, seed=chosen.seed)
    console, measured = wide_console(), []
    for one in figures(plan, console):
        console.print(f"{one.name}: {one.value:g} {one.unit}", highlight=False)
        measured.append(one)
    raise SystemExit(0 if all(one.ok for one in measured) else 1)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        _main()
