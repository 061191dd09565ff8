"""X07, identification is not possible: the fault is told as ours, and no check that it spoilt accuses anybody."""

from collections.abc import Callable
from datetime import datetime

import httpx
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.alarms import NOBODY
from baqylau.domain.checks import Begun, CheckKind, CheckState, Ended, Ending, Voided, VoidWhy
from baqylau.domain.findings import Code
from baqylau.domain.ids import CheckId
from baqylau.domain.observations import Body
from baqylau.monitoring.server.check_orders import Asker
from baqylau.monitoring.server.link.desk import Desk
from baqylau.monitoring.server.watching_over import Disk, Limits, Watch
from baqylau.storage.alarms.alarms import AlarmFilter, Alarms
from baqylau.storage.checks.checks import CheckAsked
from baqylau.storage.journal.proof import verify_newest
from baqylau.storage.judging.ourselves import Ourselves
from tests.unit.server.link.checkpoint import AV, SHOWS, Checkpoint
from tests.unit.server.link.household import AINUR, minutes, story

ROOMY = Disk(total=100 * 1024**3, free=50 * 1024**3)
BY_HAND = replace(SHOWS, schedule=replace(SHOWS.schedule, windows=()), after=(Code.STRAP_OPEN,))


class Evening:
    """A household whose checks somebody on duty asks for, and whoever watches over ourselves."""

    def __init__(self, engine: Engine) -> None:
        self.site = Checkpoint(engine, BY_HAND)
        self.watch = Watch(
            Ourselves(engine),
            now=self.site.clock,
            disk=lambda: ROOMY,
            prove=lambda count: verify_newest(engine, count),
            limits=Limits(),
        )
        self._alarms, self._asked = Alarms(engine, self.site.clock), 0

    def at(self, at: datetime) -> None:
        """Let the planner, the judge and the watch look at an instant."""
        self.site.clock.at = at
        self.site.plan()
        self.watch.look()

    def asks(self, *answers: Callable[[CheckId], Body]) -> CheckAsked:
        """Ask for a check; the unit gets the order and says what comes of it."""
        self._asked += 1
        asker = Asker(self.site.registers, self.site.checks, self.site.clock)
        name = asker.by_hand(AINUR, CheckKind.IDENTITY, CheckId(f"{self._asked:032x}"), by="dana", reason="asked to")

        async def told(desk: Desk, client: httpx.AsyncClient) -> None:
            await self.site.gets(desk, client, AV)
            if answers:
                await self.site.says(client, AV, *(one(name) for one in answers))

        story(self.site, told)
        return self.site.checks.get(name)

    def passes(self, first: int, last: int) -> None:
        """Let everybody look each minute."""
        for minute in range(first, last + 1):
            self.at(minutes(minute))

    def ours(self) -> list[bool]:
        """Give each X07, and whether it is over."""
        ours = [view.alarm for view in self._alarms.page(AlarmFilter(person_id=NOBODY))]
        return [one.cleared_at is not None for one in ours if one.code is Code.AV_SERVER_DOWN]


@pytest.fixture
def evening(engine: Engine) -> Evening:
    return Evening(engine)


def test_x07_server_down_missed_checks_are_not_held_against_the_person(evening: Evening) -> None:
    site = evening.site
    evening.passes(8, 9)
    assert evening.ours() == []
    site.av_alive = False
    evening.passes(10, 10)
    spoilt = evening.asks()
    evening.passes(11, 11)
    assert evening.ours() == [False], "the fault is told as ours while it lasts"
    evening.passes(12, 40)
    [voided] = [one for fact in site.checks.facts(spoilt.id) for one in fact.bodies if isinstance(one, Voided)]
    assert voided.why is VoidWhy.AV_SERVER_DOWN
    assert (site.stands(spoilt.id), site.codes()) == (CheckState.VOID, [])
    site.av_alive = True
    evening.passes(41, 41)
    assert evening.ours() == [True]
    missed = evening.asks()
    evening.passes(42, 70)
    assert site.stands(missed.id) is CheckState.MISSED
    assert site.codes() == ["A05"], "the same silence counts once we could have looked"
    assert site.stands(spoilt.id) is CheckState.VOID, "what our fault spoilt stays void"


def test_x07_a_check_that_was_made_while_the_server_was_down_waits_for_it_and_accuses_nobody(evening: Evening) -> None:
    site = evening.site
    evening.passes(8, 9)
    site.av_alive = False
    evening.passes(10, 10)
    asked = evening.asks(lambda name: Begun(check_id=name), lambda name: Ended(check_id=name, how=Ending.DONE, items=4))
    evening.passes(11, 60)
    assert evening.ours() == [False]
    assert (site.stands(asked.id), site.codes()) == (CheckState.SUBMITTED, [])
