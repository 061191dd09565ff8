"""The programs of a site and of its bridge, as they are run: what a site answered before SIGKILL is at the centre.

At length, with a cut line, a judge and many kills: `python -m tests.perf.region`.
"""

import asyncio
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import Engine, text

from baqylau.links.wall_clock import now
from baqylau.storage.judging.live import Live
from baqylau.storage.registers.registers import Registers
from tests.conftest import own_directory
from tests.perf.installation import Installation, until
from tests.perf.nats import MISSING, NATS
from tests.perf.region import NAME, RECONNECT_S, Site
from tests.unit.server.site import FAR_AWAY, Peer, hello, prescribed, report

KEPT = text("SELECT count(DISTINCT observed_at) FROM journal WHERE device_id = 'tracker-1' AND observed_at < :before")


@pytest.mark.timeout(300)
@pytest.mark.skipif(NATS is None, reason=MISSING)
def test_a_site_answers_while_the_line_is_cut_dies_and_all_it_answered_is_at_the_centre(
    engine: Engine, dsn: str
) -> None:
    Registers(engine, now).save(prescribed(order_until=now() + timedelta(days=1)), by="test")
    begun_at = now().replace(microsecond=0) - timedelta(minutes=10)

    async def known(port: int) -> bool:
        peer = await Peer.call(port)
        answer = await peer.say(hello())
        await Peer.opened.pop().hang_up()
        return answer == b"#AL#1"

    async def answered(port: int, count: int) -> None:
        peer = await Peer.call(port)
        await peer.say(hello())
        answers = {await peer.say(report(begun_at + timedelta(seconds=one), FAR_AWAY)) for one in range(count)}
        assert answers == {b"#AD#1"}
        await Peer.opened.pop().hang_up()

    with own_directory() as place, ExitStack() as stack:
        site = Site(Installation(data=Path(place), dsn=dsn, engine=engine), stack)
        site.start(Live(engine), judged=False)
        until(lambda: asyncio.run(known(site.ports["wialon"])), "the site does not know the tracker", 120.0)
        site.line.cut()
        asyncio.run(answered(site.ports["wialon"], 20))
        before = {"before": begun_at + timedelta(minutes=1)}

        def kept() -> int:
            with engine.connect() as connection:
                return int(connection.scalar(KEPT, before) or 0)

        sleep(3 * RECONNECT_S)
        assert kept() == 0, "NATS has gone round the line by an address that the centre told it"
        site.gateway.kill()
        site.line.join()
        until(lambda: kept() == 20, "what was answered is not kept", 120.0)
        assert NAME in Live(engine).listened().by_region
