"""`python -m tests.perf.storm --units 10000`: kill the gateway, start it again, and let every unit come back at once.

Over TLS with the installation's own certificate. Each unit brings what it kept meanwhile; afterwards the journal is
held against what was sent.
"""

import argparse
import asyncio
import os
import signal
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from baqylau.cli.roles.linking import sources
from baqylau.cli.vaulted import vaulted
from baqylau.crypto.certificates import chain_pem
from baqylau.devices.linux_unit.link import WAIT_FIRST_S
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.settings import DOORS, LINK
from baqylau.sim.storm import HEALTH, Gate, Met, StormUnit, storm, storm_registry
from baqylau.storage.equipment.authorities import authorities, command_signer
from baqylau.storage.equipment.device_keys import KeyKind
from baqylau.storage.equipment.link_records import LinkRecords
from tests.perf.figures import Figure, figure, quantile, show, wide_console
from tests.perf.installation import (
    HOST,
    Installation,
    await_door,
    cpu_s,
    free_port,
    installed,
    register,
)

UNITS = 10_000
RECORDS = 5
"""What a unit has kept in the minutes of a restart."""
COME_BACK_S = 60.0
SEED = 1


class Storm(Struct, frozen=True, kw_only=True):
    """What was measured."""

    units: int
    met: Met
    lost: int
    """Records that a unit was told are kept, and are not."""
    gateway_s: float
    postgres_s: float
    started_s: float
    """How long the gateway took until it listened again, with all keys and registers read."""


def brought_back(installation: Installation, units: int, first_s: float = WAIT_FIRST_S) -> Storm:
    """Let so many units lose the gateway and come back."""
    begun_at = now() - timedelta(minutes=30)
    port, fleet = free_port(), [StormUnit(index) for index in range(1, units + 1)]
    register(installation, storm_registry(units, now()))
    trust, server_key = _enrolled(installation, fleet)
    gate = Gate(host=HOST, port=port, trust=trust, server_key=server_key)
    with _gateway(installation, port) as pid:
        first = fleet[: units // 100 + 1]
        _run(first, [unit.batch(begun_at, RECORDS) for unit in first], gate, 0.0)
        os.kill(pid, signal.SIGKILL)
    batches = [unit.batch(begun_at + timedelta(minutes=RECORDS), RECORDS) for unit in fleet]
    stopped_at = now()
    with _gateway(installation, port) as pid:
        started_s = (now() - stopped_at).total_seconds()
        before = cpu_s(pid), _database_s(installation)
        met = _run(fleet, batches, gate, first_s)
        after = cpu_s(pid), _database_s(installation)
    return Storm(
        units=units,
        met=met,
        lost=_lost(installation, fleet, begun_at),
        gateway_s=after[0] - before[0],
        postgres_s=after[1] - before[1],
        started_s=started_s,
    )


def _database_s(installation: Installation) -> float:
    """Give the processor time of the database, 0 where it is not the installation's own."""
    return cpu_s(installation.postmaster) if (installation.data / "postgresql").exists() else 0.0


def _enrolled(installation: Installation, fleet: list[StormUnit]) -> tuple[ssl.SSLContext, bytes]:
    """Give each unit its key at the server, and give what units need to believe the server."""
    vault_keys = sources(installation.engine, vaulted(installation.engine, installation.data).vault).keys
    for unit in fleet:
        vault_keys.enrol(unit.device_id, KeyKind.ED25519, unit.device_id, unit.signer.public_key, by="bench")
    keys = installation.data / "keys"
    trust = ssl.create_default_context(cadata=chain_pem(authorities(keys, os.urandom, now()).root).decode())
    return trust, command_signer(keys, os.urandom).public_key


@contextmanager
def _gateway(installation: Installation, port: int) -> Iterator[int]:
    closed = [word for name in DOORS if name != LINK for word in ("--door", f"{name}=closed")]
    with installation.role("gateway", "--door", f"link={port}", *closed) as pid:
        await_door(port)
        yield pid


def _run(fleet: list[StormUnit], batches: list[bytes], gate: Gate, first_s: float) -> Met:
    random = Random(SEED)  # noqa: S311 - when somebody comes back is no secret
    return asyncio.run(storm(fleet, batches, gate, random, now(), first_s))


def _lost(installation: Installation, fleet: list[StormUnit], begun_at: datetime) -> int:
    """Count records that are not in the journal, or that the server does not know to have."""
    kept = {one.device_id: one.through for one in LinkRecords(installation.engine).all().values()}
    unknown = sum(unit.seq - kept.get(unit.device_id, 0) for unit in fleet)
    told = installation.journal.of_devices([unit.device_id for unit in fleet], begun_at - timedelta(minutes=1), now())
    return max(unknown, sum(unit.seq for unit in fleet) - sum(set(HEALTH.bodies) <= set(one.bodies) for one in told))


def figures(installation: Installation, units: int = UNITS) -> Iterator[Figure]:
    """Measure, and give the figures."""
    seen = brought_back(installation, units)
    yield figure("storm: units", seen.units, "units")
    yield figure("storm: gateway listens again", seen.started_s, "s")
    yield figure("storm: all are back", max(seen.met.after_s), "s", at_most=COME_BACK_S)
    yield figure("storm: half of them are back", quantile(seen.met.after_s, 0.5), "s")
    yield figure("storm: records lost", seen.lost, "records", at_most=0)
    yield figure("storm: attempts for each unit", seen.met.attempts / seen.units, "attempts")
    yield figure("storm: processor time of the gateway", seen.gateway_s, "s")
    yield figure("storm: processor time of the database", seen.postgres_s, "s")


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=UNITS)
    arguments = parser.parse_args()
    with installed() as installation:
        show("Reconnect storm", list(figures(installation, arguments.units)), wide_console())


if __name__ == "__main__":
    _main()
