"""The demo's devices on real sockets."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

from baqylau.protocols.session import Reading
from baqylau.sim.demo import run_demo_devices
from baqylau.sim.demo_people import actors
from baqylau.sim.demo_registry import number_of
from tests.sim.door import Door


def test_all_twelve_speak_soon_and_stop_when_told() -> None:
    async def story() -> Sequence[Reading]:
        async with Door("wialon").listening() as wialon, Door("egts").listening() as egts:
            ports = {"wialon": wialon.port, "egts": egts.port}
            dice = Random(1)  # noqa: S311 - noise of a receiver
            devices = asyncio.ensure_future(
                run_demo_devices("127.0.0.1", ports, now=lambda: datetime.now(UTC), sleep=asyncio.sleep, random=dice)
            )
            while len({reading.number for reading in (*wialon.kept.values(), *egts.kept.values())}) < len(actors()):  # noqa: ASYNC110 - the doors tell nobody
                await asyncio.sleep(0.1)
            devices.cancel()
            await asyncio.wait({devices})
            return [*wialon.kept.values(), *egts.kept.values()]

    heard = asyncio.run(asyncio.wait_for(story(), 30))
    assert {reading.number for reading in heard} == {number_of(actor) for actor in actors()}
