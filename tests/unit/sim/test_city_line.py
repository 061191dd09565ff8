"""What a home unit of the city wrote reaches the server once, however often the line fails."""

import asyncio
from datetime import UTC, datetime

from baqylau.crypto.cose import PublicKey
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId
from baqylau.links.device_line import LineError, ServerLine
from baqylau.protocols.batch.commands import Answer
from baqylau.protocols.batch.envelope import Opened, opened_batch, sealed_answer
from baqylau.sim.air.box import Box
from baqylau.sim.city.unit_line import AGAIN_S, UnitLine

BEGUN_AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
UNIT = DeviceId("unit-1")
OURS, THEIRS = Signer(bytes([1]) * 32), Signer(bytes([2]) * 32)


class FailingLine(ServerLine):
    """A server that keeps what it can read, on a line that fails as often as wanted, before or after it was kept."""

    def __init__(self, *fails: str) -> None:
        self.fails, self.kept, self.batches = list(fails), list[int](), 0

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        assert (path, waits_s) == ("/v1/batches", 0.0)
        self.batches += 1
        fails = self.fails.pop(0) if self.fails else ""
        if fails == "before":
            raise LineError(fails)
        opened = opened_batch(body, lambda _device_id: PublicKey(OURS.public_key))
        assert isinstance(opened, Opened)
        self.kept += [one.seq for one in opened.batch.records if one.seq not in self.kept]
        if fails == "after":
            raise LineError(fails)
        through = 0 if fails == "nothing kept" else max(self.kept)
        answer = Answer(device_id=UNIT, at=BEGUN_AT, ack_through=through)
        return sealed_answer(answer, OURS if fails == "forged" else THEIRS)


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
