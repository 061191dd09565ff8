"""`python -m tests.perf.region --seconds 600`: a regional site whose line is cut and whose programs are killed.

Real devices report to a real site: its gateway, its NATS server, a line that is cut, the centre's NATS server, bridge,
judge and database. Everything may be killed meanwhile. What the site acknowledged has to be in the journal, once and in
order, and judged as if nothing had been.
"""

import argparse
import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from functools import partial
from random import Random
from time import monotonic

from msgspec import Struct
from rich.console import Console
from sqlalchemy import text

from baqylau.cli.roles.doors import options
from baqylau.crypto.sealing import KEY_BYTES
from baqylau.links import wall_clock
from baqylau.monitoring.server.region.site_file import new_site, write_site
from baqylau.storage.equipment.authorities import command_seed
from baqylau.storage.installation import installation as make_secrets
from baqylau.storage.journal.regions import Region, Regions
from baqylau.storage.judging.live import Live
from tests.perf import scripted
from tests.perf.cut_line import CutLine
from tests.perf.figures import Figure, figure, wide_console
from tests.perf.installation import HOST, Installation, free_port, installed, listens, register, until
from tests.perf.nats import NatsServer, running
from tests.perf.program import Program, tended
from tests.perf.proofs import Outcome, Told, examine
from tests.perf.reporting import Client, crowd

NAME = "almaty"
ON_THE_WAY = timedelta(seconds=1)
RECONNECT_S = 1
"""How soon the site's NATS server calls the centre again."""
UP_S = (1.0, 4.0)
FORWARDED_S = 600.0
DELIVER_S = 600.0
START_S = 600.0
_SINCE = text("SELECT count(*) FROM journal WHERE person_id IS NOT NULL AND received_at > :since")
_IN_ORDER = text(
    "SELECT count(*) FROM (SELECT observed_at < lag(observed_at) OVER (PARTITION BY device_id ORDER BY seq) AS back "
    "FROM journal WHERE person_id IS NOT NULL AND observed_at = date_trunc('second', observed_at)) AS one WHERE back"
)


class Plan(Struct, frozen=True, kw_only=True):
    """What to do."""

    people: int = 6
    cut_s: float = 5.0
    """For how long the line is cut."""
    kills: tuple[str, ...] = ("gateway", "nats", "bridge")
    """What is killed while the line is cut and after, one after another."""
    seed: int = 3


class Site:
    """The site, the centre, and the line between them."""

    def __init__(self, installation: Installation, stack: ExitStack) -> None:
        """Let a site in and write down everything; nothing runs yet."""
        data = installation.data
        place = data / "site"
        place.mkdir()
        leaf = free_port()
        self.line = CutLine(leaf)
        told = f"{HOST}:{self.line.port}"  # else NATS tells its own address to the site, which goes round the line
        self.centre = NatsServer(place, "centre", f'leafnodes {{ listen: {HOST}:{leaf}, advertise: "{told}" }}')
        remote = f'leafnodes {{ remotes: [{{ url: "nats-leaf://{told}" }}], reconnect: {RECONNECT_S} }}'
        self.nats = NatsServer(place, "region", remote, domain=NAME)
        self.ports = {name: free_port() for name in scripted.EXACT}
        make_secrets(data / "keys", os.urandom)
        site, public_key = new_site(NAME, os.urandom(KEY_BYTES), command_seed(data / "keys", os.urandom))
        write_site(site, place / "site.json")
        regions = Regions(installation.engine)
        regions.add(Region(name=NAME, public_key=public_key, added_at=wall_clock.now()), "test")
        at_site = ["--site", str(place / "site.json"), "--data", str(place), "--nats", self.nats.url]
        here = ["--data", str(data), "--database", installation.dsn]
        at_centre = ["--region", NAME, "--nats", self.centre.url, "--nats-domain", NAME]
        self.gateway = Program("gateway", ["region-gateway", *at_site, *options(self.ports)], place / "gateway.said")
        self.bridge = Program("bridge", ["region-bridge", *here, *at_centre], place / "bridge.said")
        self.judge = Program("judge", ["judge", *here], place / "judge.said")
        self.programs = (self.gateway, self.bridge, self.judge)
        self._engine, self._stack = installation.engine, stack

    def start(self, live: Live, *, judged: bool = True) -> None:
        """Start everything, and wait until the site takes devices and is heard."""
        self._stack.enter_context(running(self.centre, self.nats))
        self.line.start()
        self._stack.callback(self.line.close)
        for one in (self.gateway, self.bridge, *([self.judge] if judged else [])):
            self._stack.callback(one.kill)
            one.start()
        for port in self.ports.values():
            until(partial(listens, port), "the site does not listen", START_S)
        until(lambda: NAME in live.listened().by_region, "the site is not heard", START_S)
        if judged:
            until(lambda: live.health().judge_alive_at is not None, "nobody judges", START_S)

    def kill(self, name: str) -> None:
        """Take something down without a warning, and start it again."""
        victims: dict[str, Program | NatsServer] = {
            "gateway": self.gateway,
            "bridge": self.bridge,
            "nats": self.nats,
            "judge": self.judge,
        }
        victims[name].kill()
        victims[name].start()

    def client(self, index: int, random: Random) -> Client:
        """Give a device of the region."""
        return Client(index, self.ports[scripted.protocol_of(index)], random, region=NAME)

    def arrived_since(self, since: datetime) -> int:
        """Give how many positions of after an instant are at the centre."""
        with self._engine.connect() as connection:
            return int(connection.scalar(_SINCE, {"since": since}) or 0)

    def stop(self) -> None:
        """Ask all of ours to end."""
        for one in self.programs:
            one.stop()


class Cut(Struct, frozen=True):
    """The time without a line."""

    from_at: datetime
    until_at: datetime
    arrived: int
    """Positions of this time that were at the centre before it was over: by another way than the line."""


class Found(Struct, kw_only=True):
    """What came of it."""

    outcome: Outcome
    out_of_order: int
    late: int
    """Positions that were acknowledged while the line was cut."""
    arrived: int
    """Of them at the centre before the line was joined."""
    caught_up_s: float
    broke_off: list[str]
    """What programs had said that ended without being killed."""


def run(plan: Plan, console: Console) -> Found:
    """Live through it, and give what came of it."""
    with installed() as installation, ExitStack() as stack:
        register(installation, scripted.registry(plan.people, wall_clock.now()))
        site, live = Site(installation, stack), Live(installation.engine)
        site.start(live)
        stack.enter_context(tended(site.programs))
        told, cut, ended_at = asyncio.run(_live_through(plan, site, console))
        begun_s = monotonic()
        until(lambda: live.listened().by_region[NAME] >= ended_at, "not all is forwarded", FORWARDED_S)
        caught_up_s = monotonic() - begun_s
        outcome = examine(installation.dsn, installation.data, told, stop=site.stop)
        with installation.engine.connect() as connection:
            out_of_order = int(connection.scalar(_IN_ORDER) or 0)
        broke_off = [said for one in site.programs for said in one.broke_off]
        return Found(
            outcome=outcome,
            out_of_order=out_of_order,
            late=sum(cut.from_at <= at < cut.until_at for one in told.values() for at in one.acknowledged),
            arrived=cut.arrived,
            caught_up_s=caught_up_s,
            broke_off=broke_off,
        )


async def _live_through(plan: Plan, site: Site, console: Console) -> tuple[dict[str, Told], Cut, datetime]:
    """Let the devices live while the line is cut and programs die, until the site has acknowledged everything."""
    random = Random(plan.seed)  # noqa: S311 - moments and pauses, not secrets
    people = crowd(plan.people, site.client, random)
    people.begin()
    await asyncio.sleep(random.uniform(*UP_S))
    site.line.cut()
    cut = Cut(wall_clock.now(), wall_clock.now(), 0)
    for number, name in enumerate(plan.kills):
        await asyncio.sleep(plan.cut_s / max(len(plan.kills), 1))
        if number == len(plan.kills) - 1:
            arrived = site.arrived_since(cut.from_at + ON_THE_WAY)
            site.line.join()
            cut = Cut(cut.from_at, wall_clock.now(), arrived)
        await asyncio.to_thread(site.kill, name)
        console.print(f"killed: {name}", highlight=False)
    return await people.end(DELIVER_S), cut, wall_clock.now()


def figures(plan: Plan, console: Console) -> Iterator[Figure]:
    """Give what was lost, doubled or out of order."""
    found = run(plan, console)
    name = f"a region cut off for {plan.cut_s:g} s, {len(plan.kills)} SIGKILL"
    yield figure(f"{name}: positions acknowledged", found.outcome.acknowledged, "positions")
    yield figure(f"{name}: of them while the line was cut", found.late, "positions", at_least=1)
    yield figure(f"{name}: of them at the centre before it was joined", found.arrived, "positions", at_most=0)
    yield figure(f"{name}: all forwarded after", found.caught_up_s, "s")
    for said in found.broke_off:
        console.print(said, highlight=False, markup=False)
    yield figure(f"{name}: programs that ended by themselves", len(found.broke_off), "times", at_most=0)
    for what, count in ({"out of order": found.out_of_order} | found.outcome.broken).items():
        yield figure(f"{name}: {what}", count, "of them", at_most=0)


def _main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--people", type=int, default=200)
    words.add_argument("--cut", type=float, default=300.0)
    words.add_argument("--kills", type=int, default=30)
    words.add_argument("--seed", type=int, default=3)
    chosen = words.parse_args()
    random = Random(chosen.seed)  # noqa: S311 - which dies next is no secret
    kills = tuple(random.choice(("gateway", "nats", "bridge", "judge")) for _ in range(chosen.kills))
    plan = Plan(people=chosen.people, cut_s=chosen.cut, kills=kills, seed=chosen.seed)
    measured = list(figures(plan, wide_console()))
    for one in measured:
        wide_console().print(f"{one.name}: {one.value:g} {one.unit}", highlight=False)
    raise SystemExit(0 if all(one.ok for one in measured) else 1)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        _main()
