"""A real installation for a measurement: PostgreSQL as it is delivered, the program's roles as processes."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import psutil  # type: ignore[import-untyped]
from msgspec import Struct
from sqlalchemy import Engine

from baqylau.cli.roles.doors import options
from baqylau.cli.vaulted import vaulted
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.settings import ANY
from baqylau.protocols.fleet import FLEET
from baqylau.sim.free_ports import FreePorts
from baqylau.sim.load_fleet import load_registry
from baqylau.storage.database import open_database
from baqylau.storage.journal.journal import Journal
from baqylau.storage.migrating import migrate
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from baqylau.storage.server import embedded
from tests.perf.disk import OwnDisk, own_disk

HOST = "127.0.0.1"
START_S = 60.0
STOP_S = 30.0
DATABASE = "postgresql"

free_port = FreePorts(HOST).take
"""Gives a port that nobody has."""


class Installation(Struct, frozen=True, kw_only=True):
    """Its folder and its running database."""

    data: Path
    dsn: str
    engine: Engine
    disk: OwnDisk | None = None
    """That of the database, where it has one of its own."""

    @property
    def database(self) -> Path:
        """The folder of the database."""
        return (self.disk.place if self.disk else self.data) / DATABASE

    @property
    def journal(self) -> Journal:
        """The journal, sealed as the installation seals it."""
        return vaulted(self.engine, self.data).journal

    @property
    def postmaster(self) -> int:
        """Process id of the database."""
        return postmaster_of(self.database.parent)

    @contextmanager
    def role(self, name: str, *options: str) -> Iterator[int]:
        """Run a role as a process and give its id."""
        words = [name, "--data", str(self.data), "--database", self.dsn, "--lifeline", *options]
        with (self.data / f"{name}.log").open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "baqylau.cli", *words], stdin=subprocess.PIPE, stdout=said, stderr=said
            )
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(STOP_S)
            assert process.stdin is not None
            process.stdin.close()

    @contextmanager
    def gateway(self, name: str = "") -> Iterator[tuple[dict[str, int], int]]:
        """Run a gateway, with a name where there are several; give its ports by protocol and its process id."""
        ports = {protocol: free_port() for protocol in (*FLEET, ANY)}
        with self.role("gateway", "--name", name, *options(ports)) as pid:
            for port in ports.values():
                await_door(port)
            yield ports, pid


@contextmanager
def installed(disk_megabytes: int = 0, made: Callable[[Engine], None] = migrate) -> Iterator[Installation]:
    """Give a fresh installation, forgotten afterwards; its database on a disk of its own where a size is given.

    `made` makes the tables.
    """
    with ExitStack() as stack:
        data = Path(stack.enter_context(TemporaryDirectory(prefix="baqylau-")))
        disk = stack.enter_context(own_disk(data / "disk", disk_megabytes)) if disk_megabytes else None
        dsn = stack.enter_context(embedded((disk.place if disk else data) / DATABASE))
        engine = open_database(dsn, name="baqylau-bench")
        stack.callback(engine.dispose)
        made(engine)
        yield Installation(data=data, dsn=dsn, engine=engine, disk=disk)


def populate(installation: Installation, protocol: str, devices: int) -> None:
    """Register a load test's fleet: one person with ten zones for each device."""
    register(installation, load_registry(protocol, devices, now()))


def register(installation: Installation, registry: Registry) -> None:
    """Save registers."""
    Registers(installation.engine, now).save(registry, by="bench")


def postmaster_of(place: Path) -> int:
    """Give the process id of the database in a folder."""
    return int((place / DATABASE / "postmaster.pid").read_text().split("\n", 1)[0])


def await_door(port: int) -> None:
    """Return when somebody listens on the port."""
    until(lambda: listens(port), f"nobody listens on port {port}")


def until(condition: Callable[[], bool], otherwise: str, within_s: float = START_S) -> None:
    """Return when the condition holds; `TimeoutError` with a sentence when it does not in time."""
    end_s = monotonic() + within_s
    while not condition():
        if monotonic() > end_s:
            raise TimeoutError(otherwise)
        sleep(0.05)


def listens(port: int) -> bool:
    """Whether somebody answers on the port."""
    with socket.socket() as attempt:
        return attempt.connect_ex((HOST, port)) == 0


def cpu_s(pid: int) -> float:
    """Give the processor time of a process and of all that it started, ended ones too."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    own = sum(times.user + times.system for times in map(_times, family) if times)
    ended = process.cpu_times()
    return float(own + ended.children_user + ended.children_system)


def _times(process: "psutil.Process") -> "psutil._common.pcputimes | None":
    try:
        return process.cpu_times()
    except psutil.NoSuchProcess:
        return None


def own_cpu_s() -> float:
    """Give the processor time of this process."""
    times = os.times()
    return times.user + times.system
