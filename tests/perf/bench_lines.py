"""Ten thousand open lines at one gateway: do those that speak still get their answers, and in what time?"""

import asyncio
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from baqylau.domain.observations import Fix
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import Confirmed
from baqylau.sim.load_fleet import load_number
from tests.perf.bench_calibration import Calibration
from tests.perf.figures import Figure, figure
from tests.perf.installation import HOST, Installation, populate

LINES, SPEAKING, SLOW = 10_000, 100, 100
ANSWER_P99_MS = 1_000
_BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
_SLOW_S, _ROUNDS = 10, 10
_AT_ONCE = 200


def figures(installation: Installation, calibration: Calibration) -> Iterator[Figure]:
    """Open the lines, let some send a byte a second, and time the answers that others get meanwhile."""
    populate(installation, "queclink", SPEAKING)
    with installation.gateway() as (ports, pid):
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            opened_s, answers_ms = runner.run(_crowd(ports["any"]))
        memory = _resident_bytes(pid)
    answers_ms.sort()
    yield figure(f"lines: {LINES} opened at the shared door", opened_s, "s", beside=calibration.loop)
    yield figure("lines: answer p50 among them", answers_ms[len(answers_ms) // 2], "ms")
    p99 = answers_ms[len(answers_ms) * 99 // 100]
    yield figure("lines: answer p99 among them", p99, "ms", at_most=ANSWER_P99_MS)
    yield figure("lines: the gateway's memory with them", memory / 2**20, "MiB")


async def _crowd(port: int) -> tuple[float, list[float]]:
    begun = time.perf_counter()
    silent: list[asyncio.StreamWriter] = []
    for first in range(0, LINES - SPEAKING, _AT_ONCE):
        count = min(_AT_ONCE, LINES - SPEAKING - first)
        opened = await asyncio.gather(*(asyncio.open_connection(HOST, port) for _ in range(count)))
        silent += [writer for _, writer in opened]
    opened_s = time.perf_counter() - begun
    slow = asyncio.gather(*(_a_byte_a_second(writer) for writer in silent[:SLOW]))
    told = await asyncio.gather(*(_speak(port, number) for number in range(1, SPEAKING + 1)))
    await slow
    for writer in silent:
        writer.close()
    return opened_s, [one for answers in told for one in answers]


async def _a_byte_a_second(writer: asyncio.StreamWriter) -> None:
    for byte in b"+RESP:GTFR"[:_SLOW_S]:
        writer.write(bytes([byte]))
        await asyncio.sleep(1)


async def _speak(port: int, number: int) -> list[float]:
    """Report some times, and give how long each answer took."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    device, answers_ms = FLEET["queclink"].device(load_number(number), ""), []
    for turn in range(_ROUNDS):
        at = _BEGUN + timedelta(minutes=turn)
        begun = time.perf_counter()
        writer.write(device.report([(at, (Fix(latitude_deg=43.24, longitude_deg=76.9, hdop=1.0),))]))
        while not any(isinstance(reply, Confirmed) for reply in device.receive(await reader.read(4_096))):
            if reader.at_eof():
                raise AssertionError("a line that speaks was closed")
        answers_ms.append((time.perf_counter() - begun) * 1_000)
        await asyncio.sleep(1)
    writer.close()
    return answers_ms


def _resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * 4_096
