"""NATS servers for tests and measurements: alone, as a leaf of another, as a cluster of three."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.perf.installation import HOST, free_port, listens, until

NATS = shutil.which("nats-server") or shutil.which("/usr/sbin/nats-server")
MISSING = "nats-server is not installed: scripts/system installs Debian's"


class NatsServer:
    """One server with a place of its own; killed and started again at will."""

    def __init__(self, place: Path, name: str, rest: str = "", *, domain: str = "") -> None:
        """`rest`: more of the configuration; `domain`: of its JetStream, none without one."""
        self.name, self.port = name, free_port()
        self.url = f"nats://{HOST}:{self.port}"
        kept = f'jetstream {{ store_dir: "{place}/{name}", domain: "{domain}" }}' if domain else ""
        self._file = place / f"{name}.conf"
        head = f"server_name: {name}\nhost: {HOST}\nport: {self.port}\nmax_payload: 2MB\n"
        self._file.write_text(f"{head}{kept}\n{rest}\n")
        self._log = place / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, and wait until it answers."""
        assert NATS is not None
        with self._log.open("ab") as said:
            self._process = subprocess.Popen([NATS, "-c", str(self._file)], stdout=said, stderr=said)
        until(self._answers, "the NATS server does not answer")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the NATS server ended: {self._log.read_text()[-200:]}"
        return listens(self.port)

    def kill(self) -> None:
        """Take it down without a warning."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def running(*servers: NatsServer) -> Iterator[None]:
    """Start servers, and leave none behind."""
    try:
        for one in servers:
            one.start()
        yield
    finally:
        for one in servers:
            one.kill()


def cluster(place: Path, names: Sequence[str]) -> list[NatsServer]:
    """Give servers that keep everything together."""
    ports = {name: free_port() for name in names}
    routes = ", ".join(f'"nats-route://{HOST}:{port}"' for port in ports.values())
    return [
        NatsServer(place, name, f"cluster {{ name: three, listen: {HOST}:{port}, routes: [{routes}] }}", domain="three")
        for name, port in ports.items()
    ]
