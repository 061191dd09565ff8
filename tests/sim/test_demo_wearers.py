"""The demo's own trackers: what their boards say makes their very cores write down what happens to them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from baqylau.devices.tracker import board_line
from baqylau.devices.tracker.folder import TrackerEnrolment
from baqylau.devices.tracker.inputs import Located, TimeTold
from baqylau.devices.tracker.machine import Machine
from baqylau.devices.tracker.nmea import NmeaReader
from baqylau.protocols.batch.wire import record_of
from baqylau.sim.demo_registry import demo_registry
from baqylau.sim.demo_wearers import Wearer, board, wearers, wearers_registry
from baqylau.sim.sky.live import LiveBoard, run_boards

NOW = datetime(2026, 11, 22, 15, 20, tzinfo=UTC)
WALKS, WRAPS, CUTS = wearers()
DICE = Random(5)  # noqa: S311 - invented noise


def lived(one: Wearer, folder: Path, seconds: int) -> list[str]:
    """Give what a tracker's core writes down, as text, while its board is worn for so long."""
    enrolment = TrackerEnrolment(device_id=one.tracker_id, serial=one.serial, secret="ab" * 32, root="")
    machine, reader = Machine(enrolment, folder, surely_at_once=False), NmeaReader()
    worn = LiveBoard(board(one, "127.0.0.1", 0), NOW, Random(3))  # noqa: S311 - invented noise
    machine.give([TimeTold(0, round(NOW.timestamp() * 1000))])
    for second in range(seconds):
        machine.pass_time(second * 1000)
        for line in b"".join(worn.lines(float(second))).splitlines():
            if line[:1] != b"$":
                machine.give([board_line.read(line, second * 1000)])
            elif (epoch := reader.take(line.decode())) is not None and machine.receiver_on:
                machine.give([Located(second * 1000, epoch)])
    said = []
    while (batch := machine.ring.batch()) is not None:
        first, contents = batch
        said += [str(record_of(first + number, content)) for number, content in enumerate(contents)]
        machine.ring.kept(first + len(contents) - 1, [])
    machine.close()
    return said


def test_nobodys_id_is_used_twice_and_each_wears_a_tracker_of_ours() -> None:
    given = wearers_registry(founded_at=NOW)
    others = demo_registry(founded_at=NOW, started_at=NOW)
    names = [str(one.id) for registry in (given, others) for one in registry.people]
    names += [str(one.id) for registry in (given, others) for one in registry.devices]
    assert len(set(names)) == len(names)
    assert {one.protocol for one in given.devices} == {"link"}


def test_who_walks_is_seen_and_nothing_is_claimed(tmp_path: Path) -> None:
    said = lived(WALKS, tmp_path, 300)
    assert any("Fix(" in one for one in said)
    assert not any("Interference(" in one or "open=True" in one for one in said)


def test_a_tracker_that_is_wrapped_up_and_a_cut_strap_are_written_down(tmp_path: Path) -> None:
    wrapped = lived(WRAPS, tmp_path / "wraps", 250)
    assert any("Cell(registered=False" in one for one in wrapped)
    assert any("NoFix(" in one for one in wrapped)
    assert any("Strap(open=True)" in one for one in lived(CUTS, tmp_path / "cuts", 215))


def test_boards_are_on_sockets_as_real_ones_are() -> None:
    async def story() -> bytes:
        opened: asyncio.Future[Sequence[int]] = asyncio.get_running_loop().create_future()
        boards = [board(one, "127.0.0.1", 0) for one in wearers()]
        running = asyncio.ensure_future(
            run_boards(
                boards, now=lambda: datetime.now(UTC), sleep=asyncio.sleep, random=DICE, opened=opened.set_result
            )
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", (await opened)[1])
        said = await reader.readuntil(b"$GNGGA")
        writer.close()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return said

    assert b"$GNRMC" in asyncio.run(asyncio.wait_for(story(), 30))
