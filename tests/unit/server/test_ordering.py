"""Orders to bought trackers, from the queue to the wire and back, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.commands import Command, CommandState, LocateMode, Order, ReportNow, Restart
from baqylau.monitoring.server import ordering
from baqylau.monitoring.server.ordering import Ordering
from baqylau.protocols.fleet import FLEET, has_words
from baqylau.protocols.teltonika.commands import answered, order_in
from baqylau.storage.equipment.commands import CommandRow, Commands
from baqylau.storage.registers.registry import Registry
from tests.unit.server.site import NUMBER, START, TRACKER, Peer, Site, prescribed

HELLO = len(NUMBER).to_bytes(2, "big") + NUMBER.encode()


def bought(registry: Registry) -> Registry:
    """Make the tracker of a registry one that speaks Teltonika."""
    tracker, *others = registry.devices
    return replace(registry, devices=(replace(tracker, protocol="teltonika", password=""), *others))


class Desk:
    """A gateway with its orders, and a person who gives them."""

    def __init__(self, site: Site, port: int, ordering: Ordering) -> None:
        self.site, self.port, self.ordering = site, port, ordering
        self.commands = Commands(site.engine, site.clock)

    def give(self, order: Order, minutes: int = 10) -> Command:
        return self.commands.give(TRACKER, order, self.site.clock() + timedelta(minutes=minutes), by="ainur")

    def last(self) -> CommandRow:
        return self.commands.of([TRACKER], 1)[0]

    async def called(self) -> Peer:
        """Give a tracker that has signed in."""
        peer = await Peer.call(self.port)
        peer.writer.write(HELLO)
        assert await peer.read(1) == b"\x01"
        return peer

    async def heard(self, peer: Peer) -> str | None:
        """Give the order that reaches a tracker."""
        await self.ordering.round()
        head = await peer.read(8)
        return order_in((await peer.read(int.from_bytes(head[4:], "big") + 4))[:-4])

    async def becomes(self, state: CommandState) -> CommandRow:
        """Give the newest command once it stands there."""
        async with asyncio.timeout(20):
            while True:
                await self.ordering.round()
                if self.last().state is state:
                    return self.last()
                await asyncio.sleep(0.01)


@asynccontextmanager
async def desk(site: Site) -> AsyncIterator[Desk]:
    async with site.gateway() as (gateway, _):
        port = await gateway.open("teltonika", FLEET["teltonika"].session, "127.0.0.1", 0)
        yield Desk(site, port, Ordering(gateway, Commands(site.engine, site.clock)))


def test_an_order_reaches_the_device_on_the_line_and_its_answer_comes_back(engine: Engine) -> None:
    async def story() -> None:
        async with desk(Site(engine, bought(prescribed()))) as at:
            tracker = await at.called()
            at.give(ReportNow())
            assert await at.heard(tracker) == "getrecord"
            assert at.last().state is CommandState.SENT
            tracker.writer.write(answered("record saved"))
            assert (await at.becomes(CommandState.DONE)).detail == "record saved"

    asyncio.run(story())


def test_an_order_waits_for_a_device_that_comes_later(engine: Engine) -> None:
    async def story() -> None:
        async with desk(Site(engine, bought(prescribed()))) as at:
            at.give(ReportNow())
            await at.ordering.round()
            assert at.last().state is CommandState.QUEUED
            assert await at.heard(await at.called()) == "getrecord"

    asyncio.run(story())


def test_what_was_not_answered_goes_out_again_on_the_next_line_only(engine: Engine) -> None:
    async def story() -> None:
        async with desk(Site(engine, bought(prescribed()))) as at:
            tracker = await at.called()
            at.give(ReportNow())
            await at.heard(tracker)
            for _ in range(3):
                await at.ordering.round()
            assert await at.heard(await at.called()) == "getrecord"
            assert await tracker.read(1) == b"", "it heard the order once, and then the end of its line"

    asyncio.run(story())


def test_a_restart_goes_out_once_and_is_done_when_the_device_comes_again(engine: Engine) -> None:
    async def story() -> None:
        async with desk(Site(engine, bought(prescribed()))) as at:
            tracker = await at.called()
            at.give(Restart())
            assert await at.heard(tracker) == "cpureset"
            await tracker.hang_up()
            at.site.clock.pass_by(seconds=40)
            await at.called()
            assert (await at.becomes(CommandState.DONE)).detail == ordering.AGAIN_ON_THE_LINE

    asyncio.run(story())


def test_one_order_is_on_its_way_at_a_time(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with desk(Site(engine, bought(prescribed()))) as at:
            tracker = await at.called()
            at.give(ReportNow())
            at.give(Restart())
            assert await at.heard(tracker) == "getrecord"
            await at.ordering.round()
            assert at.last().state is CommandState.QUEUED
            monkeypatch.setattr(ordering, "ANSWER_WITHIN_S", 0.0)
            assert await at.heard(tracker) == "cpureset", "a device that never answers does not hold up the others"

    asyncio.run(story())


def test_an_order_that_nobody_could_carry_out_in_time_expires(engine: Engine) -> None:
    async def story() -> None:
        async with desk(Site(engine, bought(prescribed()))) as at:
            at.give(ReportNow())
            at.site.clock.pass_by(minutes=11)
            assert (await at.becomes(CommandState.EXPIRED)).sent_at is None

    asyncio.run(story())


def test_what_the_protocol_has_no_words_for_fails_by_name(engine: Engine) -> None:
    async def story() -> None:
        async with desk(Site(engine, bought(prescribed()))) as at:
            at.give(LocateMode(for_s=60))
            await at.called()
            assert (await at.becomes(CommandState.FAILED)).detail == ordering.NOT_SPOKEN

    asyncio.run(story())


def test_a_device_on_a_person_without_an_order_in_force_is_ordered_nothing(engine: Engine) -> None:
    ended = bought(prescribed(order_until=START - timedelta(days=1)))

    async def story() -> None:
        async with desk(Site(engine, ended)) as at:
            at.give(ReportNow())
            await at.called()
            assert (await at.becomes(CommandState.FAILED)).detail == ordering.NOT_COVERED

    asyncio.run(story())


def test_it_is_known_beforehand_which_protocol_has_words_for_an_order() -> None:
    assert has_words("teltonika", ReportNow())
    assert not has_words("teltonika", LocateMode(for_s=60))
    assert not has_words("osmand", ReportNow())
    assert not has_words("link", ReportNow())
