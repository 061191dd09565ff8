"""The city at work: every device on a socket of its own, tells its story as fast as wanted, and loses nothing of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from random import Random

from msgspec import Struct

from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import DeviceSide
from baqylau.sim.city.lives import Citizen
from baqylau.sim.city.registers import wire_number
from baqylau.sim.city.scenario import Scenario
from baqylau.sim.client import Habits, Line, Sleep, Tally, Tracker
from baqylau.sim.stories import reports

HABITS = Habits(answer_within_s=30.0, first_pause_s=0.5, longest_pause_s=5.0)


class Time(Struct, frozen=True, kw_only=True):
    """How the city's time goes by."""

    begun_at: datetime
    """In the city's time."""
    started_at: datetime
    """When it began to tell, in ours."""
    speed: float
    now: Callable[[], datetime]
    sleep: Sleep

    async def until(self, at: datetime) -> None:
        """Return when the city has come to an instant."""
        due_at = self.started_at + (at - self.begun_at) / self.speed
        await self.sleep(max((due_at - self.now()).total_seconds(), 0.0))


def timed(scenario: Scenario, *, now: Callable[[], datetime], sleep: Sleep) -> Time:
    """Begin now. Where time goes faster the city begins so long ago that it ends now: nothing is of the future."""
    started_at = now()
    lasts = timedelta(hours=scenario.hours)
    begun_at = started_at - (lasts - lasts / scenario.speed if scenario.speed > 1 else timedelta())
    return Time(begun_at=begun_at, started_at=started_at, speed=scenario.speed, now=now, sleep=sleep)


class Lived(Struct, frozen=True, kw_only=True):
    """What the devices did, all together."""

    told: int
    sent: int
    """With repetitions."""
    confirmed: int
    refused: int
    reconnects: int


async def live(
    people: Sequence[Citizen], scenario: Scenario, time: Time, host: str, ports: Mapping[str, int], random: Random
) -> Lived:
    """Let everybody live, and return when everything is told and acknowledged."""
    told, trackers = list[int](), list[Tally]()

    async def one_life(citizen: Citizen, own: Random) -> None:
        line = Line(host=host, port=ports[citizen.protocol])
        tracker = Tracker(line, partial(_speak, citizen), HABITS, sleep=time.sleep, random=own)
        trackers.append(tracker.tally)
        async with _talking(tracker):
            told.append(await _tell(tracker, citizen, scenario, time, own))
            await tracker.delivered()

    async with asyncio.TaskGroup() as group:
        for citizen in people:
            group.create_task(one_life(citizen, Random(random.random())))  # noqa: S311 - noise of receivers
    return Lived(
        told=sum(told),
        sent=sum(one.sent for one in trackers),
        confirmed=sum(one.confirmed for one in trackers),
        refused=sum(one.refused for one in trackers),
        reconnects=sum(one.reconnects for one in trackers),
    )


@asynccontextmanager
async def _talking(tracker: Tracker) -> AsyncIterator[None]:
    talking = asyncio.create_task(tracker.run())
    try:
        yield
    finally:
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)


async def _tell(tracker: Tracker, citizen: Citizen, scenario: Scenario, time: Time, random: Random) -> int:
    """Tell the story to its end; what is said without a line waits. Gives how many reports there were."""
    ended_at, waiting, count = time.begun_at + timedelta(hours=scenario.hours), [], 0
    for report in takewhile(lambda one: one[0] < ended_at, reports(citizen.story, time.begun_at, random)):
        await time.until(report[0])
        waiting.append(report)
        if random.random() < scenario.twice_share:
            waiting.append(report)
        count += 1
        if not _line_lost(citizen, (report[0] - time.begun_at).total_seconds()):
            for one in waiting:
                tracker.remember(one)
            waiting.clear()
    for one in waiting:
        tracker.remember(one)
    return count


def _line_lost(citizen: Citizen, after_s: float) -> bool:
    lost = citizen.line_lost_s
    return lost is not None and lost[0] <= after_s < lost[1]


def _speak(citizen: Citizen) -> DeviceSide:
    return FLEET[citizen.protocol].device(wire_number(citizen.number), "")
