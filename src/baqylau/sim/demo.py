"""The devices of the demo at work: twelve trackers on real sockets, each living its person's story."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from random import Random

from baqylau.links.tracks import Report
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import DeviceSide
from baqylau.sim.client import Habits, Line, Sleep, Tracker
from baqylau.sim.demo_people import Actor, actors
from baqylau.sim.demo_registry import number_of
from baqylau.sim.stories import reports

HABITS = Habits(answer_within_s=15.0, first_pause_s=0.5, longest_pause_s=5.0)


async def run_demo_devices(
    host: str, ports: Mapping[str, int], *, now: Callable[[], datetime], sleep: Sleep, random: Random
) -> None:
    """Let all twelve devices live, on a connection each, until cancelled. Their stories begin now."""
    started_at = now()
    async with asyncio.TaskGroup() as group:
        for actor in actors():
            line = Line(host=host, port=ports[actor.protocol])
            dice = Random(random.getrandbits(64))  # noqa: S311 - noise of a receiver
            tracker = Tracker(line, partial(_speak, actor), HABITS, sleep=sleep, random=dice)
            group.create_task(tracker.run())
            group.create_task(_live(tracker, actor, started_at, now, sleep, dice))


def _speak(actor: Actor) -> DeviceSide:
    return FLEET[actor.protocol].device(number_of(actor), "")


async def _live(
    tracker: Tracker, actor: Actor, started_at: datetime, now: Callable[[], datetime], sleep: Sleep, random: Random
) -> None:
    for report in reports(actor.story, started_at, random):
        await _until(report, now, sleep)
        tracker.remember(report)


async def _until(report: Report, now: Callable[[], datetime], sleep: Sleep) -> None:
    await sleep(max((report[0] - now()).total_seconds(), 0.0))
