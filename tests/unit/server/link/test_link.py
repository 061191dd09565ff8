"""The device link as a home unit meets it: signed bytes over HTTP, a real database behind it."""

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import Engine

from baqylau.domain.findings import Code
from baqylau.domain.observations import (
    Authentication,
    Distrust,
    DistrustReason,
    Enclosure,
    Heard,
    LinkHealth,
    Power,
    ReceiverHealth,
    Strap,
)
from baqylau.monitoring.server.link.desk import Desk
from baqylau.protocols.batch.records import (
    Alive,
    Doubt,
    LocalFinding,
    Said,
)
from baqylau.protocols.beacon.status import Status
from tests.unit.server.link.household import (
    AINUR,
    BRACELET,
    ROOT,
    UNIT,
    Household,
    Unit,
    bodies_of,
    frame,
    heard,
    household,
    minutes,
    own,
    post,
    story,
    told_of,
)
from tests.unit.server.site import START


def test_what_a_unit_says_is_on_disk_when_its_answer_arrives(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        raw = unit.batch(1, [(START, own()), (START, heard(START)), (START, Alive())])
        answer = unit.opened((await post(client, raw)).content).answer
        assert (answer.ack_through, answer.also_kept, answer.missing) == (3, (), ())
        assert answer.at == site.clock.at
        assert site.records.all()[UNIT].through == 3
        assert len(told_of(site, UNIT)) == 3, "own, alive, and that it spoke"
        assert raw in {site.journal.raw(one.id) for one in told_of(site, UNIT)}, "what it signed is evidence"

    story(site, tell)
    assert bodies_of(site, UNIT, Power) == [Power(external=True)]


def test_a_beacon_becomes_a_fact_about_the_bracelet_heard_by_the_unit(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()
    cut = Status(now=frozenset({"strap"}), latched=frozenset({"strap"}), battery_percent=41.5, events=3)

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(1, [(START, heard(START)), (minutes(1), heard(minutes(1), cut))]))

    story(site, tell)
    whole, opened = told_of(site, BRACELET)
    assert (whole.device_id, whole.observed_at, whole.via) == (BRACELET, START, "beacon")
    assert whole.authentication is Authentication.DEVICE_KEY
    assert Heard(receiver_id=UNIT, rssi_dbm=-61.0, frames=12) in whole.bodies
    assert Strap(open=False) in whole.bodies
    assert Strap(open=True) in opened.bodies
    assert site.journal.raw(whole.id) == frame(START)
    assert site.journal.entry(whole.id).person_id == AINUR


def test_what_is_latched_for_long_is_told_once_also_by_another_server(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()
    latched = Status(latched=frozenset({"case"}), events=1)

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(1, [(START, heard(START, latched))]))

    async def again(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(2, [(minutes(1), heard(minutes(1), latched))]))

    story(site, tell)
    story(site, again)
    first, second = told_of(site, BRACELET)
    assert [body for body in first.bodies if isinstance(body, Enclosure)] == [
        Enclosure(open=True),
        Enclosure(open=False),
    ]
    assert Enclosure(open=True) not in second.bodies


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (heard(START, frame=frame(START)[:-1] + bytes([frame(START)[-1] ^ 1])), DistrustReason.BAD_CODE),
        (heard(START, frame=frame(START, root=bytes(32))), DistrustReason.BAD_CODE),
        (heard(START, frame=frame(START - timedelta(minutes=12))), DistrustReason.REPLAY),
        (Doubt(transmitter_id=BRACELET, reason="relayed", frame=frame(START), delay_ms=80.0), DistrustReason.RELAYED),
        (Doubt(transmitter_id=BRACELET, reason="stale", frame=frame(START)), DistrustReason.REPLAY),
        (Doubt(transmitter_id=BRACELET, reason="broken", frame=frame(START)), DistrustReason.BAD_CODE),
    ],
    ids=["changed", "foreign key", "old", "relayed", "recorded", "broken"],
)
def test_a_frame_that_is_not_the_bracelets_own_is_a_fact_about_it_and_kept_aside(
    engine: Engine, said: Said, reason: DistrustReason
) -> None:
    site, unit = Household(engine).enrol(), Unit()

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        answer = unit.opened((await post(client, unit.batch(1, [(START, said)]))).content).answer
        assert answer.ack_through == 1

    site.keys.revoke(BRACELET, "rekeyed", by="test")
    site.clock.pass_by(days=-1)
    site.keys.enrol(BRACELET, site.keys.of(BRACELET)[0].kind, "B-0001", ROOT, by="test")
    site.clock.pass_by(days=1)
    story(site, tell)
    assert bodies_of(site, BRACELET, Distrust) == [Distrust(reason=reason)]
    assert bodies_of(site, BRACELET, Heard) == []
    assert [kept.item.raw for kept in site.quarantine.latest(9)] == [said.frame]  # type: ignore[union-attr]


def test_a_unit_cannot_speak_of_itself_what_only_others_see(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()
    lie = Heard(receiver_id=UNIT, rssi_dbm=-40.0)

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(1, [(START, own(lie, Power(external=False)))]))

    story(site, tell)
    assert bodies_of(site, UNIT, Heard) == []
    assert bodies_of(site, UNIT, Power) == [Power(external=False)]
    assert [kept.item.fault for kept in site.quarantine.latest(9)] == ["not_of_itself"]


def test_records_arrive_urgent_first_then_the_backlog_and_each_once(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        urgent = unit.batch(9, [(minutes(9), own(Enclosure(open=True)))])
        answer = unit.opened((await post(client, urgent)).content).answer
        assert (answer.ack_through, answer.also_kept, answer.missing) == (0, ((9, 9),), ((1, 8),))
        backlog = unit.batch(1, [(minutes(seq), Alive()) for seq in range(1, 9)])
        answer = unit.opened((await post(client, backlog)).content).answer
        assert (answer.ack_through, answer.also_kept, answer.missing) == (9, (), ())
        for raw in (backlog, urgent):
            assert unit.opened((await post(client, raw)).content).answer.ack_through == 9

    story(site, tell)
    assert bodies_of(site, UNIT, Enclosure) == [Enclosure(open=True)]
    assert len([one for one in told_of(site, UNIT) if one.observed_at != START]) == 9


def test_a_number_used_again_with_other_content_raises_the_conflict(engine: Engine) -> None:
    site, unit, clone = Household(engine).enrol(), Unit(), Unit()

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(1, [(minutes(-seq), own()) for seq in range(5)]))
        lie = clone.batch(3, [(minutes(-2), own(Power(external=False)))])
        for _again in range(2):
            answer = unit.opened((await post(client, lie)).content).answer
            assert answer.ack_through == 5

    story(site, tell)
    assert bodies_of(site, UNIT, Distrust) == [Distrust(reason=DistrustReason.SEQUENCE_CONFLICT)]
    assert Power(external=False) not in bodies_of(site, UNIT, Power)
    site.judge().catch_up(lambda: False)
    assert [view.alarm.code for view in site.alarms()] == [Code.NOT_AUTHENTIC]


def test_a_batch_that_is_lost_on_the_way_is_counted_and_accuses_nobody(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(1, [(minutes(-9), own())]))
        unit.batch(2, [(minutes(-8), own())])
        for seq in (2, 3):
            await post(client, unit.batch(seq, [(minutes(seq - 10), own())]))

    story(site, tell)
    assert site.records.unseen(UNIT) == 1
    assert bodies_of(site, UNIT, Distrust) == []


def test_two_chains_that_go_on_from_one_batch_are_found_once(engine: Engine) -> None:
    site, unit, copy = Household(engine).enrol(), Unit(), Unit()

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        copy.batch(1, [(minutes(-9), own())])
        for seq in (1, 2):
            await post(client, unit.batch(seq, [(minutes(seq - 10), own())]))
        raw = copy.batch(8, [(minutes(-6), own())])
        for _again in range(2):
            await post(client, raw)
        await post(client, unit.batch(3, [(minutes(-5), own())]))

    story(site, tell)
    assert bodies_of(site, UNIT, Distrust) == [Distrust(reason=DistrustReason.SEQUENCE_CONFLICT)]
    assert site.records.unseen(UNIT) == 0
    site.judge().catch_up(lambda: False)
    assert [view.alarm.code for view in site.alarms()] == [Code.NOT_AUTHENTIC]


def test_without_an_order_in_force_a_unit_is_answered_and_nothing_is_kept(engine: Engine) -> None:
    site, unit = Household(engine, household(order_until=START - timedelta(days=1))).enrol(), Unit()
    finding = LocalFinding(code="P01", told_person=True)

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        raw = unit.batch(1, [(START, own()), (START, heard(START)), (START, finding)])
        assert unit.opened((await post(client, raw)).content).answer.ack_through == 3

    story(site, tell)
    assert told_of(site, UNIT) + told_of(site, BRACELET) == []
    assert site.records.words("local") == []
    assert site.quarantine.refused(START.date()) == {UNIT: 3, BRACELET: 1}


def test_ten_days_alone_arrive_once_and_in_order_alarms_first_though_the_server_dies_between(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()
    site.open_for_the_first_time()
    alone = [START + timedelta(minutes=count) for count in range(14_400)]
    cut_at = alone[7_000]
    site.clock.pass_by(days=10)
    cut = Status(now=frozenset({"strap"}), latched=frozenset({"strap"}), events=1)
    records: list[tuple[datetime, Said]] = [
        (at, heard(at, cut)) if at == cut_at else (at, own(ReceiverHealth(working=True, frames=9))) for at in alone
    ]
    urgent = unit.batch(7_001, records[7_000:7_001])
    stretches = [(1, 3_000), (3_001, 7_000), (7_002, 11_000), (11_001, 14_400)]
    batches = [unit.batch(first, records[first - 1 : last]) for first, last in stretches]

    async def upload(_: Desk, client: httpx.AsyncClient) -> None:
        assert unit.opened((await post(client, urgent)).content).answer.also_kept == ((7_001, 7_001),)
        await post(client, batches[0])
        dying = asyncio.create_task(post(client, batches[1]))
        await asyncio.sleep(0.05)
        dying.cancel()

    async def again(_: Desk, client: httpx.AsyncClient) -> None:
        answers = [unit.opened((await post(client, raw)).content).answer for raw in batches[1:]]
        answer = answers[-1]
        assert (answer.ack_through, answer.missing) == (14_400, ())

    story(site, upload)
    story(site, again)
    kept = [one for one in told_of(site, UNIT) if ReceiverHealth(working=True, frames=9) in one.bodies]
    assert [one.observed_at for one in kept] == [at for at in alone if at != cut_at]
    (opened,) = told_of(site, BRACELET)
    assert (opened.observed_at, opened.received_at) == (cut_at, site.clock.at)
    site.judge().catch_up(lambda: False)
    (alarm,) = [view.alarm for view in site.alarms() if view.alarm.code is Code.STRAP_OPEN]
    assert (alarm.began_at, alarm.late) == (cut_at, True)


def test_a_sign_of_life_of_the_link_ends_no_story_of_the_unit_itself(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(1, [(minutes(-5), Alive())]))

    story(site, tell)
    assert {one.observed_at for one in told_of(site, UNIT)} == {minutes(-5), START}
    assert len(bodies_of(site, UNIT, LinkHealth)) == 2
