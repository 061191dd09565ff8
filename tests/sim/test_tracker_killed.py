"""The tracker's program is killed amid its work: nothing that it wrote down is lost, and nothing comes twice."""

import asyncio
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Engine

from baqylau.cli.vaulted import vaulted
from baqylau.devices.strap import SHOCK_G, Sample
from baqylau.devices.tracker.board_line import written
from baqylau.devices.tracker.disk import FolderDisk
from baqylau.devices.tracker.ring import Ring
from baqylau.domain.observations import Surroundings
from baqylau.links.radio import modem
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.settings import DOORS, LINK
from baqylau.protocols.batch.records import Own, Record
from baqylau.protocols.batch.wire import record_of
from tests.perf.installation import HOST, Installation, await_door, free_port, until
from tests.sim.test_tracker_program import TRACKER, prescribed, provisioned, sent

KILLS, AMID, HELP_EVERY = 2, 20, 5
"""Killed so often, each time after so many more knocks reached the server."""
EVERY_S = 0.05


class Knocking:
    """A board that is knocked on, each time a little harder, so that each knock is told from all others.

    Now and then the button for help is held, which sends everything at once.
    """

    def __init__(self) -> None:
        self.port, self.knocks = free_port(), 0
        self.begun = [1]
        """The first knock of each run of the program."""

    async def serve(self, over: threading.Event) -> None:
        async with await asyncio.start_server(self._talk, HOST, self.port):
            await asyncio.to_thread(over.wait)

    async def _talk(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                self.knocks += 1
                hard_g = SHOCK_G + self.knocks / 100
                writer.write(written(Sample(0, (47_000, 80.0), (False, 0.0), 900, (True, hard_g), 31.0, (3950, False))))
                if self.knocks % HELP_EVERY == 0:
                    writer.write(b"P*%02X\r\n" % modem.check(b"P"))
                await writer.drain()
                await asyncio.sleep(EVERY_S)
        except ConnectionError:
            self.begun.append(self.knocks + 1)
        finally:
            writer.transport.abort()


@contextmanager
def on(board: Knocking) -> Iterator[None]:
    over = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(board.serve(over)))
    thread.start()
    yield
    over.set()
    thread.join()


def number(body: object) -> int | None:
    """Give which knock it was."""
    return round((body.shock_g - SHOCK_G) * 100) if isinstance(body, Surroundings) and body.shock_g else None


def waiting(ring: Path, copy: Path) -> set[int]:
    """Give the knocks that wait in a ring, from a copy of it."""
    shutil.copytree(ring, copy)
    disk = FolderDisk(copy)
    again, found = Ring(disk), set[int]()
    while (batch := again.batch()) is not None:
        first, contents = batch
        again.kept(0, [[first, first + len(contents) - 1]])
        said = [one.said for one in (record_of(1, content) for content in contents) if isinstance(one, Record)]
        found |= {knock for one in said if isinstance(one, Own) for body in one.bodies if (knock := number(body))}
    disk.close()
    return found


def test_whenever_the_program_is_killed_what_it_wrote_down_arrives_and_arrives_once(
    engine: Engine, dsn: str, tmp_path: Path
) -> None:
    begun_at, door, board = now() - timedelta(hours=1), free_port(), Knocking()
    own = provisioned(tmp_path, dsn, tmp_path / "tracker")
    prescribed(engine, begun_at)
    journal = vaulted(engine, tmp_path).journal
    words = ("--dir", str(own.path), "--server", f"https://localhost:{door}")
    closed = [word for one in DOORS if one != LINK for word in ("--door", f"{one}=closed")]

    def arrived(since: datetime = begun_at) -> Counter[int]:
        kept = journal.of_devices([TRACKER], since)
        return Counter(knock for one in kept for body in one.bodies if (knock := number(body)))

    wrote = set[int]()
    with ExitStack() as stack:
        installation = Installation(data=tmp_path, dsn=dsn, engine=engine)
        stack.enter_context(installation.role("gateway", "--door", f"link={door}", *closed))
        await_door(door)
        stack.enter_context(on(board))
        for turn in range(KILLS):
            before = len(arrived())
            source = ("--source", f"socket:{HOST}:{board.port}")
            process = subprocess.Popen([sys.executable, "-m", "baqylau.cli", "tracker", *words, *source])
            stack.callback(process.wait)
            stack.callback(process.kill)
            until(lambda floor=before: len(arrived()) >= floor + AMID, "no knock arrives", within_s=120)  # type: ignore[misc]
            process.kill()
            process.wait()
            wrote |= waiting(own.path / "ring", tmp_path / f"ring-{turn}") | set(arrived())
        sent(*words)
        came = arrived()
    assert set(came.values()) == {1}, "nothing comes twice"
    assert wrote <= set(came), "nothing that was written down is lost"
    for first, after in pairwise([*board.begun, board.knocks + 1]):
        of_run = sorted(one for one in came if first <= one < after)
        assert of_run == list(range(of_run[0], of_run[-1] + 1)) if of_run else True, "nothing amid a run is lost"
