"""What a home unit or a tracker of ours in the city wrote reaches the server once, however often the line fails."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from baqylau.crypto.cose import PublicKey, SharedKey
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import DeviceKind
from baqylau.links.device_line import LineError, ServerLine
from baqylau.protocols.batch.commands import Answer
from baqylau.protocols.batch.envelope import Opened, opened_batch, sealed_answer
from baqylau.sim.air.box import Box
from baqylau.sim.city.lives import citizens
from baqylau.sim.city.registers import secret, supervision, unit_id
from baqylau.sim.city.scenario import Life
from baqylau.sim.city.tracker_line import TrackerLine
from baqylau.sim.city.unit_line import AGAIN_S, UnitLine
from baqylau.sim.city.worn_board import WornBoard
from baqylau.sim.city.worn_on_air import WornTracker
from baqylau.sim.stories import Story
from tests.unit.sim.towns import town

BEGUN_AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
UNIT = DeviceId("unit-1")
OURS, THEIRS = Signer(bytes([1]) * 32), Signer(bytes([2]) * 32)


class FailingLine(ServerLine):
    """A server that keeps what it can read, on a line that fails as often as wanted, before or after it was kept."""

    def __init__(self, *fails: str, key: PublicKey | SharedKey | None = None) -> None:
        self.fails, self.kept, self.batches = list(fails), list[int](), 0
        self._key = key or PublicKey(OURS.public_key)

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        assert (path, waits_s) == ("/v1/batches", 0.0)
        self.batches += 1
        fails = self.fails.pop(0) if self.fails else ""
        if fails == "before":
            raise LineError(fails)
        opened = opened_batch(body, lambda _device_id: self._key)
        assert isinstance(opened, Opened)
        self.kept += [one.seq for one in opened.batch.records if one.seq not in self.kept]
        if fails == "after":
            raise LineError(fails)
        name, kept = opened.batch.device_id, () if fails == "nothing kept" else tuple((one, one) for one in self.kept)
        answer = Answer(device_id=name, at=BEGUN_AT, ack_through=0, also_kept=kept)
        if name == UNIT and kept:
            answer = Answer(device_id=name, at=BEGUN_AT, ack_through=max(self.kept))
        ours = self._key if isinstance(self._key, SharedKey) else THEIRS
        return sealed_answer(answer, OURS if fails == "forged" else ours)


def sent(*fails: str) -> tuple[Box, UnitLine, FailingLine, list[float]]:
    box, line, pauses = Box(UNIT, ("hall",), BEGUN_AT), FailingLine(*fails), list[float]()
    unit = UnitLine(box, UNIT, OURS, line, THEIRS.public_key)

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def until_all_is_kept() -> None:
        for second in range(1, 200):
            box.tick(float(second))
        while box.waiting:
            await unit.send(lambda: 0.0, pause)

    asyncio.run(until_all_is_kept())
    return box, unit, line, pauses


def test_what_is_acknowledged_is_forgotten_and_counted() -> None:
    box, unit, line, pauses = sent()
    assert line.kept == list(range(1, len(line.kept) + 1))
    assert (unit.tally.sent, unit.tally.confirmed, unit.tally.answers) == (len(line.kept), len(line.kept), 1)
    assert not box.wanted
    assert pauses == []


def test_what_the_line_loses_is_sent_again_after_a_pause_and_kept_once() -> None:
    _, unit, line, pauses = sent("before", "after", "forged", "nothing kept")
    count = len(line.kept)
    assert line.kept == list(range(1, count + 1))
    assert pauses == [AGAIN_S] * 4
    assert unit.tally.reconnects == 4
    assert (unit.tally.sent, unit.tally.confirmed) == (5 * count, count)


def test_what_a_tracker_wrote_is_forgotten_when_it_is_kept_and_sent_again_when_it_is_not(tmp_path: Path) -> None:
    scenario = town(DeviceKind.TRACKER, Life.AT_WORK, persons=1, hours=3.0, protocols={"own": 1})
    [one] = citizens(scenario, BEGUN_AT)
    assert isinstance(one.does, Story)
    board = WornBoard(one.number, one.does, BEGUN_AT)
    worn = WornTracker(one.number, board, supervision(one, BEGUN_AT), BEGUN_AT, tmp_path)
    line = FailingLine("before", "after", "forged", "nothing kept", key=SharedKey(secret(unit_id(one.number))))
    sends, pauses = TrackerLine(worn, BEGUN_AT, line), list[float]()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def until_all_is_kept() -> None:
        for minute in range(1, 60):
            worn.live_until(60.0 * minute)
            if sends.due(0.0, 0.0):
                await sends.send(lambda: 0.0, pause)
        assert not sends.waiting or sends.waits_since is not None
        while sends.waiting:
            await sends.send(lambda: 0.0, pause)

    asyncio.run(until_all_is_kept())
    assert sorted(line.kept) == list(range(1, sends.written + 1))
    assert pauses == [AGAIN_S] * 4
    assert sends.tally.confirmed == sends.written < sends.tally.sent
    assert sends.waits_since is None
