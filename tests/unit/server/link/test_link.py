"""The device link as a home unit meets it: signed bytes over HTTP, a real database behind it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import httpx
import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from baqylau.crypto.signing import Signer
from baqylau.domain.commands import ReportNow
from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, FittingId
from baqylau.domain.observations import (
    Authentication,
    Body,
    Distrust,
    DistrustReason,
    Enclosure,
    Heard,
    LinkHealth,
    Observation,
    Power,
    ReceiverHealth,
    Strap,
)
from baqylau.domain.orders import Fitting
from baqylau.monitoring.server.link import desk as desk_module
from baqylau.monitoring.server.link.desk import Desk
from baqylau.protocols.batch.records import (
    Alive,
    CommandResult,
    CommandState,
    Doubt,
    LocalFinding,
    Said,
    WalkedRoom,
    WalkTest,
)
from baqylau.protocols.beacon.status import Status
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.journal import Entry, Journal
from baqylau.storage.registry import Registry
from tests.unit.server.link.household import (
    AINUR,
    BRACELET,
    ROOT,
    UNIT,
    Household,
    Unit,
    frame,
    heard,
    household,
    own,
)
from tests.unit.server.site import START

LATER = START + timedelta(days=400)
EARLIER = START - timedelta(days=40)


def minutes(count: int) -> datetime:
    return START + timedelta(minutes=count)


def told_of(site: Household, device_id: DeviceId) -> list[Observation]:
    return site.journal.of_devices([device_id], EARLIER, LATER)


def bodies_of(site: Household, device_id: DeviceId, kind: type[Body]) -> list[Body]:
    return [body for one in told_of(site, device_id) for body in one.bodies if isinstance(body, kind)]


def story(site: Household, tell: Callable[[Desk, httpx.AsyncClient], object]) -> None:
    """Tell a story at the door of a site."""

    async def told() -> None:
        async with site.door() as (desk, client):
            await tell(desk, client)  # type: ignore[misc]

    asyncio.run(told())


async def post(client: httpx.AsyncClient, raw: bytes, where: str = "batches") -> httpx.Response:
    return await client.post(f"/v1/{where}", content=raw)


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


def test_nobody_is_told_that_a_batch_is_kept_while_the_database_is_away(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()

    class Failing(Journal):
        away = True

        def append(self, entries: Sequence[Entry], also: Sequence[Callable[[Connection], None]] = ()) -> list[bool]:
            if self.away and also:
                msg = "away"
                raise StorageUnavailableError(msg)
            return super().append(entries, also)

    site.journal.__class__ = Failing

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        raw = unit.batch(1, [(START, own())])
        refused = await post(client, raw)
        assert (refused.status_code, refused.text) == (503, "not_kept")
        assert "retry-after" in refused.headers
        assert told_of(site, UNIT) == []
        Failing.away = False
        assert unit.opened((await post(client, raw)).content).answer.ack_through == 1

    story(site, tell)


def test_who_is_unknown_revoked_or_forged_is_refused_by_name_and_set_aside(engine: Engine) -> None:
    site = Household(engine).enrol()
    revoked = DeviceId("hu-2")
    site.keys.enrol(revoked, site.keys.of(UNIT)[0].kind, "H-2", Signer(bytes(32)).public_key, by="test")
    site.keys.revoke(revoked, "stolen", by="test")
    stranger, thief = Unit(Signer(bytes(32)), DeviceId("hu-9")), Unit(Signer(bytes(32)), revoked)
    forger = Unit(Signer(bytes([3] * 32)))

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        said = [(START, own())]
        answers = [await post(client, raw) for raw in (stranger.batch(1, said), thief.batch(1, said), b"noise")]
        assert [(one.status_code, one.text) for one in answers] == [
            (403, "unknown_device"),
            (403, "revoked"),
            (400, "not_understood"),
        ]
        for seq in (1, 2):
            forged = await post(client, forger.batch(seq, said))
            assert (forged.status_code, forged.text) == (403, "not_believed")

    story(site, tell)
    assert bodies_of(site, UNIT, Power) == []
    assert bodies_of(site, UNIT, Distrust) == [Distrust(reason=DistrustReason.BAD_CODE)], "once a minute"
    faults = [kept.item.fault for kept in site.quarantine.latest(9)]
    assert sorted(faults) == ["not_believed", "not_believed", "not_understood", "revoked", "unknown_device"]
    site.judge().catch_up(lambda: False)
    assert [view.alarm.code for view in site.alarms()] == [Code.NOT_AUTHENTIC]


def test_a_unit_with_a_new_key_begins_a_new_life_and_the_old_one_is_over_at_once(engine: Engine) -> None:
    site, old, renewed = Household(engine).enrol(), Unit(), Unit(Signer(bytes([5] * 32)))

    async def tell(desk: Desk, client: httpx.AsyncClient) -> None:
        await post(client, old.batch(1, [(minutes(-2), own()), (minutes(-1), own())]))
        old.configuration = desk.view.version_for(UNIT)
        waiting = asyncio.create_task(post(client, old.poll(START, wait_s=20), "poll"))
        await asyncio.sleep(0.2)
        site.keys.revoke(UNIT, "the board was exchanged", by="dana")
        site.keys.enrol(UNIT, site.keys.of(UNIT)[0].kind, "H-0001", renewed.key.public_key, by="dana")
        desk.take_over(site.sources.view(), {})
        assert (await post(client, old.batch(3, [(START, own())]))).text == "not_believed"
        answer = renewed.opened((await post(client, renewed.batch(1, [(START, Alive())]))).content).answer
        assert answer.ack_through == 1
        assert (await waiting).text == "revoked", "who waited by the old key is told nothing"

    story(site, tell)
    assert site.records.all()[UNIT].through == 1
    assert bodies_of(site, UNIT, Distrust) == [Distrust(reason=DistrustReason.BAD_CODE)]


def test_too_long_too_often_and_elsewhere_are_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    site, unit = Household(engine).enrol(), Unit()
    monkeypatch.setattr(desk_module, "A_SECOND", 0.0)

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        assert (await post(client, bytes(desk_module.BODY_BYTES_MAX + 1))).status_code == 413
        assert (await post(client, b"", "elsewhere")).status_code == 404
        assert (await client.get("/v1/batches")).status_code == 404
        raw = unit.batch(1, [(START, own())])
        codes = [(await post(client, raw)).status_code for _ in range(int(desk_module.BURST) + 1)]
        assert codes == [200] * int(desk_module.BURST) + [429]

    story(site, tell)


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


def test_a_command_goes_out_by_poll_is_acknowledged_and_done(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()

    async def tell(desk: Desk, client: httpx.AsyncClient) -> None:
        unit.configuration = desk.view.version_for(UNIT)
        waiting = asyncio.create_task(post(client, unit.poll(START, wait_s=20), "poll"))
        await asyncio.sleep(0.3)
        assert desk.waiting == 1
        command = site.commands.give(UNIT, ReportNow(), minutes(10), by="dana")
        desk.take_over(desk.view, site.commands.open())
        answer = unit.opened((await waiting).content).answer
        assert answer.commands == (command,)
        assert site.commands.of([UNIT])[0].state is CommandState.SENT
        for seq, state in enumerate((CommandState.ACKNOWLEDGED, CommandState.DONE), 1):
            result = CommandResult(number=command.number, state=state, detail="all is well")
            await post(client, unit.batch(seq, [(START, result)]))
            assert site.commands.of([UNIT])[0].state is state
        assert site.commands.open() == {}

    story(site, tell)


def test_a_recorded_poll_or_batch_brings_its_sender_nothing_but_numbers(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()
    site.commands.give(UNIT, ReportNow(), minutes(10), by="dana")

    async def tell(desk: Desk, client: httpx.AsyncClient) -> None:
        poll, batch = unit.poll(START), unit.batch(1, [(START, Alive())])
        first = unit.opened((await post(client, poll, "poll")).content).answer
        assert (len(first.commands), first.configuration is not None) == (1, True)
        await post(client, batch)
        desk._peers[UNIT].sent.clear()  # noqa: SLF001 - as if a while had passed
        desk._peers[UNIT].configuration_s = (0, 0.0)  # noqa: SLF001 - as if a while had passed
        for raw, where in ((poll, "poll"), (batch, "batches"), (unit.poll(minutes(-30)), "poll")):
            answer = unit.opened((await post(client, raw, where)).content).answer
            assert (answer.commands, answer.configuration) == ((), None)
            assert answer.ack_through == 1

    story(site, tell)


def test_a_configuration_follows_the_fittings_and_grows_only_when_it_changes(engine: Engine) -> None:
    site, unit = Household(engine, replace(household(), fittings=household().fittings[:1])).enrol(), Unit()

    async def tell(desk: Desk, client: httpx.AsyncClient) -> None:
        nothing = unit.opened((await post(client, unit.poll(START), "poll")).content).answer.configuration
        assert nothing is not None
        assert (nothing.version, nothing.watched, nothing.keys) == (1, (), ())
        unit.configuration = 1
        fitting = Fitting(id=FittingId("f-new"), device_id=BRACELET, person_id=AINUR, from_at=START)
        site.registers.save(Registry(fittings=(fitting,)), by="dana")
        desk.take_over(site.sources.view(), {})
        site.clock.pass_by(seconds=1)
        full = unit.opened((await post(client, unit.poll(site.clock.at), "poll")).content).answer.configuration
        assert full is not None
        assert (full.version, [one.transmitter_id for one in full.watched]) == (2, [BRACELET])
        assert [one.id for one in full.watched[0].restrictions] == ["night"]
        assert {key.transmitter_id for key in full.keys} == {BRACELET}
        assert len(full.keys) >= 30
        for days, version in ((1, 2), (15, 2), (10, 3)):
            site.clock.pass_by(days=days)
            assert site.sources.view().version_for(UNIT) == version

    story(site, tell)


def test_a_walk_test_chooses_how_long_the_unit_waits(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()
    room = WalkedRoom(
        name="bath", source="ble-0", frames=40, expected=60, median_dbm=-80.0, weakest_dbm=-91.0, longest_gap_s=9.0
    )
    walk = WalkTest(transmitter_id=BRACELET, rooms=(room,), buffer_s=420, by="dana")

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(1, [(START, walk), (START, LocalFinding(code="P01", told_person=True))]))

    story(site, tell)
    assert [word.body["rooms"][0]["name"] for word in site.records.words("walk", [UNIT])] == ["bath"]
    assert [(word.person_id, word.body["code"]) for word in site.records.words("local")] == [(AINUR, "P01")]
    configuration = site.sources.view().configuration_for(UNIT)
    assert configuration is not None
    assert configuration.buffer_s == 420


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
