"""The log of a site may be made anew under a running bridge: what is brought in is taken away from it all the same."""

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest

from baqylau.links.jetstream import Log, LogUnavailableError, Message, Standing
from baqylau.links.outage import Outage
from baqylau.monitoring.server.region import bridge
from baqylau.monitoring.server.region.bridge import Forwarding, forward


class TwoLogs:
    """A log of nine letters that goes away, and one of two letters in its place."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._letters = [9, 2]
        self._stop = stop
        self.forgotten: list[int] = []

    async def standing(self, _stream: str) -> Standing:
        return Standing(f"log with {self._letters[0]}", self._letters[0], 0, 0)

    def reader(self, _stream: str, _subject: str, after: int) -> "TwoLogs":
        self._after = after
        return self

    async def next(self, _most: int, _wait_s: float) -> list[Message]:
        await asyncio.sleep(0)
        last = self._letters[0]
        if self._after > last:
            what = "away"
            raise LogUnavailableError(what)
        found = [Message(seq, "up", b"") for seq in range(self._after + 1, last + 1)]
        self._after = last
        return found

    async def forget_through(self, _stream: str, seq: int) -> None:
        self.forgotten.append(seq)
        self._letters = self._letters[1:] or self._letters
        if len(self.forgotten) > 1:
            self._stop.set()


class Stands:
    """Knows how far each log was brought in."""

    seq = 0

    def begin(self, _identity: str) -> None:
        self.seq = 0

    async def forward(self, letters: Sequence[Message]) -> None:
        self.seq = letters[-1].seq


async def told() -> list[int]:
    stop = asyncio.Event()
    logs = TwoLogs(stop)
    async with asyncio.timeout(2):
        await forward(Outage("site"), cast("Log", logs), "up", "up", cast("Forwarding", Stands()), stop)
    return logs.forgotten


def test_what_is_brought_in_from_a_log_made_anew_is_taken_away_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "LEADERLESS_S", 0.0)
    assert asyncio.run(told()) == [9, 2]
