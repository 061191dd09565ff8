"""KEEP at a site: what lines heard goes into the log, and only when the log has it may they answer.

Group commit without waiting, as `server.keeper`: while one letter is on its way, what comes meanwhile is the next one.
While the log takes nothing, nobody is told that it was kept. The time in which the site did not listen, or could not
keep, goes to the centre with the first word after it.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.links.jetstream import Log, LogUnavailableError
from baqylau.links.outage import Outage
from baqylau.monitoring.server.delays import Delays
from baqylau.monitoring.server.keeper import BEAT_S, BLIND_AFTER, SET_ASIDE_MAX
from baqylau.monitoring.server.region.notebook import Notebook
from baqylau.protocols.region.letters import Letters
from baqylau.protocols.region.parcels import Alive, Fact, GivenOut, NotAllowed, Parcel, SetAside, parcels_bytes
from baqylau.rules.clock import told_at
from baqylau.storage.equipment.link_records import Arrival
from baqylau.storage.journal.journal import Entry
from baqylau.storage.journal.quarantine import KEPT_BYTES, Item

LETTER_PARCELS = 500
LETTER_BYTES = 400_000
"""What goes into one letter; a server takes a megabyte."""
AWAY_S = 0.5
SEED_BYTES = 32


class _Waiting(Struct, frozen=True):
    parcels: tuple[Parcel, ...]
    done: Callable[[bool], None] | None
    since_s: float
    size_bytes: int


class RegionKeeper:
    """Keeps in the log. Lives on the loop of the lines."""

    def __init__(
        self,
        kept_in: Log,
        subject: str,
        letters: Letters,
        notebook: Notebook,
        now: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        """Take the log and the subject in it, who writes the letters, what is remembered, time and chance."""
        self._log, self._subject, self._letters, self._notebook = kept_in, subject, letters, notebook
        self._now, self._random = now, random
        self.outage = Outage("log")
        """Told whenever the log keeps something, or does not."""
        self._waiting: deque[_Waiting] = deque()
        self._aside: deque[SetAside] = deque(maxlen=SET_ASIDE_MAX)
        self._refused: Counter[DeviceId] = Counter()
        self._given: deque[GivenOut] = deque()
        self._news = asyncio.Event()
        self._delays = Delays()
        self._listened_at = notebook.listened()
        self._beat_at: datetime | None = None
        self.connected: Callable[[], int] = lambda: 0
        """Asked at every beat how many devices are on the line."""
        self.turned_away_at: Callable[[], datetime | None] = lambda: None
        """Asked at every beat when there was last no room for another line."""
        self.known_as_of: Callable[[], datetime | None] = lambda: None
        """Asked at every beat how old what is known of the registers is."""

    @property
    def listened_at(self) -> datetime | None:
        """Until when the site is known to have listened and kept."""
        return self._listened_at

    def submit(
        self, entries: Sequence[Entry], done: Callable[[bool], None] | None, arrival: Arrival | None = None
    ) -> None:
        """Have facts kept; `done` is then called with whether they are. Whose they are, the centre says."""
        if arrival is not None:
            msg = "a site keeps batches as they were signed"
            raise TypeError(msg)
        self.send(tuple(Fact(_timed(one.observation), one.raw) for one in entries), done)

    def send(self, parcels: Sequence[Parcel], done: Callable[[bool], None] | None) -> None:
        """Have parcels kept in their order; `done` is then called with whether they are."""
        size = sum(len(getattr(one, "raw", b"")) + 300 for one in parcels)
        self._waiting.append(_Waiting(tuple(parcels), done, perf_counter(), size))
        self._news.set()

    def set_aside(self, item: Item) -> None:
        """Have a rejected frame sent to the centre's quarantine, the newest when there are too many."""
        raw = item.raw[:KEPT_BYTES]
        self._aside.append(SetAside(item.protocol, item.peer, item.number, item.fault, item.detail, raw))

    def refuse(self, device_id: DeviceId) -> None:
        """Count a record that nothing allows to be kept."""
        self._refused[device_id] += 1

    def given(self, commands: Sequence[Command]) -> None:
        """Tell the centre that commands are on their way to a device."""
        if commands:
            self._given.append(GivenOut(commands[0].device_id, tuple(one.number for one in commands)))

    async def run(self, stop: asyncio.Event) -> None:
        """Keep until asked to stop, and what waits by then too."""
        while not stop.is_set() or self._waiting:
            self._beat_if_due()
            if self._waiting:
                await self._round()
            else:
                self._news.clear()
                await _either(self._news, stop, BEAT_S)

    def _beat_if_due(self) -> None:
        now = self._now()
        if self._beat_at is not None and now - self._beat_at < timedelta(seconds=BEAT_S):
            return
        self._beat_at = now
        deaf = self._listened_at is not None and now - self._listened_at > BLIND_AFTER
        alive = Alive(
            at=now,
            connected=self.connected(),
            keep_ms=self._delays.median_ms(now),
            known_as_of=self.known_as_of(),
            deaf_since=self._listened_at if deaf else None,
            turned_away_at=self.turned_away_at(),
        )
        self._tell_the_rest()
        self.send((alive,), self._heard(now))

    def _tell_the_rest(self) -> None:
        """Send what no device waits for; what the log does not take is sent with the next beat."""
        refused, self._refused = self._refused, Counter()
        counts = [NotAllowed(name, count) for name, count in refused.items()]
        rest: list[SetAside | GivenOut | NotAllowed] = [*self._aside, *self._given, *counts]
        for one in rest:
            self.send((one,), partial(self._told, one))
        self._aside.clear()
        self._given.clear()

    def _told(self, one: SetAside | GivenOut | NotAllowed, kept: bool) -> None:  # noqa: FBT001 - a callback's word
        if kept:
            return
        match one:
            case SetAside():
                self._aside.append(one)
            case GivenOut():
                self._given.append(one)
            case NotAllowed():
                self._refused[one.device_id] += one.count

    def _heard(self, at: datetime) -> Callable[[bool], None]:
        def heard(kept: bool) -> None:  # noqa: FBT001 - a callback's word
            if kept:
                self._listened_at = at
                self._notebook.listen(at)

        return heard

    async def _round(self) -> None:
        group = self._group()
        parcels = tuple(parcel for one in group for parcel in one.parcels)
        letter = self._letters.up(parcels_bytes(parcels), self._random(SEED_BYTES))
        try:
            await self._log.keep(self._subject, letter)
        except LogUnavailableError as away:
            self.outage.gave_up(str(away))
            _tell(group, kept=False)
            await asyncio.sleep(AWAY_S)
            return
        self.outage.answered()
        now, now_s = self._now(), perf_counter()
        for one in group:
            self._delays.note(now, (now_s - one.since_s) * 1000)
        _tell(group, kept=True)

    def _group(self) -> list[_Waiting]:
        """Take what fits into one letter, one at least."""
        group, parcels, size = [self._waiting.popleft()], 0, 0
        while self._waiting and parcels < LETTER_PARCELS and size + self._waiting[0].size_bytes < LETTER_BYTES:
            one = self._waiting.popleft()
            parcels, size = parcels + len(one.parcels), size + one.size_bytes
            group.append(one)
        return group


def _tell(group: Sequence[_Waiting], *, kept: bool) -> None:
    for one in group:
        if one.done is not None:
            one.done(kept)


def _timed(observation: Observation) -> Observation:
    """Give the fact with the instant at which it is to be judged, where the device's clock cannot be right.

    The centre, which hears of it later, could not tell when it reached us.
    """
    if told_at(observation) is None:
        return replace(observation, observed_at=observation.received_at)
    return observation


async def _either(one: asyncio.Event, other: asyncio.Event, within_s: float) -> None:
    waits = [asyncio.ensure_future(one.wait()), asyncio.ensure_future(other.wait())]
    await asyncio.wait(waits, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
