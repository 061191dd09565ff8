"""A breath unit's whole program at a real door: from the plan to the alarm, through cuts of power and of the line."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import httpx
from sqlalchemy import Engine

from baqylau.devices.breath_unit.state import Phase
from baqylau.domain.checks import (
    CheckKind,
    CheckState,
    CheckWhy,
    Ending,
    Likely,
    Likeness,
    LikenessReason,
)
from baqylau.domain.ids import CheckId
from baqylau.links.device_line import LineError
from baqylau.monitoring.server.check_orders import Asker
from baqylau.monitoring.server.link.desk import Desk
from baqylau.rules.checks.case import Case
from baqylau.sim.breath.air import Person
from baqylau.sim.breath.home import Somebody
from baqylau.storage.checks.checks import CheckAsked
from tests.unit.devices.breath_unit.bench import Bench
from tests.unit.server.link.checkpoint import BREATH, BREATH_KEY, BREATHES, Checkpoint
from tests.unit.server.link.household import AINUR, SERVER, minutes, story

MATCH = (Likely.MATCH, LikenessReason.FACE_AGREES)


TAKEN_S = 10.0
"""Of real time; a unit whose line has just come back waits for its own time to go on."""


LOOKS, A_MOMENT_S = 600, 0.02
"""The unit's line waits by the clock on the wall before it tries again: its own time must not run away from that."""


def _never() -> bool:
    return False


class Way:
    """The way to the door; it may be cut."""

    def __init__(self, home: "Home", client: httpx.AsyncClient) -> None:
        self._home, self._client = home, client
        self.cut = False

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        if self.cut:
            raise LineError
        self._home.look_at_the_clock()
        answer = await self._client.post(path, content=body, timeout=30 + waits_s)
        assert answer.status_code == 200, answer.text
        return answer.content


class Home(Bench):
    """A home with the unit, at the door of an installation."""

    server_key, own_key, dioxide = SERVER, BREATH_KEY, True

    def __init__(self, folder: Path, site: Checkpoint, desk: Desk, client: httpx.AsyncClient) -> None:
        self._look_ms, self._watched = 0, _never
        begin = minutes(9)
        super().__init__(folder, unit=BREATH, begin=begin)
        self.site, self._desk = site, desk
        self.way = self.line_out = Way(self, client)

    def is_visited_by(self, alcohol_mg_l: float) -> None:
        self.somebody = Somebody(Person(alcohol_mg_l=alcohol_mg_l), Random(3))  # noqa: S311 - an invented breath

    def look_at_the_clock(self) -> None:
        self.site.clock.at = max(self.site.clock.at, self.line.stamp().at)

    async def begins(self) -> None:
        await self.started()
        await self.until(lambda: self.state.board is not None and self.state.calibration is not None)

    async def ends(self) -> None:
        assert self._running is not None
        await self.stop(self._running)

    def _second(self) -> None:
        super()._second()
        self.held = self.board.ms >= self._look_ms or self._watched()

    async def looked(self, every_s: int = 60) -> None:
        """Let planner and judge look while time stands still, as it does again in so many seconds."""
        self.look_at_the_clock()
        await asyncio.to_thread(self.site.plan)
        orders = self.site.commands.open()
        self._desk.take_over(self._desk.view, orders)
        await self._takes({one.number for one in orders.get(BREATH, ())})
        self._look_ms = self.board.ms + 1000 * every_s
        self.held = False

    async def _takes(self, numbers: set[int]) -> None:
        """Let the unit take what it is ordered before its time goes on, unless it is waiting for its line."""
        if not self.line_out.cut:
            with suppress(TimeoutError):
                async with asyncio.timeout(TAKEN_S):
                    await self.until(
                        lambda: all(one in self.state.carried_out or one <= self.state.through for one in numbers)
                    )

    async def lives(self, until: Callable[[], bool], every_s: int = 60) -> None:
        """Let planner and judge look every so often, until something holds."""
        for _ in range(LOOKS):
            await self.until(lambda: self.held)
            await asyncio.sleep(A_MOMENT_S)
            await self.looked(every_s)
            if until():
                return
        raise AssertionError(self.asked())

    async def comes_to(self, unit: Callable[[], bool]) -> None:
        """Go on to the moment in which something holds of the unit; time stands still then."""
        self._watched = unit
        await self.lives(unit)
        self._watched = _never

    def humming(self) -> bool:
        return self.state.session is not None and self.state.session.phase is Phase.HUM

    def asked(self) -> list[CheckAsked]:
        return self.site.checks.of_person(AINUR)

    def newest(self) -> CheckAsked:
        return self.asked()[0]

    def case(self, check_id: CheckId) -> Case:
        return self.site.checks.cases([check_id])[check_id]

    def measured(self, check_id: CheckId) -> bool:
        return self.case(check_id).sample is not None

    async def given(self, why: CheckWhy) -> CheckAsked:
        """Let the next test be asked for, given and compared."""
        await self.lives(lambda: any(one.why is why and self.measured(one.id) for one in self.asked()))
        asked = next(one for one in self.asked() if one.why is why)
        likeness = Likeness(check_id=asked.id, outcome=MATCH[0], reasons=MATCH[1:])
        self.site.checks.judged(asked.id, likeness)
        await self.looked()
        return asked

    def alcohol(self, asked: CheckAsked) -> float:
        sample = self.case(asked.id).sample
        assert sample is not None
        return sample.alcohol_mg_l or 0.0


def at_home(site: Checkpoint, folder: Path, tell: Callable[[Home], object]) -> None:
    """Tell a story of a home."""

    async def told(desk: Desk, client: httpx.AsyncClient) -> None:
        home = Home(folder, site, desk, client)
        await home.begins()
        await tell(home)  # type: ignore[misc]
        await home.ends()

    story(site, told)


def ordered(home: Home, name: str) -> CheckId:
    asker = Asker(home.site.registers, home.site.checks, home.site.clock)
    return asker.by_hand(AINUR, CheckKind.BREATH, CheckId(name * 32), by="dana", reason="asked to")


def test_who_drank_gives_a_second_test_after_a_quarter_of_an_hour(engine: Engine, tmp_path: Path) -> None:
    async def told(home: Home) -> None:
        site = home.site
        home.is_visited_by(0.40)
        first = await home.given(CheckWhy.SCHEDULED)
        assert site.codes() == ["E02"], "one test is no fail"
        second = await home.given(CheckWhy.CONFIRMATION)
        sampled_at = home.case(first.id).sample_at
        assert sampled_at is not None
        assert second.due_at - sampled_at == timedelta(minutes=15)
        assert second.expires_at - sampled_at == timedelta(minutes=20)
        assert site.codes() == ["E02", "E03"]
        assert abs(home.alcohol(first) - home.alcohol(second)) < 0.03
        assert home.newest().why is CheckWhy.TO_ZERO, "and so on, until one is below"

    at_home(Checkpoint(engine, BREATHES), tmp_path, told)


def test_a_cut_of_power_mid_hum_is_asked_again_and_a_line_that_is_away_is_held_against_nobody(
    engine: Engine, tmp_path: Path
) -> None:
    async def told(home: Home) -> None:
        site = home.site
        home.is_visited_by(0.0)
        await home.comes_to(home.humming)
        await home.ends()
        await home.begins()
        again = await home.given(CheckWhy.REPEAT)
        cut = home.case(again.after).ended
        assert cut is not None
        assert cut.how is Ending.POWER_LOST
        assert (site.stands(again.after), site.stands(again.id)) == (CheckState.FAILED, CheckState.MATCH)
        assert site.codes() == ["E07"]
        name = ordered(home, "d")
        await home.comes_to(home.humming)
        home.line_out.cut = True
        await home.lives(lambda: home.state.session is None)
        await home.lives(lambda: home.site.clock() > home.newest().expires_at + timedelta(minutes=3), every_s=120)
        assert not home.measured(name)
        home.line_out.cut = False
        await home.lives(lambda: home.measured(name))
        site.checks.judged(name, Likeness(check_id=name, outcome=Likely.MATCH, reasons=MATCH[1:]))
        await home.looked()
        assert site.stands(name) is CheckState.MATCH
        assert site.codes() == ["E07"]

    at_home(Checkpoint(engine, BREATHES), tmp_path, told)
