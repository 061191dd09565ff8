"""From a device's frame to its acknowledgement: the real gateway, the real database, the real load generator."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from msgspec import Struct

from baqylau.links.wall_clock import now
from baqylau.sim.client import Line
from baqylau.sim.load import LoadOptions, LoadReport, run_load
from tests.perf.bench_calibration import Calibration
from tests.perf.figures import Figure, figure
from tests.perf.installation import HOST, Installation, cpu_s, populate

DEVICES = 400
SECONDS = 12.0
SINGLE_PER_CORE, BATCHED_PER_CORE = 6_000, 30_000
ACK_P99_MS = 150


class Measured(Struct, frozen=True, kw_only=True):
    """A load and what it cost."""

    report: LoadReport
    gateway_s: float
    """Processor time."""
    postgres_s: float

    @property
    def per_core(self) -> float:
        """Acknowledged positions a second for each core that gateway and database used."""
        return self.report.acked / (self.gateway_s + self.postgres_s)


def figures(installation: Installation, calibration: Calibration) -> Iterator[Figure]:
    """Load a gateway with one position a frame, then with ten, as fast as it answers."""
    populate(installation, "wialon", DEVICES)
    with installation.gateway() as (ports, pid):
        single = measured(installation, pid, _options(ports["wialon"], ceiling=12_000, batch=1))
        batched = measured(installation, pid, _options(ports["wialon"], ceiling=60_000, batch=10))
    copy = calibration.copy
    yield figure(
        "gateway: frames of 1 position, committed then acknowledged", _rate(single), "positions/s", beside=copy
    )
    yield figure(
        "gateway: the same per core used (gateway and PostgreSQL)",
        single.per_core,
        "positions/s",
        at_least=SINGLE_PER_CORE,
        beside=copy,
    )
    yield figure("gateway: acknowledgement p50", single.report.ack_p50_ms, "ms")
    yield figure("gateway: acknowledgement p99", single.report.ack_p99_ms, "ms", at_most=ACK_P99_MS)
    thousands = single.report.acked / 1000
    yield figure("gateway: its CPU for 1 000 positions", single.gateway_s / thousands, "s", beside=calibration.loop)
    yield figure("gateway: PostgreSQL's CPU for 1 000 positions", single.postgres_s / thousands, "s")
    yield figure("gateway: generator's CPU for 1 000 positions", single.report.generator_cpu_s / thousands, "s")
    yield figure("gateway: frames of 10 positions", _rate(batched), "positions/s", beside=copy)
    yield figure(
        "gateway: the same per core used, in tens",
        batched.per_core,
        "positions/s",
        at_least=BATCHED_PER_CORE,
        beside=copy,
    )
    yield figure("gateway: acknowledgement p99, in tens", batched.report.ack_p99_ms, "ms", at_most=ACK_P99_MS)


def _options(port: int, *, ceiling: float, batch: int) -> LoadOptions:
    return LoadOptions(
        protocol="wialon",
        line=Line(host=HOST, port=port),
        devices=DEVICES,
        rate=ceiling,
        seconds=SECONDS,
        batch=batch,
        closed_loop=True,
    )


def _rate(measured: Measured) -> float:
    return measured.report.achieved_rate


def load(options: LoadOptions) -> LoadReport:
    """Load from now on; to be run in a process of its own."""
    return run_load(options, now())


def measured(installation: Installation, gateway_pid: int, options: LoadOptions) -> Measured:
    """Load, from a process of its own, and count processor time."""
    before = cpu_s(gateway_pid), cpu_s(installation.postmaster)
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as generator:
        report = generator.submit(load, options).result()
    after = cpu_s(gateway_pid), cpu_s(installation.postmaster)
    if report.errors:
        raise AssertionError(f"{report.errors} of {report.sent} positions were not acknowledged")
    return Measured(report=report, gateway_s=after[0] - before[0], postgres_s=after[1] - before[1])
