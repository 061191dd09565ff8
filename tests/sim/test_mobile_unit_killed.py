"""The mobile unit's program is killed amid its work: nothing that it wrote down is lost, and nothing comes twice."""

import shutil
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.cli.vaulted import vaulted
from baqylau.devices.linux_unit.folder import Folder
from baqylau.devices.linux_unit.spool import Spool
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Battery
from baqylau.links.radio import modem
from baqylau.links.radio.words import Sensor
from baqylau.links.wall_clock import now
from baqylau.protocols.batch.records import Own
from tests.perf.installation import HOST, Installation, await_door, free_port, until
from tests.sim.killed import LINK_ALONE, Board
from tests.sim.test_tracker_program import prescribed

MOBILE = DeviceId("mu-1")
KILLS, AMID, CALL_EVERY = 2, 12, 5
"""Killed so often, each time after so many more charges reached the server."""
LOW, HIGH = 10, 60
"""Per cent between which the charge leaps, a little higher each time: each is worth a word and told from all others."""


def says(count: int) -> bytes:
    """Let the charge leap. Now and then the key for a call is pressed, which sends everything at once."""
    charge = modem.written(Sensor("battery", (LOW, HIGH)[count % 2] + count / 100))
    return charge if count % CALL_EVERY else charge + modem.written(Sensor("call", 1.0))


def number(body: object) -> int | None:
    """Give which charge it was."""
    if not isinstance(body, Battery) or body.level_percent is None:
        return None
    hundredths = round(body.level_percent * 100)
    return next((at for at in (hundredths - LOW * 100, hundredths - HIGH * 100) if 0 < at < 2000), None)


def waiting(folder: Path, copy: Path) -> set[int]:
    """Give the charges that wait in a spool, from a copy of it."""
    shutil.copytree(folder, copy)
    again, found = Spool(copy), set[int]()
    while (batch := again.batch(MOBILE, 0)) is not None:
        said = [one.said for one in batch.records]
        found |= {at for one in said if isinstance(one, Own) for body in one.bodies if (at := number(body))}
        for one in batch.records:
            again.kept(0, [(one.seq, one.seq)])
    again.close()
    return found


def given_out(data: Path, dsn: str, folder: Path) -> None:
    """Enrol a unit as a technician does."""
    own, told = Folder(folder), data / "unit.json"
    where = ["--out", str(told), "--data", str(data), "--database", dsn]
    words = ["--kind", "mobile_unit", "--serial", "M-0001", "--key", own.signer().public_key.hex()]
    done = CliRunner().invoke(app, ["device", "enrol", MOBILE, *words, *where])
    assert done.exit_code == 0, done.output
    own.enrol(told.read_bytes())


def test_whenever_the_program_is_killed_what_it_wrote_down_arrives_and_arrives_once(
    engine: Engine, dsn: str, tmp_path: Path
) -> None:
    begun_at, door, board, folder = now() - timedelta(hours=1), free_port(), Board(says), tmp_path / "unit"
    given_out(tmp_path, dsn, folder)
    prescribed(engine, begun_at, MOBILE)
    journal = vaulted(engine, tmp_path).journal
    words = ("--dir", str(folder), "--server", f"https://localhost:{door}", "--source", f"socket:{HOST}:{board.port}")

    def arrived(since: datetime = begun_at) -> Counter[int]:
        kept = journal.of_devices([MOBILE], since)
        return Counter(at for one in kept for body in one.bodies if (at := number(body)))

    wrote = set[int]()
    with ExitStack() as stack:
        installation = Installation(data=tmp_path, dsn=dsn, engine=engine)
        stack.enter_context(installation.role("gateway", "--door", f"link={door}", *LINK_ALONE))
        await_door(door)
        stack.enter_context(board.talking())

        def begun() -> "subprocess.Popen[bytes]":
            process = subprocess.Popen([sys.executable, "-m", "baqylau.cli", "mobile-unit", *words])
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        for turn in range(KILLS):
            before = len(arrived())
            process = begun()
            until(lambda floor=before: len(arrived()) >= floor + AMID, "no charge arrives", within_s=120)  # type: ignore[misc]
            process.kill()
            process.wait()
            wrote |= waiting(folder, tmp_path / f"unit-{turn}") | set(arrived())
        begun()
        until(lambda: wrote <= set(arrived()), "something that was written down does not arrive", within_s=120)
        came = arrived()
    assert set(came.values()) == {1}, "nothing comes twice"
    assert board.holes(came) == [], "nothing amid a run is lost"
