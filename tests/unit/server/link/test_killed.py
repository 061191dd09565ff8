"""The gateway as a program of its own, over HTTPS with its own certificate, killed while a unit sends its backlog."""

import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import Engine

from baqylau.cli.roles.linking import sources
from baqylau.cli.vaulted import vaulted
from baqylau.crypto.certificates import chain_pem
from baqylau.domain.commands import ReportNow
from baqylau.domain.observations import ReceiverHealth
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.settings import DOORS, LINK
from baqylau.protocols.batch.envelope import OpenedAnswer, Refused, opened_answer
from baqylau.storage.equipment.authorities import authorities, command_signer
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.equipment.device_keys import KeyKind
from baqylau.storage.installation import installation
from tests.perf.installation import free_port
from tests.unit.server.link.household import UNIT, UNIT_KEY, Unit, household, own
from tests.unit.server.site import counted_bytes

BATCHES, RECORDS = 8, 100


@contextmanager
def gateway(data: Path, dsn: str, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The program; killed at the end, as by a power cut."""
    closed = [word for name in DOORS if name != LINK for word in closing(name)]
    words = ["gateway", "--data", str(data), "--database", dsn, "--door", f"link={port}", *closed]
    with (data / "gateway.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "baqylau.cli", *words], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 30
        while not listens(port):
            assert process.poll() is None, (data / "gateway.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def closing(name: str) -> tuple[str, str]:
    return "--door", f"{name}=closed"


def listens(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.settimeout(1)
        return attempt.connect_ex(("127.0.0.1", port)) == 0


class Sender:
    """A unit with its backlog, over TLS that believes the installation's root alone."""

    def __init__(self, data: Path, port: int) -> None:
        root = authorities(data / "keys", counted_bytes(), now()).root
        self.trust = ssl.create_default_context(cadata=chain_pem(root).decode())
        self.server = command_signer(data / "keys", counted_bytes()).public_key
        self.address = f"https://localhost:{port}/v1/batches"

    def send(self, raw: bytes) -> OpenedAnswer:
        with httpx.Client(verify=self.trust, trust_env=False, timeout=20) as client:
            answer = opened_answer(client.post(self.address, content=raw).content, (self.server,), UNIT)
        assert not isinstance(answer, Refused)
        return answer


def test_a_gateway_killed_during_an_upload_loses_nothing_and_doubles_nothing(
    engine: Engine, dsn: str, tmp_path: Path
) -> None:
    begun = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    installation(tmp_path / "keys", counted_bytes())
    own_journal = vaulted(engine, tmp_path)
    linked = sources(engine, own_journal.vault)
    linked.registers.save(household(order_until=now() + timedelta(days=9)), by="test")
    linked.keys.enrol(UNIT, KeyKind.ED25519, "H-0001", UNIT_KEY.public_key, by="test")
    unit, port = Unit(), free_port()
    at = [begun + timedelta(seconds=30 * count) for count in range(BATCHES * RECORDS)]
    health = own(ReceiverHealth(working=True, frames=9))
    batches = [
        unit.batch(first + 1, [(one, health) for one in at[first : first + RECORDS]])
        for first in range(0, len(at), RECORDS)
    ]
    with gateway(tmp_path, dsn, port) as process:
        sender = Sender(tmp_path, port)
        for raw in batches[:5]:
            sender.send(raw)
        with socket.create_connection(("127.0.0.1", port)) as half:
            half.send(b"\x16\x03\x01")
            process.kill()
    Commands(engine, now).give(UNIT, ReportNow(), now() + timedelta(minutes=5), by="test")
    with gateway(tmp_path, dsn, port):
        answers = [sender.send(raw) for raw in batches[3:]]
    assert answers[-1].answer.ack_through == len(at)
    assert sum(len(one.answer.commands) for one in answers) == 1
    kept = own_journal.journal.of_devices([UNIT], begun, now())
    assert [one.observed_at for one in kept if ReceiverHealth(working=True, frames=9) in one.bodies] == at
