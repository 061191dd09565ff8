"""What a unit is told, and who is told nothing: refusals, commands, recordings, configurations."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import httpx
import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from baqylau.crypto.signing import Signer
from baqylau.domain.commands import ReportNow
from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, FittingId
from baqylau.domain.observations import (
    BufferSet,
    Distrust,
    DistrustReason,
    Power,
)
from baqylau.domain.orders import Fitting
from baqylau.monitoring.server.link import desk as desk_module
from baqylau.monitoring.server.link.desk import Desk
from baqylau.protocols.batch.records import (
    Alive,
    CommandResult,
    CommandState,
    LocalFinding,
    WalkedRoom,
    WalkTest,
)
from baqylau.rules.settings import GONE_AFTER_S
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.journal.journal import Entry, Journal
from baqylau.storage.judging.findings import Findings
from baqylau.storage.registers.registry import Registry
from tests.unit.server.link.household import (
    AINUR,
    BRACELET,
    UNIT,
    Household,
    Unit,
    bodies_of,
    household,
    minutes,
    own,
    post,
    story,
    told_of,
)
from tests.unit.server.site import START
from tests.unit.server.test_judge import catch_up


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
        await somebody_waits(desk)
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


async def somebody_waits(desk: Desk) -> None:
    for _ in range(2000):
        if desk.waiting:
            return
        await asyncio.sleep(0.01)
    pytest.fail("nobody waits")


def test_a_gateway_that_closes_answers_who_waits_and_lets_nobody_wait_again(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()

    async def tell(desk: Desk, client: httpx.AsyncClient) -> None:
        unit.configuration = desk.view.version_for(UNIT)
        waiting = asyncio.create_task(post(client, unit.poll(START, wait_s=20), "poll"))
        await somebody_waits(desk)
        desk.release()
        async with asyncio.timeout(10):
            assert unit.opened((await waiting).content).answer.commands == ()
            await post(client, unit.poll(minutes(1), wait_s=20), "poll")

    story(site, tell)


def test_a_command_goes_out_by_poll_is_acknowledged_and_done(engine: Engine) -> None:
    site, unit = Household(engine).enrol(), Unit()

    async def tell(desk: Desk, client: httpx.AsyncClient) -> None:
        unit.configuration = desk.view.version_for(UNIT)
        waiting = asyncio.create_task(post(client, unit.poll(START, wait_s=20), "poll"))
        await somebody_waits(desk)
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
    assert bodies_of(site, UNIT, BufferSet) == [BufferSet(buffer_s=420)]
    assert [(word.person_id, word.body["code"]) for word in site.records.words("local")] == [(AINUR, "P01")]
    configuration = site.sources.view().configuration_for(UNIT)
    assert configuration is not None
    assert configuration.buffer_s == 420


def test_a_walk_test_after_which_another_wait_holds_is_on_record_and_one_without_a_wait_leaves_the_usual(
    engine: Engine,
) -> None:
    site, unit = Household(engine).enrol(), Unit()
    chosen = (420, 420, 0)
    walks = [
        (minutes(number), WalkTest(transmitter_id=BRACELET, rooms=(), buffer_s=buffer_s, by="dana"))
        for number, buffer_s in enumerate(chosen)
    ]

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(1, walks))

    story(site, tell)
    catch_up(site)
    (changed,) = Findings(engine).recent([Code.RANGE_CHANGED], START)
    figures = {one.name: one.value for one in changed.thresholds}
    assert figures == {"buffer_before_s": 420.0, "buffer_s": float(GONE_AFTER_S)}


def test_a_walk_test_without_an_order_in_force_is_refused_once(engine: Engine) -> None:
    site, unit = Household(engine, household(order_until=START - timedelta(days=1))).enrol(), Unit()
    walk = WalkTest(transmitter_id=BRACELET, rooms=(), buffer_s=420, by="dana")

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(1, [(START, walk)]))

    story(site, tell)
    assert site.quarantine.refused(START.date()) == {UNIT: 2}, "the walk test, and that the unit spoke"
