"""A proxy in another room is a receiver like any other."""

import asyncio
import socket
from datetime import UTC, datetime

import pytest

from baqylau.links.radio.esphome import EsphomeSource, manufacturer_data
from baqylau.links.radio.words import Frame, Said, SourceLostError, Stamp

pytest.importorskip("aioesphomeapi", reason="locked for Linux alone, where units run")
from tests.unit.links.proxy import proxy

NOW = Stamp(datetime(2026, 3, 1, 20, 0, tzinfo=UTC), 1000)
BEACON = bytes(range(27))
OURS = bytes([30, 0xFF, 0xFF, 0xFF]) + BEACON
FLAGS = bytes([2, 1, 6])


async def _heard(port: int, count: int) -> list[Said]:
    words = EsphomeSource(f"127.0.0.1:{port}", lambda: NOW).words()
    return [await anext(words) for _ in range(count)]


def test_what_a_proxy_hears_is_heard_with_its_strength() -> None:
    async def story() -> list[Said]:
        async with proxy([(OURS, -71), (FLAGS, -90)]) as near:
            return await _heard(near.port, 2)

    assert asyncio.run(story()) == [Said(NOW, Frame(BEACON, -71.0)), Said(NOW, Frame(b"", -90.0))]


def test_a_proxy_that_goes_away_is_a_lost_receiver_and_not_a_silent_one() -> None:
    async def story() -> None:
        async with proxy([(OURS, -71)], stays=False) as near:
            await _heard(near.port, 2)

    with pytest.raises(SourceLostError, match=r"esphome:127\.0\.0\.1"):
        asyncio.run(story())


def test_where_nobody_listens_there_is_no_receiver() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(SourceLostError):
            asyncio.run(_heard(held.getsockname()[1], 1))


@pytest.mark.parametrize(
    ("advertisement", "found"),
    [
        (OURS, BEACON),
        (FLAGS + OURS, BEACON),
        (FLAGS, b""),
        (b"", b""),
        (bytes([5, 0xFF, 0x4C, 0x00, 1, 2]), b""),
        (OURS[:-1], b""),
        (bytes([0]) + OURS, b""),
        (bytes([1, 0xFF]), b""),
    ],
)
def test_only_the_data_of_our_company_is_taken_from_an_advertisement(advertisement: bytes, found: bytes) -> None:
    assert manufacturer_data(advertisement, 0xFFFF) == found
