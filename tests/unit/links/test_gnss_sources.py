"""Satellite receivers on a serial line, behind gpsd, and in a log."""

import asyncio
import os
import tty
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from baqylau.links.gnss.gpsd import GpsdReceiver
from baqylau.links.gnss.replay import ReplayReceiver, tape
from baqylau.links.gnss.serial import SerialReceiver, heard
from baqylau.links.radio.replay import RecordingError
from baqylau.links.radio.words import Said, Sky, Source, SourceLostError, Stamp
from tests.unit.links.test_gnss_reading import GGA, HEARD, LATER, RMC, TPV, UBX

NOW = datetime(2026, 11, 22, 10, 15, 1, tzinfo=UTC)


def clock() -> Stamp:
    return Stamp(NOW, 1000)


async def all_of(source: Source) -> list[Said]:
    """Give what a source says until it is lost."""
    said: list[Said] = []
    try:
        async for one in source.words():
            said.append(one)  # noqa: PERF401 - what came before the loss counts
    except SourceLostError:
        pass
    return said


def modes(said: list[Said]) -> list[int]:
    return [one.word.epoch.mode for one in said if isinstance(one.word, Sky)]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Give a serial line: where its receiver writes, and its device file."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    path = tmp_path / "ttyGNSS"
    path.symlink_to(os.ttyname(theirs))
    yield ours, path
    os.close(theirs)


def test_a_receiver_on_a_serial_line_is_heard_until_it_is_unplugged(line: tuple[int, Path]) -> None:
    ours, path = line
    source = SerialReceiver(path, clock, 115200)

    async def story() -> list[Said]:
        words = aiter(source.words())
        first = asyncio.ensure_future(anext(words))
        await asyncio.sleep(0)
        os.write(ours, RMC[:30])
        await asyncio.sleep(0)
        os.write(ours, RMC[30:] + GGA + LATER + UBX)
        said = [await asyncio.wait_for(one, 30) for one in (first, anext(words), anext(words))]
        os.close(ours)
        with pytest.raises(SourceLostError):
            await asyncio.wait_for(anext(words), 30)
        return said

    said = asyncio.run(story())
    assert modes(said) == [3, 0, 3]
    assert {one.stamp for one in said} == {clock()}
    assert source.name == "gnss:ttyGNSS"


def test_a_line_that_is_not_there_is_lost_at_once(tmp_path: Path) -> None:
    assert asyncio.run(all_of(SerialReceiver(tmp_path / "none", clock))) == []


def test_a_slow_receiver_is_heard_byte_by_byte_and_its_epoch_comes_in_the_pause() -> None:
    async def story() -> list[Said]:
        stream = asyncio.StreamReader()
        said = aiter(heard(stream, clock, pause_s=0.05))
        first = asyncio.ensure_future(anext(said))
        for byte in RMC:
            stream.feed_data(bytes((byte,)))
            await asyncio.sleep(0)
        found = await asyncio.wait_for(first, 30)
        stream.feed_eof()
        return [found, *[one async for one in said]]

    assert modes(asyncio.run(story())) == [3]


def test_gpsd_is_asked_and_heard_until_it_closes_and_a_bomb_of_a_line_is_passed_over() -> None:
    asked: list[bytes] = []

    async def gpsd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(
            b'{"class":"VERSION"}\n' + HEARD + TPV + b"x" * 200_000 + b"\n" + TPV.replace(b"00.000", b"01.000")
        )
        await writer.drain()
        writer.close()

    async def story() -> list[Said]:
        server = await asyncio.start_server(gpsd, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.wait_for(all_of(GpsdReceiver(clock, f"127.0.0.1:{port}")), 30)

    said = asyncio.run(story())
    assert modes(said) == [3, 3]
    assert asked[0].startswith(b"?WATCH=")
    assert {one.stamp for one in said} == {clock()}, "the clock of record is ours"


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nothing"])
def test_a_gpsd_that_is_not_there_is_lost_at_once(address: str) -> None:
    assert asyncio.run(all_of(GpsdReceiver(clock, address))) == []


def test_a_log_is_played_at_its_own_time_and_then_is_quiet(tmp_path: Path) -> None:
    path = tmp_path / "walk.nmea"
    path.write_bytes(b"# a comment\r\n" + RMC + GGA + LATER)
    said = asyncio.run(all_of(ReplayReceiver(path, tape(path, fast=True))))
    assert modes(said) == [3, 0]
    assert [one.stamp.at.second for one in said] == [0, 1]
    assert [one.stamp.monotonic_ms for one in said] == [0, 1000]


def test_a_log_without_a_date_has_no_clock(tmp_path: Path) -> None:
    path = tmp_path / "undated.nmea"
    path.write_bytes(GGA)
    with pytest.raises(RecordingError):
        tape(path, fast=True)
