"""`python -m tests.perf.many --minutes 60 --poison 0.1`: a hundred thousand people, of whom twenty thousand report.

Everybody who reports has a line of their own, ten zones, and says where they are once a minute; beside that come
frames that nobody can take. Gateways, judge and the watch over them are real processes on one machine. At last the day
is put into the archive, proved, dropped and read back.
"""

import argparse
import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from math import ceil
from multiprocessing import get_context

import psutil  # type: ignore[import-untyped]
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import text

from baqylau.domain.alarms import NOBODY
from baqylau.domain.findings import Code
from baqylau.domain.orders import PresenceRegime
from baqylau.links import wall_clock
from baqylau.sim.client import Line
from baqylau.sim.load import LoadOptions, LoadReport
from baqylau.sim.load_fleet import load_registry
from baqylau.storage.alarms.alarms import AlarmFilter, Alarms
from baqylau.storage.judging.live import Live
from baqylau.storage.registers.registry import Registry
from tests.perf.bench_gateway import load
from tests.perf.closed_days import ClosedDays, close_days
from tests.perf.figures import Figure, figure, grown, quantile, show, wide_console
from tests.perf.installation import HOST, Installation, installed, register, until
from tests.perf.poison import PROTOCOL, poison

AT_ONCE = 10_000
LINES_EACH = 10_000
"""Devices of a gateway and of a generator: not every machine lets a process have more than 20 000 lines open."""
LOOK_S = 0.5
MINUTE_S = 60.0
READY_S = 600.0
EVERYBODY_S = 3600.0
"""Until a hundred thousand people who were registered in one go are judged for the first time."""
JUDGED_S = 2.0
_WAITS_S = text(
    "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(first.received_at)), 0) FROM judge_cursor "
    "CROSS JOIN LATERAL (SELECT received_at FROM journal WHERE journal.partition = judge_cursor.partition "
    "AND journal.seq > judge_cursor.seq ORDER BY journal.seq LIMIT 1) AS first"
)
_TALLIED = text("SELECT coalesce(sum(count), 0) FROM quarantine_tally")
_UNJUDGED = text("SELECT CAST(EXISTS (SELECT FROM register_change WHERE judged_at IS NULL) AS int)")
_BYTES = text("SELECT pg_database_size(current_database())")


class Plan(Struct, frozen=True, kw_only=True):
    """What to do."""

    people: int = 100_000
    reporting: int = 20_000
    minutes: float = 60.0
    poison_share: float = 0.1
    """Frames that nobody can take, for each that says something."""

    @property
    def rate(self) -> float:
        """Positions a second."""
        return self.reporting / MINUTE_S

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.minutes * MINUTE_S

    @property
    def gateways(self) -> int:
        """How many share the lines."""
        return ceil(self.reporting / LINES_EACH)


class Seen(Struct, kw_only=True):
    """What came of it."""

    reports: Sequence[LoadReport]
    """One of each gateway's devices."""
    poisoned: int
    tallied: int
    waits_s: Sequence[float]
    """At each look: for how long the oldest entry had waited for its judgement."""
    memory: dict[str, list[int]]
    """At each look: bytes of each program."""
    bytes_grown: int
    alarms: Sequence[Code]
    """Of ourselves, since everybody had been judged for the first time."""
    closed: ClosedDays


class _Looks(threading.Thread):
    """Looks at what waits and at the programs' memory, until it is told to stop."""

    def __init__(self, installation: Installation, pids: dict[str, int]) -> None:
        super().__init__(name="looks")
        self._engine, self._programs = installation.engine, {name: psutil.Process(pid) for name, pid in pids.items()}
        self.waits_s: list[float] = []
        self.memory: dict[str, list[int]] = {name: [] for name in pids}
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(LOOK_S):
            with self._engine.connect() as connection:
                self.waits_s.append(float(connection.scalar(_WAITS_S) or 0.0))
            for name, program in self._programs.items():
                self.memory[name].append(program.memory_info().rss)


def run(plan: Plan) -> Seen:
    """Live through it, and give what came of it."""
    with installed() as installation, ExitStack() as stack:
        founded_at = wall_clock.now()
        for part in _registries(plan, founded_at):
            register(installation, part)
        names = [f"gateway {number}" for number in range(1, plan.gateways + 1)]
        opened = [stack.enter_context(installation.gateway(name.replace(" ", "-"))) for name in names]
        pids = dict(zip(names, (pid for _, pid in opened), strict=True))
        pids["judge"] = stack.enter_context(installation.role("judge"))
        stack.enter_context(installation.role("messenger"))
        live = Live(installation.engine)
        until(lambda: live.health().judge_alive_at is not None, "nobody judges", READY_S)
        until(lambda: not _number(installation, "unjudged"), "not everybody is judged for the first time", EVERYBODY_S)
        until(lambda: live.health().behind == 0, "the judge does not come up", READY_S)
        before, begun_at, looks = _number(installation, "bytes"), wall_clock.now(), _Looks(installation, pids)
        looks.start()
        reports, poisoned = _loaded(plan, [ports[PROTOCOL] for ports, _ in opened])
        looks.over.set()
        looks.join()
        until(lambda: live.health().behind == 0, "not all is judged", READY_S)
        alarms = [one.alarm for one in Alarms(installation.engine, wall_clock.now).page(AlarmFilter(), limit=1000)]
        return Seen(
            reports=reports,
            poisoned=poisoned,
            tallied=_number(installation, "tallied"),
            waits_s=looks.waits_s,
            memory=looks.memory,
            bytes_grown=_number(installation, "bytes") - before,
            alarms=[one.code for one in alarms if one.person_id == NOBODY and one.raised_at >= begun_at],
            closed=close_days(installation),
        )


def _registries(plan: Plan, founded_at: datetime) -> Iterator[Registry]:
    """Give everybody's registers, some at once; who reports has all zones, the others have to be at home."""
    whole = load_registry(PROTOCOL, plan.people, founded_at)
    reporting = {one.id for one in whole.orders[: plan.reporting]}
    wanted = [one for one in whole.restrictions if one.order_id in reporting or isinstance(one, PresenceRegime)]
    for begin in range(0, plan.people, AT_ONCE):
        chosen = slice(begin, begin + AT_ONCE)
        orders = {one.id for one in whole.orders[chosen]}
        yield replace(
            whole,
            people=whole.people[chosen],
            devices=whole.devices[chosen],
            orders=whole.orders[chosen],
            fittings=whole.fittings[chosen],
            restrictions=tuple(one for one in wanted if one.order_id in orders),
        )


def _loaded(plan: Plan, ports: Sequence[int]) -> tuple[list[LoadReport], int]:
    with ProcessPoolExecutor(max_workers=len(ports), mp_context=get_context("spawn")) as generators:
        loading = [generators.submit(load, one) for one in _shares(plan, ports)]
        spoilt_a_second = plan.rate * plan.poison_share
        first = plan.reporting + 1
        poisoned = asyncio.run(poison(ports[0], first, spoilt_a_second, plan.seconds, seed=1)) if spoilt_a_second else 0
        return [one.result() for one in loading], poisoned


def _shares(plan: Plan, ports: Sequence[int]) -> Iterator[LoadOptions]:
    """Give what each generator sends: as much to every gateway."""
    each = plan.reporting // len(ports)
    for place, port in enumerate(ports):
        yield LoadOptions(
            protocol=PROTOCOL,
            line=Line(host=HOST, port=port),
            devices=each,
            rate=plan.rate / len(ports),
            seconds=plan.seconds,
            first=1 + place * each,
        )


def _number(installation: Installation, what: str) -> int:
    with installation.engine.connect() as connection:
        return int(connection.scalar({"tallied": _TALLIED, "bytes": _BYTES, "unjudged": _UNJUDGED}[what]) or 0)


def figures(plan: Plan) -> Iterator[Figure]:
    """Give what it came to."""
    seen, name = run(plan), f"{plan.people} people, {plan.reporting} report once a minute"
    acked = sum(one.acked for one in seen.reports)
    yield figure(f"{name}: positions acknowledged", acked, "positions")
    yield figure(f"{name}: not acknowledged", sum(one.errors for one in seen.reports), "positions", at_most=0)
    yield figure(f"{name}: acknowledgement p99", max(one.ack_p99_ms for one in seen.reports), "ms")
    yield figure(f"{name}: waits for judgement, p99", quantile(seen.waits_s, 0.99), "s", at_most=JUDGED_S)
    yield figure(f"{name}: waits for judgement, longest", max(seen.waits_s), "s")
    beyond = [place for place, wait_s in enumerate(seen.waits_s, 1) if wait_s > JUDGED_S]
    last_min = plan.minutes * max(beyond, default=0) / len(seen.waits_s)
    yield figure(f"{name}: after which none waited for {JUDGED_S:g} s", last_min, "min")
    yield figure(f"{name}: stored for a position", seen.bytes_grown / max(acked, 1), "bytes")
    for program, sizes in seen.memory.items():
        yield from grown(f"{name}: {program}", sizes)
    yield figure(f"{name}: spoilt frames", seen.poisoned, "frames")
    yield figure(f"{name}: of them not in quarantine", abs(seen.poisoned - seen.tallied), "frames", at_most=0)
    rising = seen.alarms.count(Code.QUARANTINE_RISING)
    yield figure(f"{name}: alarms for them", rising, "alarms", at_most=1)
    others = [code for code in seen.alarms if code is not Code.QUARANTINE_RISING]
    told = f" ({', '.join(sorted(others))})" if others else ""
    yield figure(f"{name}: other alarms of ourselves{told}", len(others), "alarms", at_most=0)
    yield from _of_closed_days(name, seen.closed)


def _of_closed_days(name: str, closed: ClosedDays) -> Iterator[Figure]:
    yield figure(f"{name}: entries archived", closed.entries, "entries")
    yield figure(f"{name}: an entry in the archive", closed.file_bytes / max(closed.entries, 1), "bytes")
    yield figure(f"{name}: entries not proved", closed.broken, "entries", at_most=0)
    for what in ("put", "verified", "dropped", "read_back"):
        seconds = getattr(closed, f"{what}_s")
        yield figure(f"{name}: the day {what.replace('_', ' ')} in", seconds, "s")


def _main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--people", type=int, default=100_000)
    words.add_argument("--reporting", type=int, default=20_000)
    words.add_argument("--minutes", type=float, default=60.0)
    words.add_argument("--poison", type=float, default=0.1)
    chosen = words.parse_args()
    plan = Plan(people=chosen.people, reporting=chosen.reporting, minutes=chosen.minutes, poison_share=chosen.poison)
    measured = list(figures(plan))
    show("Many", measured, wide_console())
    raise SystemExit(0 if all(one.ok for one in measured) else 1)


if __name__ == "__main__":
    _main()
