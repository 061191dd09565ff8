"""The gateway as devices meet it: on a real socket, over a real database."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from sys import getswitchinterval, setswitchinterval
from threading import Event

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, Engine, text

from baqylau.cli.roles.gateway import within
from baqylau.domain.observations import Blind, Fix
from baqylau.domain.partitions import ALL_PARTITIONS, UNASSIGNED, ourselves
from baqylau.monitoring.server.keeper import Keeper
from baqylau.monitoring.server.line import Line
from baqylau.monitoring.server.settings import Limits
from baqylau.protocols.fleet import FLEET
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.journal.journal import Entry, Journal
from tests.unit.server.site import (
    FAR_AWAY,
    IN_SCHOOL,
    NUMBER,
    SPARE_NUMBER,
    START,
    TRACKER,
    Peer,
    Site,
    hello,
    prescribed,
    report,
)

LATER = START + timedelta(days=400)


def test_a_position_is_on_disk_when_its_answer_arrives(engine: Engine) -> None:
    site = Site(engine, prescribed())

    async def story() -> None:
        async with site.gateway() as (_, port):
            tracker = await Peer.call(port)
            assert await tracker.say(hello()) == b"#AL#1"
            assert await tracker.say(report(START, FAR_AWAY)) == b"#AD#1"
            kept = site.journal.of_devices([TRACKER], START, LATER)
            assert [body for one in kept for body in one.bodies if isinstance(body, Fix)] == [FAR_AWAY]

    asyncio.run(story())


def test_what_is_heard_while_the_heads_are_signed_is_kept_meanwhile(engine: Engine) -> None:
    site = Site(engine, prescribed())

    async def story() -> None:
        with engine.connect() as sealing:
            sealing.execute(text("SELECT FROM ledger_head FOR UPDATE"))
            async with site.gateway() as (_, port):
                tracker = await Peer.call(port)
                assert await tracker.say(hello()) == b"#AL#1"
                async with asyncio.timeout(20):
                    assert await tracker.say(report(START, FAR_AWAY)) == b"#AD#1"
                sealing.rollback()

    asyncio.run(story())


def test_a_record_sent_again_is_confirmed_and_kept_once(engine: Engine) -> None:
    site = Site(engine, prescribed())

    async def story() -> None:
        async with site.gateway() as (_, port):
            for _ in range(3):
                tracker = await Peer.call(port)
                await tracker.say(hello())
                assert await tracker.say(report(START, FAR_AWAY)) == b"#AD#1"
                await tracker.hang_up()

    asyncio.run(story())
    fixes = [one for one in site.journal.of_devices([TRACKER], START, LATER) if Fix in map(type, one.bodies)]
    assert len(fixes) == 1


def test_nobody_is_told_that_a_position_is_kept_while_the_database_is_away(engine: Engine) -> None:
    site = Site(engine, prescribed())

    class Failing(Journal):
        away = False

        def append(self, entries: Sequence[Entry], also: Sequence[Callable[[Connection], None]] = ()) -> list[bool]:
            if self.away:
                msg = "away"
                raise StorageUnavailableError(msg)
            return super().append(entries, also)

    site.journal.__class__ = Failing

    async def story() -> None:
        async with site.gateway() as (_, port):
            tracker = await Peer.call(port)
            await tracker.say(hello())
            Failing.away = True
            assert await tracker.say(report(START, FAR_AWAY)) not in (b"#AD#1", b"")
            Failing.away = False
            assert await tracker.say(report(START, FAR_AWAY)) == b"#AD#1"

    asyncio.run(story())
    assert sum(Fix in map(type, one.bodies) for one in site.journal.of_devices([TRACKER], START, LATER)) == 1


def test_an_unknown_device_and_a_wrong_password_are_refused_and_set_aside(engine: Engine) -> None:
    site = Site(engine, prescribed())

    async def story() -> None:
        async with site.gateway() as (_, port):
            stranger = await Peer.call(port)
            assert await stranger.say(hello("999") + report(START, FAR_AWAY)) == b"#AL#0"
            assert await stranger.hear() == b""
            impostor = await Peer.call(port)
            assert await impostor.say(hello(NUMBER, "guess") + report(START, FAR_AWAY)) == b"#AL#01"
            assert await impostor.hear() == b""

    asyncio.run(story())
    assert not site.journal.of_devices([TRACKER], START, LATER)
    assert {kept.item.number for kept in site.quarantine.latest(10)} == {"999", NUMBER}


def test_a_device_entered_with_the_word_for_no_password_signs_in_without_one(engine: Engine) -> None:
    registry = prescribed()
    devices = tuple(replace(one, password="NA") for one in registry.devices)  # noqa: S106 - the word for none
    site = Site(engine, replace(registry, devices=devices))

    async def story() -> None:
        async with site.gateway() as (_, port):
            assert await (await Peer.call(port)).say(hello(NUMBER, "")) == b"#AL#1"

    asyncio.run(story())


def test_what_a_device_of_a_person_without_an_order_says_is_counted_and_not_kept(engine: Engine) -> None:
    site = Site(engine, prescribed(order_until=START - timedelta(days=1)))

    async def story() -> None:
        async with site.gateway() as (_, port):
            tracker = await Peer.call(port)
            await tracker.say(hello())
            assert await tracker.say(report(START, FAR_AWAY)) == b"#AD#1"

    asyncio.run(story())
    assert not site.journal.of_devices([TRACKER], START, LATER)
    assert site.quarantine.refused(START.date()) == {TRACKER: 1}


def test_a_device_on_nobody_is_kept_apart(engine: Engine) -> None:
    site = Site(engine, prescribed())

    async def story() -> None:
        async with site.gateway() as (_, port):
            spare = await Peer.call(port)
            await spare.say(hello(SPARE_NUMBER, ""))
            assert await spare.say(report(START, FAR_AWAY)) == b"#AD#1"

    asyncio.run(story())
    of_ourselves = 1
    assert {partition for partition, head in site.journal.heads().items() if head.seq > of_ourselves} == {UNASSIGNED}


def test_a_second_sign_in_of_a_device_takes_over_from_the_first(engine: Engine) -> None:
    site = Site(engine, prescribed())

    async def story() -> None:
        async with site.gateway() as (_, port):
            first, second = await Peer.call(port), await Peer.call(port)
            await first.say(hello())
            await second.say(hello())
            assert await first.hear() == b""
            assert await second.say(report(START, FAR_AWAY)) == b"#AD#1"

    asyncio.run(story())


def test_a_peer_that_sends_one_byte_at_a_time_is_understood_and_one_that_never_ends_is_cut_off(engine: Engine) -> None:
    site = Site(engine, prescribed())

    async def story() -> None:
        async with site.gateway(Limits(unfinished_s=0.2, sign_in_s=30)) as (gateway, port):
            slow = await Peer.call(port)
            for byte in hello():
                slow.writer.write(bytes([byte]))
                await slow.writer.drain()
            assert await slow.hear() == b"#AL#1"
            slow.writer.write(b"#D#1911")
            await asyncio.sleep(0.3)
            gateway.close_overdue()
            assert await slow.hear() == b""

    asyncio.run(story())
    assert [kept.item.fault for kept in site.quarantine.latest(5)] == ["truncated"]


def test_an_endless_line_is_hung_up_while_others_are_served(engine: Engine) -> None:
    site = Site(engine, prescribed())
    piece = b"A" * 1_000_000

    async def flood(port: int) -> None:
        stranger = await Peer.call(port)
        try:
            for _ in range(100):
                stranger.writer.write(piece)
                await stranger.writer.drain()
        except ConnectionError:
            pass
        await stranger.hang_up()

    async def story() -> None:
        async with site.gateway() as (_, port):
            flooding = asyncio.create_task(flood(port))
            tracker = await Peer.call(port)
            await tracker.say(hello())
            assert await tracker.say(report(START, FAR_AWAY)) == b"#AD#1"
            await flooding

    asyncio.run(story())
    assert all(kept.length_bytes < 100_000 for kept in site.quarantine.latest(10))


def test_lines_beyond_the_bound_are_refused_and_silent_ones_make_room(engine: Engine) -> None:
    site = Site(engine, prescribed())

    async def story() -> None:
        async with site.gateway(Limits(connections_max=1, sign_in_s=0.1)) as (gateway, port):
            idle, refused = await Peer.call(port), await Peer.call(port)
            assert await refused.hear() == b""
            assert gateway.turned_away_at == site.clock()
            await asyncio.sleep(0.2)
            gateway.close_overdue()
            assert await idle.hear() == b""
            tracker = await Peer.call(port)
            assert await tracker.say(hello()) == b"#AL#1"

    asyncio.run(story())


def test_a_line_of_noise_is_closed_after_some_frames(engine: Engine) -> None:
    site = Site(engine, prescribed())

    async def story() -> None:
        async with site.gateway(Limits(faults_per_line=3)) as (_, port):
            noisy = await Peer.call(port)
            noisy.writer.write(b"nonsense\r\n" * 10)
            while await noisy.hear():
                pass

    asyncio.run(story())
    assert site.quarantine.count_since(START) == 3


@pytest.mark.parametrize(
    "frame",
    [
        b"#L#70000\x000001;p1\r\n",
        b"#L#2.0;\xff\xfe\xed\xa0\x80;p1;0000\r\n",
        "#L#Әсел\u2028\U0001f4e1;құпия\r\n".encode(),
        b"#D#" + b"\x00" * 40 + b"\r\n",
        b"#M#\x00\r\n",
    ],
)
def test_bytes_that_no_database_takes_as_text_are_set_aside_all_the_same(engine: Engine, frame: bytes) -> None:
    site = Site(engine, prescribed())

    async def story() -> None:
        async with site.gateway() as (gateway, port):
            stranger = await Peer.call(port)
            await stranger.say(frame)
            tracker = await Peer.call(port)
            await tracker.say(hello())
            assert await tracker.say(report(START, FAR_AWAY)) == b"#AD#1"
            assert isinstance(gateway.keeper, Keeper)
            assert gateway.keeper.failure is None

    asyncio.run(story())
    assert site.quarantine.count_since(START) == 1


def test_the_time_in_which_we_did_not_listen_is_written_into_every_partition(engine: Engine) -> None:
    site = Site(engine, prescribed())

    async def listen() -> None:
        async with site.gateway():
            pass

    asyncio.run(listen())
    site.clock.pass_by(hours=2)
    asyncio.run(listen())
    for partition in ALL_PARTITIONS:
        (gap,) = site.journal.of_devices([ourselves(partition)], START, LATER)[-1:]
        assert gap.bodies == (Blind(from_at=START),)
        assert gap.observed_at == START + timedelta(hours=2)
    assert site.live.last_listened() == START + timedelta(hours=2)


def test_a_bad_place_is_named_and_the_line_goes_on(engine: Engine) -> None:
    site = Site(engine, prescribed())
    spoilt = (b"9900.0000;N;06654.0000;E", b"NaN;N;NaN;E", b"4836.0000;N;20000.0000;E")

    async def story() -> None:
        async with site.gateway() as (_, port):
            tracker = await Peer.call(port)
            await tracker.say(b"#L#" + NUMBER.encode() + b";p1\r\n")
            for place in spoilt:
                answer = await tracker.say(b"#SD#191126;120000;" + place + b";0;0;0;9\r\n")
                assert answer.startswith(b"#ASD#")
            assert await tracker.say(report(START, IN_SCHOOL)) == b"#AD#1"

    asyncio.run(story())
    assert site.quarantine.count_since(START) == len(spoilt)


def test_how_many_are_connected_is_asked_from_another_thread_while_devices_come_and_go(engine: Engine) -> None:
    site = Site(engine, prescribed())

    async def story() -> list[int]:
        async with site.gateway() as (gateway, _):
            over = Event()

            def counted() -> list[int]:
                seen = [gateway.connected]
                while not over.is_set():
                    seen.append(gateway.connected)
                return seen

            with ThreadPoolExecutor(max_workers=1) as counting:
                waiting = counting.submit(counted)
                lines = [Line(gateway, "wialon", FLEET["wialon"].session()) for _ in range(3_000)]
                for line in lines:
                    gateway.admit(line)
                    await asyncio.sleep(0)
                for line in lines:
                    gateway.forget(line)
                over.set()
                return waiting.result(20)

    before_s = getswitchinterval()
    setswitchinterval(1e-4)
    try:
        assert set(asyncio.run(story())) == {0}
    finally:
        setswitchinterval(before_s)


@pytest.mark.parametrize(
    ("files", "lines", "link_lines"),
    [(1_000_000, 25_000, 12_000), (20_000, 12_837, 6_162), (1_024, 554, 265), (0, 0, 0)],
)
def test_no_more_lines_are_open_than_the_system_has_files_for(files: int, lines: int, link_lines: int) -> None:
    limits = within(files, Limits())
    assert (limits.connections_max, limits.link_connections_max) == (lines, link_lines)
