"""The tracker's program is killed amid its work: nothing that it wrote down is lost, and nothing comes twice."""

import shutil
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta
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
from baqylau.protocols.batch.records import Own, Record
from baqylau.protocols.batch.wire import record_of
from tests.perf.installation import HOST, Installation, await_door, free_port, until
from tests.sim.killed import LINK_ALONE, Board
from tests.sim.test_tracker_program import TRACKER, prescribed, provisioned, sent

KILLS, AMID, HELP_EVERY = 2, 20, 5
"""Killed so often, each time after so many more knocks reached the server."""


def says(knock: int) -> bytes:
    """Knock, each time a little harder. Now and then the button for help is held, which sends everything at once."""
    shocked = (True, SHOCK_G + knock / 100)
    knocked = written(Sample(0, (47_000, 80.0), (False, 0.0), 900, shocked, 31.0, (3950, False)))
    return knocked if knock % HELP_EVERY else knocked + b"P*%02X\r\n" % modem.check(b"P")


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
    begun_at, door, board = now() - timedelta(hours=1), free_port(), Board(says)
    own = provisioned(tmp_path, dsn, tmp_path / "tracker")
    prescribed(engine, begun_at)
    journal = vaulted(engine, tmp_path).journal
    words = ("--dir", str(own.path), "--server", f"https://localhost:{door}")

    def arrived(since: datetime = begun_at) -> Counter[int]:
        kept = journal.of_devices([TRACKER], since)
        return Counter(knock for one in kept for body in one.bodies if (knock := number(body)))

    wrote = set[int]()
    with ExitStack() as stack:
        installation = Installation(data=tmp_path, dsn=dsn, engine=engine)
        stack.enter_context(installation.role("gateway", "--door", f"link={door}", *LINK_ALONE))
        await_door(door)
        stack.enter_context(board.talking())
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
    assert board.holes(came) == [], "nothing amid a run is lost"
