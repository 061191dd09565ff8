"""A check from the plan to the alarm: a real door, a unit that signs, the judge, and a planner that may be killed."""

from datetime import timedelta

import httpx
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.checks import (
    Begun,
    BreathSample,
    CheckKind,
    CheckState,
    CheckWhy,
    Ended,
    Ending,
    Likely,
    Likeness,
    LikenessReason,
    SampleState,
)
from baqylau.domain.findings import Code
from baqylau.domain.ids import CheckId
from baqylau.domain.observations import Strap
from baqylau.monitoring.server.check_orders import Asker, CheckRefusedError
from baqylau.monitoring.server.link.desk import Desk
from baqylau.storage.checks.checks import CheckAsked
from tests.unit.server.link.checkpoint import AV, BREATH, BREATHES, EVENING, SHOWS, Checkpoint
from tests.unit.server.link.household import AINUR, minutes, story
from tests.unit.server.site import START


def test_a_check_goes_from_the_plan_to_the_alarm(engine: Engine) -> None:
    site = Checkpoint(engine, SHOWS)

    async def told(desk: Desk, client: httpx.AsyncClient) -> None:
        assert not site.plan(), "nothing is due yet"
        site.clock.at = minutes(10)
        [asked] = site.plan()
        assert site.plan() == [asked], "a planner that was killed asks nothing twice"
        assert (asked.kind, asked.why, asked.due_at) == (CheckKind.IDENTITY, CheckWhy.SCHEDULED, minutes(10))
        order = await site.gets(desk, client, AV)
        assert (order.check_id, order.nonce, order.expires_at) == (asked.id, asked.nonce, minutes(25))
        site.clock.at = minutes(12)
        await site.says(client, AV, Begun(check_id=asked.id))
        assert site.stands(asked.id) is CheckState.STARTED
        await site.says(client, AV, Ended(check_id=asked.id, how=Ending.DONE, items=4))
        assert site.stands(asked.id) is CheckState.SUBMITTED
        site.clock.at = minutes(13)
        doubted = Likeness(check_id=asked.id, outcome=Likely.NO_MATCH, reasons=(LikenessReason.FACE_DIFFERS,))
        site.checks.judged(asked.id, doubted)
        assert site.plan() == [], "nothing more follows"
        assert site.codes() == ["A02"]
        [view] = [one for one in site.alarms() if one.alarm.code is Code.FACE_NOT_MATCHED]
        assert set(site.checks.of_facts(view.finding.because).values()) == {asked.id}
        site.clock.at = minutes(20)
        site.checks.decide(asked.id, Likely.MATCH, by="dana", grounds="the same scar")
        site.plan()
        [view] = [one for one in site.alarms() if one.alarm.code is Code.FACE_NOT_MATCHED]
        assert view.alarm.cleared_at is not None
        assert site.stands(asked.id) is CheckState.MATCH

    story(site, told)


@pytest.mark.parametrize(("av_alive", "expected"), [(True, ["A05"]), (False, [])])
def test_a_check_that_nobody_began_is_missed_unless_our_server_was_down(
    engine: Engine, expected: list[str], *, av_alive: bool
) -> None:
    site = Checkpoint(engine, SHOWS)
    site.av_alive = av_alive

    async def told(desk: Desk, client: httpx.AsyncClient) -> None:
        site.clock.at = minutes(10)
        site.plan()
        await site.gets(desk, client, AV)

    story(site, told)
    for minute in (25, 26, 27):
        site.clock.at = minutes(minute)
        site.plan()
    assert site.codes() == expected


def test_a_check_that_the_unit_never_heard_of_is_held_against_nobody(engine: Engine) -> None:
    site = Checkpoint(engine, SHOWS)
    for minute in (10, 25, 40):
        site.clock.at = minutes(minute)
        site.plan()
    [asked] = site.checks.of_person(AINUR)
    assert site.stands(asked.id) is CheckState.VOID
    assert site.codes() == []


def test_a_breath_above_the_limit_is_confirmed_and_followed_until_it_is_below(engine: Engine) -> None:
    site = Checkpoint(engine, BREATHES)

    def breath(asked: CheckAsked, alcohol: float) -> BreathSample:
        return BreathSample(check_id=asked.id, state=SampleState.VALID, alcohol_mg_l=alcohol, uncertainty_mg_l=0.02)

    async def told(desk: Desk, client: httpx.AsyncClient) -> None:
        site.clock.at = minutes(10)
        whys = []
        for minute, alcohol in ((10, 0.40), (27, 0.38), (47, 0.2), (67, 0.1)):
            site.clock.at = minutes(minute)
            [asked] = site.plan()
            whys.append(asked.why)
            await site.gets(desk, client, BREATH)
            await site.says(client, BREATH, Begun(check_id=asked.id), breath(asked, alcohol))
            site.plan()
        assert whys == [CheckWhy.SCHEDULED, CheckWhy.CONFIRMATION, CheckWhy.TO_ZERO, CheckWhy.TO_ZERO]
        assert site.plan() == []
        assert site.codes() == ["E02", "E03"]

    story(site, told)


def test_a_strap_that_was_opened_asks_who_wears_it(engine: Engine) -> None:
    site = Checkpoint(engine, replace(SHOWS, schedule=replace(EVENING, windows=()), after=(Code.STRAP_OPEN,)))

    async def told(_: Desk, client: httpx.AsyncClient) -> None:
        site.clock.at = minutes(3)
        await site.says(client, AV, Strap(open=True))
        site.plan()
        [asked] = site.plan()
        assert asked.why is CheckWhy.EVENT
        assert site.plan() == [asked]

    story(site, told)


def test_nobody_is_asked_without_an_order_a_unit_or_a_limit(engine: Engine) -> None:
    site = Checkpoint(engine, SHOWS)
    asker = Asker(site.registers, site.checks, site.clock)
    name = CheckId("c" * 32)
    asker.by_hand(AINUR, CheckKind.IDENTITY, name, by="dana", reason="asked to")
    assert (site.checks.get(name).by, site.checks.get(name).reason) == ("dana", "asked to")
    with pytest.raises(CheckRefusedError, match="no_limit"):
        asker.by_hand(AINUR, CheckKind.BREATH, name, by="dana", reason="smelled of it")
    site.clock.at = START + timedelta(days=400)
    with pytest.raises(CheckRefusedError, match="no_order"):
        asker.by_hand(AINUR, CheckKind.IDENTITY, name, by="dana", reason="asked to")
