"""Devices whose words cannot be taken: spoilt, cut or never heard of; each is answered for before the next one."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle, islice
from random import Random

from baqylau.links import wall_clock
from baqylau.protocols.fleet import FLEET
from baqylau.sim.load_fleet import load_number, walk
from tests.perf.installation import HOST

PROTOCOL = "wialon"
_PING, _PONG = b"#P#\r\n", b"#AP#"
ANSWER_S = 60.0
DEVICES = 40


def spoilt(index: int, random: Random) -> Iterator[bytes]:
    """Give frames of one device that nobody can take, without end: each kind in turn."""
    reports = walk(index, wall_clock.now(), 1.0)
    device = FLEET[PROTOCOL].device(load_number(index), "")
    for kind in cycle(("a digit is another one", "cut in the middle", "of no kind that there is", "noise")):
        frame = device.report(list(islice(reports, 1)))
        match kind:
            case "a digit is another one":
                at = random.choice([place for place, letter in enumerate(frame) if letter in b"0123456789"])
                yield frame[:at] + bytes([frame[at] ^ 1]) + frame[at + 1 :]
            case "cut in the middle":
                yield frame[: len(frame) // 2] + b"\r\n"
            case "of no kind that there is":
                yield frame.replace(b"#D#", b"#Q#", 1)
            case _:
                yield b"#D#" + random.randbytes(40).replace(b"\n", b"").replace(b"\r", b"") + b"\r\n"


async def poison(port: int, first: int, rate: float, seconds: float, seed: int) -> int:
    """Send so many frames a second, from devices that are numbered from the first on; give how many were taken in."""
    until_s = wall_clock.monotonic_s() + seconds
    sending = (_one(port, first + place, rate / DEVICES, until_s, Random(seed + place)) for place in range(DEVICES))  # noqa: S311
    return sum(await asyncio.gather(*sending))


async def _one(port: int, index: int, rate: float, until_s: float, random: Random) -> int:
    """Let one device send, and call again whenever it is hung up on; the frame before that counts as well."""
    sent, frames = 0, spoilt(index, random)
    hello = FLEET[PROTOCOL].device(load_number(index), "").hello()
    await wall_clock.sleep(random.uniform(0.0, 1.0 / rate))
    while wall_clock.monotonic_s() < until_s:
        reader, writer = await asyncio.open_connection(HOST, port)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(hello)
            while wall_clock.monotonic_s() < until_s:
                writer.write(next(frames) + _PING)
                sent += 1
                async with asyncio.timeout(ANSWER_S):
                    await reader.readuntil(_PONG)
                await wall_clock.sleep(1.0 / rate)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    return sent
