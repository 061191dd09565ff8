"""The ladder: one command, the roles over PostgreSQL, the roles behind a site's log; what a thousand positions cost."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from time import perf_counter

from sqlalchemy import text

from baqylau.cli.roles.doors import options
from baqylau.sim.client import Line
from baqylau.sim.load import LoadOptions, LoadReport
from baqylau.storage.judging.live import Live
from tests.perf.bench_gateway import load
from tests.perf.figures import Figure, figure
from tests.perf.installation import HOST, Installation, cpu_s, free_port, installed, listens, populate, until
from tests.perf.nats import NATS
from tests.perf.program import Program
from tests.perf.region import Site

DEVICES, RATE, SECONDS = 200, 500.0, 20.0
POSITIONS = text("SELECT count(*) FROM journal WHERE observed_at <> received_at")


def figures() -> Iterator[Figure]:
    """Load each step of the ladder with the same positions, from the frame to the judgement."""
    for name, step in (
        ("one command", _one_command),
        ("roles over PostgreSQL", _roles),
        ("roles behind a site", _site),
    ):
        if name == "roles behind a site" and NATS is None:
            continue
        with installed() as installation, ExitStack() as stack:
            populate(installation, "wialon", DEVICES)
            port, pids = step(installation, stack)
            yield from _measured(name, installation, port, pids)


def _one_command(installation: Installation, stack: ExitStack) -> tuple[int, Sequence[int]]:
    ports = {"wialon": free_port()}
    here = ["--data", str(installation.data), "--database", installation.dsn, "--web-port", str(free_port())]
    program = Program("server", ["server", *here, *options(ports)], installation.data / "server.said")
    stack.callback(program.stop)
    program.start()
    until(lambda: listens(ports["wialon"]), "the server does not come up", 300.0)
    return ports["wialon"], [program.pid]


def _roles(installation: Installation, stack: ExitStack) -> tuple[int, Sequence[int]]:
    ports, gateway = stack.enter_context(installation.gateway())
    return ports["wialon"], [gateway, stack.enter_context(installation.role("judge"))]


def _site(installation: Installation, stack: ExitStack) -> tuple[int, Sequence[int]]:
    site = Site(installation, stack)
    site.start(Live(installation.engine))
    return site.ports["wialon"], [one.pid for one in (site.gateway, site.nats, site.centre, site.bridge, site.judge)]


def _measured(name: str, installation: Installation, port: int, pids: Sequence[int]) -> Iterator[Figure]:
    everybody, live = [*pids, installation.postmaster], Live(installation.engine)
    until(lambda: live.health().judge_alive_at is not None, "nobody judges")
    before_s, begun_s = sum(map(cpu_s, everybody)), perf_counter()
    report = _loaded(port)
    until(lambda: _kept(installation) >= report.acked and live.health().behind == 0, "not all is judged", 300.0)
    spent_s, took_s = sum(map(cpu_s, everybody)) - before_s, perf_counter() - begun_s
    title = f"ladder, {name}"
    yield figure(f"{title}: processor time for 1 000 positions", spent_s / report.acked * 1000, "s")
    yield figure(f"{title}: acknowledgement p99", report.ack_p99_ms, "ms")
    yield figure(f"{title}: all judged after the last was sent", max(0.0, took_s - report.seconds), "s")


def _loaded(port: int) -> LoadReport:
    wanted = LoadOptions(
        protocol="wialon", line=Line(host=HOST, port=port), devices=DEVICES, rate=RATE, seconds=SECONDS, batch=1
    )
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as generator:
        report = generator.submit(load, wanted).result()
    if report.errors:
        raise AssertionError(f"{report.errors} of {report.sent} positions were not acknowledged")
    return report


def _kept(installation: Installation) -> int:
    with installation.engine.connect() as connection:
        return int(connection.scalar(POSITIONS) or 0)
