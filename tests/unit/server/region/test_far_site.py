"""What a regional site acknowledges comes into the journal, once and in order; whom it hears nobody accuses."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from baqylau.crypto.sealing import SealBrokenError
from baqylau.domain.commands import CommandState, ReportNow
from baqylau.domain.findings import Code
from baqylau.domain.observations import Blind, Fix, Power
from baqylau.domain.partitions import unheard_of
from baqylau.links.jetstream import Log, LogUnavailableError
from baqylau.monitoring.server.link.desk import Outcome
from baqylau.monitoring.server.region.telling import Registered, of_site
from baqylau.protocols.region.parcels import Fact, parcels_of
from baqylau.storage.journal.regions import SupersededError
from tests.perf.nats import NatsServer
from tests.unit.server.link.household import UNIT, Unit, bodies_of, own, told_of
from tests.unit.server.region.far_site import DOWN, NAME, SITE, UP, FarSite
from tests.unit.server.site import AINUR, FAR_AWAY, IN_SCHOOL, START, TRACKER, Peer, hello, report


@pytest.fixture
def far(engine: Engine, nats: NatsServer, tmp_path: Path) -> Iterator[FarSite]:
    """A centre and a site of which nothing is known yet; its streams are new."""
    one = FarSite(engine, nats.url, tmp_path)
    one.open_for_the_first_time()

    async def fresh() -> None:
        async with one.line() as line:
            for stream in (UP, DOWN):
                await line.ensure(stream)
                await line.forget_through(stream.name, (await line.standing(stream.name)).last_seq)
            await one.told(line)

    asyncio.run(fresh())
    yield one
    Peer.opened.clear()


async def says(peer: Peer, *frames: bytes) -> list[bytes]:
    return [await peer.say(one) for one in frames]


def test_a_site_acknowledges_while_nobody_is_there_and_what_it_acknowledged_is_kept_once(far: FarSite) -> None:
    times = [START + timedelta(seconds=10 * one) for one in range(6)]
    unit = Unit()

    async def tell() -> None:
        async with far.line() as line:
            async with far.site(line) as site:
                peer = await Peer.call(site.port)
                answers = await says(peer, hello(), *(report(at, FAR_AWAY) for at in times), report(times[0], FAR_AWAY))
                assert set(answers[1:]) == {answers[1]}
                reply = await site.desk.batch(unit.batch(1, [(at, own()) for at in times]), "unit")
                assert unit.opened(reply.body).answer.ack_through == len(times)
                await peer.hang_up()
            assert told_of(far, TRACKER) == []
            assert await far.forward(line) > 0
            assert await far.forward(line) == 0

    asyncio.run(tell())
    fixes = [one.observed_at for one in told_of(far, TRACKER) if any(isinstance(body, Fix) for body in one.bodies)]
    assert fixes == times
    assert len(bodies_of(far, UNIT, Power)) == len(times)
    assert far.regions.devices() == {TRACKER: NAME, UNIT: NAME}
    assert far.live.listened().by_region[NAME] >= START


def test_letters_that_are_read_again_after_a_crash_change_nothing(far: FarSite) -> None:
    unit = Unit()

    async def tell() -> None:
        async with far.line() as line:
            async with far.site(line) as site:
                peer = await Peer.call(site.port)
                await says(peer, hello(), report(START, FAR_AWAY))
                await site.desk.batch(unit.batch(1, [(START, own())]), "unit")
                await peer.hang_up()
            async with far.bridge() as forwarding:
                forwarding.begin((await line.standing(UP.name)).identity)
                letters = await line.reader(UP.name, UP.subjects[0], 0).next(50, 1.0)
                await forwarding.forward(letters)
                before = told_of(far, TRACKER), told_of(far, UNIT)
                await forwarding.forward(letters)
                assert (told_of(far, TRACKER), told_of(far, UNIT)) == before

    asyncio.run(tell())


def test_two_bridges_of_one_site_are_one(far: FarSite) -> None:
    async def tell() -> None:
        async with far.line() as line, far.site(line):
            pass
        async with far.line() as line, far.bridge() as first, far.bridge() as second:
            identity = (await line.standing(UP.name)).identity
            first.begin(identity)
            second.begin(identity)
            letters = await line.reader(UP.name, UP.subjects[0], 0).next(50, 1.0)
            await second.forward(letters)
            with pytest.raises(SupersededError):
                await first.forward(letters)

    asyncio.run(tell())


def test_while_the_log_is_away_nothing_is_acknowledged_and_it_goes_on_without_a_restart(
    far: FarSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit, keep = Unit(), Log.keep

    async def away(*_: object) -> int:
        raise LogUnavailableError("invented")

    async def tell() -> None:
        async with far.line() as line:
            async with far.site(line) as site:
                batch = unit.batch(1, [(START, own())])
                monkeypatch.setattr(Log, "keep", away)
                assert (await site.desk.batch(batch, "unit")).outcome is Outcome.NOT_KEPT
                monkeypatch.setattr(Log, "keep", keep)
                reply = await site.desk.batch(batch, "unit")
                assert unit.opened(reply.body).answer.ack_through == 1
            await far.forward(line)

    asyncio.run(tell())
    assert len(bodies_of(far, UNIT, Power)) == 1


def test_a_site_that_starts_again_knows_how_far_it_acknowledged_and_tells_when_it_was_deaf(far: FarSite) -> None:
    unit = Unit()

    async def tell() -> None:
        async with far.line() as line:
            async with far.site(line) as site:
                await site.desk.batch(unit.batch(1, [(START, own()), (START, own())]), "unit")
            await far.forward(line)
            far.clock.pass_by(minutes=7)
            async with far.site(line) as site:
                reply = await site.desk.poll(unit.poll(far.clock()), "unit")
                assert unit.opened(reply.body).answer.ack_through == 2
                await site.desk.batch(unit.batch(3, [(far.clock(), own())]), "unit")
            await far.forward(line)

    asyncio.run(tell())
    gaps = bodies_of(far, unheard_of(AINUR), Blind)
    assert gaps == [Blind(from_at=START)]


def test_whom_a_cut_off_site_hears_nobody_calls_silent_and_what_happened_is_found_late(far: FarSite) -> None:
    """The tracker's silence limit is half an hour; the line is cut for two."""
    entered = [START + timedelta(minutes=61, seconds=10 * one) for one in range(8)]

    async def tell() -> None:
        async with far.line() as line:
            judge = far.judge()
            async with far.site(line) as site:
                peer = await Peer.call(site.port)
                await says(peer, hello(), report(START, FAR_AWAY))
                await far.forward(line)
                judge.catch_up(lambda: False)
                far.clock.pass_by(hours=1, minutes=2)
                await says(peer, *(report(at, IN_SCHOOL) for at in entered))
                await peer.hang_up()
            far.open_for_the_first_time()
            judge._share()  # noqa: SLF001 - a second that passed
            judge.catch_up(lambda: False)
            assert [one.alarm.code for one in far.alarms() if one.alarm.person_id == AINUR] == []
            far.clock.pass_by(minutes=58)
            await far.forward(line)
            judge.catch_up(lambda: False)

    asyncio.run(tell())
    entries = [one.alarm for one in far.alarms() if one.alarm.code is Code.EXCLUSION_ENTRY]
    assert len(entries) == 1
    assert entries[0].began_at < START + timedelta(minutes=63)
    assert entries[0].late


def test_an_order_to_a_unit_goes_down_and_its_way_is_told_up(far: FarSite) -> None:
    unit = Unit()
    command = far.commands.give(UNIT, ReportNow(), START + timedelta(hours=1), by="dana")

    async def tell() -> None:
        async with far.line() as line:
            await far.told(line)
            async with far.site(line) as site:
                picture = site.known.picture()
                site.desk.take_over(picture.view, picture.commands)
                reply = await site.desk.batch(unit.batch(1, [(START, own())]), "unit")
                opened = unit.opened(reply.body).answer
                assert [one.number for one in opened.commands] == [command.number]
                assert opened.configuration is not None
            await far.forward(line)

    asyncio.run(tell())
    assert [row.state for row in far.commands.waiting()] == [CommandState.SENT]


def test_what_lies_on_a_sites_disk_says_nothing_to_who_finds_it(far: FarSite) -> None:
    async def tell() -> None:
        async with far.line() as line:
            async with far.site(line) as site:
                peer = await Peer.call(site.port)
                await says(peer, hello(), report(START, FAR_AWAY))
                await peer.hang_up()
            up = await line.reader(UP.name, UP.subjects[0], 0).next(50, 1.0)
            down = await line.reader(DOWN.name, DOWN.subjects[0], 0, holes=True).next(50, 1.0)
            for one in (*up, *down):
                for word in (AINUR, TRACKER, UNIT, "tracker", "700000000000001"):
                    assert word not in one.subject
                    assert word.encode() not in one.payload
            with pytest.raises(SealBrokenError):
                SITE.letters().from_site(up[0].payload)
            opened = [parcel for one in up for parcel in parcels_of(far.letters.from_site(one.payload))]
            assert any(isinstance(parcel, Fact) for parcel in opened)

    asyncio.run(tell())


def test_a_site_knows_only_the_equipment_of_its_districts_and_nobody_by_name(far: FarSite) -> None:
    registered = Registered(
        view=far.sources.view(),
        devices=tuple(far.registers.devices()),
        supervisions=tuple(far.registers.supervisions().values()),
        people=tuple(far.registers.people()),
        commands={},
        kept={},
        at=START,
    )
    region = far.regions.all()[0]
    elsewhere = type(region)(name="east", public_key=region.public_key, districts=("East",), added_at=START)
    assert {one.device.id for one in of_site(elsewhere, registered)} == {"tracker-2"}
    everything = list(of_site(region, registered))
    assert len(everything) == len(registered.devices)
    assert "Invented" not in repr(everything)
