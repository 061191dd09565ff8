"""Everything that a country runs, on one machine: judges, gateways, a site over three NATS servers, one database.

One judge and one gateway reach the database over a line that can be cut and held; devices reach the gateways by a
balancer.
"""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property, partial
from random import Random
from time import sleep

from sqlalchemy import TextClause, text

from baqylau.cli.roles.doors import options
from baqylau.crypto.sealing import KEY_BYTES
from baqylau.links import wall_clock
from baqylau.monitoring.server.region.site_file import new_site, write_site
from baqylau.storage.equipment.authorities import command_seed
from baqylau.storage.installation import installation as make_secrets
from baqylau.storage.journal.regions import Region, Regions
from baqylau.storage.judging.live import Live
from baqylau.storage.server import embedded
from tests.perf import scripted
from tests.perf.cut_line import CutLine, DatabaseLine
from tests.perf.installation import Installation, free_port, listens, until
from tests.perf.nats import NatsServer, cluster, running
from tests.perf.program import Program
from tests.perf.reporting import Client, Faults

REGION = "almaty"
NAMES = ("north", "south", "east")
START_S = 600.0
TAKEN_OVER_S = 60.0
SLOW_US = 100_000
"""Beyond what a commit takes by itself; the most that PostgreSQL can be told."""
_HELD = text("SELECT count(*) FROM judge_cursor WHERE owner = :seat")
_OWNED = text("SELECT count(*) FROM judge_cursor WHERE owner <> ''")


class Country:
    """The programs, by name, and the lines between them."""

    def __init__(self, installation: Installation, stack: ExitStack, judges: int = 3, gateways: int = 2) -> None:
        """Write everything down; nothing runs yet."""
        self.installation, self._stack = installation, stack
        data = installation.data
        self._place = data / "country"
        self._place.mkdir()
        make_secrets(data / "keys", os.urandom)
        self.line = DatabaseLine(self._place / "far", installation.database)
        far = f"postgresql://postgres@/baqylau?host={self._place / 'far'}"
        self._doors = [{name: free_port() for name in scripted.EXACT} for _ in range(gateways)]
        self.front = {name: CutLine(*(doors[name] for doors in self._doors)) for name in scripted.EXACT}
        self.nats = {one.name: one for one in cluster(self._place, ("nats-1", "nats-2", "nats-3"))}
        self.site_doors = {name: free_port() for name in scripted.EXACT}
        self.judges = [f"judge-{name}" for name in NAMES[:judges]]
        self.programs: dict[str, Program] = {}
        for name, dsn in zip(NAMES[:judges], self._lines(far), strict=False):
            self._add(f"judge-{name}", ["judge", *self._over(dsn), "--seat", f"judge-{name}"])
        for name, doors, dsn in zip(NAMES, self._doors, self._lines(far), strict=False):
            self._add(f"gateway-{name}", ["gateway", *self._over(dsn), "--name", name, *options(doors)])
        self._add_site()

    def _lines(self, far: str) -> Iterator[str]:
        """Give how the first ones reach the database, the second of them over the line."""
        near = self.installation.dsn
        return iter((near, far, near))

    def _over(self, dsn: str) -> list[str]:
        return ["--data", str(self.installation.data), "--database", dsn]

    def _add(self, name: str, words: list[str]) -> None:
        self.programs[name] = Program(name, words, self._place / f"{name}.said")

    def _add_site(self) -> None:
        keys, place = self.installation.data / "keys", self._place
        site, public_key = new_site(REGION, os.urandom(KEY_BYTES), command_seed(keys, os.urandom))
        write_site(site, place / "site.json")
        regions = Regions(self.installation.engine)
        regions.add(Region(name=REGION, public_key=public_key, added_at=wall_clock.now()), "test")
        nats = ["--nats", ",".join(one.url for one in self.nats.values())]
        here = ["--site", str(place / "site.json"), "--data", str(place), *nats, "--replicas", "3"]
        self._add("site", ["region-gateway", *here, *options(self.site_doors)])
        bridge = ["--region", REGION, *nats, "--nats-domain", "three"]
        self._add("bridge", ["region-bridge", *self._over(self.installation.dsn), *bridge])

    @cached_property
    def live(self) -> Live:
        """What the programs say of themselves."""
        return Live(self.installation.engine)

    def start(self) -> None:
        """Start everything, and wait until all doors are open and everybody is judged."""
        self._stack.enter_context(running(*self.nats.values()))
        for line in (self.line, *self.front.values()):
            line.start()
            self._stack.callback(line.close)
        for one in self.programs.values():
            self._stack.callback(one.kill)
            one.start()
        for port in [port for doors in (*self._doors, self.site_doors) for port in doors.values()]:
            until(partial(listens, port), "a door is not open", START_S)
        until(lambda: REGION in self.live.listened().by_region, "the site is not heard", START_S)
        until(lambda: self._count(_OWNED) > 0, "nobody judges", START_S)

    def client(self, index: int, random: Random, faults: Faults) -> Client:
        """Give a device; each third one is heard by the site."""
        protocol = scripted.protocol_of(index)
        if index // len(scripted.EXACT) % 3 == 0:
            return Client(index, self.site_doors[protocol], random, faults=faults, region=REGION)
        return Client(index, self.front[protocol].port, random, faults=faults)

    def forwarded(self, until_at: datetime) -> None:
        """Wait until everything that the site heard by then is in the journal."""
        until(lambda: self.live.listened().by_region[REGION] >= until_at, "not all is forwarded", START_S)

    @property
    def mortal(self) -> Mapping[str, Program | NatsServer]:
        """Every process that may be killed by itself, but for the database."""
        return {**self.programs, **self.nats}

    def taken_over_s(self, seat: str) -> float:
        """Wait until a judge has nothing any more, and give how long that took."""
        begun_s = wall_clock.monotonic_s()
        until(lambda: self._count(_HELD, seat=seat) == 0, "nobody takes over", TAKEN_OVER_S)
        return wall_clock.monotonic_s() - begun_s

    def _count(self, query: TextClause, **values: str) -> int:
        with self.installation.engine.connect() as connection:
            return int(connection.scalar(query, values) or 0)

    def stop_database(self, for_s: float) -> None:
        """Take the database away without a warning, for so long."""
        os.kill(self.installation.postmaster, signal.SIGKILL)
        sleep(for_s)
        with embedded(self.installation.database):
            self.installation.engine.dispose()

    def fill_disk(self, for_s: float) -> None:
        """Leave the database no room to write, for so long. Should it end by that, it is started again."""
        assert self.installation.disk is not None
        self.installation.disk.fill()
        sleep(for_s)
        self.installation.disk.make_room()
        with embedded(self.installation.database):
            self.installation.engine.dispose()

    def slow_disk(self, for_s: float) -> None:
        """Let each commit take as long as on a disk that is worn or shared, for so long."""
        self._settings(f"SET commit_delay = {SLOW_US}", "SET commit_siblings = 0")
        sleep(for_s)
        self._settings("RESET commit_delay", "RESET commit_siblings")

    def _settings(self, *changes: str) -> None:
        with self.installation.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for change in changes:
                connection.execute(text(f"ALTER SYSTEM {change}"))
            connection.execute(text("SELECT pg_reload_conf()"))

    def stop(self) -> None:
        """Ask all of ours to end."""
        for one in self.programs.values():
            one.stop()
