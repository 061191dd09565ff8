"""NATS servers for tests and measurements: alone, as a leaf of another, as a cluster of three; and a line to cut."""

import asyncio
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.perf.installation import HOST, free_port, listens, until

NATS = shutil.which("nats-server") or shutil.which("/usr/sbin/nats-server")
MISSING = "nats-server is not installed: scripts/system installs Debian's"
PIECE_BYTES = 65_536


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


class CutLine:
    """A line between two machines that can be cut and joined again, on a thread of its own."""

    def __init__(self, to_port: int) -> None:
        """Lead to a port of this machine."""
        self.port = free_port()
        self._to_port = to_port
        self._joined = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="line")

    def start(self) -> None:
        """Begin, joined."""
        self._thread.start()
        opening = asyncio.start_server(self._lead, HOST, self.port)
        self._server = asyncio.run_coroutine_threadsafe(opening, self._loop).result(30)
        self._joined.set()

    def cut(self) -> None:
        """End what is on the line, and let nothing through."""
        self._joined.clear()
        self._loop.call_soon_threadsafe(self._hang_up)

    def join(self) -> None:
        """Let through again."""
        self._joined.set()

    def close(self) -> None:
        """End it for good."""
        self.cut()

        async def rest() -> None:
            if self._server is not None:
                self._server.close()
            await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)

        asyncio.run_coroutine_threadsafe(rest(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _hang_up(self) -> None:
        for one in self._open:
            one.transport.abort()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._joined.is_set():
            writer.transport.abort()
            return
        with suppress(OSError):
            there, back = await asyncio.open_connection(HOST, self._to_port)
            self._open |= {writer, back}
            await asyncio.gather(_pour(reader, back), _pour(there, writer), return_exceptions=True)
            self._open -= {writer, back}


async def _pour(out_of: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await out_of.read(PIECE_BYTES):
            into.write(piece)
            await into.drain()
    into.transport.abort()
