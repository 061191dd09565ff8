"""A person's device on a real socket, which reports once a second what is written beforehand; if wanted, badly."""

import asyncio
import math
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from msgspec import Struct

from baqylau.links import wall_clock
from baqylau.links.tracks import Report
from baqylau.protocols.fleet import FLEET
from baqylau.sim.client import Habits, Line, Tracker
from baqylau.sim.load_fleet import load_number
from tests.perf import scripted
from tests.perf.installation import HOST
from tests.perf.proofs import Told

HABITS = Habits(answer_within_s=5.0, first_pause_s=0.2, longest_pause_s=2.0)
HELD_BACK = 8
"""After so many further reports at the latest comes what was held back."""


class Faults(Struct, frozen=True, kw_only=True):
    """What is wrong with a device."""

    late_share: float = 0.0
    """Of its reports: they come behind later ones."""
    twice_share: float = 0.0
    """Of its reports: they are sent as two."""
    ahead_s: int = 0
    """By how much its clock is wrong."""


SOUND = Faults()


class Client:
    """One person's device."""

    def __init__(
        self,
        index: int,
        port: int,
        random: Random,
        *,
        faults: Faults = SOUND,
        region: str | None = None,
        habits: Habits = HABITS,
    ) -> None:
        """Set up without connecting."""
        speak = partial(FLEET[scripted.protocol_of(index)].device, load_number(index), "")
        begun_s = math.ceil(wall_clock.now().timestamp()) + 1 + index % scripted.ROUND_S // 4 + faults.ahead_s
        self.begun_at = datetime.fromtimestamp(begun_s, tz=wall_clock.now().tzinfo)
        self.sent: list[datetime] = []
        self.faults, self._region, self._random = faults, region, random
        self._reports = scripted.reports(index, self.begun_at)
        self._held: list[tuple[int, Report]] = []
        self.tracker = Tracker(Line(host=HOST, port=port), speak, habits, sleep=wall_clock.sleep, random=random)

    async def live(self, over: asyncio.Event) -> None:
        """Report every second until it is over and a round is complete, then wait until everything is delivered."""
        ahead = timedelta(seconds=self.faults.ahead_s)
        for number, report in enumerate(self._reports):
            if over.is_set() and number % scripted.ROUND_S == 0:
                break
            await wall_clock.sleep((report[0] - ahead - wall_clock.now()).total_seconds())
            for one in self._told_at(number, report):
                self.tracker.remember(one)
            self.sent.append(report[0])
        for _, report in self._held:
            self.tracker.remember(report)
        await self.tracker.delivered()

    def _told_at(self, number: int, report: Report) -> Iterator[Report]:
        """Give what is told with this report: what was held back before, and itself, unless it is held back."""
        due = [one for one in self._held if one[0] <= number]
        self._held = [one for one in self._held if one[0] > number]
        if self._random.random() < self.faults.late_share:
            self._held.append((number + self._random.randint(1, HELD_BACK), report))
        else:
            yield report
        if self._random.random() < self.faults.twice_share:
            yield report
        for _, earlier in due:
            yield earlier

    @property
    def told(self) -> Told:
        """What it was answered for, and what has to be found in it."""
        seconds = len(self.sent)
        return Told(
            acknowledged=tuple(self.sent),
            openings=tuple(scripted.openings(self.begun_at, seconds // scripted.ROUND_S)),
            entries=tuple(scripted.entries(self.begun_at, seconds)),
            sure_until=scripted.sure_until(self.begun_at, seconds),
            region=self._region,
        )


class Crowd:
    """All devices of a test, at work in one loop."""

    def __init__(self, clients: dict[str, Client]) -> None:
        """Take them by the numbers of their people; call `begin` in the loop."""
        self.clients = clients
        self._over = asyncio.Event()
        self._talking: list[asyncio.Task[None]] = []
        self._living: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Let them connect and live."""
        self._talking = [asyncio.create_task(one.tracker.run()) for one in self.clients.values()]
        self._living = [asyncio.create_task(one.live(self._over)) for one in self.clients.values()]

    async def end(self, within_s: float) -> dict[str, Told]:
        """Let each end its round and deliver everything, and give what has to be found. `TimeoutError`.

        A device that broke off is our own fault and raises what broke it.
        """
        self._over.set()
        living, talking = asyncio.gather(*self._living), asyncio.gather(*self._talking)
        both: list[asyncio.Future[Any]] = [living, talking]
        async with asyncio.timeout(within_s):
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if talking.done():
                talking.result()
            await living
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
        return {number: client.told for number, client in self.clients.items()}


def crowd(people: int, make: Callable[[int, Random], Client], random: Random) -> Crowd:
    """Give so many devices, each as it is made of its index and a source of chance of its own."""
    return Crowd({load_number(index): make(index, Random(random.random())) for index in range(1, people + 1)})  # noqa: S311
