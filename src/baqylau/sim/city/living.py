"""The city at work: every device on a socket of its own, tells its story as fast as wanted, and loses nothing of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from pathlib import Path
from random import Random
from typing import Protocol

from msgspec import Struct

from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId
from baqylau.links.device_line import ServerLine
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import DeviceSide, Sighting
from baqylau.protocols.teltonika import TeltonikaDevice
from baqylau.sim.city.asking import Asking, Asks
from baqylau.sim.city.lives import Citizen
from baqylau.sim.city.on_air import HomeOnAir
from baqylau.sim.city.registers import ble_number, secret, supervision, unit_id, wire_number
from baqylau.sim.city.scenario import LINK, Scenario
from baqylau.sim.city.spoilt import done, told
from baqylau.sim.city.standing import Standing
from baqylau.sim.city.standing_on_air import StandingUnit
from baqylau.sim.city.tracker_line import TrackerLine
from baqylau.sim.city.unit_line import Speaks, UnitLine
from baqylau.sim.city.worn_board import WornBoard
from baqylau.sim.city.worn_on_air import WornTracker
from baqylau.sim.client import Habits, Line, Sleep, Tally, Tracker
from baqylau.sim.stories import Story

HABITS = Habits(answer_within_s=30.0, first_pause_s=0.5, longest_pause_s=5.0)
HOME_STEP_S = 60.0
"""Homes live on by so much of their time."""
UNIT_EVERY_S = 2.0
"""What is not urgent a unit sends so often, by our time: it reports every minute of its own."""
HEARD_EVERY_S = 1.0
RELAY_DBM = -64.0
"""How strongly a tracker hears a relay of the same flat."""


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


def timed(scenario: Scenario, begun_at: datetime, *, now: Callable[[], datetime], sleep: Sleep) -> Time:
    """Let time go by: in real time from the beginning of the city on, else from now on."""
    started_at = begun_at if scenario.real_time else now()
    return Time(begun_at=begun_at, started_at=started_at, speed=scenario.speed, now=now, sleep=sleep)


class Doors(Struct, frozen=True, kw_only=True):
    """Where the server awaits whom."""

    host: str
    ports: Mapping[str, int]
    """Of trackers, by protocol."""
    server: str = ""
    """Where home units are awaited."""
    authority: Path | None = None
    """By which they know it."""
    server_key: bytes = b""
    """By which it signs what it answers."""
    rings: Path
    """Where the trackers of ours keep what they wrote."""


class OnAir(Protocol):
    """A device that lives by itself. Seconds are those of the city."""

    at_s: float
    """How far it has come."""

    def live_until(self, until_s: float) -> None:
        """Live on up to an instant."""


class Spoken(Struct, kw_only=True):
    """What the devices of one kind did, all together."""

    devices: int = 0
    told: int = 0
    """Reports of bought trackers, records of trackers of ours and of units."""
    sent: int = 0
    """With repetitions."""
    confirmed: int = 0
    refused: int = 0
    reconnects: int = 0
    answers: int = 0
    answers_s: float = 0.0
    longest_answer_s: float = 0.0

    def add(self, told: int, by: Tally) -> None:
        """Add what one device did."""
        self.devices += 1
        self.told += told
        self.sent += by.sent
        self.confirmed += by.confirmed
        self.refused += by.refused
        self.reconnects += by.reconnects
        self.answers += by.answers
        self.answers_s += by.answers_s
        self.longest_answer_s = max(self.longest_answer_s, by.longest_answer_s)


class Device(Struct, kw_only=True):
    """One device under way."""

    kind: str
    told_at: datetime
    """Of which instant it told last."""
    tally: Tally
    told: int = 0
    asked: bool = False
    """Whether it is asked for checks: who plans waits for what it says."""
    waits_since: Callable[[], datetime | None]
    """Of which instant the oldest thing is that it told and that is not acknowledged, while it has a line."""

    def heard_until(self) -> datetime:
        """Give until when everything that it said is kept."""
        waits_since = self.waits_since()
        return self.told_at if waits_since is None else min(self.told_at, waits_since - timedelta(seconds=1))


class City:
    """Everybody of a city, alive."""

    def __init__(self, scenario: Scenario, time: Time, doors: Doors, random: Random, asks: Asks | None = None) -> None:
        """Take what it is like and where the server is; `live` begins. `asks`: who asks for checks, if anybody."""
        self._asking = None if asks is None else Asking(asks, time.begun_at)
        self._scenario, self._time, self._doors, self._random = scenario, time, doors, random
        self._devices: list[Device] = []
        self._asked = 0
        """How many are asked for checks."""

    async def live(self, people: Sequence[Citizen], heard: Callable[[datetime], None]) -> dict[str, Spoken]:
        """Let everybody live to the end, and everything be acknowledged; give what was done, by kind of device.

        `heard` is told, now and then on a thread of its own, until when everything that devices said is kept.
        """
        self._asked = sum(map(is_asked, people))
        listening = asyncio.create_task(self._listen(heard))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._time.until(self._ends_at))
                if self._asking is not None:
                    group.create_task(self._asking.run(self._ends_at, self._checked_until))
                for citizen in people:
                    own = Random(self._random.random())  # noqa: S311 - noise of receivers
                    group.create_task(self._one_life(citizen, own))
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        await asyncio.to_thread(heard, self._ends_at)
        return self._spoken()

    @property
    def _ends_at(self) -> datetime:
        return self._time.begun_at + timedelta(hours=self._scenario.hours)

    def _spoken(self) -> dict[str, Spoken]:
        by_kind: dict[str, Spoken] = {}
        for one in self._devices:
            by_kind.setdefault(one.kind, Spoken()).add(one.told, one.tally)
        return dict(sorted(by_kind.items()))

    async def _listen(self, heard: Callable[[datetime], None]) -> None:
        until = self._time.begun_at
        while True:
            await asyncio.sleep(HEARD_EVERY_S)
            # Who comes back with a backlog was silent meanwhile: what is known of that does not become unknown again.
            until = max([until, min(self._known_until(), default=until)])
            await asyncio.to_thread(heard, until)

    def _checked_until(self) -> datetime:
        """Give until when everything is kept that the units said which are asked for checks."""
        known = [one.heard_until() for one in self._devices if one.asked]
        return min(known) if len(known) == self._asked else self._time.begun_at

    def _known_until(self) -> Iterator[datetime]:
        """Give until when everything is kept: of each device, and of what is asked for."""
        yield from (one.heard_until() for one in self._devices)
        if self._asking is not None:
            yield self._asking.planned_until

    async def _one_life(self, citizen: Citizen, random: Random) -> None:
        if isinstance(citizen.does, Story) and citizen.protocol != LINK:
            await self._tracked(citizen, citizen.does, random)
        else:
            await self._with_unit(citizen)

    async def _tracked(self, citizen: Citizen, story: Story, random: Random) -> None:
        """Let a tracker tell its story."""
        line = Line(host=self._doors.host, port=self._doors.ports[citizen.protocol])
        tracker = Tracker(
            line, partial(_speak, citizen, self._time.begun_at), HABITS, sleep=self._time.sleep, random=random
        )
        device = self._device(citizen, tracker.tally, lambda: tracker.waits_since)
        async with _talking(tracker):
            await self._tell(tracker, device, citizen, story, random)
            await tracker.delivered()

    async def _tell(self, tracker: Tracker, device: Device, citizen: Citizen, story: Story, random: Random) -> None:
        """Tell the story to its end; what is said without a line waits."""
        time, waiting = self._time, []
        for report in takewhile(lambda one: one[0] < self._ends_at, told(story, citizen.sky, time.begun_at, random)):
            await time.until(report[0])
            waiting.append(report)
            if random.random() < self._scenario.twice_share:
                waiting.append(report)
            device.told += 1
            if not _line_lost(citizen, (report[0] - time.begun_at).total_seconds()):
                for one in waiting:
                    tracker.remember(one)
                waiting.clear()
            device.told_at = report[0]
        for one in waiting:
            tracker.remember(one)
        device.told_at = self._ends_at

    async def _with_unit(self, citizen: Citizen) -> None:
        """Let a unit, or a tracker of ours, do its work, and send what it wrote."""
        line = ServerLine(self._doors.server, self._doors.authority)
        try:
            on_air, speaks = self._on_air(citizen, line)
            await self._pace(on_air, speaks, citizen)
            await self._send_all(speaks)
        finally:
            await line.close()

    def _on_air(self, citizen: Citizen, line: ServerLine) -> tuple[OnAir, Speaks]:
        number, begun_at, does = citizen.number, self._time.begun_at, citizen.does
        prescribed = supervision(citizen, begun_at)
        if isinstance(does, Story):
            folder = self._doors.rings / unit_id(number)
            board = WornBoard(number, does, begun_at, done(citizen.sky))
            worn = WornTracker(number, board, prescribed, begun_at, folder)
            return worn, TrackerLine(worn, begun_at, line)
        unit = (
            StandingUnit(number, does, prescribed, begun_at)
            if isinstance(does, Standing)
            else HomeOnAir(number, does, prescribed, begun_at, self._scenario.hours * 3600, citizen.sky)
        )
        signer = Signer(secret(unit_id(number)))
        return unit, UnitLine(unit.box, unit_id(number), signer, line, self._doors.server_key)

    async def _pace(self, on_air: OnAir, speaks: Speaks, citizen: Citizen) -> None:
        time_s, sent_s, at_s = asyncio.get_running_loop().time, float("-inf"), 0.0
        device = self._device(
            citizen, speaks.tally, lambda: None if _line_lost(citizen, on_air.at_s) else speaks.waits_since
        )
        while at_s < self._scenario.hours * 3600:
            at_s = min(at_s + HOME_STEP_S, self._scenario.hours * 3600)
            await self._time.until(self._time.begun_at + timedelta(seconds=at_s))
            if device.asked and not _line_lost(citizen, on_air.at_s):
                await self._order(on_air, unit_id(citizen.number), device.told_at)
            on_air.live_until(at_s)
            device.told, device.told_at = speaks.written, self._time.begun_at + timedelta(seconds=at_s)
            if _line_lost(citizen, on_air.at_s):
                continue
            if device.asked:
                await self._send_all(speaks)
            elif speaks.due(time_s() - sent_s, UNIT_EVERY_S):
                sent_s = time_s()
                await speaks.send(time_s, self._time.sleep)

    async def _order(self, on_air: OnAir, unit: DeviceId, until: datetime) -> None:
        """Let a unit have what it is asked up to an instant, as soon as that is known."""
        if self._asking is not None and isinstance(on_air, StandingUnit):
            on_air.order(await self._asking.orders(unit, until))

    async def _send_all(self, speaks: Speaks) -> None:
        while speaks.waiting:
            await speaks.send(asyncio.get_running_loop().time, self._time.sleep)

    def _device(self, citizen: Citizen, tally: Tally, waits_since: Callable[[], datetime | None]) -> Device:
        device = Device(
            kind=citizen.device,
            told_at=self._time.begun_at,
            tally=tally,
            waits_since=waits_since,
            asked=self._asking is not None and is_asked(citizen),
        )
        self._devices.append(device)
        return device


def is_asked(citizen: Citizen) -> bool:
    """Whether somebody is asked for checks by a plan."""
    return isinstance(citizen.does, Standing)


@asynccontextmanager
async def _talking(tracker: Tracker) -> AsyncIterator[None]:
    talking = asyncio.create_task(tracker.run())
    try:
        yield
    finally:
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)


def _line_lost(citizen: Citizen, after_s: float) -> bool:
    lost = citizen.line_lost_s
    return lost is not None and lost[0] <= after_s < lost[1]


def _speak(citizen: Citizen, begun_at: datetime) -> DeviceSide:
    number = wire_number(citizen.number)
    if citizen.near_relay_s:
        return TeltonikaDevice(number, partial(hears_relay, citizen, begun_at))
    return FLEET[citizen.protocol].device(number, "")


def hears_relay(citizen: Citizen, begun_at: datetime, at: datetime) -> tuple[Sighting, ...]:
    """Give what somebody's tracker hears of the relay in their home."""
    after_s = (at - begun_at).total_seconds()
    near = any(from_s <= after_s < until_s for from_s, until_s in citizen.near_relay_s)
    return (Sighting(number=ble_number(citizen.number), rssi_dbm=RELAY_DBM),) if near else ()
